/** Names in a sentence. */

const mostNamed = 3

/** The first of many names. */
export function several(names: readonly string[]): string {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}
