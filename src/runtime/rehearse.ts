/** What a call would send, told in place of sending it: the input is checked, nothing is written. */

import type { ComparePlan, OperationPlan, RequestPlan, StepPlan, Value } from '../plan.ts'
import { type Difference, differencesOf } from '../text/difference.ts'
import { child } from '../text/pointer.ts'
import type { Call } from './call.ts'
import type { ExecuteContext } from './context.ts'
import type { Input } from './evaluate.ts'
import type { Outcome } from './invoke.ts'
import { asksToLook, look } from './look.ts'
import type { UpstreamRequest } from './message.ts'
import { bytesOf, requestBuilder } from './request.ts'
import { sender } from './sender.ts'
import { prepareSteps, type StepTools } from './steps.ts'
import type { Upstream } from './upstream.ts'

export interface Rehearsal {
  readonly dry_run: true
  readonly operation: string
  /** In the order of the capability. None for an operation that calls nothing. */
  readonly requests: readonly Rehearsed[]
  /** Why there would be none, where a look found nothing left to do. */
  readonly reason?: string
  /** What would be another than it is now, where the companion says what to compare. */
  readonly changes?: readonly Difference[]
  /** How many others there are. */
  readonly more_changes?: number
}

/** A request to the byte, with its secrets hidden; of one that needs an earlier answer, what can be told without. */
export interface Rehearsed {
  readonly step?: string
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, text, or `{base64}` of bytes. */
  readonly body?: unknown
  /** Steps whose answers it is made of. */
  readonly depends_on?: readonly string[]
}

/** What a rehearsal needs beside the operation. */
interface Around {
  readonly call: Call
  /** The value of an answer. Throws OperationError when it can't be read. */
  readonly parse: (operation: OperationPlan, text: string) => unknown
}

/**
 * Tells the requests of an operation for an input that fits. Where the companion compares, or the caller asks for a look,
 * what is there is read, and steps run up to the first that writes, which is told in their place. Throws OperationError for
 * a value that can't be sent, and what a look and these steps throw.
 */
export async function rehearse(
  operation: OperationPlan,
  context: ExecuteContext,
  input: Input,
  { call, parse }: Around,
): Promise<Outcome> {
  const { check, name } = operation
  const asked = check?.always === true || asksToLook(call)
  const looked = asked || check?.compares !== undefined ? await look(operation, input, call, context) : undefined
  const already = asked ? looked?.already : undefined
  if (already !== undefined) return answered({ dry_run: true, operation: name, requests: [], reason: already })
  const exact =
    check?.compares === undefined ? undefined : await upToTheWrite(operation, context, input, { call, parse })
  const requests = requestsOf(operation, context, input, exact)
  const compared = looked === undefined ? {} : comparedIn(check?.compares ?? [], looked.there.value, requests)
  return answered({ dry_run: true, operation: name, ...compared, requests })
}

function answered(value: Rehearsal): Outcome {
  return { status: 200, value, text: JSON.stringify(value) }
}

/** The body that writes is that of the last request with one. */
function comparedIn(compares: readonly ComparePlan[], there: unknown, requests: readonly Rehearsed[]) {
  if (compares.length === 0) return {}
  const body = requests.findLast((request) => request.body !== undefined)?.body
  const found = compares.map(({ name, there: paths, sent, by }) => {
    const from = paths.map((path) => path.get(there)).find((value) => value !== undefined && value !== null)
    return differencesOf(from, sent.get(body), child('', name), by)
  })
  const more = found.reduce((sum, one) => sum + one.more, 0)
  return { changes: found.flatMap(({ places }) => places), ...(more === 0 ? {} : { more_changes: more }) }
}

