/** A request that goes to a consumed API as it is (spec-servers §3.6). */

import type { ForwardPlan } from '../plan.ts'
import { keyedDigestOf } from '../text/canonical.ts'
import { type Audit, refused, written } from './audit.ts'
import type { Call, Sink } from './call.ts'
import type { ExecuteContext } from './context.ts'
import { asText, evaluate } from './evaluate.ts'
import type { Log } from './log.ts'
import type { UpstreamAnswer, UpstreamRequest } from './message.ts'

/** What goes on of a caller's request. `query` is without its `?`. */
export interface Forwarded {
  readonly method: string
  /** What stands below the base of the API: '' or encoded segments, each after its slash. */
  readonly path: string
  readonly query: string
  /** Names in lower case and values, flat. */
  readonly headers: readonly string[]
  readonly body: UpstreamRequest['body']
}

/** What is known of one by its address. */
type Known = Pick<Forwarded, 'method' | 'path' | 'query'>

export interface Forwarder {
  readonly send: (request: Forwarded, sink: Sink, call: Call) => Promise<UpstreamAnswer>
  /** Writes down that a request is refused, where calls are written down. Never rejects. */
  readonly refuse: (request: Known, error: unknown, call: Call) => Promise<void>
  /** The API may ask for the same request twice, so that its body has to be kept. */
  readonly repeats: boolean
  readonly hasCredential: boolean
  readonly origin: string
  readonly basePath: string
}

/** Decides at start what every request to the API is sent with: its own parameters, then its credential. */
export function prepareForward(plan: ForwardPlan, context: ExecuteContext): Forwarder {
  const upstream = context.upstreams.get(plan.upstream)
  if (upstream === undefined) throw new Error(`Unexpected: no upstream "${plan.upstream}". Please report this.`)
  const { credentials, origin, basePath } = upstream
  const text = (value: Parameters<typeof evaluate>[0]) => asText(evaluate(value, {}, context.binds))
  const headers = [...plan.headers.flatMap(({ name, value }) => [name, text(value)]), ...credentials.headers]
  const names = new Set([...namesOf(headers), ...(credentials.reserved ?? [])])
  const query = [
    ...plan.query.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(text(value))}`),
    ...(credentials.query === '' ? [] : [credentials.query]),
  ]
  const keys = new Set(query.flatMap((pair) => [...new URLSearchParams(pair).keys()]))
  const send: Forwarder['send'] = (request, sink, call) => {
    const own = ['via', '1.1 capability', ...(has(request.headers, 'user-agent') ? [] : ['user-agent', 'capability'])]
    const queries = [...withoutKeys(request.query, keys), ...query].join('&')
    const sent: UpstreamRequest = {
      method: request.method,
      path: `${upstream.basePath}${request.path}` || '/',
      headers: [...without(request.headers, names), ...own, ...headers],
      sink,
      ...(request.body === undefined ? {} : { body: request.body }),
    }
    return upstream.send(queries === '' ? sent : { ...sent, path: `${sent.path}?${queries}` }, call)
  }
  const { audit, log } = context
  const repeats = credentials.reserved !== undefined
  return {
    send: audit === undefined ? send : audited(plan, send, audit, log),
    refuse: async (request, error, call) => {
      if (audit !== undefined) await refused(context, calledOf(plan, request, audit), call, error)
    },
    repeats,
    hasCredential: repeats || namesOf(credentials.headers).length > 0,
    origin,
    basePath,
  }
}

/** What is forwarded is known by its method and its address alone: its body passes as it comes. */
function audited(plan: ForwardPlan, send: Forwarder['send'], audit: Audit, log: Log): Forwarder['send'] {
  return (request, sink, call) => {
    const { method } = request
    const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
    if (isRead && !audit.reads) return send(request, sink, call)
    return written(audit, log, calledOf(plan, request, audit), call, () => send(request, sink, call))
  }
}

function calledOf({ upstream }: ForwardPlan, { method, path, query }: Known, { key }: Audit) {
  return { operation: `${method} ${upstream}`, digest: keyedDigestOf(key, [method, path, query]) }
}

function namesOf(headers: readonly string[]): readonly string[] {
  return headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
}

const has = (headers: readonly string[], name: string) => headers.some((text, i) => i % 2 === 0 && text === name)

function without(headers: readonly string[], names: ReadonlySet<string>): readonly string[] {
  return headers.filter((_, i) => !names.has(headers[i - (i % 2)] ?? ''))
}

/** The place of a parameter that the API has of its own is taken. */
function withoutKeys(query: string, keys: ReadonlySet<string>): readonly string[] {
  return query
    .split('&')
    .filter((pair) => pair !== '' && ![...new URLSearchParams(pair).keys()].some((k) => keys.has(k)))
}
