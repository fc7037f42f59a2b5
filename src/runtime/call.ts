/** One call as it goes through the runtime: who makes it, what is told of it, how it is stopped. */

import type { Ticket } from './kept.ts'
import type { Principal } from './principal.ts'
import type { Span } from './telemetry/span.ts'

/** What a surface holds to stop a call whose caller has gone, what is observed of it, and how it wants the answer. */
export interface Call {
  cancelled: boolean
  abort: (() => void) | undefined
  /** When it must be over, on the clock of `performance.now()`. Absent = what it calls decides that. */
  deadline?: number
  /** What goes on now; undefined = nobody looks. */
  span: Span | undefined
  /** Undefined = the surface asks nobody for a token. */
  readonly principal: Principal | undefined
  /** Where an answer of bytes goes. Absent = it is part of the outcome. */
  passage: Passage | undefined
  /** Whether what would be sent is told in place of sending it. */
  dryRun: boolean
  /** Whether what is there is looked at before anything is written. */
  check: boolean
  /** Digests of what its caller has seen: with none of them there now, nothing is written. Undefined = whatever is there. */
  seen: readonly string[] | undefined
  /** What somebody agreed to through the client of the caller, by the digest of the question that they saw. */
  consent: { readonly seen: string } | undefined
  /** The approval that it used. */
  approval: { readonly id: string; readonly by: string } | undefined
  /** What its caller calls it, so that it is made once. */
  key: string | undefined
  /** Whether clients of its kind repeat calls by themselves. */
  repeats: boolean
  /** Where a write that must be made once is written down. Absent = nowhere. */
  readonly ticket?: Ticket | undefined
  /** Whether it was answered with what an earlier one was answered. */
  replayed: boolean
  /** Where it comes from, asked for only where it is written down. */
  from: (() => Origin) | undefined
  /** Hears of every step that is done. Undefined = nobody listens. */
  told: ((event: StepEvent) => void) | undefined
}

/** Where a call comes from, as far as its surface knows. No credential is part of it. */
export interface Origin {
  readonly surface: 'rest' | 'mcp' | 'cli'
  /** Of the surface. */
  readonly namespace?: string
  /** What the client calls itself: a product or name, and a version. */
  readonly client?: string
  /** Kind of credential that opened the surface. */
  readonly authentication?: string
  /** Whether it comes from this machine. */
  readonly remote?: 'local' | 'network'
}

/** A step that is done, of `total` ones. */
export interface StepEvent {
  readonly step: string
  readonly type: 'call' | 'lookup' | 'script'
  readonly done: number
  readonly total: number
  /** How long it took, in milliseconds. */
  readonly ms: number
}

/** Where an answer goes while it comes, so that nobody holds all of it. */
export interface Sink {
  /** Names and values of its headers, flat. False = this one is read as other answers are. */
  readonly head: (status: number, headers: readonly string[], resume: () => void) => boolean
  /** False = wait until `resume` is called. */
  readonly data: (chunk: Buffer) => boolean
  readonly end: () => void
}

/** How an answer of bytes passes from the upstream to the caller. */
export interface Passage {
  readonly sink: Sink
  /** Conditions and ranges of the caller, names and values, flat. */
  readonly headers: readonly string[]
}

export function newCall(span?: Span, principal?: Principal): Call {
  return {
    cancelled: false,
    abort: undefined,
    span,
    principal,
    passage: undefined,
    dryRun: false,
    check: false,
    seen: undefined,
    consent: undefined,
    approval: undefined,
    key: undefined,
    repeats: false,
    replayed: false,
    from: undefined,
    told: undefined,
  }
}

/** Stops the call, whether or not it has reached the upstream yet. */
export function cancel(call: Call) {
  call.cancelled = true
  call.abort?.()
}