/** The write that steps come to, told to the byte. Undefined = they come to none, or there are no steps. */
async function upToTheWrite(
  operation: OperationPlan,
  context: ExecuteContext,
  input: Input,
  { call, parse }: Around,
): Promise<ReadonlyMap<RequestPlan, Rehearsed> | undefined> {
  const { run } = operation
  if (run.type !== 'steps') return undefined
  const { binds, mask, scripting } = context
  const writes = new Set(run.steps.flatMap((s) => (s.type === 'call' && s.semantics.safe !== true ? [s.request] : [])))
  const reached = new Map<RequestPlan, Rehearsed>()
  const stop = new Error('the write is told, not sent')
  const send: StepTools['send'] = (request, step) => {
    if (!writes.has(request)) return sender(step, request, context)
    return async (given) => {
      reached.set(request, told(request, operation, context, given))
      throw stop
    }
  }
  const nothing = () => ({ status: 200 })
  const tools = { send, parse, outcome: nothing, composed: nothing, mask, scripting, telemetry: undefined }
  const steps = prepareSteps(operation, run, binds, { ...tools, timeoutMs: Number.POSITIVE_INFINITY })
  await steps(input, call).catch((error: unknown) => {
    if (error !== stop) throw error
  })
  return reached
}

function requestsOf(
  operation: OperationPlan,
  context: ExecuteContext,
  input: Input,
  reached: ReadonlyMap<RequestPlan, Rehearsed> | undefined,
): readonly Rehearsed[] {
  const { run } = operation
  const exact = (request: RequestPlan) => reached?.get(request) ?? told(request, operation, context, input)
  if (run.type === 'call') return [exact(run.request)]
  if (run.type === 'mock') return []
  return run.steps.flatMap((step) => {
    if (step.type !== 'call') return []
    const needed = reached?.has(step.request) ? [] : [...new Set(stepsIn(step.request))]
    if (needed.length === 0) return [{ step: step.name, ...exact(step.request) }]
    return [{ step: step.name, ...outlined(step, context), depends_on: needed }]
  })
}

/** The steps that any value inside of a request stands for. */
function stepsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown }
  const inside = Object.values(node).flatMap(stepsIn)
  return type === 'step' && typeof name === 'string' ? [name, ...inside] : inside
}

function upstreamOf({ upstream }: RequestPlan, { upstreams }: ExecuteContext): Upstream {
  const found = upstreams.get(upstream)
  if (found === undefined) throw new Error(`Unexpected: no upstream "${upstream}". Please report this.`)
  return found
}

function told(plan: RequestPlan, operation: OperationPlan, context: ExecuteContext, input: Input): Rehearsed {
  const upstream = upstreamOf(plan, context)
  const request = requestBuilder(plan, upstream, context.binds, bytesOf(operation))(input)
  const headers = headersOf(request, upstream, context.mask)
  return {
    method: request.method,
    url: context.mask(`${upstream.origin}${withoutCredential(request.path, upstream)}`),
    headers,
    ...(request.body === undefined ? {} : { body: bodyOf(request.body, headers['content-type'], context.mask) }),
  }
}

const hidden = '***'

/** The credential is hidden by its place too: it may be too short to be found by what it is. */
function headersOf(
  { headers }: UpstreamRequest,
  { credentials }: Upstream,
  mask: (text: string) => string,
): Readonly<Record<string, string>> {
  const secret = new Set(credentials.headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()))
  const own = headers.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), headers[i + 1] ?? ''] as const] : []))
  return Object.fromEntries([
    ...own.map(([name, value]) => [name, secret.has(name) ? hidden : mask(value)]),
    ...(credentials.reserved ?? []).map((name) => [name, hidden]),
  ])
}

function withoutCredential(path: string, { credentials: { query } }: Upstream): string {
  if (query === '' || !path.endsWith(query)) return path
  return `${path.slice(0, -query.length)}${query.slice(0, query.indexOf('='))}=${hidden}`
}

function bodyOf(body: NonNullable<UpstreamRequest['body']>, type: string | undefined, mask: (text: string) => string) {
  if (Buffer.isBuffer(body)) return { base64: body.toString('base64') }
  const text = mask(String(body))
  if (type === undefined || !/json/i.test(type)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Address and method of a request whose values are not known yet. */
function outlined({ request }: StepPlan & { readonly type: 'call' }, context: ExecuteContext): Rehearsed {
  const { origin, basePath } = upstreamOf(request, context)
  const part = (one: string | Value) => (typeof one === 'string' ? one : `{${placeOf(one)}}`)
  return { method: request.method, url: context.mask(`${origin}${basePath}${request.path.map(part).join('')}`) }
}

const placeOf = (value: Value) => (value.type === 'input' || value.type === 'step' ? value.name : '…')
