import type { Fault } from './faults.ts'

/** One request as it was received. Credentials are not recorded. */
export interface JournalEntry {
  /** Number of the request since the start or the last reset, from 1. */
  readonly sequence: number
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  /** Name of the operation, empty where no route fits. */
  readonly operation: string
  readonly authorized: boolean
  /** The JSON body, where the operation takes one and it is no larger than 64 KiB. */
  readonly body?: unknown
  /** Status that was answered; 0 while there is none, and for good after a hang or a reset. */
  readonly status: number
  /** Status that the operation itself came to, whatever was answered; absent where it was not carried out. */
  readonly outcome?: number
  /** The injected fault, latency apart. */
  readonly fault?: Fault['type']
  /** Whether that fault struck before the operation was carried out, or after it. */
  readonly effect?: 'before' | 'after'
  /** How much later the answer was made to come, in milliseconds. */
  readonly delay?: number
}

/** An entry while its request is being answered. */
export type OpenEntry = { -readonly [Key in keyof JournalEntry]: JournalEntry[Key] }

export interface Journal {
  add(entry: Omit<OpenEntry, 'sequence'>): OpenEntry
  /** The kept entries, newest last. */
  entries(): readonly JournalEntry[]
  clear(): void
}

/** Entries that are kept. */
export const journalLimit = 1000

/** Largest body that an entry keeps, in characters. */
export const journaledBody = 64 * 1024

export function createJournal(): Journal {
  let kept: OpenEntry[] = []
  let sequence = 0
  return {
    add(entry) {
      sequence += 1
      const open = { sequence, ...entry }
      kept.push(open)
      // Dropping a thousand at once costs nothing a request; dropping one would move the rest each time.
      if (kept.length >= 2 * journalLimit) kept = kept.slice(-journalLimit)
      return open
    },
    entries: () => kept.slice(-journalLimit),
    clear() {
      kept = []
      sequence = 0
    },
  }
}
