/** The places in the path of a call that are observed. What each records, and under which name, is decided at load. */

import type { Carrier } from './propagation.ts'
import type { Attributes, Span, SpanKind } from './span.ts'
import type { Telemetry } from './telemetry.ts'

/** Requests of one surface to one operation. */
export interface RequestPoint {
  /** `carrier`: where the caller may name its trace. */
  readonly begin: (carrier: Carrier) => Span
  /** `status`: an HTTP status, or OK and ERROR. `errorType`: the code of the fault, when there is one. */
  readonly end: (span: Span, status: string, failed: boolean, errorType?: string) => void
}

export function requestPoint(
  { tracer, propagation, metrics }: Telemetry,
  surface: string,
  operation: string,
  more: Attributes = {},
): RequestPoint {
  const attributes = { 'ikanos.adapter.type': surface, 'ikanos.operation.id': operation, ...more }
  const name = `${surface}.request`
  const record = metrics.requests(surface, operation)
  return {
    begin: (carrier) => tracer.begin(name, attributes, propagation.read(carrier)),
    end: (span, status, failed, errorType) => {
      tracer.end(span, failed, errorType === undefined ? undefined : { 'error.type': errorType })
      record(status, span.durationMs / 1000, errorType)
    },
  }
}

/** Calls of one MCP tool: the request and, in it, the tool, which is what is counted. */
export interface ToolPoint {
  readonly begin: (carrier: Carrier) => ToolSpans
  readonly end: (spans: ToolSpans, errorType: string | undefined) => void
}

export interface ToolSpans {
  readonly request: Span
  readonly tool: Span
}

export function toolPoint(telemetry: Telemetry, name: string): ToolPoint {
  const { tracer, metrics } = telemetry
  const request = messagePoint(telemetry, 'tools/call')
  const attributes = { 'ikanos.adapter.type': 'mcp', 'ikanos.operation.id': name }
  const record = metrics.requests('mcp', name)
  return {
    begin: (carrier) => {
      const span = request.begin(carrier)
      return { request: span, tool: tracer.child(span, 'mcp.tool', 'internal', attributes) }
    },
    end: (spans, errorType) => {
      const failed = errorType !== undefined
      tracer.end(spans.tool, failed, failed ? { 'error.type': errorType } : undefined)
      request.end(spans.request, failed)
      record(failed ? 'ERROR' : 'OK', spans.tool.durationMs / 1000, errorType)
    },
  }
}

/** Messages of one JSON-RPC method, which are not counted. */
export interface MessagePoint {
  readonly begin: (carrier: Carrier) => Span
  readonly end: (span: Span, failed: boolean) => void
}

export function messagePoint({ tracer, propagation }: Telemetry, method: string): MessagePoint {
  const attributes = { 'ikanos.adapter.type': 'mcp', 'ikanos.operation.id': method }
  return {
    begin: (carrier) => tracer.begin('mcp.request', attributes, propagation.read(carrier)),
    end: (span, failed) => tracer.end(span, failed),
  }
}

/** Something inside of a call. */
export interface InnerPoint {
  readonly begin: (parent: Span) => Span
  readonly end: (span: Span, failed: boolean) => void
}

export function innerPoint({ tracer }: Telemetry, name: string, attributes: Attributes): InnerPoint {
  return {
    begin: (parent) => tracer.child(parent, name, 'internal' satisfies SpanKind, attributes),
    end: (span, failed) => tracer.end(span, failed),
  }
}

/** Runs something as a span inside of the one that goes on; nobody looks where there is none. */
export function within<T>(point: InnerPoint, call: Observed | undefined, run: () => Promise<T>): Promise<T> {
  const parent = call?.span
  if (call === undefined || parent === undefined) return run()
  const span = point.begin(parent)
  call.span = span
  const ended = (failed: boolean) => {
    call.span = parent
    point.end(span, failed)
  }
  return run().then(
    (value) => {
      ended(false)
      return value
    },
    (error: unknown) => {
      ended(true)
      throw error
    },
  )
}

/** What carries the span that goes on. */
interface Observed {
  span: Span | undefined
}

/** A step, of which the duration is counted too. */
export function stepPoint(telemetry: Telemetry, type: string, namespace: string, attributes: Attributes): InnerPoint {
  const { begin, end } = innerPoint(telemetry, `step.${type}`, attributes)
  const record = telemetry.metrics.steps(type, namespace)
  return {
    begin,
    end: (span, failed) => {
      end(span, failed)
      record(span.durationMs / 1000)
    },
  }
}

/** Calls of one operation to its upstream. */
export interface CallPoint {
  /** Adds to the headers of the request which span it belongs to. */
  readonly begin: (parent: Span, headers: string[]) => Span
  /** Undefined = it did not answer. */
  readonly end: (span: Span, status: number | undefined) => void
}

export interface CalledUpstream {
  readonly namespace: string
  readonly method: string
  /** Host and port. */
  readonly address: string
  /** Address with the names of its variables: what they hold is nobody else's. */
  readonly template: string
}

export function callPoint({ tracer, propagation, metrics }: Telemetry, called: CalledUpstream): CallPoint {
  const { namespace, method, address, template } = called
  const name = `http.client.${method}`
  const attributes = {
    'ikanos.namespace': namespace,
    'http.request.method': method,
    'server.address': address,
    'url.template': template,
  }
  const record = metrics.calls(method, address)
  return {
    begin: (parent, headers) => {
      const span = tracer.child(parent, name, 'client', attributes)
      propagation.write(span, headers)
      return span
    },
    end: (span, status) => {
      const failed = status === undefined || status >= 500
      tracer.end(span, failed, status === undefined ? lost : { 'http.response.status_code': status })
      record(status, span.durationMs / 1000)
    },
  }
}

const lost: Attributes = { 'error.type': 'transport' }
