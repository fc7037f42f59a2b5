/** The control surface: is it alive, is it ready, what is it, what governs its scripts (spec-servers §6). */

import type { ServerResponse } from 'node:http'
import type { ControlPlan, Plan } from '../plan.ts'
import type { Log } from '../runtime/log.ts'
import type { Scripting } from '../runtime/scripting.ts'
import type { Telemetry } from '../runtime/telemetry/telemetry.ts'
import type { Upstream } from '../runtime/upstream.ts'
import { type ApprovalFacts, approvalsHandler } from './approvals.ts'
import { type ControlActions, configHandler } from './config.ts'
import { type Handler, methodNotAllowed, pathOf, sendJson } from './http.ts'
import { logsHandler } from './logs.ts'
import { observabilityHandler } from './observability.ts'
import { answerScripting } from './scripting.ts'

export interface ControlHandler {
  readonly handle: Handler
  readonly close: () => Promise<void>
}

/** A surface as the control surface reports it. */
export interface SurfaceState {
  readonly type: string
  readonly namespace: string
  readonly port: number
  readonly started: boolean
}

export interface ControlFacts extends ApprovalFacts {
  readonly plan: Plan
  /** Version of this program. */
  readonly version: string
  readonly surfaces: () => readonly SurfaceState[]
  readonly upstreams: () => readonly Pick<Upstream, 'namespace' | 'state'>[]
  /** Absent = calls are not observed. */
  readonly telemetry?: Telemetry | undefined
  readonly log: Log
  readonly scripting: Scripting
  readonly actions?: ControlActions | undefined
}

export function controlHandler(plan: ControlPlan, facts: ControlFacts): ControlHandler {
  const routes = new Map<string, (res: ServerResponse) => void>()
  if (plan.health) {
    routes.set('/health/live', (res) => sendJson(res, 200, { status: 'UP' }))
    routes.set('/health/ready', (res) => ready(res, facts))
  }
  if (plan.info) routes.set('/status', (res) => sendJson(res, 200, status(facts)))
  const observability = observabilityHandler(facts.telemetry)
  const logs = logsHandler(plan.logs, facts.log)
  const config = configHandler(plan, facts.actions)
  const approvals = approvalsHandler(plan, facts)
  const handle: Handler = (req, res) => {
    const path = pathOf(req)
    if (path === '/scripting' && plan.scripting === true) {
      answerScripting(req, res, facts.scripting)
      return true
    }
    const route = routes.get(path)
    if (route === undefined)
      return observability(req, res) || logs.handle(req, res) || config(req, res) || approvals(req, res)
    if (req.method === 'GET' || req.method === 'HEAD') route(res)
    else methodNotAllowed(res, 'GET, HEAD')
    return true
  }
  return { handle, close: async () => logs.close() }
}

/** Which addresses are those of control where another surface shares the port. */
export function ownsControl(path: string): boolean {
  return /^\/(health\/(live|ready)|status|metrics|traces|logs|config|scripting|approvals)(\/|$)/.test(path)
}

function ready(res: ServerResponse, { surfaces, upstreams }: ControlFacts) {
  const adapters = adaptersOf(surfaces())
  const told = upstreams().map(({ namespace, state }) => ({
    namespace,
    state: state().circuit === 'open' ? 'lost' : 'up',
  }))
  const up = adapters.every(({ state }) => state === 'started') && told.every(({ state }) => state === 'up')
  sendJson(res, up ? 200 : 503, { status: up ? 'UP' : 'DEGRADED', adapters, upstreams: told })
}

function status({ plan, version, surfaces, upstreams, telemetry }: ControlFacts) {
  const { title, format } = plan.capability
  return {
    capability: { display: title, specVersion: format.split(' ')[1] ?? format },
    engine: { version, node: process.versions.node },
    uptime: `PT${process.uptime().toFixed(3)}S`,
    otel: { status: telemetry === undefined ? 'inactive' : 'active' },
    adapters: adaptersOf(surfaces()),
    upstreams: upstreams().map(({ namespace, state }) => ({ namespace, ...state() })),
  }
}

function adaptersOf(surfaces: readonly SurfaceState[]) {
  return surfaces.map(({ type, namespace, port, started }) => ({
    type,
    ...(type === 'control' ? {} : { namespace }),
    ...(port > 0 ? { port } : {}),
    state: started ? 'started' : 'stopped',
  }))
}
