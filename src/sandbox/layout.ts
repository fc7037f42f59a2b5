import type { Sheet } from './content.ts'
import { type Random, uuid4 } from './ids.ts'
import type { Box, Cell } from './record.ts'

/** What laying out a document needs: random numbers, and one `label_id` a label of the model. */
export interface Layout {
  readonly random: Random
  readonly labelIds: Map<string, string>
  /** A bad scan: every third field is read with a low score. */
  readonly isBlurred: boolean
}

function labelId({ random, labelIds }: Layout, label: string): string {
  const known = labelIds.get(label) ?? uuid4(random)
  labelIds.set(label, known)
  return known
}

function score({ random, isBlurred }: Layout, index: number): number {
  const isLow = isBlurred && index % 3 === 1
  return Number((isLow ? 0.28 + random() * 0.32 : 0.91 + random() * 0.085).toFixed(4))
}

function fieldBox(layout: Layout, [label, ocr_text]: readonly [string, string], page: number, index: number): Box {
  const xmin = index % 2 === 0 ? 140 : 940
  const ymin = 160 + 70 * (index >> 1)
  return {
    id: uuid4(layout.random),
    label,
    xmin,
    ymin,
    xmax: xmin + 20 + 14 * Math.min(ocr_text.length, 45),
    ymax: ymin + 34,
    score: score(layout, index),
    ocr_text,
    type: 'field',
    status: 'correctly_predicted',
    validation_status: 'success',
    validation_message: '',
    page,
    label_id: labelId(layout, label),
    lookup_edited: false,
    lookup_parent_box_ids: [],
  }
}

const [tableTop, rowHeight, columnWidth] = [820, 48, 350]

function cell(layout: Layout, label: string, text: string, row: number, col: number): Cell {
  const [xmin, ymin] = [140 + columnWidth * (col - 1), tableTop + rowHeight * (row - 1)]
  return {
    id: uuid4(layout.random),
    row,
    col,
    row_span: 1,
    col_span: 1,
    label,
    xmin,
    ymin,
    xmax: xmin + columnWidth,
    ymax: ymin + rowHeight,
    score: score(layout, row + col),
    text,
    row_label: '',
    verification_status: 'correctly_predicted',
    status: 'correctly_predicted',
    failed_validation: '',
    label_id: labelId(layout, label),
    lookup_edited: false,
  }
}

function tableBox(layout: Layout, columns: readonly string[], rows: Sheet['tables'][number], page: number): Box {
  const cells = rows.flatMap((texts, row) =>
    columns.map((label, col) => cell(layout, label, texts[col] ?? '', row + 1, col + 1)),
  )
  return {
    ...fieldBox(layout, ['line_items', ''], page, 0),
    xmin: 140,
    ymin: tableTop,
    xmax: 140 + columnWidth * columns.length,
    ymax: tableTop + rowHeight * rows.length,
    type: 'table',
    cells,
    // assumption: grid-cells-are-empty
    grid_cells: [],
  }
}

/** Lays a document out: its head on the first page, a table on each, its totals on the last. */
export function layOut(layout: Layout, sheet: Sheet): readonly (readonly Box[])[] {
  return sheet.tables.map((rows, page) => {
    const fields = page === 0 ? [...sheet.head] : []
    if (page === sheet.tables.length - 1) fields.push(...sheet.tail)
    const boxes = fields.map((field, index) => fieldBox(layout, field, page, index))
    return [...boxes, tableBox(layout, sheet.columns, rows, page)]
  })
}
