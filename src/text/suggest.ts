/** The nearest known name, for "did you mean". */

/** Levenshtein distance with adjacent transpositions counted as one edit. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

const normalise = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '')

/** Whether two names differ in case and separators only, as `file-id` and `file_id` do. */
export function isSpeltAlike(a: string, b: string): boolean {
  return normalise(a) === normalise(b)
}

/**
 * The known name nearest to `name`, or undefined when none is near (more than two fifths of its letters differ).
 * Names longer than 100 characters are not compared.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 100) return undefined
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    if (candidate.length > 100) continue
    const d = normalise(candidate) === normalise(name) ? 0.5 : distance(name.toLowerCase(), candidate.toLowerCase())
    if (d < bestDistance) [best, bestDistance] = [candidate, d]
  }
  return bestDistance <= Math.max(name.length < 3 ? 0.5 : 1, Math.floor(name.length * 0.4)) ? best : undefined
}

/** That there is no `what` of a name, with the one that may be meant or else all there are. `near` = what may be meant. */
export function noSuch(what: string, name: string, known: readonly string[], near = known): string {
  const meant = nearest(name, near)
  const instead = meant === undefined ? `there are ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`
  return `there is no ${what} "${name}"; ${instead}`
}
