/** A text in which some ranges are hidden, line by line, so that its lines keep their numbers. */

/** Offsets into a text, the end excluded. */
export type Range = readonly [start: number, end: number]

export interface Masked {
  readonly text: string
  /** The column (from 1) that a place of the original line (from 1) has in the masked one. */
  readonly column: (line: number, column: number) => number
}

const veil = '***'

/** Hides ranges, which may overlap; how long a hidden part was does not show. */
export function masked(text: string, ranges: readonly Range[]): Masked {
  const hidden = perLine(text, ranges)
  const lines = text.split('\n').map((line, i) => maskedLine(line, hidden.get(i) ?? []))
  return { text: lines.join('\n'), column: (line, column) => moved(hidden.get(line - 1) ?? [], column - 1) + 1 }
}

/** Ranges within each line (from 0), in order, none in another, without the blanks a line starts with. */
function perLine(text: string, ranges: readonly Range[]): ReadonlyMap<number, readonly Range[]> {
  const hidden = new Map<number, Range[]>()
  if (ranges.length === 0) return hidden
  let offset = 0
  for (const [i, line] of text.split('\n').entries()) {
    const [from, to] = [offset + line.length - line.trimStart().length, offset + line.trimEnd().length]
    const here = ranges.map(([a, b]): Range => [Math.max(a, from) - offset, Math.min(b, to) - offset])
    const some = apart(here.filter(([a, b]) => a < b))
    if (some.length > 0) hidden.set(i, some)
    offset += line.length + 1
  }
  return hidden
}

function apart(ranges: readonly Range[]): Range[] {
  const out: Range[] = []
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1)
    if (last === undefined || start > last[1]) out.push([start, end])
    else out[out.length - 1] = [last[0], Math.max(last[1], end)]
  }
  return out
}

function maskedLine(line: string, hidden: readonly Range[]): string {
  return hidden.reduceRight((text, [start, end]) => text.slice(0, start) + veil + text.slice(end), line)
}

/** A place after a hidden part moves with it, one inside is at its start. */
function moved(hidden: readonly Range[], column: number): number {
  return hidden.reduce((at, [start, end]) => {
    if (column >= end) return at - (end - start) + veil.length
    return column > start ? at - (column - start) : at
  }, column)
}
