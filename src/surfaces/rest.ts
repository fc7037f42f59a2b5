/** The REST surface: a request becomes the input of an operation, its outcome becomes the answer (spec-servers §3). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type InputFault, OperationError } from '../errors.ts'
import type { RestPlan, RouteParameterPlan, RoutePlan } from '../plan.ts'
import { evaluate } from '../runtime/evaluate.ts'
import type { Invoke, Outcome } from '../runtime/execute.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type RequestPoint, requestPoint } from '../runtime/telemetry/points.ts'
import { cancel, cancellation } from '../runtime/upstream.ts'
import { coerce } from '../text/coerce.ts'
import { child } from '../text/pointer.ts'
import { callerOf, challengeTo } from './caller.ts'
import { type Handler, limits, methodNotAllowed, pathOf, readJson, send, sendProblem } from './http.ts'
import { createRouter, type Match } from './router.ts'

/** A route with everything decided: which parameters come from where, and what runs. */
interface Route {
  readonly plan: RoutePlan
  readonly invoke: Invoke
  readonly point: RequestPoint
  /** Input names by path variable, in the order of the path; undefined where nothing reads the variable. */
  readonly path: readonly (Placed<'path'> | undefined)[]
  readonly query: ReadonlyMap<string, Placed<'query'>>
  readonly headers: readonly Placed<'header'>[]
  readonly body: readonly Placed<'body'>[]
  readonly bodyKeys: ReadonlySet<string>
  /** Inputs that the capability sets itself. */
  readonly constants: readonly (readonly [name: string, value: unknown])[]
  /** Names of all inputs of the operation. */
  readonly inputs: ReadonlySet<string>
}

type Placed<In extends RouteParameterPlan['in']> = RouteParameterPlan & { readonly in: In }

/** Serves the routes of a plan, and the OpenAPI description of them at `/openapi.yaml`. */
export function restHandler(plan: RestPlan, runtime: Runtime): Handler {
  const router = createRouter(plan.routes.map((route) => prepareRoute(route, runtime)))
  const openapi = openapiHandler(plan, runtime)
  return (req, res) => {
    const path = pathOf(req)
    const match = router.match(path)
    if (match === undefined) return openapi(path, req, res)
    const method = req.method ?? 'GET'
    const route = match.routes.get(method) ?? (method === 'HEAD' ? match.routes.get('GET') : undefined)
    if (route === undefined) answerOther(method, match, res)
    else void serve(route, match.values, req, res)
    return true
  }
}

function prepareRoute(plan: RoutePlan, runtime: Runtime): Route {
  const { path, method } = plan
  const placed = <In extends RouteParameterPlan['in']>(place: In) =>
    plan.parameters.filter((p): p is Placed<In> => p.in === place)
  const paths = placed('path')
  const variables = plan.segments.flatMap((s) => ('variable' in s ? [s.variable] : []))
  const body = placed('body')
  return {
    plan,
    invoke: runtime.invoke(plan.operation),
    point: requestPoint(runtime.context, 'rest', `${path} ${method}`, { 'http.request.method': method }),
    path: variables.map((variable) => paths.find((p) => p.key === variable)),
    query: new Map(placed('query').map((p) => [p.key, p])),
    headers: placed('header'),
    body,
    bodyKeys: new Set(body.map((p) => p.key)),
    constants: placed('constant').flatMap((p) => constantOf(p, runtime)),
    inputs: new Set(Object.keys(plan.operation.input.schema.properties ?? {})),
  }
}

/** None where an optional variable has no value. A text is read as the declared type, like one that is sent. */
function constantOf({ name, value, as }: Placed<'constant'>, { context }: Runtime) {
  const given = evaluate(value, {}, context.binds)
  if (given === undefined) return []
  return [[name, typeof given === 'string' ? coerce(as, given) : given] as const]
}

