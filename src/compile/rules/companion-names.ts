import type { Flow } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import { unknownName } from '../scope.ts'
import type { Rule } from './rule.ts'

/** The companion file speaks of flows, parameters and surfaces that exist. */
export const companionNames: Rule = ({ document, companion, reportCompanion }) => {
  const flows = new Map<string, Flow>(
    document.aggregates.flatMap(({ namespace, flows }) =>
      [...flows].map(([name, flow]) => [`${namespace}.${name}`, flow] as const),
    ),
  )
  const { surfaces: policies, ...ofFlows } = companion
  for (const [section, names] of Object.entries(ofFlows)) {
    for (const name of names.keys()) {
      if (!flows.has(name))
        reportCompanion('unknown-flow', child(`/${section}`, name), unknownName(name, [...flows.keys()]))
    }
  }
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
