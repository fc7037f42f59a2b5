/** document -> plan. Pure, synchronous, total: every fault becomes a diagnostic, and what can be compiled is. */

import type { BindPlan, OperationPlan, Plan, SurfacePlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { scriptingOf } from '../spec/scripting.ts'
import { destructiveOf } from './confirmation.ts'
import { compileUpstream, indexConsumes } from './consumes.ts'
import { environmentBinds } from './environment.ts'
import { indexFlows } from './flows.ts'
import type { Known, Scripts } from './known.ts'
import { compileListen } from './listen.ts'
import { compileMcp } from './mcp.ts'
import { compileManagement, compileObservability } from './observability.ts'
import { compileFlow } from './operations.ts'
import { compileRest, type Flows } from './rest.ts'
import { compileRoles, roleBinds } from './roles.ts'
import type { RuleInput } from './rules/rule.ts'
import { rules } from './rules/rules.ts'
import { bindScope } from './scope.ts'
import { type Actions, actionsOf, compileSkills } from './skill.ts'

/** A document with its companion. `name` is the file's stem. */
export interface CompileInput extends RuleInput {
  readonly name: string
  readonly scripts: Scripts
}

export function compile(input: CompileInput): Plan {
  const { document, companion, report } = input
  const declared = document.binds.flatMap(compileBinds)
  const taken = [...declared, ...environmentBinds(document.consumes, declared)]
  const binds = [...taken, ...roleBinds(companion, taken)]
  const apis = new Map([...document.consumes].reverse().map((api) => [api.namespace, api]))
  const base = {
    binds: bindScope(taken),
    consumes: indexConsumes(document.consumes, report),
    apis,
    former: formerNames([...document.aggregates, ...document.exposes]),
    companion,
    destructive: destructiveOf(document.exposes),
    scripts: input.scripts,
    report,
    reportCompanion: input.reportCompanion,
  }
  const known: Known = { ...base, flows: indexFlows(document.aggregates, base) }
  const consumed = document.consumes.filter((api) => apis.get(api.namespace) === api)
  const upstreams = consumed.map((api) => compileUpstream(api, known.binds, companion, report))
  const flows = compileFlows(known)
  const actions = actionsOf(document.exposes)
  const surfaces = document.exposes.map((surface) => compileSurface(surface, flows, actions, known))
  for (const rule of rules) rule(input)
  const observability = compileObservability(document, known)
  const scripting = scriptingOf(document)
  const operations = operationsOf(flows, surfaces)
  const roles = compileRoles(companion, operations)
  return {
    capability: capabilityInfo(input),
    binds,
    upstreams,
    operations,
    surfaces,
    ...(roles === undefined ? {} : { roles }),
    ...(observability === undefined ? {} : { observability }),
    ...(scripting === undefined ? {} : { scripting }),
  }
}

function formerNames(units: readonly (doc.Aggregate | doc.Exposes)[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>()
  for (const { namespace, formerly } of units)
    if (formerly !== undefined) names.set(namespace, [...(names.get(namespace) ?? []), formerly])
  return names
}

function compileBinds(binding: doc.Binding): readonly BindPlan[] {
  const { namespace, location } = binding
  return [...binding.keys].map(([variable, key]) => ({
    namespace,
    variable,
    key,
    ...(location === undefined ? {} : { location }),
  }))
}

function compileFlows(known: Known): Flows {
  const compiled = [...known.flows.values()].map((entry) => [entry.name, compileFlow(entry, known)] as const)
  return new Map(compiled.filter((pair): pair is [string, OperationPlan] => pair[1] !== undefined))
}

function compileSurface(surface: doc.Exposes, flows: Flows, actions: Actions, known: Known): SurfacePlan {
  switch (surface.type) {
    case 'rest':
      return compileRest(surface, flows, known)
    case 'mcp':
      return compileMcp(surface, flows, known)
    case 'skill':
      return compileSkills(surface, actions, known)
    case 'control':
      return {
        type: 'control',
        ...compileListen(surface, known),
        ...compileManagement(surface),
        ...(surface.scripting === undefined ? {} : { scripting: true }),
      }
    default:
      return surface satisfies never
  }
}

/** The flows, then what surfaces run of their own, each once. */
function operationsOf(flows: Flows, surfaces: readonly SurfacePlan[]): readonly OperationPlan[] {
  const inline = surfaces.flatMap((surface) => {
    if (surface.type === 'rest') return surface.routes.map((route) => route.operation)
    if (surface.type !== 'mcp') return []
    const dynamic = surface.resources.flatMap((r) => (r.type === 'dynamic' ? [r.operation] : []))
    return [...surface.tools.map((tool) => tool.operation), ...dynamic]
  })
  return [...new Set([...flows.values(), ...inline])]
}

function capabilityInfo({ name, document }: CompileInput): Plan['capability'] {
  const { info, format } = document
  return {
    name,
    title: info.display ?? name,
    description: info.description ?? '',
    version: info.version ?? '0.0.0',
    format,
    tags: info.tags,
  }
}
