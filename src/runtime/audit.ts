/**
 * Calls as they are written down for whoever has to answer for them: who, from where, what, to which ids, and what came of
 * it. Never a value of an input beside ids, and no secret. A write has a line before it is sent and one after it; a line
 * `started` without its `ended` is a write of which nobody knows whether it was made.
 */

import { randomUUID } from 'node:crypto'
import { codeOf, OperationError, type OperationErrorCode } from '../errors.ts'
import type { OperationPlan } from '../plan.ts'
import { keyedDigestOf } from '../text/canonical.ts'
import type { Call } from './call.ts'
import type { Input } from './evaluate.ts'
import type { Invoke } from './invoke.ts'
import type { Entry } from './journal/chain.ts'
import type { Journal } from './journal/journal.ts'
import type { Log } from './log.ts'
import { keptFault, keptOf, ticketed } from './once.ts'
import type { Principal } from './principal.ts'

export interface Audit extends Journal {
  /** Whether calls that only read are written down too. */
  readonly reads: boolean
  /** Of the digests of inputs. */
  readonly key: Buffer
}

interface Surroundings {
  readonly audit?: Audit
  readonly log: Log
  readonly mask: (text: string) => string
}

/** What is called, as it is written down. */
export interface Called {
  readonly operation: string
  readonly ids?: Readonly<Record<string, readonly string[]>>
  readonly digest: string
}

/** Faults whose call has its lines already, by the operation that was called: another one may have run it. */
const told = new WeakMap<object, string>()

/** A write behind its lines in the audit and for its key. Where the first ones can't be written nothing is sent. */
export function recorded(operation: OperationPlan, invoke: Invoke, around: Surroundings): Invoke {
  const { audit } = around
  if (operation.semantics.safe === true) return invoke
  if (audit === undefined) {
    return (input, call) =>
      call?.ticket === undefined ? invoke(input, call) : ticketed(call.ticket, () => invoke(input, call))
  }
  const calledOf = describing(operation, audit, around.mask)
  return (input, call) => written(audit, around.log, calledOf(input), call, () => invoke(input, call))
}

/** Runs a write between its two lines, and those of its ticket, which go to the disk at the same time. */
export async function written<T extends { readonly status: number; readonly text?: string }>(
  audit: Audit,
  log: Log,
  called: Called,
  call: Call | undefined,
  run: () => Promise<T>,
): Promise<T> {
  const id = randomUUID()
  const facts = { id, ...called, ...factsOf(call) }
  const ticket = call?.ticket
  const begun = ticket?.begin()
  begun?.catch(() => {})
  await audit.append({ event: 'started', at: now(), ...facts }).catch(async (error) => {
    await ticket?.end(undefined)
    throw error
  })
  const since = performance.now()
  const ended = (more: Entry) => {
    const line = { event: 'ended', at: now(), ...facts, ...more, duration_ms: msSince(since) }
    // It is done: calling it a failure would invite a second one. The open line stays as the trace of it.
    return audit.append(line).catch(() => log.write('error', 'the end of a write is not in the audit', { id }))
  }
  try {
    await begun
    const outcome = await run()
    const { status } = outcome
    const line = { outcome: status < 400 ? 'ok' : 'upstream-refused', upstream_status: status }
    await Promise.all([ended(line), ticket?.end(keptOf(outcome))])
    return outcome
  } catch (error) {
    tell(error, called.operation)
    await Promise.all([ended(faultFacts(error)), ticket?.end(keptFault(error))])
    throw error
  }
}

/** Every call of an operation that has no lines of its own as a write: refused, rehearsed, answered before, or a read. */
export function audited(operation: OperationPlan, invoke: Invoke, around: Surroundings): Invoke {
  const { audit } = around
  if (audit === undefined) return invoke
  const isRead = operation.semantics.safe === true
  const line = lineOf(operation, audit, around.mask)
  const refuse = refusing(operation, around)
  return async (input, call) => {
    const since = performance.now()
    try {
      const outcome = await invoke(input, call)
      const { status, unsent } = outcome
      const isOwn = isRead ? audit.reads : call?.dryRun === true || call?.replayed === true || unsent !== undefined
      const came = unsent === undefined ? { outcome: 'ok', upstream_status: status } : { outcome: 'unsent' }
      if (isOwn) await line(input, call, came, since)
      return outcome
    } catch (error) {
      // The lines that its fault has are those of the first call.
      if (call?.replayed === true && isObject(error)) told.delete(error)
      await refuse?.(error, input, call, since)
      throw error
    }
  }
}

