/** What a call would send, told in place of sending it: the input is checked, nothing leaves. */

import type { OperationPlan, RequestPlan, StepPlan, Value } from '../plan.ts'
import type { Input } from './evaluate.ts'
import type { ExecuteContext, Outcome } from './execute.ts'
import { bytesOf, requestBuilder } from './request.ts'
import type { Upstream, UpstreamRequest } from './upstream.ts'

export interface Rehearsal {
  readonly dry_run: true
  readonly operation: string
  /** In the order of the capability. None for an operation that calls nothing. */
  readonly requests: readonly Rehearsed[]
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

/** Tells the requests of an operation for an input that fits. Throws OperationError for a value that can't be sent. */
export function rehearse(operation: OperationPlan, context: ExecuteContext, input: Input): Outcome {
  const value: Rehearsal = { dry_run: true, operation: operation.name, requests: requestsOf(operation, context, input) }
  return { status: 200, value, text: JSON.stringify(value) }
}

function requestsOf(operation: OperationPlan, context: ExecuteContext, input: Input): readonly Rehearsed[] {
  const { run } = operation
  const exact = (request: RequestPlan) => told(request, operation, context, input)
  if (run.type === 'call') return [exact(run.request)]
  if (run.type === 'mock') return []
  return run.steps.flatMap((step) => {
    if (step.type !== 'call') return []
    const needed = [...new Set(stepsIn(step.request))]
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
