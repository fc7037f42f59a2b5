/** Two texts that should be one, shown where they part. */

const shownLength = 60
const before = 20

/** Both texts quoted, cut to the part around their first difference; undefined = there is none. */
export function apart(one: string | undefined, other: string | undefined): readonly [string, string] | undefined {
  if (one === other) return undefined
  const from = Math.max(0, firstDifference(one ?? '', other ?? '') - before)
  const show = (text: string | undefined) => (text === undefined ? 'not given' : excerpt(text, from))
  return [show(one), show(other)]
}

function firstDifference(one: string, other: string): number {
  let i = 0
  while (i < one.length && one[i] === other[i]) i += 1
  return i
}

function excerpt(text: string, from: number): string {
  if (text.length <= shownLength) return JSON.stringify(text)
  const part = text.slice(from, from + shownLength)
  return JSON.stringify(`${from > 0 ? '…' : ''}${part}${from + shownLength < text.length ? '…' : ''}`)
}
