/** The last traces, kept in memory for the control surface (spec-servers §6). */

import type { Attributes, Span } from './span.ts'

export interface TraceSummary {
  readonly traceId: string
  /** Name of the first span, e.g. `rest.request`. */
  readonly operation: string
  readonly durationMs: number
  readonly status: 'OK' | 'ERROR'
  readonly spanCount: number
  /** When it began, ISO 8601. */
  readonly timestamp: string
}

export interface TraceDetail extends Omit<TraceSummary, 'spanCount'> {
  readonly spans: readonly SpanDetail[]
}

interface SpanDetail {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: string
  readonly durationMs: number
  readonly status: 'OK' | 'ERROR'
  readonly attributes: Attributes
}

export interface TraceFilter {
  /** Part of the operation's name, or of the id of what was called. */
  readonly operation?: string
  /** `OK` or `ERROR`, in any case. */
  readonly status?: string
}

export interface RecentTraces {
  /** Keeps the trace of a root span that has ended; the oldest one goes. */
  readonly add: (root: Span) => void
  /** Newest first. */
  readonly list: (filter?: TraceFilter) => {
    readonly traces: readonly TraceSummary[]
    readonly bufferSize: number
    readonly bufferUsed: number
  }
  /** The newest one with this id. */
  readonly find: (traceId: string) => TraceDetail | undefined
}

export function createRecentTraces(size: number): RecentTraces {
  const roots: Span[] = []
  let next = 0
  const newestFirst = () => [...roots.slice(next), ...roots.slice(0, next)].reverse()
  return {
    add: (root) => {
      roots[next] = root
      next = (next + 1) % size
    },
    list: (filter = {}) => ({
      traces: newestFirst()
        .filter((root) => fits(root, filter))
        .map(summary),
      bufferSize: size,
      bufferUsed: roots.length,
    }),
    find: (traceId) => {
      const root = newestFirst().find((one) => one.trace.traceId === traceId)
      return root && detail(root)
    },
  }
}

function fits(root: Span, { operation, status }: TraceFilter): boolean {
  const called = String(root.attributes['ikanos.operation.id'] ?? '')
  return (
    (operation === undefined || root.name.includes(operation) || called.includes(operation)) &&
    (status === undefined || status.toUpperCase() === statusOf(root))
  )
}

function summary(root: Span): TraceSummary {
  const { trace, name, durationMs } = root
  return {
    traceId: trace.traceId,
    operation: name,
    durationMs: rounded(durationMs),
    status: statusOf(root),
    spanCount: trace.ended.length,
    timestamp: new Date(performance.timeOrigin + root.startedAt).toISOString(),
  }
}

function detail(root: Span): TraceDetail {
  const { spanCount, ...facts } = summary(root)
  const spans = [...root.trace.ended].sort((a, b) => a.startedAt - b.startedAt)
  return { ...facts, spans: spans.map(spanDetail) }
}

function spanDetail(span: Span): SpanDetail {
  const { spanId, parentId, name, kind, durationMs, attributes, outcome } = span
  return {
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: kind.toUpperCase(),
    durationMs: rounded(durationMs),
    status: statusOf(span),
    attributes: { ...attributes, ...outcome },
  }
}

function statusOf({ failed }: Span): 'OK' | 'ERROR' {
  return failed ? 'ERROR' : 'OK'
}

/** Microseconds are all that the clock is good for. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
