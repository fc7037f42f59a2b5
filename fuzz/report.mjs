/** What a run of fast-check came to. */

const longest = 6000

/** A text with the smallest case, `shown` of its values; undefined when nothing failed. */
export function reported({ failed, counterexample, errorInstance, seed, counterexamplePath, numShrinks }, shown) {
  if (!failed) return undefined
  const { text, ...more } = shown(counterexample)
  const lines = [
    `seed ${seed}, path ${counterexamplePath}, ${numShrinks} times made smaller`,
    JSON.stringify(more),
    ...(text === undefined ? [] : [text.slice(0, longest)]),
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
  ]
  return lines.join('\n')
}

/** One of several runs: counts added, the failures one after the other. */
export function merged(parts) {
  const counts = {}
  for (const part of parts)
    for (const [kind, n] of Object.entries(part.counts).sort()) counts[kind] = (counts[kind] ?? 0) + n
  const failures = parts.flatMap(({ failure }) => failure ?? [])
  return { counts, ...(failures.length === 0 ? {} : { failure: failures.join('\n\n') }) }
}
