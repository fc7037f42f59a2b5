/** The script of `update-fields`: a page keeps every box that nobody said a word about, whatever is asked for. */

import fc, {
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  jsonValue,
  oneof,
  property,
  record,
  string,
  tuple,
  uniqueArray,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runShipped } from './support/script.ts'

interface Box {
  readonly id: string
  readonly label: string
  readonly type: string
  readonly ocr_text: string
  readonly status: string
  readonly cells?: readonly Cell[]
}

interface Cell {
  readonly row: number
  readonly col: number
  readonly text: string
}

interface Change {
  readonly id?: string
  readonly label?: string
  readonly ocr_text?: string
  readonly cells?: readonly Cell[]
  readonly add?: boolean
  readonly remove?: boolean
}

interface Body {
  readonly day_since_epoch: number
  readonly hour_of_day: number
  readonly moderated_boxes: readonly Box[]
}

const place = { day_since_epoch: 20781, hour_of_day: 9 }
const field = (id: string, label: string, more: object = {}): Box => {
  return { id, label, type: 'field', ocr_text: id, status: 'correctly_predicted', ...more }
}
const cell = (row: number, col: number) => ({ id: `${row}/${col}`, row, col, text: 'old', score: 0.9 })
const table: Box = { ...field('t', 'lines'), type: 'table', cells: [cell(1, 1), cell(1, 2)] }
const boxes = [
  field('a', 'total', { xmin: 1, 'label id': null }),
  field('b', 'date'),
  field('c', 'tax'),
  field('d', 'tax'),
  table,
]

function update(changes: readonly Change[], moderated: readonly Box[] | null = boxes, predicted: readonly Box[] = []) {
  const page = { id: 'p', ...place, moderated_boxes: moderated, predicted_boxes: predicted }
  return runShipped('corrected-boxes.js', { page_id: 'p', changes, 'get-page': { result: [page] } }) as Body
}

/** The pointers of what is refused, with what is told. */
function refused(changes: readonly Change[]): readonly string[] {
  try {
    update(changes)
  } catch (error) {
    const { name, errors } = error as {
      name: string
      errors: readonly { pointer: string; message: string; hint?: string }[]
    }
    expect(name).toBe('InvalidInput')
    return errors.map(({ pointer, message, hint }) => `${pointer} ${message}${hint === undefined ? '' : ` (${hint})`}`)
  }
  return []
}

describe('The boxes of a page', () => {
  it('are sent back as they were read, but for what a change names, with the place of the page', () => {
    const { moderated_boxes, ...rest } = update([{ label: 'total', ocr_text: '9.50' }])
    expect(rest).toEqual(place)
    expect(moderated_boxes).toEqual([{ ...boxes[0], ocr_text: '9.50', status: 'moderated' }, ...boxes.slice(1)])
    expect(Object.keys(moderated_boxes[0] ?? {})).toEqual(Object.keys(boxes[0] ?? {}))
  })

  it('are those that were predicted until somebody has corrected the page, also to none', () => {
    const change = [{ label: 'total', ocr_text: '9.50' }]
    expect(update(change, null, boxes).moderated_boxes).toEqual(update(change).moderated_boxes)
    const added = { label: 'total', ocr_text: '1', add: true }
    expect(update([added], [], boxes).moderated_boxes).toHaveLength(1)
  })

  it('are found by their id where a label stands twice', () => {
    const after = update([
      { id: 'd', ocr_text: '7' },
      { id: 'c', label: 'tax', remove: true },
    ]).moderated_boxes
    expect(after.map(({ id, ocr_text }) => `${id} ${ocr_text}`)).toEqual(['a a', 'b b', 'd 7', 't t'])
  })

  it('keep the cells of a table that no change names', () => {
    const [changed] = update([{ label: 'lines', cells: [{ row: 1, col: 2, text: 'new' }] }]).moderated_boxes.slice(-1)
    expect(changed).toEqual({ ...table, status: 'moderated', cells: [cell(1, 1), { ...cell(1, 2), text: 'new' }] })
  })

  it('are joined by a new one, which Nanonets completes', () => {
    expect(update([{ label: 'vat_id', ocr_text: 'DE1', add: true }]).moderated_boxes).toEqual([
      ...boxes,
      { is_new: true, label: 'vat_id', ocr_text: 'DE1', type: 'field', status: 'moderated' },
    ])
  })

  it('are not called corrected where a change says what is there already', () => {
    const same = [
      { label: 'total', ocr_text: 'a' },
      { label: 'lines', cells: [{ row: 1, col: 1, text: 'old' }] },
    ]
    expect(update(same).moderated_boxes).toEqual(boxes)
  })
})

