/** CSV, TSV and PSV -> a list of objects by the names of the first row; every value is text (spec §2.6). */

import { parse } from 'csv-parse/sync'

/** A reader of rows whose cells `delimiter` parts. It throws for a row that has more cells than the first one. */
export function delimitedReader(delimiter: ',' | '\t' | '|'): (text: string) => unknown {
  return (text) => {
    const rows = parse(text, {
      delimiter,
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as readonly (readonly string[])[]
    const [names = [], ...rest] = rows
    return rest.map((cells, i) => {
      if (cells.length > names.length)
        throw new Error(`row ${i + 2} has ${cells.length} cells, but the first row names ${names.length}`)
      return Object.fromEntries(cells.map((cell, column) => [names[column], cell]))
    })
  }
}
