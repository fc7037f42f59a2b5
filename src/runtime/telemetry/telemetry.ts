/** What is kept and told of calls: spans, counts and durations, as `observability` says (spec §6.1, spec-servers §7). */

import type { CapabilityInfo, ObservabilityPlan } from '../../plan.ts'
import type { BindValues } from '../binds.ts'
import { asText, evaluate } from '../evaluate.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { type Propagation, propagations } from './propagation.ts'
import { createRecentTraces, type RecentTraces } from './recent.ts'
import { createTracer, type Span, type Tracer } from './span.ts'

export interface Telemetry {
  readonly tracer: Tracer
  readonly propagation: Propagation
  readonly metrics: Metrics
  /** Whether the control surface tells the metrics. */
  readonly showsMetrics: boolean
  /** Absent = traces are not kept here. */
  readonly recent?: RecentTraces
  /** Whether spans and metrics go to a collector. */
  readonly exporting: boolean
  /** Sends what has not been sent yet. */
  readonly close: () => Promise<void>
}

export interface TelemetryOptions {
  readonly binds: BindValues
  /** Where `OTEL_…` variables are read. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What applies where the capability says nothing. */
export const observabilityDefaults: ObservabilityPlan = {
  enabled: true,
  metrics: true,
  traces: { sampling: 1, propagation: 'w3c', kept: 100 },
}

/** Undefined when it is switched off. Loads the exporters when there is somebody to send to. */
export async function createTelemetry(
  capability: CapabilityInfo,
  plan: ObservabilityPlan,
  options: TelemetryOptions,
): Promise<Telemetry | undefined> {
  if (!plan.enabled || options.environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  const { sampling, propagation, kept } = plan.traces
  const metrics = createMetrics(capability.title)
  const recent = kept === undefined ? undefined : createRecentTraces(kept)
  const collector = collectorOf(plan, options)
  const exporter =
    collector === undefined ? undefined : (await import('./otlp.ts')).createExporter(collector, capability, metrics)
  const onEnd = (span: Span) => {
    if (span.root) recent?.add(span)
    exporter?.send(span)
  }
  return {
    tracer: createTracer({ sampling, onEnd }),
    propagation: propagations[propagation],
    metrics,
    showsMetrics: plan.metrics,
    ...(recent === undefined ? {} : { recent }),
    exporting: exporter !== undefined,
    close: async () => exporter?.close(),
  }
}

/** The capability's own endpoint before the one of the environment; undefined = nobody. */
function collectorOf({ otlp }: ObservabilityPlan, { binds, environment }: TelemetryOptions): string | undefined {
  const given = otlp === undefined ? environment.OTEL_EXPORTER_OTLP_ENDPOINT : asText(evaluate(otlp, {}, binds))
  return given === '' ? undefined : given
}
