/** `/metrics`, `/traces` and `/traces/{traceId}` of the control surface (spec-servers §6). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import { prometheusText, prometheusType } from '../runtime/telemetry/prometheus.ts'
import type { RecentTraces } from '../runtime/telemetry/recent.ts'
import type { Telemetry } from '../runtime/telemetry/telemetry.ts'
import { type Handler, methodNotAllowed, pathOf, send, sendJson, sendProblem } from './http.ts'

/** Routes of what is switched on; answers false for all else. */
export function observabilityHandler(telemetry: Telemetry | undefined): Handler {
  if (telemetry === undefined) return () => false
  const { metrics, showsMetrics, recent } = telemetry
  return (req, res) => {
    const path = pathOf(req)
    if (showsMetrics && path === '/metrics')
      return reading(req, res, () => send(res, 200, prometheusText(metrics.families()), prometheusType))
    if (recent === undefined || (path !== '/traces' && !path.startsWith('/traces/'))) return false
    return reading(req, res, () => answerTraces(path.split('/')[2], queryOf(req), recent, res))
  }
}

function reading(req: IncomingMessage, res: ServerResponse, answer: () => void): boolean {
  if (req.method === 'GET' || req.method === 'HEAD') answer()
  else methodNotAllowed(res, 'GET, HEAD')
  return true
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.split('?')[1])
}

function answerTraces(id: string | undefined, query: URLSearchParams, recent: RecentTraces, res: ServerResponse) {
  if (id === undefined) return sendJson(res, 200, recent.list(filterOf(query)))
  const found = recent.find(id)
  if (found !== undefined) return sendJson(res, 200, found)
  sendProblem(res, new OperationError('not-found', 'no trace of this id is kept: only the last ones are'))
}

function filterOf(query: URLSearchParams) {
  const [operation, status] = [query.get('operation'), query.get('status')]
  return { ...(operation === null ? {} : { operation }), ...(status === null ? {} : { status }) }
}
