/** A capability as people think of it: each thing that can be done once, with every way to do it. */

import type {
  McpPlan,
  OperationPlan,
  Plan,
  RestPlan,
  RoutePlan,
  SkillPlan,
  SkillSurfacePlan,
  SkillToolPlan,
  SurfacePlan,
  ToolPlan,
} from '../../plan.ts'
import { type Effect, effectOf } from './effect.ts'

/** Something that can be done. */
export interface Subject {
  /** Unique in the page, and no other than letters, digits, dots and hyphens. */
  readonly id: string
  readonly name: string
  /** What it stands with: the namespace of its flow, or the resource it is written under. */
  readonly group: string
  readonly title?: string
  readonly description: string
  readonly effect: Effect
  readonly operation: OperationPlan
  readonly routes: readonly RestWay[]
  readonly tools: readonly McpWay[]
  readonly skills: readonly SkillUse[]
}

export interface RestWay {
  readonly surface: RestPlan
  readonly route: RoutePlan
}

export interface McpWay {
  readonly surface: McpPlan
  readonly tool: ToolPlan
}

export interface SkillUse {
  readonly surface: SkillSurfacePlan
  readonly skill: SkillPlan
  readonly tool: SkillToolPlan
}

/** A subject while its ways are found. */
interface Found {
  readonly operation: OperationPlan
  readonly routes: RestWay[]
  readonly tools: McpWay[]
}

/** What the surfaces offer, in the order of the plan; and the names of the flows that no surface offers. */
export function subjectsOf(plan: Plan): {
  readonly subjects: readonly Subject[]
  readonly unexposed: readonly string[]
} {
  const all = waysOf(plan)
  const offered = all.filter(({ routes, tools }) => routes.length + tools.length > 0)
  const uses = usesOf(plan.surfaces)
  const ids = new Set<string>()
  return {
    subjects: offered.map((found) => subjectOf(found, uses, ids)),
    unexposed: all.filter((found) => !offered.includes(found)).map(({ operation }) => operation.name),
  }
}

/** The flows, then what is written inline: it joins what does the same and is not yet offered by its surface. */
function waysOf({ operations, surfaces }: Plan): readonly Found[] {
  const inline = new Set(surfaces.map(({ namespace }) => namespace))
  const flows = operations.filter((operation) => !inline.has(namespaceOf(operation)))
  const all: Found[] = flows.map((operation) => ({ operation, routes: [], tools: [] }))
  const byOperation = new Map(all.map((found) => [found.operation, found]))
  const byLikeness = new Map<string, Found[]>()
  const found = (operation: OperationPlan, surface: SurfacePlan): Found => {
    const known = byOperation.get(operation)
    if (known !== undefined) return known
    const alike = byLikeness.get(likenessOf(operation)) ?? []
    const joined = alike.find((one) => ![...one.routes, ...one.tools].some((way) => way.surface === surface))
    if (joined !== undefined) return joined
    const made = { operation, routes: [], tools: [] }
    all.push(made)
    byLikeness.set(likenessOf(operation), [...alike, made])
    return made
  }
  for (const surface of surfaces) {
    if (surface.type === 'rest')
      for (const route of surface.routes) found(route.operation, surface).routes.push({ surface, route })
    if (surface.type === 'mcp')
      for (const tool of surface.tools) found(tool.operation, surface).tools.push({ surface, tool })
  }
  return all
}

/** What sends the same does the same, whatever it is called; values made up here are told apart by name. */
function likenessOf(operation: OperationPlan): string {
  const run = JSON.stringify(operation.run)
  return operation.run.type === 'mock' ? `${lastName(operation)} ${run}` : run
}

const namespaceOf = ({ name }: OperationPlan) => name.split('.')[0] ?? ''
const lastName = ({ name }: OperationPlan) => name.split('.').at(-1) ?? name

function subjectOf({ operation, routes, tools }: Found, uses: Uses, ids: Set<string>): Subject {
  const title = operation.title ?? tools[0]?.tool.title
  const inline = routes.some(({ surface }) => surface.namespace === namespaceOf(operation))
  const texts = [operation.description, routes[0]?.route.description, tools[0]?.tool.description]
  return {
    id: unique(operation.name, ids),
    name: lastName(operation),
    group: (inline ? routes[0]?.route.resource : undefined) ?? namespaceOf(operation),
    ...(title === undefined ? {} : { title }),
    description: texts.find((text) => text !== undefined && text !== '') ?? '',
    effect: effectOf(
      operation,
      routes.map(({ route }) => route.method),
      tools.map(({ tool }) => tool.annotations),
    ),
    operation,
    routes,
    tools,
    skills: [
      ...routes.map(({ surface, route }) => `${surface.namespace} ${route.name}`),
      ...tools.map(({ surface, tool }) => `${surface.namespace} ${tool.name}`),
    ].flatMap((action) => uses.get(action) ?? []),
  }
}

function unique(name: string, ids: Set<string>): string {
  const plain = name.replace(/[^\w.-]/g, '-')
  let id = plain
  for (let n = 2; ids.has(id); n++) id = `${plain}-${n}`
  ids.add(id)
  return id
}

/** By namespace and name of the action, what uses it. */
type Uses = ReadonlyMap<string, readonly SkillUse[]>

function usesOf(surfaces: readonly SurfacePlan[]): Uses {
  const uses = new Map<string, SkillUse[]>()
  for (const surface of surfaces) {
    if (surface.type !== 'skill') continue
    for (const skill of surface.skills)
      for (const tool of skill.tools) {
        if (tool.type !== 'derived') continue
        const action = `${tool.targetNamespace} ${tool.action}`
        uses.set(action, [...(uses.get(action) ?? []), { surface, skill, tool }])
      }
  }
  return uses
}
