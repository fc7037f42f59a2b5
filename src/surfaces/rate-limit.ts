/** How often one caller may ask (draft-ietf-httpapi-ratelimit-headers): a window that starts with the first request. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import type { RateLimitPlan } from '../plan.ts'
import { callerOf } from './caller.ts'
import { type Handler, sendProblem } from './http.ts'
import { tell } from './told.ts'

/** Callers that are remembered; of more, those who began first are forgotten. */
const maxCallers = 10_000

/** What tells callers apart. */
export type CallerOf = (req: IncomingMessage) => string

interface Window {
  count: number
  /** Milliseconds, on the clock of `performance`. */
  readonly ends: number
}

/** Counts the requests of each caller and answers 429 above the limit. Without a plan the handler stays as it is. */
export function limited(handler: Handler, plan: RateLimitPlan | undefined, callerOf: CallerOf): Handler {
  if (plan === undefined) return handler
  const { requests, window } = plan
  const windows = new Map<string, Window>()
  const policy = `"default";q=${requests};w=${window}`
  return (req, res) => {
    const now = performance.now()
    const current = windowOf(windows, callerOf(req), now, window * 1000)
    current.count++
    const seconds = Math.max(1, Math.ceil(Math.floor(current.ends - now) / 1000))
    tell(res, 'ratelimit-policy', policy)
    tell(res, 'ratelimit', `"default";r=${Math.max(0, requests - current.count)};t=${seconds}`)
    return current.count > requests ? refuse(res, plan, seconds) : handler(req, res)
  }
}

function refuse(res: ServerResponse, { requests, window }: RateLimitPlan, seconds: number): boolean {
  const message = `this caller has had its ${requests} requests of ${window} seconds; the next one in ${seconds} seconds`
  sendProblem(res, new OperationError('rate-limited', message, { retryable: true, retryAfterSeconds: seconds }))
  return true
}

function windowOf(windows: Map<string, Window>, caller: string, now: number, length: number): Window {
  const known = windows.get(caller)
  if (known !== undefined && known.ends > now) return known
  // Taken out and put in again: the map's order is the order of the windows' ends.
  windows.delete(caller)
  forget(windows, now)
  const begun = { count: 0, ends: now + length }
  windows.set(caller, begun)
  return begun
}

/** Those whose window is over, and one more where there are too many. */
function forget(windows: Map<string, Window>, now: number) {
  for (const [caller, { ends }] of windows) {
    if (ends > now && windows.size < maxCallers) return
    windows.delete(caller)
  }
}

/** The subject of a token. A surface that asks for no token has one credential, so all who have it are one caller. */
export const byCaller: CallerOf = (req) => callerOf(req)?.principal.subject ?? ''

/** Whoever has an IPv6 address has a network of them, so its first half counts. */
export function byAddress({ socket }: IncomingMessage): string {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return address.includes('::') || !address.includes(':') ? address : address.split(':').slice(0, 4).join(':')
}