/** OPTIONS tells the methods; any other verb the path does not know is 405 with them. */
function answerOther(method: string, { routes }: Match<Route>, res: ServerResponse) {
  const allow = [...routes.keys(), ...(routes.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  if (method !== 'OPTIONS') return methodNotAllowed(res, allow)
  res.writeHead(204, ['allow', allow])
  res.end()
}

async function serve(route: Route, values: readonly string[], req: IncomingMessage, res: ServerResponse) {
  const { point } = route
  const span = point.begin(req.headers)
  const call = cancellation(span, callerOf(req)?.principal)
  res.on('close', () => {
    if (!res.writableFinished) cancel(call)
  })
  let fault: unknown
  try {
    const input = await gather(route, values, req)
    answer(res, await route.invoke(input, call))
  } catch (error) {
    fault = error
    const unread = error instanceof OperationError && error.code === 'payload-too-large'
    sendProblem(res, error, unread ? ['connection', 'close'] : challengeTo(req, error))
  }
  point.end(span, res.statusCode, fault)
}

function answer(res: ServerResponse, outcome: Outcome) {
  if (outcome.binary !== undefined)
    return send(res, outcome.status, outcome.binary.bytes, outcome.binary.mediaType, inert)
  if (outcome.text !== undefined) return send(res, outcome.status, outcome.text)
  res.writeHead(204)
  res.end()
}

/** Bytes of an upstream are no page of ours, whatever they say they are. */
const inert = ['x-content-type-options', 'nosniff', 'content-security-policy', "sandbox; default-src 'none'"]

/** The input of the operation, from the places its route declares. Everything that does not fit is told at once. */
async function gather(route: Route, values: readonly string[], req: IncomingMessage): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {}
  const faults: InputFault[] = []
  if ((req.url?.length ?? 0) > limits.target)
    throw new OperationError('invalid-input', `the address is longer than ${limits.target} characters`)
  route.path.forEach((p, i) => {
    if (p !== undefined) input[p.name] = coerce(p.as, decode(values[i] ?? '', p.name, faults))
  })
  gatherQuery(route, req.url ?? '', input, faults)
  for (const p of route.headers) {
    const value = req.headers[p.key.toLowerCase()]
    if (value !== undefined) input[p.name] = coerce(p.as, Array.isArray(value) ? value.join(', ') : value)
  }
  if (route.body.length > 0 || carriesBody(req)) gatherBody(route, await readJson(req), input, faults)
  for (const [name, value] of route.constants) input[name] = value
  if (faults.length === 0) return input
  const named = new Set(faults.map((f) => f.pointer))
  const rest = route.plan.operation.input.validate(input).filter((f) => !named.has(f.pointer))
  throw new OperationError('invalid-input', 'the request does not fit', { errors: [...faults, ...rest] })
}

/** A body that no parameter reads is told, not dropped: its sender meant something by it (RFC 9112 §6). */
function carriesBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
}

function decode(value: string, name: string, faults: InputFault[]): string {
  if (isDecodable(value)) return decodeURIComponent(value)
  faults.push({ pointer: child('', name), message: 'is not well-formed percent-encoding' })
  return value
}

/** `URLSearchParams` would replace what it can't decode, and another value than the one sent would go upstream. */
function isDecodable(text: string): boolean {
  try {
    if (text.includes('%')) decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function gatherQuery(route: Route, url: string, input: Record<string, unknown>, faults: InputFault[]) {
  const start = url.indexOf('?')
  if (start < 0) return
  const query = url.slice(start + 1)
  if (!isDecodable(query)) faults.push({ pointer: '', message: 'the query is not well-formed percent-encoding' })
  for (const [key, value] of new URLSearchParams(query)) {
    const p = route.query.get(key)
    if (p === undefined) stray(route, key, value, 'query', input, faults)
    else if (p.as === 'array') input[p.name] = [...((input[p.name] as unknown[] | undefined) ?? []), value]
    else if (input[p.name] !== undefined)
      faults.push({ pointer: child('', p.name), message: 'is given more than once' })
    else input[p.name] = coerce(p.as, value)
  }
}

function gatherBody(route: Route, body: unknown, input: Record<string, unknown>, faults: InputFault[]) {
  const whole = route.body.find((p) => p.whole === true)
  if (whole !== undefined) {
    if (body !== undefined) input[whole.name] = body
    return
  }
  if (body === undefined) return
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    faults.push({ pointer: '', message: 'the body must be a JSON object' })
    return
  }
  for (const p of route.body) {
    const value = p.path === undefined ? (body as Record<string, unknown>)[p.key] : p.path.get(body)
    if (value !== undefined && (p.path !== undefined || Object.hasOwn(body, p.key))) input[p.name] = value
  }
  if (route.body.some((p) => p.path !== undefined)) return
  for (const [key, value] of Object.entries(body))
    if (!route.bodyKeys.has(key)) stray(route, key, value, 'body', input, faults)
}

/**
 * A name that this place does not carry. The operation's own check refuses one it does not know, in the same words on
 * every surface; one it does know must not slip in from another place than declared.
 */
function stray(
  route: Route,
  key: string,
  value: unknown,
  place: string,
  input: Record<string, unknown>,
  faults: InputFault[],
) {
  if (route.inputs.has(key)) faults.push({ pointer: child('', key), message: `is not read from the ${place}` })
  else Object.defineProperty(input, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The description is made on first request: a start should not pay for a page nobody has asked for. */
function openapiHandler(plan: RestPlan, runtime: Runtime) {
  return (path: string, req: IncomingMessage, res: ServerResponse): boolean => {
    if (path !== '/openapi.yaml') return false
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else
      void import('../artifacts/openapi.ts').then(
        ({ openapi }) => send(res, 200, openapi(runtime.plan, plan), 'application/yaml; charset=utf-8'),
        (error) => sendProblem(res, error),
      )
    return true
  }
}
