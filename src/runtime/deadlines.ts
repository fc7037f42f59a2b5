/** What is under way with one upstream, and one timer that ends what has taken too long. */

/** Something that must be over at `deadline`, on the clock of `performance.now()`. */
export interface Timed {
  readonly deadline: number
  readonly expire: () => void
  /** Where it stands among them; kept by `add` and `remove`. */
  place: number
}

export interface UnderWay {
  readonly add: (timed: Timed) => void
  readonly remove: (timed: Timed) => void
  readonly count: () => number
  readonly close: () => void
}

/**
 * Looks every `everyMs` milliseconds, so a deadline is kept that exactly. The timer is of the upstream, not of a call, and
 * rests once nothing was under way for a whole turn. A call costs an entry in a list, which is cheaper than one in a set.
 */
export function createUnderWay(everyMs: number): UnderWay {
  const all: Timed[] = []
  let timer: NodeJS.Timeout | undefined
  const rest = () => {
    clearInterval(timer)
    timer = undefined
  }
  const look = () => {
    if (all.length === 0) return rest()
    const now = performance.now()
    for (const timed of [...all]) if (timed.deadline <= now) timed.expire()
  }
  return {
    add: (timed) => {
      timed.place = all.push(timed) - 1
      timer ??= setInterval(look, everyMs).unref()
    },
    remove: (timed) => {
      // What has ended may end once more.
      if (all[timed.place] !== timed) return
      const last = all.pop()
      if (last !== undefined && last !== timed) {
        all[timed.place] = last
        last.place = timed.place
      }
      timed.place = -1
    },
    count: () => all.length,
    close: rest,
  }
}
