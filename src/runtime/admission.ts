/** Whether a request may go to an upstream now: as many at a time, as many in a window, and none while it is down. */

import { OperationError } from '../errors.ts'
import type { Circuit } from './circuit.ts'
import type { Rate, UpstreamLimits } from './limits.ts'

/** What an upstream that is asked now answers in its place; undefined = it may be asked. */
export type Admit = () => OperationError | undefined

/** `underWay` = how many requests are, those that wait for a connection included. `now` in milliseconds. */
export function admission(
  namespace: string,
  { concurrency, queue, rate }: UpstreamLimits,
  circuit: Circuit | undefined,
  underWay: () => number,
  now: () => number = () => performance.now(),
): Admit {
  const most = concurrency + queue
  const take = rate === undefined ? undefined : bucketOf(rate, now)
  return () => {
    const wait = circuit?.wait() ?? 0
    if (wait > 0) return later('unavailable', `"${namespace}" has failed again and again, so nothing is sent now`, wait)
    if (underWay() >= most)
      return later(
        'unavailable',
        `"${namespace}" has ${concurrency} requests under way and ${queue} waiting: no more may`,
      )
    const next = take?.() ?? 0
    if (rate === undefined || next === 0) return undefined
    const { requests, window } = rate
    return later('rate-limited', `"${namespace}" may be sent ${requests} requests in ${window} seconds, and was`, next)
  }
}

function later(code: 'unavailable' | 'rate-limited', message: string, waitMs?: number): OperationError {
  const wait = waitMs === undefined ? {} : { retryAfterSeconds: Math.ceil(waitMs / 1000) }
  return new OperationError(code, `${message}. Nothing was sent`, { retryable: true, ...wait })
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
