/** Names that lead nowhere, and the one that was probably meant. */

/** The arguments of a fault about an unknown name. */
export interface UnknownName {
  readonly name: string
  readonly nearest?: string | undefined
  readonly known: readonly string[]
}

/** "did you mean …" when there is a near name, else the list of known ones, bounded. */
export function knownNames(
  what: string,
  args: { readonly nearest?: string | undefined; readonly known: readonly string[] },
) {
  if (args.nearest !== undefined) return `did you mean "${args.nearest}"?`
  if (args.known.length === 0) return `there are no ${what} here`
  const shown = args.known.slice(0, 12).join(', ')
  return `known ${what}: ${shown}${args.known.length > 12 ? ', …' : ''}`
}
