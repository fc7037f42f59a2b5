import type { Json } from '../../plan.ts'
import type { ExposesRest } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import type { Rule } from './rule.ts'

/** Regular expressions are compiled with the first input, so a bad one has to be found here. */
export const patternsCompile: Rule = ({ document, companion, report, reportCompanion }) => {
  for (const surface of document.exposes) {
    if (surface.type !== 'rest') continue
    for (const [pointer, inputs] of placesOf(surface))
      for (const [name, { pattern }] of inputs)
        check(pattern, child(child(child(pointer, 'inputParameters'), name), 'pattern'), report)
  }
  for (const [flow, fragments] of companion.inputs) {
    for (const [name, fragment] of fragments) visit(fragment, child(child('/inputs', flow), name), reportCompanion)
  }
  for (const [flow, fragment] of companion.outputs) visit(fragment, child('/outputs', flow), reportCompanion)
}

/** Every place of a surface where parameters are declared. */
function placesOf({ pointer, inputParameters, resources }: ExposesRest) {
  const below = [...resources].flatMap(([resourceName, resource]) => {
    const at = child(child(pointer, 'resources'), resourceName)
    const operations = [...resource.operations].map(
      ([name, operation]) => [child(child(at, 'operations'), name), operation.inputParameters] as const,
    )
    return [[at, resource.inputParameters] as const, ...operations]
  })
  return [[pointer, inputParameters] as const, ...below]
}

type Report = Parameters<Rule>[0]['report']

function check(pattern: unknown, pointer: string, report: Report) {
  if (typeof pattern !== 'string') return
  try {
    new RegExp(pattern, 'u')
  } catch (error) {
    report('bad-pattern', pointer, { detail: error instanceof Error ? error.message : String(error) })
  }
}

/** Every pattern of a fragment, however deep; a parameter that is called "pattern" holds a schema, not a text. */
function visit(fragment: Json, pointer: string, report: Report) {
  if (typeof fragment !== 'object' || fragment === null) return
  for (const [key, value] of Object.entries(fragment)) {
    const at = child(pointer, key)
    if (key === 'pattern') check(value, at, report)
    if (key === 'patternProperties') for (const name of Object.keys(value ?? {})) check(name, child(at, name), report)
    visit(value, at, report)
  }
}
