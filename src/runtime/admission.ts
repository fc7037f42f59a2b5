/** Whether a request may go to an upstream now: as many at a time, as many in a window, and none while it is down. */

import { OperationError } from '../errors.ts'
import type { Circuit } from './circuit.ts'
import type { Rate, UpstreamLimits } from './limits.ts'

/** What an upstream that is asked now answers in its place; undefined = it may be asked. `countedBy` = where it counts by values. */
export type Admit = (countedBy?: string) => OperationError | undefined

/** `underWay` = how many requests are, those that wait for a connection included. `now` in milliseconds. */
export function admission(
  namespace: string,
  { concurrency, queue, rate }: UpstreamLimits,
  circuit: Circuit | undefined,
  underWay: () => number,
  now: () => number = () => performance.now(),
): Admit {
  const most = concurrency + queue
  const take = rate === undefined ? undefined : takerOf(rate, now)
  return (countedBy) => {
    const wait = circuit?.wait() ?? 0
    if (wait > 0) return later('unavailable', `"${namespace}" has failed again and again, so nothing is sent now`, wait)
    if (underWay() >= most)
      return later(
        'unavailable',
        `"${namespace}" has ${concurrency} requests under way and ${queue} waiting: no more may`,
      )
    const next = take?.(countedBy) ?? 0
    if (rate === undefined || next === 0) return undefined
    const { requests, window, by } = rate
    const each = by === undefined ? '' : ` for each ${by.join(' and ')}`
    const message = `"${namespace}" may be sent ${requests} requests in ${window} seconds${each}, and was`
    return later('rate-limited', message, next)
  }
}

function later(code: 'unavailable' | 'rate-limited', message: string, waitMs?: number): OperationError {
  const wait = waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }
  return new OperationError(code, `${message}. Nothing was sent`, { retryable: true, ...wait })
}

/** Most values that are told apart; the one that was not asked for longest goes first, and its bucket is full again. */
const mostBuckets = 10_000

/** One bucket, or one for each value. */
function takerOf(rate: Rate, now: () => number): (countedBy?: string) => number {
  if (rate.by === undefined) return bucketOf(rate, now)
  const buckets = new Map<string, () => number>()
  return (countedBy = '') => {
    const take = buckets.get(countedBy) ?? bucketOf(rate, now)
    buckets.delete(countedBy)
    buckets.set(countedBy, take)
    for (const oldest of buckets.size > mostBuckets ? buckets.keys() : []) {
      buckets.delete(oldest)
      break
    }
    return take()
  }
}

/** A token bucket that fills evenly. It answers 0, or after how many milliseconds the next one is there. */
function bucketOf({ requests, window }: Rate, now: () => number): () => number {
  const msEach = (window * 1000) / requests
  let left = requests
  let since = now()
  return () => {
    const at = now()
    left = Math.min(requests, left + (at - since) / msEach)
    since = at
    if (left < 1) return (1 - left) * msEach
    left -= 1
    return 0
  }
}
