/** What a description says and a capability can't, counted by kind. */

/** What was left out or changed, with how often. */
export interface Note {
  readonly what: string
  readonly count: number
}

export interface Notes {
  /** Counts one more of a kind; `what` is a plural without a verb, e.g. "cookies as credentials". */
  readonly add: (what: string) => void
  /** Each kind once, in the order of the first. */
  readonly list: () => readonly Note[]
}

/** An empty tally. */
export function startNotes(): Notes {
  const counts = new Map<string, number>()
  return {
    add: (what) => void counts.set(what, (counts.get(what) ?? 0) + 1),
    list: () => [...counts].map(([what, count]) => ({ what, count })),
  }
}
