import type { Flow } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import { unknownName } from '../scope.ts'
import type { Rule } from './rule.ts'

/** The companion file speaks of flows and parameters that exist. */
export const companionNames: Rule = ({ document, companion, reportCompanion }) => {
  const flows = new Map<string, Flow>(
    document.aggregates.flatMap(({ namespace, flows }) =>
      [...flows].map(([name, flow]) => [`${namespace}.${name}`, flow] as const),
    ),
  )
  for (const [section, names] of Object.entries(companion)) {
    for (const name of names.keys()) {
      if (!flows.has(name))
        reportCompanion('unknown-flow', child(`/${section}`, name), unknownName(name, [...flows.keys()]))
    }
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
