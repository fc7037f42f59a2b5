/** The REST surface: a request becomes the input of an operation, its outcome becomes the answer (spec-servers §3). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { waits } from '../artifacts/openapi/approvals.ts'
import { OperationError } from '../errors.ts'
import type { RestPlan } from '../plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { byAccess, callerOf, challengeTo } from './caller.ts'
import { type Handler, methodNotAllowed, pathOf, send, sendProblem, toldOf } from './http.ts'
import { pageHandler, type Surroundings } from './page.ts'
import { identify } from './request-id.ts'
import { answer } from './rest/answer.ts'
import { callOf } from './rest/call.ts'
import { forwardings } from './rest/forward.ts'
import { gather } from './rest/gather.ts'
import { keyOf } from './rest/key.ts'
import { chosenForm } from './rest/negotiate.ts'
import { isPending, pendingHandler, sendPending } from './rest/pending.ts'
import { preconditions } from './rest/precondition.ts'
import { prepareRoute, type Route } from './rest/route.ts'
import { createRouter } from './router.ts'
import { tell } from './told.ts'
import { sameIn, visibleTo } from './visible.ts'

/**
 * Serves the routes of a plan. What no route owns is the OpenAPI description of them at `/openapi.yaml` and `/openapi.json`,
 * and the page where it is known what stands around it: in a program of somebody else, `/` is theirs.
 */
export function restHandler(plan: RestPlan, runtime: Runtime, around?: Surroundings): Handler {
  const router = createRouter(plan.routes.map((route) => prepareRoute(route, runtime)))
  const describe = description(plan, runtime, around)
  const forwarding = forwardings(plan, runtime)
  const pending = waits(plan) ? pendingHandler(runtime.context.approvals) : () => false
  return (req, res) => {
    identify(req, res)
    const path = pathOf(req)
    const match = router.match(path)
    const method = req.method ?? 'GET'
    const route = match?.routes.get(method) ?? (method === 'HEAD' ? match?.routes.get('GET') : undefined)
    if (match !== undefined && route !== undefined) {
      void serve(plan, route, match.values, req, res)
      return true
    }
    const forward = forwarding?.(path)
    if (forward !== undefined && (forward.methods?.some((one) => one === method) ?? true)) forward.pass(req, res)
    else if (match === undefined && forward === undefined) return describe(path, req, res) || pending(path, req, res)
    else answerOther(method, [...(match?.routes.keys() ?? []), ...(forward?.methods ?? [])], res)
    return true
  }
}

type Describe = (path: string, req: IncomingMessage, res: ServerResponse) => boolean

/** The description and the page, for each kind of callers with what they may run. */
function description(plan: RestPlan, runtime: Runtime, around: Surroundings | undefined): Describe {
  const of = (plan: RestPlan, runtime: Runtime): Describe => {
    const openapi = openapiHandler(plan, runtime)
    const page = around === undefined ? () => false : pageHandler(plan, runtime, around)
    return (path, req, res) => openapi(path, req, res) || page(path, req, res)
  }
  const to = byAccess(of(plan, runtime), (access) => {
    const visible = visibleTo(runtime.plan, access)
    // What others called is not theirs to see.
    const { telemetry: _, ...context } = runtime.context
    return of(sameIn(visible, plan), { ...runtime, plan: visible, context })
  })
  return (path, req, res) => to(callerOf(req)?.principal.access)(path, req, res)
}

/** OPTIONS tells the methods; any other verb the path does not know is 405 with them. */
function answerOther(method: string, known: readonly string[], res: ServerResponse) {
  const allow = [...new Set([...known, ...(known.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].join(', ')
  if (method !== 'OPTIONS') return methodNotAllowed(res, allow)
  res.writeHead(204, ['allow', allow, ...toldOf(res)])
  res.end()
}

async function serve(
  plan: RestPlan,
  route: Route,
  values: readonly string[],
  req: IncomingMessage,
  res: ServerResponse,
) {
  const { point } = route
  const span = point.begin(req.headers)
  const call = callOf(plan, req, res, span)
  let fault: unknown
  let input: Awaited<ReturnType<typeof gather>> | undefined
  try {
    const form = chosenForm(req.headers.accept, route.answering.forms)
    if (route.plan.operation.semantics.safe !== true) {
      call.key = keyOf(req)
      preconditions(req, call, route)
    }
    input = await gather(route, values, req, call)
    route.passBytes?.(req, res, call)
    const outcome = await route.invoke(input, call)
    if (call.replayed) tell(res, ...replayed)
    if (outcome.passed === undefined) await answer(req, res, outcome, route.answering, form)
  } catch (error) {
    if (input === undefined) await route.refuse?.(error, {}, call)
    if (call.replayed && !res.headersSent) tell(res, ...replayed)
    if (isPending(error)) sendPending(res, error)
    else {
      fault = error
      // Half of an answer must not look like all of it.
      if (!res.headersSent) sendProblem(res, error, besides(req, error, route))
      else if (!res.writableEnded) res.destroy()
    }
  }
  point.end(span, res.statusCode, fault)
}

/** As Stripe tells it, since the draft has no name for it. */
const replayed = ['idempotent-replayed', 'true'] as const

/** What an answer to a body that was refused says about the next one. */
function besides(req: IncomingMessage, error: unknown, { plan, reader }: Route): readonly string[] {
  if (!(error instanceof OperationError)) return none
  if (error.code === 'payload-too-large') return ['connection', 'close']
  if (error.code !== 'unsupported-media-type') return challengeTo(req, error)
  const { [plan.method]: field = 'accept' } = acceptFields
  return [field, reader.accepts, 'accept-encoding', 'identity']
}

const none: readonly string[] = []

/** RFC 5789 §3.1, W3C LDP §7.1; for other methods RFC 9110 §12.5.1. */
const acceptFields: Readonly<Partial<Record<string, string>>> = { POST: 'accept-post', PATCH: 'accept-patch' }

/** Wherever the description is read from: behind another port or a proxy too (OpenAPI 3.1 §4.8.5). */
const here = { servers: ['/'] }

/** The description is made on first request: a start should not pay for a page nobody has asked for. */
function openapiHandler(plan: RestPlan, runtime: Runtime) {
  return (path: string, req: IncomingMessage, res: ServerResponse): boolean => {
    if (path !== '/openapi.yaml' && path !== '/openapi.json') return false
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else
      void import('../artifacts/openapi.ts').then(
        ({ openapi, openapiValue }) => {
          if (path === '/openapi.json')
            return send(res, 200, JSON.stringify(openapiValue(runtime.plan, plan, here), null, 2))
          send(res, 200, openapi(runtime.plan, plan, here), 'application/yaml; charset=utf-8')
        },
        (error) => sendProblem(res, error),
      )
    return true
  }
}
