/** Sends spans and metrics to an OpenTelemetry collector with the official SDK (OTLP over HTTP, JSON). */

import { setTimeout } from 'node:timers/promises'
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace'
import type { CapabilityInfo } from '../../plan.ts'
import { buckets, type Family, type Histogram, type Labels, type Metrics } from './metrics.ts'
import type { Span } from './span.ts'

export interface Exporter {
  readonly send: (span: Span) => void
  /** Sends what waits, as far as the collector takes it. */
  readonly close: () => Promise<void>
}

/** A collector that is not there must not hold up the end: its repeats would take several seconds. */
const closeMs = 1_500

const scope = { name: 'capability' }

/**
 * Spans and metrics of one capability to the collector at an address; the paths of OTLP are added to it. What the
 * collector does not take is dropped by the SDK after its own repeats: telemetry never holds up a call.
 */
export function createExporter(endpoint: string, capability: CapabilityInfo, metrics: Metrics): Exporter {
  const resource = resourceOf(capability)
  const spans = new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: signal(endpoint, 'traces') }) })
  const producer = {
    collect: async () => ({ resourceMetrics: collected(resource, metrics.families()), errors: [] }),
  }
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: signal(endpoint, 'metrics') }),
    metricProducers: [producer],
  })
  reader.setMetricProducer(producer)
  return {
    send: (span) => spans.onEnd(readable(span, resource)),
    close: async () => {
      await Promise.race([
        Promise.allSettled([spans.shutdown(), reader.shutdown()]),
        setTimeout(closeMs, 0, { ref: false }),
      ])
    },
  }
}

function signal(endpoint: string, name: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/${name}`
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` stand above what the capability is called. */
function resourceOf({ name, version }: CapabilityInfo): Resource {
  const own = resourceFromAttributes({ 'service.name': name, 'service.version': version })
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }))
}

const kinds = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const

function readable(span: Span, resource: Resource): ReadableSpan {
  const { trace, spanId, parentId, name, kind, startedAt, durationMs, attributes, outcome, failed } = span
  const context = (id: string) => ({ traceId: trace.traceId, spanId: id, traceFlags: TraceFlags.SAMPLED })
  const own = context(spanId)
  return {
    name,
    kind: kinds[kind],
    spanContext: () => own,
    ...(parentId === undefined ? {} : { parentSpanContext: { ...context(parentId), isRemote: span.root } }),
    startTime: hrTime(performance.timeOrigin + startedAt),
    endTime: hrTime(performance.timeOrigin + startedAt + durationMs),
    duration: hrTime(durationMs),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...attributes, ...outcome },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.trunc(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}

const began = hrTime(performance.timeOrigin)

function collected(resource: Resource, families: readonly Family[]) {
  const now = hrTime(performance.timeOrigin + performance.now())
  return { resource, scopeMetrics: [{ scope, metrics: families.map((family) => metricData(family, now)) }] }
}

function metricData(family: Family, endTime: HrTime): MetricData {
  const { name, help } = family
  const seconds = family.type === 'histogram'
  const descriptor = {
    name,
    description: help,
    unit: seconds ? 's' : '1',
    valueType: seconds ? ValueType.DOUBLE : ValueType.INT,
  }
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }
  const point = <T>(labels: Labels, value: T) => ({
    startTime: began,
    endTime,
    attributes: Object.fromEntries(labels),
    value,
  })
  if (family.type === 'histogram')
    return {
      ...common,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: family.series.map((series) => point(series.labels, histogramValue(series))),
    }
  return {
    ...common,
    dataPointType: DataPointType.SUM,
    isMonotonic: family.type === 'counter',
    dataPoints: family.series.map(({ labels, value }) => point(labels, value)),
  }
}

function histogramValue({ count, sum, counts }: Histogram) {
  return { buckets: { boundaries: [...buckets], counts: [...counts] }, count, sum }
}
