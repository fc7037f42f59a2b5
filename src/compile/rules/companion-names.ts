import type { Report } from '../../diagnostics.ts'
import type { Consumes, Document, Exposes, Flow } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import { unknownName } from '../scope.ts'
import type { Rule } from './rule.ts'
import { unitsOf } from './scopes-checked.ts'

/** The companion file speaks of flows, parameters, surfaces and consumed APIs that exist. */
export const companionNames: Rule = ({ document, companion, reportCompanion }) => {
  const flows = flowsOf(document)
  const inline = document.exposes.flatMap(inlineNames)
  const { surfaces: policies, upstreams, roles: _, ...ofFlows } = companion
  const named = { ...ofFlows, policy: undefined }
  for (const [section, names] of Object.entries(named)) checkNames(section, names, [...flows.keys()], reportCompanion)
  checkNames('policy', ofFlows.policy, [...flows.keys(), ...inline], reportCompanion)
  const surfaces = [...document.exposes.map(({ namespace }) => namespace), 'default']
  for (const [name, { cors }] of policies) {
    const at = child('/surfaces', name)
    if (!surfaces.includes(name)) reportCompanion('unknown-namespace', at, unknownName(name, surfaces))
    if (cors?.credentials === true && cors.origins.includes('*'))
      reportCompanion('wrong-value', child(child(at, 'cors'), 'credentials'), {
        value: '"credentials"',
        rule: 'can not be with every origin: name the origins whose pages may call as their visitor',
      })
  }
  const apis = document.consumes.map(({ namespace }) => namespace)
  for (const [name, { rateLimit }] of upstreams) {
    const api = document.consumes.find(({ namespace }) => namespace === name)
    const at = child('/upstreams', name)
    if (api === undefined) reportCompanion('unknown-namespace', at, unknownName(name, apis))
    else checkCounted(rateLimit?.by ?? [], parametersOf(api), child(child(at, 'rateLimit'), 'by'), reportCompanion)
  }
  for (const [name, fragments] of companion.inputs) {
    const known = flows.get(name)?.inputParameters
    if (known === undefined) continue
    for (const parameter of fragments.keys()) {
      if (known.has(parameter)) continue
      reportCompanion(
        'unknown-parameter',
        child(child('/inputs', name), parameter),
        unknownName(parameter, [...known.keys()]),
      )
    }
  }
}

/** The flows of a document by `namespace.flow`. */
export function flowsOf({ aggregates }: Document): ReadonlyMap<string, Flow> {
  const named = aggregates.flatMap(({ namespace, flows }) =>
    [...flows].map(([name, flow]) => [`${namespace}.${name}`, flow] as const),
  )
  return new Map(named)
}

function checkNames(
  section: string,
  names: ReadonlyMap<string, unknown> | undefined,
  known: readonly string[],
  report: Report,
) {
  for (const name of names?.keys() ?? [])
    if (!known.includes(name)) report('unknown-flow', child(`/${section}`, name), unknownName(name, known))
}

function parametersOf({ inputParameters, resources }: Consumes): readonly string[] {
  const below = [...resources.values()].flatMap((resource) => [
    ...resource.inputParameters.keys(),
    ...[...resource.operations.values()].flatMap((operation) => [...operation.inputParameters.keys()]),
  ])
  return [...new Set([...inputParameters.keys(), ...below])]
}

function checkCounted(names: readonly string[], known: readonly string[], at: string, report: Report) {
  for (const [i, name] of names.entries())
    if (!known.includes(name)) report('unknown-parameter', child(at, String(i)), unknownName(name, known))
}

/** What is written under a surface without a reference is called by the two names. */
export function inlineNames(surface: Exposes): readonly string[] {
  return unitsOf(surface).flatMap(([name, { ref }]) => (ref === undefined ? [`${surface.namespace}.${name}`] : []))
}
