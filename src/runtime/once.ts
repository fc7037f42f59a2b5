/**
 * A write that comes twice is made once: by the key its caller gives it (draft-ietf-httpapi-idempotency-key-header-07, with
 * Stripe's rules), or, where clients repeat calls by themselves, by being the same soon after.
 */

import { hash } from 'node:crypto'
import { OperationError, type OperationErrorCode } from '../errors.ts'
import type { OperationPlan } from '../plan.ts'
import type { Call } from './call.ts'
import type { Input } from './evaluate.ts'
import type { Invoke, Outcome } from './invoke.ts'
import type { Facts, Fault, Kept, Ticket } from './kept.ts'

/** How long a key is known, and how long the same call counts as a repetition where nothing else is said, in milliseconds. */
export const onceDefaults = { keyMs: 24 * 60 * 60 * 1000, windowMs: 60_000 } as const

/** Most calls remembered, the longest answer kept in bytes, and the most characters of all answers together. */
const limits = { calls: 10_000, answer: 65_536, answers: 64 * 1024 * 1024 } as const

/** What was called, and what came of it. */
export interface Made {
  /** Of the operation and its input. */
  readonly print: string
  /** Infinity while it is under way. */
  until: number
  /** While it is under way. */
  came?: Promise<Outcome> | undefined
  kept?: Kept
}

/** The calls that must not be made again. A successor of a runtime goes on with it. */
export interface Once {
  /** The oldest first. */
  readonly made: Map<string, Made>
  /** Characters of all answers in it. */
  size: number
  /** Writes one down beyond this process. Absent = nothing outlives it. */
  readonly ticket?: (facts: Facts) => Ticket
}

export function createOnce(ticket?: Once['ticket']): Once {
  return { made: new Map(), size: 0, ...(ticket === undefined ? {} : { ticket }) }
}

/** Whether a text can be a key. */
export function isKey(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x7e]{1,255}$/.test(text)
}

/** The operation, made once for one key. What is safe, or answers bytes, is as it was. */
export function once(operation: OperationPlan, invoke: Invoke, all: Once): Invoke {
  const { semantics, output } = operation
  if (semantics.safe === true || output.binary !== undefined) return invoke
  const windowMs = windowOf(operation)
  return (input, call) => {
    if (call === undefined) return invoke(input, call)
    const { key, repeats, principal } = call
    if (key === undefined && !(repeats && windowMs > 0)) return invoke(input, call)
    // Who repeats a call writes it as before, so the order of members may count.
    const print = digest([operation.name, input])
    const id = digest([principal?.subject, key === undefined ? print : { key }])
    return onlyOnce({ id, print, keptMs: key === undefined ? windowMs : onceDefaults.keyMs }, input, call, invoke, all)
  }
}

const digest = (value: unknown) => hash('sha256', JSON.stringify(value), 'base64url')

/** What may be repeated without harm is not held back. */
function windowOf({ semantics, repeatWindow }: OperationPlan): number {
  if (repeatWindow !== undefined) return repeatWindow * 1000
  return semantics.idempotent === true ? 0 : onceDefaults.windowMs
}

async function onlyOnce(facts: Facts, input: Input, call: Call, invoke: Invoke, all: Once): Promise<Outcome> {
  const { id, print } = facts
  const before = all.made.get(id)
  if (before !== undefined && before.until > Date.now()) {
    if (before.print !== print) throw reused()
    call.replayed = before.kept !== undefined || before.came !== undefined
    return before.came ?? told(before.kept, before.until)
  }
  forget(all, id)
  makeRoom(all)
  // Its caller may go and come back for the answer, so it goes on without them.
  const own: Call = { ...call, abort: undefined, passage: undefined, ticket: all.ticket?.(facts) }
  const came = invoke(input, own)
  const entry: Made = { print, came, until: Number.POSITIVE_INFINITY }
  all.made.set(id, entry)
  const settle = (kept: Kept | undefined) => {
    entry.came = undefined
    entry.until = Date.now() + facts.keptMs
    if (kept === undefined) all.made.delete(id)
    else keep(all, entry, kept)
  }
  came.then(
    (outcome) => settle(outcome.unsent === undefined ? keptOf(outcome) : undefined),
    (error: unknown) => settle(keptFault(error)),
  )
  return came
}

