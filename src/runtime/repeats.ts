/** A request that does no harm twice is sent again where that may help: after a pause, within its time, by a budget. */

import { OperationError } from '../errors.ts'
import type { Call } from './call.ts'
import type { RepeatLimits } from './limits.ts'
import type { Send, UpstreamAnswer, UpstreamRequest } from './message.ts'
import { secondsOf } from './retry-after.ts'
import { cancelledError, mayPassOver } from './upstream-faults.ts'

/** What an exchange came to. */
export type Came = { readonly answer: UpstreamAnswer } | { readonly error: unknown }

/** What came of a request, `first` after its first exchange, once it was repeated as often as makes sense. */
export type Repeat = (request: UpstreamRequest, first: Came, call?: Call) => Promise<UpstreamAnswer>

/** How many repeats may be under way with an upstream at a time. */
export interface RepeatBudget {
  /** False = none is left. Else `give` it back once it is over. */
  readonly take: () => boolean
  readonly give: () => void
  /** Counts one that was sent. */
  readonly count: () => void
  /** How many were sent since the start. */
  readonly total: () => number
}

const share = 0.2
const floor = 3

/**
 * Envoy's retry budget with its numbers (`retry_budget`: 20 % of the active requests, at least 3): when everything fails,
 * repeats add a fifth to the load, not a multiple. `active` = requests under way.
 */
export function createBudget(active: () => number): RepeatBudget {
  let taken = 0
  let total = 0
  return {
    take: () => {
      if (taken >= Math.max(floor, Math.floor(active() * share))) return false
      taken += 1
      return true
    },
    give: () => {
      taken -= 1
    },
    count: () => {
      total += 1
    },
    total: () => total,
  }
}

/** Answers after which the same request may succeed. */
const passing = new Set([429, 502, 503, 504])

/** Decides at start how requests of one operation are repeated. `send` = each exchange, the first one excepted. */
export function repeater(send: Send, limits: RepeatLimits, budget: RepeatBudget): Repeat {
  return async (request, first, call) => {
    let came = first
    let repeated = false
    for (let before = 0; before < limits.retries && mayPass(came, request); before += 1) {
      const pauseMs = pauseOf(came, before, limits)
      if (pauseMs === undefined || isOver(request, call, pauseMs) || !budget.take()) break
      try {
        await pause(pauseMs, call)
        const next = await cameOf(send(request, call))
        if (wasKept(next)) break
        budget.count()
        repeated ||= isUnsure(came)
        came = next
      } finally {
        budget.give()
      }
    }
    if ('error' in came) throw came.error
    return repeated ? { ...came.answer, repeated } : came.answer
  }
}

/** Whether the request may have been carried out, whatever is answered to the next one. */
function isUnsure(came: Came): boolean {
  if ('answer' in came) return came.answer.status === 502 || came.answer.status === 504
  return !(came.error instanceof OperationError && came.error.retryable)
}

function cameOf(answering: Promise<UpstreamAnswer>): Promise<Came> {
  return answering.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  )
}

/** Nothing was sent, so what came before says more. */
function wasKept(came: Came): boolean {
  if (!('error' in came) || !(came.error instanceof OperationError)) return false
  return came.error.code === 'unavailable' || came.error.code === 'rate-limited'
}

/** What has begun to go to the caller can't begin again, and a body that was handed on is gone. */
function mayPass(came: Came, { sink, body }: UpstreamRequest): boolean {
  if (typeof body === 'object' && !Buffer.isBuffer(body)) return false
  if ('answer' in came) return came.answer.streamed !== true && passing.has(came.answer.status)
  const { error } = came
  if (!(error instanceof OperationError)) return false
  if (sink !== undefined && !error.retryable) return false
  return mayPassOver(error)
}

/**
 * Full jitter (exponential bounds, a random pause below them: AWS Architecture Blog, "Exponential Backoff And Jitter"),
 * after what `Retry-After` asks for. Undefined = longer than anybody here waits.
 */
function pauseOf(came: Came, before: number, { firstMs, longestMs }: RepeatLimits): number | undefined {
  const asked = 'answer' in came ? (secondsOf(came.answer.retryAfter) ?? 0) * 1000 : 0
  if (asked > longestMs) return undefined
  return asked + Math.random() * Math.min(longestMs, firstMs * 2 ** before)
}

function isOver({ deadline }: UpstreamRequest, call: Call | undefined, pauseMs: number): boolean {
  return call?.cancelled === true || (deadline !== undefined && performance.now() + pauseMs >= deadline)
}

/** Ends early, as a fault, when the caller goes. */
function pause(ms: number, call: Call | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (call !== undefined) call.abort = undefined
      resolve()
    }, ms)
    if (call === undefined) return
    call.abort = () => {
      clearTimeout(timer)
      reject(cancelledError())
    }
  })
}
