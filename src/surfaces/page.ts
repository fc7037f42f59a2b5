/** The page of a REST surface, at the addresses that no route of it owns. */

import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageUpstream } from '../artifacts/page/facts.ts'
import { pagePaths } from '../artifacts/page/paths.ts'
import type { Page } from '../artifacts/page.ts'
import type { Json, Plan, RestPlan, SurfacePlan } from '../plan.ts'
import { asText, evaluate } from '../runtime/evaluate.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { sendTagged } from './conditional.ts'
import { methodNotAllowed, sendProblem } from './http.ts'
import { isLoopback } from './origin.ts'

/** The sandbox that answers for upstreams. */
export interface StandIn {
  readonly url: string
  /** Values that it knows, by the name of the input. */
  readonly examples: Readonly<Record<string, unknown>>
}

/** What the page tells besides the plan. */
export interface Surroundings {
  /** What listens now; another list once that has changed. */
  readonly surfaces: () => readonly { readonly plan: SurfacePlan; readonly url: string }[]
  /** Absent = whoever answers is real. */
  readonly sandbox?: StandIn | undefined
}

/** Answers the page; false for every other path. Made at the first request, as is the description. */
export function pageHandler(plan: RestPlan, runtime: Runtime, around: Surroundings) {
  const made = lookOnce(plan, runtime, around)
  return (path: string, req: IncomingMessage, res: ServerResponse): boolean => {
    if (!pagePaths.some((one) => one === path)) return false
    if (req.method !== 'GET' && req.method !== 'HEAD') methodNotAllowed(res, 'GET, HEAD')
    else
      void made().then(
        ({ page, headers }) => answer(req, res, page(tracesFor(plan, runtime)), headers),
        (error) => sendProblem(res, error),
      )
    return true
  }
}

interface Made {
  readonly page: Page
  readonly headers: readonly string[]
}

/** A page is made again when something else listens. */
function lookOnce(plan: RestPlan, runtime: Runtime, around: Surroundings): () => Promise<Made> {
  let known: ReturnType<Surroundings['surfaces']> | undefined
  let made: Promise<Made> | undefined
  return () => {
    const surfaces = around.surfaces()
    if (made === undefined || surfaces !== known) made = make(plan, runtime, around)
    known = surfaces
    return made
  }
}

async function make(plan: RestPlan, runtime: Runtime, { surfaces, sandbox }: Surroundings): Promise<Made> {
  const { page, inline } = await import('../artifacts/page.ts')
  const queryKey = queryKeyOf(plan.authentication, runtime)
  return {
    page: page(runtime.plan, plan, {
      addresses: new Map(surfaces().map(({ plan: { namespace }, url }) => [namespace, url])),
      upstreams: upstreamsOf(runtime, sandbox),
      examples: (sandbox?.examples ?? {}) as Readonly<Record<string, Json>>,
      ...(queryKey === undefined ? {} : { queryKey }),
      ...(runtime.context.asks ? {} : { unconfirmed: true }),
    }),
    headers: pageHeaders(inline),
  }
}

/** An address made of binds may hold one that is secret. */
function upstreamsOf({ context }: Runtime, sandbox: StandIn | undefined): readonly PageUpstream[] {
  const standIn = sandbox && new URL(sandbox.url).origin
  return [...context.upstreams.values()].map(({ namespace, origin }) => ({
    namespace,
    origin: context.mask(origin),
    sandbox: origin === standIn,
  }))
}

function queryKeyOf(plan: RestPlan['authentication'], { context }: Runtime): string | undefined {
  if (plan?.type !== 'apikey' || plan.placement !== 'query') return undefined
  return asText(evaluate(plan.key, {}, context.binds))
}

/** Only what was made here runs, it reaches nothing but this server, and no other page may show it. */
export function pageHeaders({ style, script }: { readonly style: string; readonly script: string }): readonly string[] {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const policy = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return [
    ...['content-security-policy', policy.join('; ')],
    ...['x-content-type-options', 'nosniff'],
    ...['referrer-policy', 'no-referrer'],
    ...['cross-origin-opener-policy', 'same-origin'],
    ...['cross-origin-resource-policy', 'same-origin'],
    ...['cache-control', 'private, no-cache'],
  ]
}

/** A browser asks each time, and is told when it has the page as it is. */
function answer(req: IncomingMessage, res: ServerResponse, text: string, headers: readonly string[]) {
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 22)
  sendTagged(req, res, { body: text, type: 'text/html; charset=utf-8', tag, headers })
}

/** How many of the last traces are shown. */
const shown = 20

/** Undefined where none are kept, or where who may see this surface may not ask the control surface for them. */
function tracesFor(plan: RestPlan, { plan: whole, context }: Runtime) {
  const recent = context.telemetry?.recent
  if (recent === undefined || !maySeeTraces(plan, whole)) return undefined
  return recent
    .list()
    .traces.slice(0, shown)
    .flatMap(({ traceId }) => recent.find(traceId) ?? [])
}

function maySeeTraces({ address, authentication }: RestPlan, { surfaces }: Plan): boolean {
  const control = surfaces.find((surface) => surface.type === 'control')
  if (control === undefined) return isLoopback(address)
  const asFar = isLoopback(address) || !isLoopback(control.address)
  const sameCallers = JSON.stringify(authentication) === JSON.stringify(control.authentication)
  return asFar && (control.authentication === undefined || sameCallers)
}
