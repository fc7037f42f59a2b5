/** Serves the HTTP surfaces of a capability: all or none, and one state of affairs after the other. */

import { waits } from '../artifacts/openapi/approvals.ts'
import { StartError } from '../errors.ts'
import type { RestPlan, SurfacePlan } from '../plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { noticeOf, roleNotices } from './authentication.ts'
import type { ControlActions } from './config.ts'
import { controlHandler, ownsControl, type SurfaceState } from './control.ts'
import type { Handler } from './http.ts'
import { listener } from './listener.ts'
import { type McpHandler, type McpHandlerOptions, mcpHandler, ownsMcp } from './mcp/http.ts'
import { withheldNotices } from './mcp/skills.ts'
import type { StandIn } from './page.ts'
import { createPorts, type Port, type Ports, type Tenant } from './ports.ts'
import { fits } from './rest/forward.ts'
import { isStatusPath } from './rest/pending.ts'
import { restHandler } from './rest.ts'
import { createRouter } from './router.ts'
import { ownsSkills, skillHandler } from './skill.ts'
import { leftOutNotices, readSkills, type SkillLibrary } from './skill-library.ts'

export interface ServeSurfacesOptions {
  /** Folder of the capability file. */
  readonly directory: string
  /** Version of this program, as the control surface tells it. */
  readonly version: string
  /** Other ports by namespace (the control surface is called `control`); 0 = any free one. */
  readonly ports?: Readonly<Record<string, number>>
  /** Ports that other capabilities listen on too. Default: ports of its own. */
  readonly shared?: Ports
  /** How long requests under way may take when closing, in milliseconds. Default 10,000. */
  readonly drainMs?: number
  /** What the control surface can be asked to do. */
  readonly actions?: ControlActions
  /** Present when it answers in place of upstreams. */
  readonly sandbox?: StandIn
  /** Changes what MCP surfaces offer. Default: offered as the plan says. */
  readonly offering?: McpHandlerOptions['offering']
}

/** A surface that listens. */
export interface ServedSurface {
  readonly plan: SurfacePlan
  readonly url: string
}

export interface Served {
  readonly surfaces: () => readonly ServedSurface[]
  /** What the owner should know, one sentence each. */
  readonly notices: readonly string[]
  /** Serves another runtime in place of this one, in one step. Throws StartError, having changed nothing. */
  readonly replace: (runtime: Runtime) => Promise<void>
  readonly close: () => Promise<void>
}

/** One surface, ready to be served. */
interface Prepared {
  readonly plan: SurfacePlan
  readonly handle: Handler
  readonly owns: (path: string) => boolean
  /** Called once it is served. */
  readonly commit?: () => void
  readonly close?: () => Promise<void>
}

/** What is served now. */
interface Present {
  readonly prepared: readonly Prepared[]
  readonly surfaces: readonly ServedSurface[]
  readonly tenants: ReadonlyMap<Port, readonly Tenant[]>
  readonly notices: readonly string[]
}

const nothing: Present = { prepared: [], surfaces: [], tenants: new Map(), notices: [] }

/** Opens every HTTP surface of a plan. A port that is taken closes what was opened and throws StartError. */
export async function serveSurfaces(runtime: Runtime, options: ServeSurfacesOptions): Promise<Served> {
  const { shared: ports = createPorts(), drainMs = 10_000 } = options
  const owner = {}
  let now = nothing
  const replace = async (next: Runtime) => {
    const before = now
    now = await arrange(next, before, ports, options, () => now.surfaces).catch(async (error: unknown) => {
      // Lets go of ports that were opened on the way.
      await ports.assign(owner, before.tenants, drainMs)
      throw error
    })
    const letGo = ports.assign(owner, now.tenants, drainMs)
    for (const surface of now.prepared) surface.commit?.()
    const kept = new Set(now.prepared.map(({ close }) => close))
    const gone = before.prepared.filter(({ close }) => close !== undefined && !kept.has(close))
    await Promise.all([letGo, ...gone.map((surface) => surface.close?.())])
  }
  await replace(runtime)
  return {
    surfaces: () => now.surfaces,
    notices: now.notices,
    replace,
    close: async () => {
      const letGo = ports.assign(owner, new Map(), drainMs)
      await Promise.all([letGo, ...now.prepared.map((surface) => surface.close?.())])
    },
  }
}

function plansOf({ plan }: Runtime): readonly SurfacePlan[] {
  return plan.surfaces.filter((surface) => !(surface.type === 'mcp' && surface.transport === 'stdio'))
}

/** Prepares every surface and opens the ports it needs, without changing what is served. */
async function arrange(
  runtime: Runtime,
  before: Present,
  ports: Ports,
  options: ServeSurfacesOptions,
  served: () => readonly ServedSurface[],
): Promise<Present> {
  const plans = plansOf(runtime)
  checkPorts(plans, options.ports ?? {})
  const library = await readSkills(plans, options.directory)
  const prepared = await Promise.all(plans.map((plan) => prepare(plan, runtime, before, options, served, library)))
  const tenants = new Map<Port, readonly Tenant[]>()
  const surfaces: ServedSurface[] = []
  for (const surface of inOrder(prepared)) {
    const { plan } = surface
    checkReached(surface, prepared, options)
    const port = await ports.open({ ...plan, port: portOf(plan, before, options) })
    tenants.set(port, [...(tenants.get(port) ?? []), tenantOf(surface, runtime)])
    surfaces.push({ plan, url: `http://${hostOf(plan.address)}:${port.number}` })
  }
  return {
    prepared,
    tenants,
    surfaces: plans.flatMap((plan) => surfaces.find((one) => one.plan === plan) ?? []),
    notices: noticesOf(plans, runtime, library),
  }
}

