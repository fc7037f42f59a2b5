/** Less than a capability has: only what reads, or only some tools. Plan -> plan; what is left out is nowhere. */

import { StartError } from './errors.ts'
import type {
  ForwardedPlan,
  ForwardPlan,
  McpPlan,
  OperationPlan,
  Plan,
  ResourcePlan,
  RestPlan,
  SkillPlan,
  SkillToolPlan,
  SurfacePlan,
  ToolPlan,
} from './plan.ts'
import { noSuch } from './text/suggest.ts'

export interface NarrowOptions {
  /** Offer only what is safe by its semantics. Default false. */
  readonly readOnly?: boolean
  /** Offer only these MCP tools, by name. REST is not narrowed by it. Default: all. */
  readonly tools?: readonly string[]
  /** Offer only what this role of the companion file may run. Default: all. */
  readonly role?: string
}

/**
 * A plan with less to offer; the plan itself where nothing narrows it. A skill loses the tools that it derives from what
 * is left out. Throws StartError for a tool or a role that the plan does not have.
 */
export function narrowed(whole: Plan, { readOnly = false, tools, role }: NarrowOptions): Plan {
  const plan = role === undefined ? whole : allowedTo(whole, role)
  if (!readOnly && tools === undefined) return plan
  const known = toolNames(plan)
  for (const name of tools ?? []) if (!known.includes(name)) throw new StartError(noSuch('tool', name, known))
  const wanted = tools === undefined ? plan.surfaces : plan.surfaces.map((surface) => withTools(surface, tools))
  return offering(plan, readOnly ? wanted.map(reading) : wanted)
}

function offering(plan: Plan, left: readonly SurfacePlan[]): Plan {
  const surfaces = left.map((surface) => withoutStrays(surface, left))
  return { ...plan, surfaces, operations: reached(plan.operations, surfaces) }
}

function allowedTo(plan: Plan, role: string): Plan {
  const { roles = [] } = plan
  const found = roles.find(({ name }) => name === role)
  if (found === undefined)
    throw new StartError(
      noSuch(
        'role',
        role,
        roles.map(({ name }) => name),
      ),
    )
  const allowed = new Set(found.operations)
  return reserved(plan, (name) => allowed.has(name), found.forwards)
}

/** A plan with what some may run. `runs`: whether they may, by the name that rules an operation. */
export function reserved(plan: Plan, runs: (name: string) => boolean, forwards: ForwardedPlan): Plan {
  const isOpen = ({ operation: { flow, name } }: { readonly operation: OperationPlan }) => runs(flow ?? name)
  return offering(
    plan,
    plan.surfaces.map((surface): SurfacePlan => {
      if (surface.type === 'rest') return forwarding({ ...surface, routes: surface.routes.filter(isOpen) }, forwards)
      if (surface.type !== 'mcp') return surface
      const resources = surface.resources.filter((resource) => resource.type === 'static' || isOpen(resource))
      return { ...surface, tools: surface.tools.filter(isOpen), resources }
    }),
  )
}

function forwarding({ forwards, ...rest }: RestPlan, what: ForwardedPlan): RestPlan {
  if (forwards === undefined || what === 'none') return rest
  return { ...rest, forwards: what === 'all' ? forwards : forwards.map(readingForward) }
}

/** The names of all MCP tools of a plan. */
export function toolNames({ surfaces }: Plan): readonly string[] {
  return surfaces.flatMap((surface) => (surface.type === 'mcp' ? surface.tools.map(({ name }) => name) : []))
}

/** What the owner should know of surfaces that nothing is left of, one sentence each. */
export function noticesOf(surfaces: readonly SurfacePlan[]): readonly string[] {
  return surfaces.flatMap((surface) => {
    const missing = missingFrom(surface)
    return missing === undefined ? [] : [`"${surface.namespace}" has no ${missing} to offer`]
  })
}

function missingFrom(surface: SurfacePlan): string | undefined {
  if (surface.type === 'rest') return surface.routes.length > 0 || surface.forwards ? undefined : 'route'
  if (surface.type !== 'mcp') return undefined
  const { tools, resources, prompts } = surface
  return tools.length + resources.length + prompts.length > 0 ? undefined : 'tool, resource or prompt'
}

function withTools(surface: SurfacePlan, names: readonly string[]): SurfacePlan {
  if (surface.type !== 'mcp') return surface
  return { ...surface, tools: surface.tools.filter(({ name }) => names.includes(name)) }
}

function reading(surface: SurfacePlan): SurfacePlan {
  if (surface.type === 'rest') return readingRoutes(surface)
  return surface.type === 'mcp' ? readingTools(surface) : surface
}

const isSafe = ({ operation }: { readonly operation: OperationPlan }) => operation.semantics.safe === true

function readingRoutes({ routes, forwards, ...rest }: RestPlan): RestPlan {
  return {
    ...rest,
    routes: routes.filter(isSafe),
    ...(forwards === undefined ? {} : { forwards: forwards.map(readingForward) }),
  }
}

/** Headers by which some upstreams take one method for another. */
const otherMethod = /^x-(http-)?method(-override)?$/

/** GET and HEAD are safe whatever they are forwarded to (RFC 9110 §9.2.1). */
function readingForward(forward: ForwardPlan): ForwardPlan {
  const trustedHeaders = forward.trustedHeaders.filter((header) => !otherMethod.test(header))
  return { ...forward, methods: ['GET', 'HEAD'], trustedHeaders }
}

/** A tool that says of itself that it writes is taken at its word, whatever the flow behind it says. */
function readingTools(surface: McpPlan): McpPlan {
  const isReading = (tool: ToolPlan) => isSafe(tool) && tool.annotations.readOnlyHint !== false
  const isRead = (resource: ResourcePlan) => resource.type === 'static' || isSafe(resource)
  return { ...surface, tools: surface.tools.filter(isReading), resources: surface.resources.filter(isRead) }
}

function withoutStrays(surface: SurfacePlan, all: readonly SurfacePlan[]): SurfacePlan {
  if (surface.type !== 'skill') return surface
  const actions = new Set(all.flatMap(actionsOf))
  const isThere = (tool: SkillToolPlan) =>
    tool.type === 'instruction' || actions.has(`${tool.targetNamespace} ${tool.action}`)
  const skills = surface.skills.map((skill): SkillPlan => ({ ...skill, tools: skill.tools.filter(isThere) }))
  return { ...surface, skills }
}

/** By namespace and name, what tools of skills can be derived from. */
function actionsOf(surface: SurfacePlan): readonly string[] {
  if (surface.type !== 'rest' && surface.type !== 'mcp') return []
  const units = surface.type === 'rest' ? surface.routes : surface.tools
  return units.map(({ name }) => `${surface.namespace} ${name}`)
}

/** What surfaces run, and what is read to show what would be lost by it. */
function reached(operations: readonly OperationPlan[], surfaces: readonly SurfacePlan[]): readonly OperationPlan[] {
  const run = new Set(surfaces.flatMap(operationsOf))
  const shown = new Set([...run].flatMap(({ confirmation }) => confirmation?.shows?.flow ?? []))
  return operations.filter((operation) => run.has(operation) || shown.has(operation.name))
}

function operationsOf(surface: SurfacePlan): readonly OperationPlan[] {
  if (surface.type === 'rest') return surface.routes.map(({ operation }) => operation)
  if (surface.type !== 'mcp') return []
  return [...surface.tools, ...surface.resources].flatMap((unit) => ('operation' in unit ? [unit.operation] : []))
}
