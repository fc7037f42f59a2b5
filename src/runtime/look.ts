/**
 * Look before you write: what is there is read first, so that nothing is sent to what is gone, is so already, or is not
 * what its caller has seen. The read and the write are two requests: what changes between them is not noticed.
 */

import { hash } from 'node:crypto'
import { OperationError } from '../errors.ts'
import type { CheckPlan, OperationPlan } from '../plan.ts'
import type { BindValues } from './binds.ts'
import type { Call } from './call.ts'
import { asText, evaluate, type Input } from './evaluate.ts'
import type { Invoke, Outcome } from './invoke.ts'
import { readFirst } from './read-first.ts'

/** What a look needs of the runtime. */
export interface Looking {
  readonly binds: BindValues
  /** Runs an operation by its name, behind its own policy. */
  readonly invokeNamed: (name: string) => Invoke
}

/** What a result is told apart by: the same on every surface, and the `ETag` of its JSON. Undefined = there is no text. */
export function digestOfResult({ text }: Outcome): string | undefined {
  return text === undefined ? undefined : hash('sha1', text, 'base64url')
}

/** The operation behind its look. What only reads has none. */
export function looked(operation: OperationPlan, invoke: Invoke, around: Looking): Invoke {
  const { check, semantics } = operation
  if (semantics.safe === true) return invoke
  const always = check?.always === true
  return (input, call) =>
    always || (call !== undefined && asksToLook(call))
      ? lookThen(operation, invoke, input, call, around)
      : invoke(input, call)
}

/** Whether the caller wants to know what is there before anything is written. */
export function asksToLook({ check, seen }: Call): boolean {
  return check || seen !== undefined
}

async function lookThen(
  operation: OperationPlan,
  invoke: Invoke,
  input: Input,
  call: Call | undefined,
  around: Looking,
): Promise<Outcome> {
  const { already } = await look(operation, input, call, around)
  if (already === undefined) return invoke(input, call)
  const value = { nothing_sent: true, reason: already }
  return { status: 200, unsent: already, value, text: JSON.stringify(value) }
}

/** What was found. */
export interface Looked {
  readonly there: Outcome
  /** Why there is nothing left to do, where that is so. */
  readonly already?: string
}

/**
 * Reads what an operation is about. Throws OperationError: `changed` when it is not what the caller has seen, `invalid-input`
 * when nothing reads it, and the fault of the read, one of 404 among them.
 */
export async function look(
  { name, check }: OperationPlan,
  input: Input,
  call: Call | undefined,
  { binds, invokeNamed }: Looking,
): Promise<Looked> {
  if (check === undefined) throw uncheckable(name)
  const there = await readFirst(check, input, call, invokeNamed).catch((error: unknown) => {
    throw unread(error, name)
  })
  if (call?.seen !== undefined && !call.seen.includes(digestOfResult(there) ?? '')) throw changed(name)
  return isDone(check, there) ? { there, already: reasonOf(check, input, binds) } : { there }
}

function isDone({ done }: CheckPlan, { value }: Outcome): boolean {
  if (done === undefined) return false
  return [done.get(value)].flat().some((found) => found !== undefined && found !== null && found !== false)
}

function reasonOf({ message }: CheckPlan, input: Input, binds: BindValues): string {
  return message === undefined ? 'it is so already' : asText(evaluate(message, input, binds))
}

function uncheckable(name: string): OperationError {
  return new OperationError(
    'invalid-input',
    `"${name}" can't look before it writes: no flow reads what it is about. Nothing was sent`,
  )
}

function changed(name: string): OperationError {
  return new OperationError(
    'changed',
    `what "${name}" is about has changed since it was read. Nothing was sent: read it again, then decide again`,
  )
}

/** A fault of the read is none of the write, which has not begun. */
function unread(error: unknown, name: string): unknown {
  if (!(error instanceof OperationError)) return error
  const { code, upstream, retryable, scopes, retryAfterSeconds, errors } = error
  const gone = upstream?.status === 404
  const why = gone ? 'is not there: it is gone already, or an id is wrong' : 'could not be read first'
  return new OperationError(code, `what "${name}" is about ${why}. Nothing was sent. ${error.message}`, {
    errors,
    retryable,
    scopes,
    ...(upstream === undefined ? {} : { upstream }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    cause: error,
  })
}