function noticesOf(
  plans: readonly SurfacePlan[],
  { plan, context }: Runtime,
  library: SkillLibrary,
): readonly string[] {
  const mcp = plans.flatMap((plan) => (plan.type === 'mcp' ? [plan] : []))
  return [
    ...plans.flatMap((plan) => noticeOf(plan, context.binds) ?? []),
    ...roleNotices(plan, context.binds),
    ...leftOutNotices(library),
    ...withheldNotices(mcp, library),
  ]
}

/** On a port that is shared, what has addresses of its own is asked first: a route at one of them would never answer. */
function checkReached({ plan }: Prepared, all: readonly Prepared[], { ports }: ServeSurfacesOptions) {
  if (plan.type !== 'rest') return
  const placeOf = (one: SurfacePlan) => `${one.address} ${ports?.[one.namespace] ?? one.port}`
  const beside = all.filter((other) => other.plan.type !== 'rest' && placeOf(other.plan) === placeOf(plan))
  for (const { path } of placeOf(plan).endsWith(' 0') ? [] : plan.routes) {
    const owner = beside.find(({ owns }) => owns(path))
    if (owner === undefined) continue
    const [route, other] = [`"${path}" of "${plan.namespace}"`, `"${owner.plan.namespace}"`]
    throw new StartError(`${route} is an address of ${other} on the same port: give one of them another port or path`)
  }
}

/** A surface that was given any free port keeps the one it has. */
function portOf(plan: SurfacePlan, before: Present, { ports }: ServeSurfacesOptions): number {
  const wanted = ports?.[plan.namespace] ?? plan.port
  const former = before.surfaces.find((one) => one.plan.namespace === plan.namespace && one.plan.type === plan.type)
  return wanted === 0 && former !== undefined ? Number(new URL(former.url).port || 80) : wanted
}

/** REST owns every path that it declares, so on a port they share it is asked after those with paths of their own. */
function inOrder(prepared: readonly Prepared[]): readonly Prepared[] {
  const isRest = ({ plan }: Prepared) => plan.type === 'rest'
  return [...prepared.filter((one) => !isRest(one)), ...prepared.filter(isRest)]
}

function tenantOf({ plan, handle, owns }: Prepared, runtime: Runtime): Tenant {
  return { namespace: plan.namespace, owns, answer: listener(handle, plan, runtime) }
}

async function prepare(
  plan: SurfacePlan,
  runtime: Runtime,
  before: Present,
  options: ServeSurfacesOptions,
  served: () => readonly ServedSurface[],
  library: SkillLibrary,
): Promise<Prepared> {
  switch (plan.type) {
    case 'rest':
      return {
        plan,
        handle: restHandler(plan, runtime, { surfaces: served, sandbox: options.sandbox }),
        owns: ownsRoutes(plan),
      }
    case 'mcp': {
      const former = before.prepared.find((one) => one.plan.type === 'mcp' && one.plan.namespace === plan.namespace)
      // Sessions live in it.
      const kept = former as (Prepared & Partial<McpHandler>) | undefined
      if (kept?.prepare !== undefined) return { ...kept, plan, ...(await kept.prepare(plan, runtime, library)) }
      const { directory, offering } = options
      const more = offering === undefined ? { library } : { library, offering }
      return { plan, ...(await mcpHandler(plan, runtime, { directory, ...more })), owns: ownsMcp }
    }
    case 'skill':
      return { plan, handle: skillHandler(plan, library.get(plan) ?? [], runtime), owns: ownsSkills }
    case 'control': {
      const { telemetry, log, scripting, approvals, audit } = runtime.context
      const facts = { plan: runtime.plan, version: options.version, telemetry, log, scripting, approvals, audit }
      const upstreams = () => [...runtime.context.upstreams.values()]
      const surfaces = () => plansOf(runtime).map((surface) => stateOf(surface, served()))
      return {
        plan,
        ...controlHandler(plan, { ...facts, surfaces, upstreams, actions: options.actions }),
        owns: ownsControl,
      }
    }
    default:
      return plan satisfies never
  }
}

function stateOf({ type, namespace, port }: SurfacePlan, served: readonly ServedSurface[]): SurfaceState {
  const found = served.find(({ plan }) => plan.namespace === namespace && plan.type === type)
  return { type, namespace, port: found === undefined ? port : Number(new URL(found.url).port), started: !!found }
}

const descriptions = ['/', '/docs', '/openapi.yaml', '/openapi.json']

/** Made when it is asked for: a surface alone on its port owns everything. */
function ownsRoutes(plan: RestPlan): (path: string) => boolean {
  const { routes, forwards = [] } = plan
  const pending = waits(plan)
  let router: ReturnType<typeof createRouter> | undefined
  return (path) => {
    router ??= createRouter(routes.map((plan) => ({ plan })))
    const isForwarded = () => forwards.some((forward) => fits(forward, path.split('/').slice(1)))
    return (
      router.match(path) !== undefined ||
      descriptions.includes(path) ||
      isForwarded() ||
      (pending && isStatusPath(path))
    )
  }
}

function checkPorts(plans: readonly SurfacePlan[], ports: Readonly<Record<string, number>>) {
  const known = plans.map((plan) => plan.namespace)
  const stranger = Object.keys(ports).find((namespace) => !known.includes(namespace))
  if (stranger !== undefined)
    throw new StartError(`there is no surface "${stranger}" to give a port; there are ${known.join(', ')}`)
}

/** An address that stands for all of them is reached on this machine as localhost. */
function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}
