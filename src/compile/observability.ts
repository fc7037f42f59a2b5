/** `observability` of the first control surface -> what is kept and told of calls (spec §6.1). */

import type { ObservabilityPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import type { Known } from './known.ts'
import { compileText } from './scope.ts'

/** Undefined where the capability says nothing. */
export function compileObservability({ exposes }: doc.Document, known: Known): ObservabilityPlan | undefined {
  const surface = exposes.find((one) => one.type === 'control')
  if (surface?.observability === undefined) return undefined
  const { enabled = true, metrics, traces, exporters } = surface.observability
  const { sampling = 1, propagation = 'w3c', local } = traces ?? {}
  const at = ['observability', 'exporters', 'otlp', 'endpoint'].reduce<string>(child, surface.pointer)
  const otlp = exporters?.otlp && compileText(exporters.otlp.endpoint, known.binds, known.report, at)
  return {
    enabled,
    metrics: metrics?.local?.enabled !== false,
    traces: { sampling, propagation, ...(local?.enabled === false ? {} : { kept: local?.['buffer-size'] ?? 100 }) },
    ...(otlp === undefined ? {} : { otlp }),
  }
}

/** Which of its own routes a control surface has (spec-servers §6). */
export function compileManagement({ management }: doc.ExposesControl) {
  const { logs = false, health, info, reload = false, validate = false } = management
  const routes = { health, info, ...(reload ? { reload } : {}), ...(validate ? { validate } : {}) }
  if (logs === false) return routes
  const {
    'level-control': levels = true,
    stream = true,
    'max-subscribers': maxSubscribers = 5,
  } = logs === true ? {} : logs
  return { ...routes, logs: { levels, stream, maxSubscribers } }
}
