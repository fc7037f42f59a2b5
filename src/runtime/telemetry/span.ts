/** Spans: what a call did, when, and under which trace (spec-servers §7.2; W3C Trace Context). */

import { randomFillSync } from 'node:crypto'

export type SpanKind = 'server' | 'internal' | 'client'

export type Attributes = Readonly<Record<string, string | number>>

/** What the spans of one trace share on this server. */
export interface Trace {
  /** 32 lowercase hex digits. */
  readonly traceId: string
  readonly sampled: boolean
  /** `tracestate` of the caller, passed on as it came. */
  readonly state: string | undefined
  /** In the order of their ends. */
  readonly ended: Span[]
}

export interface Span {
  readonly trace: Trace
  /** 16 lowercase hex digits. */
  readonly spanId: string
  readonly parentId: string | undefined
  /** The first one of its trace on this server. */
  readonly root: boolean
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  /** As `performance.now()`, in milliseconds. */
  readonly startedAt: number
  durationMs: number
  failed: boolean
  /** What is only known at its end. */
  outcome: Attributes | undefined
}

/** The span of another program that called this one. */
export interface RemoteParent {
  readonly traceId: string
  readonly spanId: string
  /** Undefined = left to us. */
  readonly sampled: boolean | undefined
  readonly state: string | undefined
}

export interface Tracer {
  readonly begin: (name: string, attributes: Attributes, remote: RemoteParent | undefined) => Span
  readonly child: (parent: Span, name: string, kind: SpanKind, attributes: Attributes) => Span
  readonly end: (span: Span, failed: boolean, outcome?: Attributes) => void
}

export interface TracerOptions {
  /** Share of the traces begun here that are kept, 0 to 1; what a caller decided stands. */
  readonly sampling: number
  /** Told of each span of a kept trace when it ends. */
  readonly onEnd: (span: Span) => void
}

/** Spans kept of one trace: a flow that does more is told by what it did first. */
const maxSpans = 512

export function createTracer({ sampling, onEnd }: TracerOptions): Tracer {
  return {
    begin: (name, attributes, remote) => {
      const traceId = remote?.traceId ?? randomHex(16)
      const sampled = remote?.sampled ?? isKept(traceId, sampling)
      const trace: Trace = { traceId, sampled, state: remote?.state, ended: [] }
      return newSpan(trace, remote?.spanId, true, name, 'server', attributes)
    },
    child: ({ trace, spanId }, name, kind, attributes) => newSpan(trace, spanId, false, name, kind, attributes),
    end: (span, failed, outcome) => {
      span.durationMs = performance.now() - span.startedAt
      span.failed = failed
      span.outcome = outcome
      const { trace } = span
      if (!trace.sampled || trace.ended.length >= maxSpans) return
      trace.ended.push(span)
      onEnd(span)
    },
  }
}

function newSpan(
  trace: Trace,
  parentId: string | undefined,
  root: boolean,
  name: string,
  kind: SpanKind,
  attributes: Attributes,
): Span {
  return {
    trace,
    spanId: randomHex(8),
    parentId,
    root,
    name,
    kind,
    attributes,
    startedAt: performance.now(),
    durationMs: 0,
    failed: false,
    outcome: undefined,
  }
}

/** By the trace id, so that every program that samples the same share keeps the same traces. */
function isKept(traceId: string, sampling: number): boolean {
  return sampling >= 1 || Number.parseInt(traceId.slice(-8), 16) / 0x1_0000_0000 < sampling
}

/** Asking the system for every id would cost more than the rest of a span. */
const pool = Buffer.alloc(4096)
let taken = pool.length

function randomHex(bytes: number): string {
  if (taken + bytes > pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  taken += bytes
  return pool.toString('hex', taken - bytes, taken)
}
