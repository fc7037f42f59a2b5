/**
 * A write that comes twice is made once: by the key its caller gives it (draft-ietf-httpapi-idempotency-key-header-07, with
 * Stripe's rules), or, where clients repeat calls by themselves, by being the same soon after.
 */

import { hash } from 'node:crypto'
import { OperationError, type OperationErrorCode } from '../errors.ts'
import type { OperationPlan } from '../plan.ts'
import type { Call } from './call.ts'
import type { Input } from './evaluate.ts'
import type { Invoke, Outcome } from './execute.ts'

/** How long a key is known, and how long the same call counts as a repetition where nothing else is said, in milliseconds. */
export const onceDefaults = { keyMs: 24 * 60 * 60 * 1000, windowMs: 60_000 } as const

/** Most calls remembered, and the longest answer kept, in characters. */
const limits = { calls: 10_000, answer: 65_536 } as const

/** What was called, and what came of it. */
interface Made {
  /** Of the operation and its input. */
  readonly print: string
  readonly outcome: Promise<Outcome>
  /** Infinity while it is under way. */
  until: number
}

/** Whether a text can be a key. */
export function isKey(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x7e]{1,255}$/.test(text)
}

/** The calls that must not be made again. A successor of a runtime goes on with it. */
export type Once = Map<string, Made>

/** The operation, made once for one key. What is safe, or answers bytes, is as it was. */
export function once(operation: OperationPlan, invoke: Invoke, made: Once): Invoke {
  const { semantics, output } = operation
  if (semantics.safe === true || output.binary !== undefined) return invoke
  const windowMs = windowOf(operation)
  return (input, call) => {
    if (call === undefined) return invoke(input, call)
    const { key, repeats, principal } = call
    if (key === undefined && !(repeats && windowMs > 0)) return invoke(input, call)
    // Who repeats a call writes it as before, so the order of members may count.
    const print = hash('sha256', JSON.stringify([operation.name, input]), 'base64url')
    const id = JSON.stringify([principal?.subject, key === undefined ? print : { key }])
    return onlyOnce({ id, print, keptMs: key === undefined ? windowMs : onceDefaults.keyMs }, input, call, invoke, made)
  }
}

/** What may be repeated without harm is not held back. */
function windowOf({ semantics, repeatWindow }: OperationPlan): number {
  if (repeatWindow !== undefined) return repeatWindow * 1000
  return semantics.idempotent === true ? 0 : onceDefaults.windowMs
}

interface Ticket {
  readonly id: string
  readonly print: string
  readonly keptMs: number
}

async function onlyOnce(ticket: Ticket, input: Input, call: Call, invoke: Invoke, made: Once): Promise<Outcome> {
  const { id, print, keptMs } = ticket
  const before = made.get(id)
  if (before !== undefined && before.until > Date.now()) {
    if (before.print !== print) throw reused()
    call.replayed = true
    return before.outcome
  }
  made.delete(id)
  makeRoom(made)
  // Its caller may go and come back for the answer, so it goes on without them.
  const own: Call = { ...call, abort: undefined, passage: undefined }
  const outcome = invoke(input, own).then(short)
  const entry: Made = { print, outcome, until: Number.POSITIVE_INFINITY }
  made.set(id, entry)
  outcome.then(
    () => {
      entry.until = Date.now() + keptMs
    },
    (error: unknown) => {
      entry.until = Date.now() + keptMs
      if (mayBeMade(error)) made.delete(id)
    },
  )
  return outcome
}

function reused(): OperationError {
  return new OperationError('key-reused', 'this idempotency key was used for another call: give this one its own')
}

/** Faults of calls that did not reach the upstream. Of limits only `retryable` tells: a step before may have. */
const unsent: ReadonlySet<OperationErrorCode> = new Set([
  'invalid-input',
  'unauthenticated',
  'authentication-unavailable',
  'forbidden',
  'insufficient-scope',
  'confirmation-needed',
  'declined',
])

/** Whether another attempt can do no harm; of every other failure nobody knows whether it was one. */
function mayBeMade(error: unknown): boolean {
  return error instanceof OperationError && (error.retryable || unsent.has(error.code))
}

/** A long answer is not kept: that it was given is. */
function short(outcome: Outcome): Outcome {
  return (outcome.text?.length ?? 0) > limits.answer ? { status: outcome.status } : outcome
}

/** The oldest go first, but nothing that is under way. */
function makeRoom(made: Once) {
  if (made.size < limits.calls) return
  for (const [id, { until }] of made) {
    if (until === Number.POSITIVE_INFINITY) continue
    made.delete(id)
    return
  }
  throw new OperationError('unavailable', 'too many writes are under way', { retryable: true })
}
