/** Requests that go on to a consumed API, and its answers on their way back (spec-servers §3.6). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../../errors.ts'
import type { ForwardPlan, RestPlan, SegmentPlan } from '../../plan.ts'
import { asText, evaluate } from '../../runtime/evaluate.ts'
import { type Forwarder, prepareForward } from '../../runtime/forward.ts'
import { lackingForward } from '../../runtime/policy.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type RequestPoint, requestPoint } from '../../runtime/telemetry/points.ts'
import { callerOf, challengeTo } from '../caller.ts'
import { carriesBody, limits, pathOf, readBytes, sendProblem } from '../http.ts'
import { callOf } from './call.ts'
import { responseSink } from './forwarded.ts'

/** What forwards requests of this path; undefined when no resource does. */
export type Forwarding = (path: string) => Forward | undefined

interface Forward {
  /** Absent = whatever comes. */
  readonly methods: ForwardPlan['methods']
  readonly pass: (req: IncomingMessage, res: ServerResponse) => void
}

/** Undefined for a surface that forwards nothing. The resource with the longer path goes first. */
export function forwardings(plan: RestPlan, runtime: Runtime): Forwarding | undefined {
  if (plan.forwards === undefined) return undefined
  const own = ownCredential(plan, runtime)
  const all = [...plan.forwards].sort(
    (a, b) => b.segments.length - a.segments.length || Number(a.open) - Number(b.open),
  )
  const prepared = all.map((forward) => ({
    forward,
    to: prepareForward(forward, runtime.context),
    point: requestPoint(runtime.context, 'rest', `${forward.path} *`, {}),
  }))
  return (path) => {
    const parts = path.split('/').slice(1)
    const found = prepared.find(({ forward }) => fits(forward, parts))
    if (found === undefined) return undefined
    const { methods, segments } = found.forward
    const rest = parts.slice(segments.length).map((part) => `/${part}`)
    return {
      methods,
      pass: (req, res) => {
        const fault = lackingForward(req.method ?? 'GET', callerOf(req)?.principal.access, runtime.plan)
        const passage = { ...found, plan, own, rest: rest.join('') }
        void (fault === undefined ? pass(passage, req, res) : refuse(passage, fault, req, res))
      },
    }
  }
}

export function fits({ segments, open }: ForwardPlan, parts: readonly string[]): boolean {
  const matches = (segment: SegmentPlan, part: string | undefined) =>
    'literal' in segment ? segment.literal === part : part !== undefined && part !== ''
  return (
    (open ? parts.length > segments.length : parts.length === segments.length) &&
    segments.every((segment, i) => matches(segment, parts[i]))
  )
}

/** Where the credential stands that opens this surface. It concerns nobody else, trusted or not. */
interface OwnCredential {
  readonly header?: string
  readonly query?: string
}

function ownCredential({ authentication }: RestPlan, { context }: Runtime): OwnCredential {
  if (authentication === undefined) return {}
  if (authentication.type !== 'apikey') return { header: 'authorization' }
  const key = asText(evaluate(authentication.key, {}, context.binds))
  return authentication.placement === 'header' ? { header: key.toLowerCase() } : { query: key }
}

interface Passage {
  readonly plan: RestPlan
  readonly forward: ForwardPlan
  readonly to: Forwarder
  readonly point: RequestPoint
  readonly own: OwnCredential
  /** The remaining path, undecoded. */
  readonly rest: string
}

async function refuse({ to, rest, plan }: Passage, fault: OperationError, req: IncomingMessage, res: ServerResponse) {
  const call = callOf(plan, req, res)
  await to.refuse({ method: req.method ?? 'GET', path: rest, query: '' }, fault, call)
  sendProblem(res, fault, challengeTo(req, fault))
}

async function pass(passage: Passage, req: IncomingMessage, res: ServerResponse) {
  const { to, rest, own, point, plan } = passage
  const span = point.begin(req.headers)
  const call = callOf(plan, req, res, span)
  let fault: unknown
  try {
    checkTarget(req.url ?? '', rest)
    const body = await bodyOf(req, to)
    const headers = headersOf(passage, req)
    const request = {
      method: req.method ?? 'GET',
      path: rest === '/' ? '' : rest,
      query: queryOf(req, own),
      headers,
      body,
    }
    const prefix = pathOf(req).slice(0, pathOf(req).length - rest.length)
    const answer = await to.send(request, responseSink(req, res, { to, prefix }), call)
    if (answer.streamed === undefined) throw refusedHere(passage, answer.status)
  } catch (error) {
    fault = error
    if (res.headersSent) res.destroy()
    else sendProblem(res, error, req.complete ? [] : ['connection', 'close'])
  }
  point.end(span, res.statusCode, fault)
}

/** What one server takes for a name and the next for a way out is refused before it leaves. */
function checkTarget(url: string, rest: string) {
  if (url.length > limits.target) throw wrong(`the address is longer than ${limits.target} characters`)
  if (!/^[\x21-\x7e]*$/.test(url) || /[\\#]/.test(url))
    throw wrong('the address holds a character that must be encoded')
  const segments = rest.split('/').slice(1)
  segments.forEach((segment, i) => {
    const text = decoded(segment)
    if (text === undefined) throw wrong('the path is not well-formed percent-encoding')
    if (/^\.{1,2}(?:;|$)/.test(text)) throw wrong('the path must not hold "." or ".." segments')
    if (/[/\\\p{Cc}]/u.test(text)) throw wrong('the path must not hold encoded slashes or control characters')
    if (segment === '' && i < segments.length - 1) throw wrong('the path must not hold empty segments')
  })
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const wrong = (message: string) => new OperationError('invalid-input', message)

/** An upstream that asks twice gets the body from memory, every other one as it comes. */
async function bodyOf(req: IncomingMessage, { repeats }: Forwarder) {
  if (!carriesBody(req)) return undefined
  if (repeats) return readBytes(req, limits.form)
  if (Number(req.headers['content-length'] ?? 0) > limits.forward) throw tooLarge()
  return capped(req)
}

async function* capped(req: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limits.forward) throw tooLarge()
    yield chunk
  }
}

const tooLarge = () => new OperationError('payload-too-large', `the body is larger than ${limits.forward} bytes`)

/** What says what the body is goes with it; of everything else only what is trusted. */
function headersOf({ forward, own }: Passage, req: IncomingMessage): readonly string[] {
  const wanted = new Set(forward.trustedHeaders)
  if (carriesBody(req)) for (const name of ofBody) wanted.add(name)
  for (const name of (req.headers.connection ?? '').split(',')) wanted.delete(name.trim().toLowerCase())
  if (own.header !== undefined) wanted.delete(own.header)
  return [...wanted].flatMap((name) => (req.headersDistinct[name] ?? []).flatMap((value) => [name, value]))
}

const ofBody = ['content-type', 'content-encoding', 'content-language', 'content-length']

function queryOf(req: IncomingMessage, { query: key }: OwnCredential): string {
  const url = req.url ?? ''
  const start = url.indexOf('?')
  const query = start < 0 ? '' : url.slice(start + 1)
  if (key === undefined || query === '') return query
  return query
    .split('&')
    .filter((pair) => !new URLSearchParams(pair).has(key))
    .join('&')
}

/** A refusal of the credential that this server has there is no matter of the caller. */
function refusedHere({ forward }: Passage, status: number): OperationError {
  const message = `"${forward.upstream}" does not accept the credential of this server (${status})`
  return new OperationError('upstream-refused', message, { upstream: { operation: forward.upstream, status } })
}
