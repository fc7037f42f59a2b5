/** Parameters that are taken from the environment by their own name, since nothing else gives them a value (spec §2.3). */

import type { BindPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'

/** The binds that parameters `in: environment` declare; those that `declared` holds already are left to it. */
export function environmentBinds(
  consumes: readonly doc.Consumes[],
  declared: readonly BindPlan[],
): readonly BindPlan[] {
  const found = new Map<string, BindPlan>()
  for (const api of consumes) {
    for (const [name, input] of inputsOf(api)) {
      if (input.in !== 'environment' || input.value !== undefined) continue
      const optional = input.required === true ? {} : { optional: true as const }
      if (!found.has(name)) found.set(name, { namespace: api.namespace, variable: name, key: name, ...optional })
    }
  }
  const known = new Set(declared.map(({ variable }) => variable))
  return [...found.values()].filter(({ variable }) => !known.has(variable))
}

function inputsOf(api: doc.Consumes): readonly (readonly [string, doc.ConsumedInput])[] {
  const resources = [...api.resources.values()]
  const operations = resources.flatMap((resource) => [...resource.operations.values()])
  return [api, ...resources, ...operations].flatMap(({ inputParameters }) => [...inputParameters])
}
