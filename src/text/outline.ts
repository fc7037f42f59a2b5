/** A JSON value in a few lines that a person can read. What it holds may come from anybody, so no value makes a line of its own. */

/** Most lines, and the longest value, in characters. */
const limits = { lines: 12, value: 100 } as const

/**
 * The scalars of an object, the sizes of its lists; of a list its size and the same of its first entry. What does not fit
 * is counted, not told.
 */
export function linesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [`- entries: ${value.length}`, ...(isObject(value[0]) ? linesOf(value[0]) : [])]
  if (!isObject(value)) return value === undefined ? [] : [`- ${told(value)}`]
  const lines = Object.entries(value).flatMap(([name, member]) =>
    isEmpty(member) ? [] : [`- ${oneLine(name, limits.value)}: ${told(member)}`],
  )
  const rest = lines.length - limits.lines
  return rest > 0 ? [...lines.slice(0, limits.lines), `- and ${rest} more`] : lines
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** A text without line ends and characters that are not seen, cut to a length. */
export function oneLine(text: string, length: number): string {
  const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain
}

function told(value: unknown): string {
  if (Array.isArray(value)) {
    const scalars = value.every((item) => typeof item !== 'object')
    return scalars && value.length <= 5
      ? oneLine(value.join(', '), limits.value)
      : counted(value.length, 'entry', 'entries')
  }
  if (isObject(value)) return counted(Object.keys(value).length, 'member', 'members')
  return oneLine(String(value), limits.value)
}

const counted = (count: number, one: string, several: string) => `${count} ${count === 1 ? one : several}`

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
