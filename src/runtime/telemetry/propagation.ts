/** Traces across programs: read from a request, written to one (W3C Trace Context, B3 in several headers). */

import type { RemoteParent, Span } from './span.ts'

export type PropagationFormat = 'w3c' | 'b3'

/** What a request may say of its trace: HTTP header fields in lower case, or the `_meta` of an MCP message. */
export type Carrier = Readonly<Record<string, unknown>>

export interface Propagation {
  /** Undefined when the carrier names no trace, or one that is not well-formed. */
  readonly read: (carrier: Carrier) => RemoteParent | undefined
  /** Adds names and values, flat. */
  readonly write: (span: Span, headers: string[]) => void
}

export const propagations: Readonly<Record<PropagationFormat, Propagation>> = {
  w3c: { read: readTraceparent, write: writeTraceparent },
  b3: { read: readB3, write: writeB3 },
}

/** Version 00 has nothing after the flags; a later one may. */
const traceparent = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const maxState = 512

function readTraceparent(carrier: Carrier): RemoteParent | undefined {
  const given = carrier.traceparent
  if (typeof given !== 'string') return undefined
  const [, version, traceId, spanId, flags, more] = traceparent.exec(given.trim()) ?? []
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) return undefined
  const state = carrier.tracestate
  return {
    traceId,
    spanId,
    sampled: (Number.parseInt(flags ?? '', 16) & 1) === 1,
    state: typeof state === 'string' && state.length <= maxState && /^[\x20-\x7e]+$/.test(state) ? state : undefined,
  }
}

function writeTraceparent({ trace, spanId }: Span, headers: string[]) {
  headers.push('traceparent', `00-${trace.traceId}-${spanId}-${trace.sampled ? '01' : '00'}`)
  if (trace.state !== undefined) headers.push('tracestate', trace.state)
}

function readB3(carrier: Carrier): RemoteParent | undefined {
  const text = (name: string) => {
    const value = carrier[name]
    return typeof value === 'string' ? value.trim().toLowerCase() : ''
  }
  const [traceId, spanId] = [text('x-b3-traceid').padStart(32, '0'), text('x-b3-spanid')]
  if (!/^(?!0{32})[0-9a-f]{32}$/.test(traceId) || !/^(?!0{16})[0-9a-f]{16}$/.test(spanId)) return undefined
  const decision = text('x-b3-flags') === '1' ? '1' : text('x-b3-sampled')
  const sampled = decision === '' ? undefined : decision === '1' || decision === 'true'
  return { traceId, spanId, sampled, state: undefined }
}

function writeB3({ trace, spanId, parentId }: Span, headers: string[]) {
  headers.push('x-b3-traceid', trace.traceId, 'x-b3-spanid', spanId, 'x-b3-sampled', trace.sampled ? '1' : '0')
  if (parentId !== undefined) headers.push('x-b3-parentspanid', parentId)
}
