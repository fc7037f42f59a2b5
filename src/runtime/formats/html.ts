/** HTML -> the rows of its tables (spec §2.6). */

import { compile } from 'css-select'
import { findAll, getElementsByTagName, textContent } from 'domutils'
import { parseDocument } from 'htmlparser2'
import { StartError } from '../../errors.ts'

type Element = ReturnType<typeof getElementsByTagName>[number]

const isElement = (node: Element['children'][number] | NonNullable<Element['parent']>): node is Element =>
  'attribs' in node

/** A reader of `{tables: [[{header: cell}]]}`. `selector` picks tables, or what holds them. Throws StartError for a bad one. */
export function htmlReader(selector: string | undefined): (text: string) => unknown {
  const picked = selector === undefined ? undefined : compiled(selector)
  return (text) => {
    const { children } = parseDocument(text)
    const roots = picked === undefined ? children : findAll(picked, children)
    const tables = new Set(getElementsByTagName('table', roots, true))
    return { tables: [...tables].flatMap(rowsOf) }
  }
}

function compiled(selector: string): (element: Element) => boolean {
  try {
    return compile(selector) as (element: Element) => boolean
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new StartError(`"${selector}" is no CSS selector${why}`, { cause })
  }
}

/** The rows of a table by the names in its head; none for a table that names nothing. */
function rowsOf(table: Element): readonly (readonly Readonly<Record<string, string>>[])[] {
  const rows = getElementsByTagName('tr', table, true).filter((row) => closest(row, 'table') === table)
  const head = rows.find((row) => closest(row, 'thead', table) !== undefined) ?? rows[0]
  const names = head === undefined ? [] : cellsOf(head, 'th')
  if (names.length === 0) return []
  const body = rows.filter((row) => cellsOf(row, 'th').length === 0)
  return [body.map((row) => rowOf(names, cellsOf(row, 'td')))]
}

function rowOf(names: readonly string[], cells: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
}

function cellsOf(row: Element, tag: 'th' | 'td'): readonly string[] {
  const cells = row.children.filter((child) => isElement(child) && child.name === tag)
  return cells.map((cell) => textContent(cell).replace(/\s+/g, ' ').trim())
}

/** The nearest element of that name around a row, up to `within`. */
function closest(row: Element, name: string, within?: Element): Element | undefined {
  for (let node = row.parent; node !== null && node !== within; node = node.parent)
    if (isElement(node) && node.name === name) return node
  return undefined
}
