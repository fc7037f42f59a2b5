/** What a description says and a capability can't: by kind, with the places where it stands. */

/** What was left out or changed. */
export interface Note {
  /** A kind, as a plural without a verb. */
  readonly what: string
  readonly count: number
  /** Each place once, in the order of the description: `GET /pets`, `limit of GET /pets`, `#/components/schemas/Pet`. */
  readonly where: readonly string[]
}

export interface Notes {
  /** One of a kind, e.g. "callbacks", and its place. The same place counts once. */
  readonly add: (what: string, where: string) => void
  /** Each kind once, in the order of the first. */
  readonly list: () => readonly Note[]
}

/** An empty list. */
export function startNotes(): Notes {
  const kinds = new Map<string, Set<string>>()
  return {
    add: (what, where) => {
      const places = kinds.get(what) ?? new Set()
      kinds.set(what, places.add(where))
    },
    list: () => [...kinds].map(([what, places]) => ({ what, count: places.size, where: [...places] })),
  }
}

/** Notes that nobody reads. */
export const noNotes: Notes = { add: () => {}, list: () => [] }
