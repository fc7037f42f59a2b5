/** What may have been meant by a name that is not known, by the pairs of letters that two names share. */

function pairsOf(name: string): readonly string[] {
  const padded = `^${name.slice(0, 100).toLowerCase()}$`
  return Array.from({ length: padded.length - 1 }, (_, i) => padded.slice(i, i + 2))
}

/** From 0 for nothing in common to 1 for the same letters (Dice's coefficient). */
function likeness(a: string, b: string): number {
  const [left, right] = [pairsOf(a), new Set(pairsOf(b))]
  return (2 * left.filter((pair) => right.has(pair)).length) / (left.length + right.size)
}

/** That there is no `what` of a name, with the one that may be meant or else all there are. */
export function noSuch(what: string, name: string, known: readonly string[]): string {
  const [nearest] = known.map((one) => ({ one, like: likeness(name, one) })).sort((a, b) => b.like - a.like)
  const isNear = nearest !== undefined && nearest.like >= 0.4
  return `there is no ${what} "${name}"; ${isNear ? `did you mean "${nearest.one}"?` : `there are ${known.join(', ')}`}`
}
