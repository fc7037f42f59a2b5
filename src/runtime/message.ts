/** What goes to an upstream and what comes back. */

import type { Call, Sink } from './call.ts'

export interface UpstreamRequest {
  readonly method: string
  readonly path: string
  /** Names and values, flat. */
  readonly headers: string[]
  readonly body?: string | Buffer | AsyncIterable<Uint8Array>
  /** The answer is wanted as bytes with its headers. */
  readonly raw?: RawAnswer
  /** Takes the answer as it comes. */
  readonly sink?: Sink
  /** By what it is counted where the upstream counts by values. */
  countedBy?: string
  /** When its answer must be there, on the clock of `performance.now()`. Absent = after the time of the upstream. */
  deadline?: number
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
  /** The origin that a 3xx points to. */
  readonly redirect?: string
  /** The WWW-Authenticate fields of a 401. */
  readonly challenges?: readonly string[]
  /** It went to the sink of its request. */
  readonly streamed?: true
  /** An earlier try of the same request had no answer, or that of a gateway: it may have been carried out. */
  readonly repeated?: true
}

/** One exchange. Rejects with OperationError when no answer comes. */
export type Send = (request: UpstreamRequest, call?: Call) => Promise<UpstreamAnswer>