/** Writes down that a call was refused, unless it has a line. Never rejects: the call is refused either way. */
export type Refuse = (error: unknown, input: Input, call?: Call, since?: number) => Promise<void>

/** What is refused before its operation is asked is told by this; undefined = nobody is told. */
export function refusing(operation: OperationPlan, { audit, log, mask }: Surroundings): Refuse | undefined {
  if (audit === undefined) return undefined
  const isRead = operation.semantics.safe === true
  const line = lineOf(operation, audit, mask)
  return async (error, input, call, since = performance.now()) => {
    if (isObject(error) && told.get(error) === operation.name) return
    if (isRead && !audit.reads && !isRefusal(error)) return
    tell(error, operation.name)
    await line(input, call, faultFacts(error), since).catch(() => untold(log))
  }
}

const untold = (log: Log) => log.write('error', 'a refused call is not in the audit')

/** Writes down the refusal of what is no operation. Never rejects. */
export async function refused({ audit, log }: Surroundings, called: Called, call: Call, error: unknown) {
  await audit?.append(lineFacts(called, call, faultFacts(error), performance.now())).catch(() => untold(log))
}

/** A call in one line. */
function lineOf(operation: OperationPlan, audit: Audit, mask: (text: string) => string) {
  const calledOf = describing(operation, audit, mask)
  return (input: Input, call: Call | undefined, more: Entry, since: number) =>
    audit.append(lineFacts(calledOf(input), call, more, since))
}

function lineFacts(called: Called, call: Call | undefined, more: Entry, since: number): Entry {
  const { dryRun, replayed } = call ?? {}
  const kind = { ...(dryRun === true ? { dry_run: true } : {}), ...(replayed === true ? { replayed } : {}) }
  return { event: 'called', at: now(), ...called, ...factsOf(call), ...kind, ...more, duration_ms: msSince(since) }
}

const isObject = (error: unknown): error is object => typeof error === 'object' && error !== null

function tell(error: unknown, operation: string) {
  if (isObject(error)) told.set(error, operation)
}

const refusals: ReadonlySet<OperationErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'insufficient-scope',
  'insufficient-role',
  'approval-needed',
  'declined',
])

function isRefusal(error: unknown): boolean {
  return error instanceof OperationError && refusals.has(error.code)
}

/** Which inputs are ids is known by their names. */
function describing({ name, input: { schema } }: OperationPlan, audit: Audit, mask: (text: string) => string) {
  const names = Object.keys(schema.properties ?? {}).filter((one) => /(?:^|[_-])ids?$|[a-z0-9]I[dD]s?$/.test(one))
  const idOf = (value: unknown) => (typeof value === 'string' && isId.test(value) ? mask(value) : undefined)
  return (input: Input): Called => {
    const ids: Record<string, readonly string[]> = {}
    for (const one of names) {
      const found = [input[one]]
        .flat()
        .slice(0, mostIds)
        .flatMap((value) => idOf(value) ?? [])
      if (found.length > 0) ids[one] = found
    }
    return { operation: name, ids, digest: keyedDigestOf(audit.key, [name, input]) }
  }
}

/** What is longer, or holds more than a name, is a text and may say anything. */
const isId = /^[\w.:-]{1,128}$/

/** Most ids of one input that are written down; the digest is of all of them. */
const mostIds = 100

function factsOf(call: Call | undefined): Entry {
  if (call === undefined) return {}
  const { principal, approval, span } = call
  return {
    ...call.from?.(),
    ...(principal === undefined ? {} : { caller: principal.subject.slice(0, 256), ...roleOf(principal) }),
    ...(approval === undefined ? {} : { approval: approval.id, approved_by: approval.by }),
    ...(span === undefined ? {} : { trace_id: span.trace.traceId }),
  }
}

function roleOf({ access }: Principal): Entry {
  return access === undefined || access.roles.length === 0 ? {} : { role: access.roles.join(' ') }
}

function faultFacts(error: unknown): Entry {
  const { upstream, approval } = error instanceof OperationError ? error : {}
  const status = upstream?.status
  return {
    outcome: codeOf(error),
    ...(approval === undefined ? {} : { approval: approval.id }),
    ...(status === undefined ? {} : { upstream_status: status }),
  }
}

const now = () => new Date().toISOString()
const msSince = (since: number) => Math.round((performance.now() - since) * 100) / 100
