/** What can be told as a table: a list of flat objects, or an object whose one member is such a list. */

type Members = Readonly<Record<string, unknown>>

/** The rows of a value, or undefined when it is no table. */
export function rowsOf(value: unknown): readonly Members[] | undefined {
  const list = Array.isArray(value) ? value : onlyMember(value)
  return Array.isArray(list) && list.every(isFlat) ? list : undefined
}

/** Whether a JSON Schema promises a table: its rows have named members, none of them a list or an object. */
export function promisesTable(schema: unknown): boolean {
  const list = typeName(schema) === 'object' ? onlyMember((schema as Members).properties) : schema
  if (typeName(list) !== 'array') return false
  const row = (list as Members).items
  if (typeName(row) !== 'object') return false
  const columns = Object.values(((row as Members).properties ?? {}) as Members)
  return columns.length > 0 && columns.every((column) => scalars.has(typeName(column) ?? ''))
}

const scalars = new Set(['string', 'number', 'integer', 'boolean'])

/** The type of a schema that is this type or null. */
function typeName(schema: unknown): string | undefined {
  const type = isMembers(schema) ? schema.type : undefined
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== 'null')
  return types.length === 1 && typeof types[0] === 'string' ? types[0] : undefined
}

/** RFC 4180: a header, a line a row, each with CRLF. */
export function csvText(rows: readonly Members[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [
    columns,
    ...rows.map((row) => columns.map((column) => (Object.hasOwn(row, column) ? row[column] : ''))),
  ]
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function onlyMember(value: unknown): unknown {
  const members = isMembers(value) ? Object.values(value) : []
  return members.length === 1 ? members[0] : undefined
}

const isFlat = (row: unknown): boolean =>
  isMembers(row) && Object.values(row).every((member) => typeof member !== 'object' || member === null)

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
