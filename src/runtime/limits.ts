/** What keeps the calls to an upstream within bounds: what the companion says, what applies where it says nothing. */

import type { UpstreamLimitsPlan } from '../plan.ts'

/** How often and after which pauses a request that does no harm twice is sent again. Times in milliseconds. */
export interface RepeatLimits {
  readonly retries: number
  /** The first pause is at most so long, each later one at most twice the one before. */
  readonly firstMs: number
  /** No pause is longer: who is asked to wait longer tells its caller. */
  readonly longestMs: number
}

export interface UpstreamLimits {
  /** Longest time for one call, with all its steps and repeats, in milliseconds. */
  readonly timeoutMs: number
  readonly repeats: RepeatLimits
}

/** Two repeats after at most 0.1 and 0.2 seconds, where the upstream does not ask for more; 30 seconds for all. */
export const limitDefaults: UpstreamLimits = {
  timeoutMs: 30_000,
  repeats: { retries: 2, firstMs: 100, longestMs: 5000 },
}

/** `timeoutMs` = of who opens the capability, which stands before what its companion says. */
export function limitsOf({ timeout, retries, backoff }: UpstreamLimitsPlan = {}, timeoutMs?: number): UpstreamLimits {
  const { repeats } = limitDefaults
  return {
    timeoutMs: timeoutMs ?? inMs(timeout) ?? limitDefaults.timeoutMs,
    repeats: {
      retries: retries ?? repeats.retries,
      firstMs: inMs(backoff?.first) ?? repeats.firstMs,
      longestMs: inMs(backoff?.longest) ?? repeats.longestMs,
    },
  }
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