/** Runs a write between the lines of its ticket. */
export async function ticketed(ticket: Ticket, run: () => Promise<Outcome>): Promise<Outcome> {
  await ticket.begin()
  try {
    const outcome = await run()
    await ticket.end(keptOf(outcome))
    return outcome
  } catch (error) {
    await ticket.end(keptFault(error))
    throw error
  }
}

/** What is kept of an outcome. A long answer is not: that it was given is. */
export function keptOf({ status, text }: Pick<Outcome, 'status' | 'text'>): Kept {
  const isShort = text !== undefined && text.length <= limits.answer && Buffer.byteLength(text) <= limits.answer
  return isShort ? { status, text } : { status }
}

/** What is kept of a fault; undefined = another attempt can do no harm. */
export function keptFault(error: unknown): Kept | undefined {
  if (mayBeMade(error)) return undefined
  return error instanceof OperationError ? { fault: faultOf(error) } : { error }
}

function faultOf({ code, message, errors, upstream, retryAfterSeconds }: OperationError): Fault {
  return {
    code,
    message,
    errors,
    ...(upstream === undefined ? {} : { upstream }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}

/** Remembers what came of a write. Where there is too much of it, the oldest answers are shortened to that they were given. */
export function keep(all: Once, entry: Made, kept: Kept) {
  entry.kept = kept
  all.size += sizeOf(entry)
  if (all.size <= limits.answers) return
  for (const one of all.made.values()) {
    if (all.size <= limits.answers * 0.75) return
    all.size -= sizeOf(one)
    if (one.kept !== undefined && 'status' in one.kept) one.kept = { status: one.kept.status }
  }
}

const sizeOf = ({ kept }: Made) => (kept !== undefined && 'status' in kept ? (kept.text?.length ?? 0) : 0)

export function forget(all: Once, id: string) {
  const entry = all.made.get(id)
  if (entry === undefined) return
  all.size -= sizeOf(entry)
  all.made.delete(id)
}

/** An answer is kept as text, since what it is read to takes several times the room. */
function told(kept: Kept | undefined, until: number): Outcome {
  if (kept === undefined) throw unknown(until)
  if ('error' in kept) throw kept.error
  if ('fault' in kept) throw new OperationError(kept.fault.code, kept.fault.message, kept.fault)
  const { status, text } = kept
  return text === undefined ? { status } : { status, text, value: JSON.parse(text) }
}

function reused(): OperationError {
  return new OperationError('key-reused', 'this idempotency key was used for another call: give this one its own')
}

/** Of a write that was begun by a process that is gone. */
function unknown(until: number): OperationError {
  const ends = new Date(until).toISOString()
  const message = `the same call was begun before a restart, and nobody knows whether it was made: read the state first; if it was not, call it with another idempotency key, or after ${ends}`
  return new OperationError('outcome-unknown', message)
}

/** Faults of calls that did not reach the upstream. Of limits only `retryable` tells: a step before may have. */
const unsent: ReadonlySet<OperationErrorCode> = new Set([
  'invalid-input',
  'unauthenticated',
  'authentication-unavailable',
  'forbidden',
  'insufficient-scope',
  'approval-needed',
  'declined',
  'changed',
])

/** Whether another attempt can do no harm; of every other failure nobody knows whether it was one. */
function mayBeMade(error: unknown): boolean {
  return error instanceof OperationError && (error.retryable || unsent.has(error.code))
}

/** The oldest go first, but nothing that is under way. Throws OperationError where everything is. */
export function makeRoom(all: Once) {
  if (all.made.size < limits.calls) return
  for (const [id, { until }] of all.made) {
    if (until === Number.POSITIVE_INFINITY) continue
    forget(all, id)
    return
  }
  throw new OperationError('unavailable', 'too many writes are under way', { retryable: true })
}
