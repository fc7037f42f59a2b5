import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, units } from './rule.ts'

/** Parts of an output that its type has no place for are never answered. */
export const unreachableOutput: LintRule = (root, report) => {
  for (const { pointer, value } of units(root)) visit(value.outputParameters, child(pointer, 'outputParameters'))
  function visit(outputs: unknown, pointer: string) {
    if (typeof outputs !== 'object' || outputs === null) return
    for (const [name, output] of Object.entries(outputs)) if (isMap(output)) check(output, child(pointer, name))
  }
  function check(output: Readonly<Record<string, unknown>>, pointer: string) {
    for (const [key, type] of [
      ['properties', 'object'],
      ['items', 'array'],
    ] as const) {
      if (output[key] === undefined || typeof output.type !== 'string') continue
      if (output.type !== type) report('unreachable-output', child(pointer, key), { key, type: output.type })
    }
    visit(output.properties, child(pointer, 'properties'))
    if (isMap(output.items) && typeof output.items.type === 'string') check(output.items, child(pointer, 'items'))
  }
}
