/** One exchange with an upstream, read whole within a limit or handed on while it comes. */

import { OperationError } from '../errors.ts'
import type { Call, Sink } from './call.ts'
import type { RawAnswer, UpstreamAnswer, UpstreamRequest } from './message.ts'
import { cancelledError, faultOf, mayPassOver, type Place, timeout, tooLarge } from './upstream-faults.ts'

/**
 * One request and its answer. A class and undici's callback interface, because this object is made for every call: raw
 * headers are only read when the answer is a refusal, and no stream, signal or timer of our own is created.
 */
export class Exchange {
  readonly #place: Place
  readonly #maxBytes: number
  readonly #raw: RawAnswer | undefined
  readonly #sink: Sink | undefined
  #streaming = false
  readonly #call: Call | undefined
  readonly #resolve: (answer: UpstreamAnswer) => void
  readonly #reject: (error: unknown) => void
  deadline: number
  place = 0
  #isOver = false
  #abort: ((error: Error) => void) | undefined
  #status = 0
  #retryAfter: string | undefined
  #contentType: string | undefined
  #challenges: readonly string[] | undefined
  #redirect: string | undefined
  #first: Buffer | undefined
  #rest: Buffer[] | undefined
  #bytes = 0

  constructor(
    place: Place,
    maxBytes: number,
    { raw, sink, body, deadline }: UpstreamRequest,
    call: Call | undefined,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#place = place
    this.#maxBytes = raw?.maxBytes ?? maxBytes
    this.#raw = raw
    this.#sink = sink
    this.#call = call
    this.#resolve = resolve
    this.#reject = reject
    // What passes on from a caller takes as long as the caller does.
    const isPassedOn = sink !== undefined && typeof body === 'object'
    this.deadline = isPassedOn ? Number.POSITIVE_INFINITY : (deadline ?? performance.now() + place.timeoutMs)
    place.underWay.add(this)
  }

  /** Its time is over. Before there is a connection nothing was sent, and nothing will be. */
  expire() {
    const late = timeout(this.#place)
    if (this.#abort !== undefined) return this.#abort(late)
    this.onError(late)
  }

  onConnect(abort: (error?: Error) => void) {
    this.#abort = abort
    if (this.#isOver) return abort(timeout(this.#place))
    const call = this.#call
    if (call === undefined) return
    call.abort = () => abort(cancelledError())
    if (call.cancelled) call.abort()
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    this.#status = status
    if (status >= 400) this.#retryAfter = headerOf(rawHeaders, 'retry-after')
    if (status >= 300 && status < 400) this.#redirect = originOf(headerOf(rawHeaders, 'location'), this.#place.origin)
    if (status === 401) this.#challenges = headersOf(rawHeaders, 'www-authenticate')
    if (this.#raw !== undefined && !this.#fits(rawHeaders, this.#raw)) return false
    if (this.#sink === undefined || status < 200) return true
    this.#streaming = this.#sink.head(status, textsOf(rawHeaders), resume)
    if (this.#streaming) this.deadline = Number.POSITIVE_INFINITY
    return true
  }

  #fits(rawHeaders: Buffer[], raw: RawAnswer): boolean {
    this.#contentType = headerOf(rawHeaders, 'content-type')
    if (Number(headerOf(rawHeaders, 'content-length') ?? 0) <= this.#maxBytes) return true
    return this.#stop(tooLarge(this.#place, this.#maxBytes, raw.limit))
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    if (this.#streaming && (this.#raw === undefined || this.#bytes <= this.#maxBytes))
      return this.#sink?.data(chunk) ?? true
    if (this.#bytes > this.#maxBytes) return this.#stop(tooLarge(this.#place, this.#maxBytes, this.#raw?.limit))
    if (this.#first === undefined) this.#first = chunk
    else {
      if (this.#rest === undefined) this.#rest = []
      this.#rest.push(chunk)
    }
    return true
  }

  onComplete() {
    this.#release()
    const [status, retryAfter] = [this.#status, this.#retryAfter]
    if (isDown(status)) this.#place.circuit?.failed()
    else this.#place.circuit?.succeeded()
    if (this.#streaming) {
      this.#sink?.end()
      return this.#resolve({ status, text: '', retryAfter, streamed: true })
    }
    if (this.#raw === undefined || status >= 300)
      return this.#resolve({ status, text: this.#read().toString('utf8'), retryAfter, ...this.#asked() })
    this.#resolve({ status, text: '', retryAfter, bytes: this.#read(), contentType: this.#contentType })
  }

  onError(error: Error & { code?: string }) {
    this.#release()
    if (this.#isOver) return
    this.#isOver = true
    const fault = error instanceof OperationError ? error : faultOf(error, this.#place)
    if (mayPassOver(fault)) this.#place.circuit?.failed()
    this.#reject(fault)
  }

  #asked() {
    if (this.#redirect !== undefined) return { redirect: this.#redirect }
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
    this.#place.underWay.remove(this)
    if (this.#call !== undefined) this.#call.abort = undefined
  }
}

/** Whether who answers says that the upstream behind it does not. */
const isDown = (status: number) => status >= 502 && status <= 504

const empty = Buffer.alloc(0)

/** Where a Location points (RFC 9110 §10.2.2), without its path and query: they may hold what is not for the caller. */
function originOf(location: string | undefined, base: string): string | undefined {
  if (location === undefined || !URL.canParse(location, base)) return undefined
  const { origin, protocol } = new URL(location, base)
  return origin === 'null' ? protocol : origin
}

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

function textsOf(rawHeaders: readonly Buffer[]): readonly string[] {
  return rawHeaders.map((text) => text.toString('latin1'))
}
