/** A circuit breaker: an upstream that fails again and again is left alone for a while, then tried with one request. */

import { createWindow } from './failure-window.ts'

/** `half-open`: it may be tried again, or is being. */
export type CircuitState = 'closed' | 'open' | 'half-open'

export interface CircuitLimits {
  /** Failures in a row after which it opens. */
  readonly failures: number
  /** How long it stays open, in milliseconds. */
  readonly pauseMs: number
  /** It opens too once so many of the requests of the last `windowMs` failed (0 to 1), where there were `calls`. */
  readonly share: number
  readonly calls: number
  /** In milliseconds. */
  readonly windowMs: number
}

export interface Circuit {
  /** 0 = a request may be sent; else after how many milliseconds one may. */
  readonly wait: () => number
  readonly succeeded: () => void
  readonly failed: () => void
  readonly state: () => CircuitState
}

/**
 * Closed until `failures` requests in a row have failed, or too great a share of the last ones. `told` hears of each change;
 * `now` in milliseconds. A request that says neither how it went (its caller has gone) leaves things as they are: after
 * another pause the next one tries. One that was sent before it opened and succeeds after closes nothing.
 */
export function createCircuit(
  limits: CircuitLimits,
  told: (state: CircuitState) => void,
  now: () => number = () => performance.now(),
): Circuit {
  const { failures, pauseMs } = limits
  const last = createWindow(limits)
  let state: CircuitState = 'closed'
  let inRow = 0
  let until = 0
  const change = (to: CircuitState) => {
    if (state === to) return
    state = to
    told(to)
  }
  return {
    wait: () => {
      if (state === 'closed') return 0
      const left = until - now()
      if (left > 0) return left
      until = now() + pauseMs
      change('half-open')
      return 0
    },
    succeeded: () => {
      if (state === 'open') return
      inRow = 0
      last.succeeded()
      if (state === 'closed') return
      last.clear()
      change('closed')
    },
    failed: () => {
      inRow += 1
      const at = now()
      const tooMany = last.failed(at)
      if (state === 'closed' && inRow < failures && !tooMany) return
      until = at + pauseMs
      change('open')
    },
    state: () => (state === 'open' && until <= now() ? 'half-open' : state),
  }
}
