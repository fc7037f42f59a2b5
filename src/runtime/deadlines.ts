/** What is under way with one upstream, and one timer that ends what has taken too long. */

/** Something that must be over at `deadline`, on the clock of `performance.now()`. */
export interface Timed {
  readonly deadline: number
  readonly expire: () => void
}

export interface UnderWay {
  readonly add: (timed: Timed) => void
  readonly remove: (timed: Timed) => void
  readonly count: () => number
  readonly close: () => void
}

/**
 * Looks every `everyMs` milliseconds, so a deadline is kept that exactly. The timer is of the upstream, not of a call, and
 * rests once nothing was under way for a whole turn: a call costs an entry in a set.
 */
export function createUnderWay(everyMs: number): UnderWay {
  const all = new Set<Timed>()
  let timer: NodeJS.Timeout | undefined
  const rest = () => {
    clearInterval(timer)
    timer = undefined
  }
  const look = () => {
    if (all.size === 0) return rest()
    const now = performance.now()
    for (const timed of all) if (timed.deadline <= now) timed.expire()
  }
  return {
    add: (timed) => {
      all.add(timed)
      timer ??= setInterval(look, everyMs).unref()
    },
    remove: (timed) => all.delete(timed),
    count: () => all.size,
    close: rest,
  }
}
