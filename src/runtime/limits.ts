/** What keeps the calls to an upstream within bounds: what the companion says, what applies where it says nothing. */

import type { UpstreamLimitsPlan, UpstreamRatePlan } from '../plan.ts'
import type { CircuitLimits } from './circuit.ts'

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
  /** Requests at a time, each on its own connection. */
  readonly concurrency: number
  /** Requests that may wait for a connection. */
  readonly queue: number
  /** Absent = as often as anybody asks. */
  readonly rate?: Rate
  /** Absent = it is asked however often it failed. */
  readonly circuit?: CircuitLimits
}

/** `window` in seconds. */
export type Rate = UpstreamRatePlan

/** What who opens the capability says: it stands before what its companion says. */
interface Given {
  readonly timeoutMs?: number
  readonly connections?: number
}

/**
 * 30 seconds with two repeats, after at most 0.1 and 0.2; Envoy's 1,024 that wait; 10 seconds after 5 failures in a row, or
 * after half of at least 20 requests in 30 seconds.
 */
export const limitDefaults = {
  timeoutMs: 30_000,
  repeats: { retries: 2, firstMs: 100, longestMs: 5000 },
  concurrency: 128,
  queue: 1024,
  circuit: { failures: 5, pauseMs: 10_000, share: 0.5, calls: 20, windowMs: 30_000 },
} as const satisfies UpstreamLimits

export function limitsOf(plan: UpstreamLimitsPlan = {}, { timeoutMs, connections }: Given = {}): UpstreamLimits {
  const { timeout, retries, backoff, concurrency, queue, rateLimit } = plan
  const { repeats } = limitDefaults
  const circuit = circuitOf(plan.breaker)
  return {
    timeoutMs: timeoutMs ?? inMs(timeout) ?? limitDefaults.timeoutMs,
    concurrency: connections ?? concurrency ?? limitDefaults.concurrency,
    queue: queue ?? limitDefaults.queue,
    ...(rateLimit === undefined ? {} : { rate: rateLimit }),
    ...(circuit === undefined ? {} : { circuit }),
    repeats: {
      retries: retries ?? repeats.retries,
      firstMs: inMs(backoff?.first) ?? repeats.firstMs,
      longestMs: inMs(backoff?.longest) ?? repeats.longestMs,
    },
  }
}

function circuitOf(breaker: UpstreamLimitsPlan['breaker'] = {}): CircuitLimits | undefined {
  if (breaker === false) return undefined
  const { failures, pauseMs, share, calls, windowMs } = limitDefaults.circuit
  return {
    failures: breaker.failures ?? failures,
    pauseMs: inMs(breaker.pause) ?? pauseMs,
    share: breaker.share ?? share,
    calls: breaker.calls ?? calls,
    windowMs: inMs(breaker.window) ?? windowMs,
  }
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
