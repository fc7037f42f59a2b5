/** A consumed API at run time: one connection pool, one exchange a call, faults told apart. */

import type { Dispatcher } from 'undici'
// The package's index loads fetch, WebSocket and caches, which cost more at start than the rest of this program.
import Pool from 'undici/lib/dispatcher/pool.js'
import { OperationError, StartError } from '../errors.ts'
import type { UpstreamPlan } from '../plan.ts'
import { type Credentials, credentials, exchanging } from './auth.ts'
import type { BindValues } from './binds.ts'
import { asText, evaluate } from './evaluate.ts'
import type { Principal } from './policy.ts'
import type { Span } from './telemetry/span.ts'
import { cancelledError, faultOf, type Place, timeout, tooLarge } from './upstream-faults.ts'

export interface UpstreamOptions {
  /** Longest time for one answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
  /** Largest answer read, in bytes. Default 10 MiB (spec §2.2, maxBinarySize). */
  readonly maxAnswerBytes?: number
  /** Connections an upstream. Default 128. */
  readonly connections?: number
}

export const upstreamDefaults = { timeoutMs: 30_000, maxAnswerBytes: 10 * 1024 * 1024, connections: 128 } as const

export interface Upstream {
  readonly namespace: string
  readonly origin: string
  /** Path of the base address, without a trailing slash. */
  readonly basePath: string
  readonly credentials: Credentials
  readonly send: Send
  /** Tokens that were issued meanwhile, which must not be printed. */
  readonly issued?: () => readonly string[]
  readonly close: () => Promise<void>
}

/** One exchange. Rejects with OperationError when no answer comes. */
export type Send = (request: UpstreamRequest, cancellation?: Cancellation) => Promise<UpstreamAnswer>

export interface UpstreamRequest {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  /** Names and values, flat. */
  readonly headers: string[]
  readonly body?: string
  /** The answer is wanted as bytes with its headers. */
  readonly raw?: RawAnswer
}

export interface RawAnswer {
  /** Largest answer read, in bytes. Default: the limit of the upstream. */
  readonly maxBytes?: number
  /** The keyword that sets the limit. */
  readonly limit?: string
}

export interface UpstreamAnswer {
  readonly status: number
  /** Empty where `bytes` stand for it. */
  readonly text: string
  readonly retryAfter: string | undefined
  /** Of an accepted answer to a request that asked for them. */
  readonly bytes?: Buffer
  readonly contentType?: string | undefined
  /** The WWW-Authenticate fields of a 401. */
  readonly challenges?: readonly string[]
}

/** What a surface gives a call on its way: how to stop it once its caller has gone, who that is, what is observed of it. */
export interface Cancellation {
  cancelled: boolean
  abort: (() => void) | undefined
  /** What goes on now; undefined = nobody looks. */
  span: Span | undefined
  /** Undefined = the surface asks nobody for a token. */
  readonly principal: Principal | undefined
}

export function cancellation(span?: Span, principal?: Principal): Cancellation {
  return { cancelled: false, abort: undefined, span, principal }
}

/** Stops the call, whether or not it has reached the upstream yet. */
export function cancel(call: Cancellation) {
  call.cancelled = true
  call.abort?.()
}

