/** What the scripts of a skill have to know of its tools: the request of each, and what can be read before it. */

import type { Json, OperationPlan, Plan, RestPlan, RouteParameterPlan, RoutePlan, SkillPlan } from '../../plan.ts'
import { looks, rehearses } from '../openapi/requests.ts'
import { brief, isRead, neededInputs, routeOf, usesOf } from './uses.ts'

/** By the name of the tool. A tool without a route of REST, or one that a script can't fill, is left out. */
export function callsJson(plan: Plan, skill: SkillPlan): string {
  const uses = usesOf(plan, skill)
  const reads = uses.flatMap(({ operation }) => readOf(plan, operation) ?? [])
  const own = uses.flatMap((use) =>
    use.route === undefined ? [] : [[use.name, callOf(plan, use.route.route, use.operation, brief(use))] as const],
  )
  const looked = reads.map(({ route }) => [route.name, callOf(plan, route, route.operation)] as const)
  const surface = uses.find(({ route }) => route !== undefined)?.route?.surface
  const calls = Object.fromEntries([...looked, ...own].filter(([, call]) => call !== undefined))
  return `${JSON.stringify({ capability: plan.capability.name, url: urlOf(surface), calls }, null, 2)}\n`
}

const urlOf = (surface: RestPlan | undefined) =>
  surface === undefined ? null : `http://${surface.address}:${surface.port}`

type Members = Readonly<Record<string, Json>>

function callOf(plan: Plan, route: RoutePlan, operation: OperationPlan, description?: string): Members | undefined {
  const inputs = route.parameters.map(placeOf)
  if (inputs.includes(undefined)) return undefined
  const read = readOf(plan, operation)
  return {
    method: route.method,
    path: route.path,
    ...(description === undefined ? {} : { description }),
    writes: !isRead(operation),
    repeatable: isRead(operation) || operation.semantics.idempotent === true,
    inputs: Object.fromEntries(inputs.flatMap((place) => (place === undefined || place === 'none' ? [] : [place]))),
    required: neededInputs(operation),
    rehearses: rehearses(route),
    ...(read === undefined || !looks(route) ? {} : { look: { tool: read.route.name, inputs: read.inputs } }),
  }
}

/** Undefined = a script can't put it there. */
function placeOf(parameter: RouteParameterPlan): readonly [string, Members] | 'none' | undefined {
  if (parameter.in === 'constant') return 'none'
  if (parameter.in === 'body' && (parameter.path !== undefined || parameter.whole === true)) return undefined
  if (parameter.in === 'cookie' || parameter.in === 'header') return undefined
  return [parameter.name, { in: parameter.in, key: parameter.key }]
}

/** The route that reads what an operation is about, where the runtime can look before it writes. */
function readOf(plan: Plan, { check }: OperationPlan) {
  if (check === undefined) return undefined
  const found = routeOf(plan, { name: check.flow })
  return found && { route: found.route, inputs: check.inputs }
}
