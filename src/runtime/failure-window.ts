/** How many of the last requests failed, counted so that one that succeeds costs an addition. */

interface WindowLimits {
  readonly share: number
  readonly calls: number
  readonly windowMs: number
}

export interface Window {
  readonly succeeded: () => void
  /** Whether too many have failed, this one included. `at` in milliseconds. */
  readonly failed: (at: number) => boolean
  readonly clear: () => void
}

interface Part {
  readonly since: number
  succeeded: number
  failed: number
}

const parts = 10

/**
 * Ten parts that begin with a failure each, so that only failures look at the clock: what succeeds after a part has ended
 * counts with it until the next failure, and may be forgotten a little early.
 */
export function createWindow({ share, calls, windowMs }: WindowLimits): Window {
  let all: Part[] = []
  let current: Part = { since: 0, succeeded: 0, failed: 0 }
  const partAt = (at: number) => {
    all = all.filter(({ since }) => at - since < windowMs)
    if (all.length > 0 && at - current.since < windowMs / parts) return
    current = { since: at, succeeded: 0, failed: 0 }
    all.push(current)
  }
  return {
    succeeded: () => {
      current.succeeded += 1
    },
    failed: (at) => {
      partAt(at)
      current.failed += 1
      const failed = all.reduce((sum, part) => sum + part.failed, 0)
      const made = all.reduce((sum, part) => sum + part.succeeded, failed)
      return made >= calls && failed >= made * share
    },
    clear: () => {
      all = []
    },
  }
}
