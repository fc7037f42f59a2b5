/** The places in the path of a call that are observed. What each records, and under which name, is decided at load. */

import { codeOf, OperationError } from '../../errors.ts'
import type { Fields, Log } from '../log.ts'
import type { Carrier } from './propagation.ts'
import type { Attributes, Span, SpanKind } from './span.ts'
import type { Telemetry } from './telemetry.ts'

/** What is told of calls, and to whom. */
export interface Observers {
  /** Absent = nobody counts or traces. */
  readonly telemetry?: Telemetry
  readonly log: Log
  readonly mask: (text: string) => string
}

/** Requests of one surface to one operation. */
export interface RequestPoint {
  /** `carrier`: where the caller may name its trace. Undefined = nobody traces. */
  readonly begin: (carrier: Carrier) => Span | undefined
  readonly end: (span: Span | undefined, status: number, fault?: unknown) => void
}

export function requestPoint(
  observers: Observers,
  surface: string,
  operation: string,
  more: Attributes = {},
): RequestPoint {
  const { telemetry } = observers
  const attributes = { 'ikanos.adapter.type': surface, 'ikanos.operation.id': operation, ...more }
  const name = `${surface}.request`
  const record = telemetry?.metrics.requests(surface, operation)
  return {
    begin: (carrier) => telemetry?.tracer.begin(name, attributes, telemetry.propagation.read(carrier)),
    end: (span, status, fault) => {
      const failed = status >= 500
      if (span !== undefined) {
        telemetry?.tracer.end(span, failed, outcomeOf(fault))
        record?.(String(status), span.durationMs / 1000, fault === undefined ? undefined : codeOf(fault))
      }
      logRequest(observers, { surface, operation, status }, failed, fault, span)
    },
  }
}

function outcomeOf(fault: unknown): Attributes | undefined {
  return fault === undefined ? undefined : { 'error.type': codeOf(fault) }
}

/** A fault of ours is told with its place; one of anybody else by its code, since its words may hold what was sent. */
function logRequest({ log, mask }: Observers, facts: Fields, failed: boolean, fault: unknown, span: Span | undefined) {
  const isOwn = fault !== undefined && !(fault instanceof OperationError)
  if (!log.writes(isOwn ? 'error' : failed ? 'warn' : 'info')) return
  const duration = span === undefined ? {} : { duration_ms: Math.round(span.durationMs * 1000) / 1000 }
  if (fault === undefined) return log.write('info', 'request', { ...facts, ...duration }, span)
  const error_type = codeOf(fault)
  if (!(fault instanceof OperationError)) {
    const stack = mask(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
    return log.write('error', 'request', { ...facts, ...duration, error_type, stack }, span)
  }
  const upstream = { upstream: fault.upstream?.operation, upstream_status: fault.upstream?.status }
  log.write(failed ? 'warn' : 'info', 'request', { ...facts, ...duration, error_type, ...upstream }, span)
}

/** Calls of one MCP tool: the request and, in it, the tool, which is what is counted. */
export interface ToolPoint {
  readonly begin: (carrier: Carrier) => ToolSpans | undefined
  readonly end: (spans: ToolSpans | undefined, fault?: unknown) => void
}

export interface ToolSpans {
  readonly request: Span
  readonly tool: Span
}

export function toolPoint(observers: Observers, name: string): ToolPoint {
  return namedPoint(observers, 'tools/call', 'mcp.tool', name)
}

/** Reads of one MCP resource that an operation answers, told like calls of a tool. */
export function resourcePoint(observers: Observers, name: string): ToolPoint {
  return namedPoint(observers, 'resources/read', 'mcp.resource', name)
}

function namedPoint(observers: Observers, method: string, span: string, name: string): ToolPoint {
  const { telemetry } = observers
  const request = telemetry && messagePoint(telemetry, method)
  const attributes = { 'ikanos.adapter.type': 'mcp', 'ikanos.operation.id': name }
  const record = telemetry?.metrics.requests('mcp', name)
  return {
    begin: (carrier) => {
      const parent = request?.begin(carrier)
      return (
        parent && telemetry && { request: parent, tool: telemetry.tracer.child(parent, span, 'internal', attributes) }
      )
    },
    end: (spans, fault) => {
      const failed = fault !== undefined
      const status = failed ? 'ERROR' : 'OK'
      if (spans !== undefined) {
        telemetry?.tracer.end(spans.tool, failed, outcomeOf(fault))
        request?.end(spans.request, failed)
        record?.(status, spans.tool.durationMs / 1000, failed ? codeOf(fault) : undefined)
      }
      logRequest(observers, { surface: 'mcp', operation: name, status }, isOurs(fault), fault, spans?.tool)
    },
  }
}

/** What a caller can't mend: an upstream that failed, or this program. */
function isOurs(fault: unknown): boolean {
  if (!(fault instanceof OperationError)) return fault !== undefined
  return fault.code.startsWith('upstream') ? (fault.upstream?.status ?? 500) >= 500 : fault.code === 'script-failed'
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