/** Opens an upstream. `override` replaces its base address: a staging system, a stub. */
export function openUpstream(
  plan: UpstreamPlan,
  binds: BindValues,
  override: string | undefined,
  options: UpstreamOptions = {},
): Upstream {
  const { timeoutMs, maxAnswerBytes, connections } = { ...upstreamDefaults, ...options }
  const base = baseOf(plan, override ?? asText(evaluate(plan.baseUri, {}, binds)))
  const pool = new Pool(base.origin, {
    connections,
    connectTimeout: Math.min(timeoutMs, 10_000),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const { namespace } = plan
  const place: Place = { namespace, origin: base.origin, timeoutMs }
  const send: Send = (request, call) =>
    new Promise((resolve, reject) => {
      if (call?.cancelled) return reject(cancelledError())
      const exchange = new Exchange(place, maxAnswerBytes, request.raw, call, resolve, reject)
      pool.dispatch(request, exchange as unknown as Dispatcher.DispatchHandler)
    })
  return {
    namespace,
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    credentials: credentials(plan.authentication, binds),
    ...exchanging(plan, binds, send, timeoutMs),
    close: () => pool.destroy(),
  }
}

function baseOf(plan: UpstreamPlan, address: string): URL {
  if (/[{}]/.test(address))
    throw new StartError(`the base address of "${plan.namespace}" has a part in braces that nothing fills`)
  if (!URL.canParse(address)) throw new StartError(`the base address of "${plan.namespace}" is not a URL`)
  const url = new URL(address)
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new StartError(`the base address of "${plan.namespace}" must be http or https`)
}

/**
 * One request and its answer. A class and undici's callback interface, because this object is made for every call: raw
 * headers are only read when the answer is a refusal, and no stream, signal or timer of our own is created.
 */
class Exchange {
  readonly #place: Place
  readonly #maxBytes: number
  readonly #raw: RawAnswer | undefined
  readonly #call: Cancellation | undefined
  readonly #resolve: (answer: UpstreamAnswer) => void
  readonly #reject: (error: unknown) => void
  readonly #started = performance.now()
  #abort: ((error: Error) => void) | undefined
  #status = 0
  #retryAfter: string | undefined
  #contentType: string | undefined
  #challenges: readonly string[] | undefined
  #first: Buffer | undefined
  #rest: Buffer[] | undefined
  #bytes = 0

  constructor(
    place: Place,
    maxBytes: number,
    raw: RawAnswer | undefined,
    call: Cancellation | undefined,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#place = place
    this.#maxBytes = raw?.maxBytes ?? maxBytes
    this.#raw = raw
    this.#call = call
    this.#resolve = resolve
    this.#reject = reject
  }

  onConnect(abort: (error?: Error) => void) {
    this.#abort = abort
    const call = this.#call
    if (call === undefined) return
    call.abort = () => abort(cancelledError())
    if (call.cancelled) call.abort()
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    this.#status = status
    if (status >= 400) this.#retryAfter = headerOf(rawHeaders, 'retry-after')
    if (status === 401) this.#challenges = headersOf(rawHeaders, 'www-authenticate')
    if (this.#raw === undefined) return true
    this.#contentType = headerOf(rawHeaders, 'content-type')
    if (Number(headerOf(rawHeaders, 'content-length') ?? 0) <= this.#maxBytes) return true
    return this.#stop(tooLarge(this.#place, this.#maxBytes, this.#raw.limit))
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) return this.#stop(tooLarge(this.#place, this.#maxBytes, this.#raw?.limit))
    if (this.#first === undefined) this.#first = chunk
    else {
      if (this.#rest === undefined) this.#rest = []
      this.#rest.push(chunk)
      // undici restarts its body timer on every chunk; a slow trickle still has to end.
      if (performance.now() - this.#started > this.#place.timeoutMs) return this.#stop(timeout(this.#place))
    }
    return true
  }

  onComplete() {
    this.#release()
    const [status, retryAfter] = [this.#status, this.#retryAfter]
    if (this.#raw === undefined || status >= 300)
      return this.#resolve({ status, text: this.#read().toString('utf8'), retryAfter, ...this.#asked() })
    this.#resolve({ status, text: '', retryAfter, bytes: this.#read(), contentType: this.#contentType })
  }

  onError(error: Error & { code?: string }) {
    this.#release()
    this.#reject(error instanceof OperationError ? error : faultOf(error, this.#place))
  }

  #asked() {
    return this.#challenges === undefined ? undefined : { challenges: this.#challenges }
  }

  #read(): Buffer {
    if (this.#first === undefined) return empty
    return this.#rest === undefined ? this.#first : Buffer.concat([this.#first, ...this.#rest])
  }

  #stop(error: OperationError): boolean {
    this.#abort?.(error)
    return false
  }

  #release() {
    if (this.#call !== undefined) this.#call.abort = undefined
  }
}

const empty = Buffer.alloc(0)

function headerOf(rawHeaders: Buffer[], name: string): string | undefined {
  return headersOf(rawHeaders, name)[0]
}

function headersOf(rawHeaders: Buffer[], name: string): readonly string[] {
  const found: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1]
    if (value !== undefined && rawHeaders[i]?.toString('latin1').toLowerCase() === name)
      found.push(value.toString('latin1'))
  }
  return found
}