describe('A change is refused', () => {
  it.each<readonly [string, Change, string]>([
    [
      'of a label that is not there',
      { label: 'totel', ocr_text: '1' },
      '/label is no label of a box of this page (read the page with get-page, or set add to true for a new one)',
    ],
    [
      'of an id that is not there',
      { id: 'z', ocr_text: '1' },
      '/id is no id of a box of this page (read the page with get-page)',
    ],
    [
      'of a label that stands twice',
      { label: 'tax', ocr_text: '1' },
      '/label is the label of 2 boxes (give the id of the one that is meant: c, d)',
    ],
    [
      'whose id has another label',
      { id: 'c', label: 'date', ocr_text: '1' },
      '/label is not the label of the box with this id, which is "tax"',
    ],
    ['that names nothing', { ocr_text: '1' }, ' names no box (give its label, or its id)'],
    ['that does nothing', { label: 'total' }, ' says nothing to do (give ocr_text, cells or remove)'],
    [
      'that removes and corrects',
      { label: 'total', ocr_text: '1', remove: true },
      '/remove stands beside id or label only',
    ],
    [
      'that gives a table a text',
      { label: 'lines', ocr_text: '1' },
      '/ocr_text is not for a table (a field has ocr_text, a table cells)',
    ],
    [
      'of a cell that is not there',
      { label: 'lines', cells: [{ row: 3, col: 1, text: '' }] },
      '/cells/0 stands for no cell of the table',
    ],
    [
      'that adds what is there',
      { label: 'total', ocr_text: '1', add: true },
      '/add is for a label that the page does not have (leave add out to correct what is there)',
    ],
    [
      'that adds without a value',
      { label: 'new', cells: [{ row: 1, col: 1, text: '' }], add: true },
      '/ocr_text is required for a new box',
    ],
  ])('%s', (_, change, says) => {
    expect(refused([{ label: 'date', ocr_text: '1' }, change])[0]).toBe(`/changes/1${says}`)
  })

  it('with all others, each told, and of a box that was named before', () => {
    const twice = { label: 'date', ocr_text: '1' }
    const told = ['/changes/1 names a box that a change before it names', '/changes/2/id is no id']
    const found = refused([twice, { ...twice, ocr_text: '2' }, { id: 'z', remove: true }])
    expect(found.map((one, i) => one.startsWith(told[i] ?? 'nothing'))).toEqual([true, true])
  })

  it('where the page is not there', () => {
    const run = () => runShipped('corrected-boxes.js', { page_id: 'q', changes: [], 'get-page': { result: [] } })
    expect(run).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/page_id' })] }))
  })
})

describe('Whatever is asked for', () => {
  const labels = ['total', 'date', 'tax', 'vendor', '__proto__']
  const anyBox = record({
    label: constantFrom(...labels),
    type: constantFrom('field', 'table'),
    ocr_text: string({ maxLength: 4 }),
    status: constantFrom('correctly_predicted', 'moderated'),
    more: jsonValue({ maxDepth: 2 }),
  })
  const anyBoxes = uniqueArray(integer({ min: 0, max: 9 }), { maxLength: 8 }).chain((ids) =>
    array(anyBox, { minLength: ids.length, maxLength: ids.length }).map((all) =>
      all.map((box, i) => ({ ...box, id: `b${ids[i]}`, cells: [cell(1, 1)] })),
    ),
  )
  const anyChange = record(
    {
      id: integer({ min: 0, max: 9 }).map((id) => `b${id}`),
      label: constantFrom(...labels),
      ocr_text: string({ maxLength: 4 }),
      cells: array(record({ row: integer({ min: 1, max: 2 }), col: constantFrom(1), text: string({ maxLength: 2 }) })),
      add: boolean(),
      remove: boolean(),
    },
    { requiredKeys: [] },
  )
  /** One that fits a box, or none. */
  const fitting = ({ id, type }: Box) =>
    constantFrom<readonly Change[]>(
      [],
      [{ id, remove: true }],
      [type === 'table' ? { id, cells: [{ row: 1, col: 1, text: 'new' }] } : { id, ocr_text: 'new' }],
    )
  const anyUpdate = anyBoxes.chain((all) =>
    tuple(
      constant(all as readonly Box[]),
      oneof(
        tuple(...(all as readonly Box[]).map(fitting)).map((each) => each.flat()),
        array(anyChange, { maxLength: 3 }),
      ),
    ),
  )

  it('a box that no change removes is there after it, and one that no change names is as it was', () => {
    let done = 0
    const keeps = property(anyUpdate, ([all, changes]) => {
      const names = (change: Change, box: Box) =>
        change.id === undefined ? change.label === box.label : change.id === box.id
      let after: readonly Box[]
      try {
        after = update(changes, all).moderated_boxes
      } catch (error) {
        return (error as { name?: string }).name === 'InvalidInput'
      }
      done += 1
      return all.every((box) => {
        const [now] = after.filter(({ id }) => id === box.id)
        const own = changes.filter((change) => change.add !== true && names(change, box))
        if (own.length === 0) return JSON.stringify(now) === JSON.stringify(box)
        return (now === undefined) === own.some(({ remove }) => remove === true)
      })
    })
    fc.assert(keeps, { numRuns: 100 })
    expect(done).toBeGreaterThan(30)
  })
})
