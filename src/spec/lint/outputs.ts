import { child } from '../../text/pointer.ts'
import { isMap, type LintRule, type Place, units } from './rule.ts'

/** Outputs that nothing can answer: no place in their type, another one always before them, no mapping to them. */
export const unreachableOutput: LintRule = (root, report) => {
  for (const unit of units(root)) {
    const found = [...outputsOf(unit).flatMap(misplaced), ...shadowed(unit), ...unmapped(unit)]
    for (const { pointer, ...told } of found) report('unreachable-output', pointer, told)
  }
}

interface Unreachable {
  readonly pointer: string
  readonly name: string
  readonly why: string
  readonly remedy: string
}

/** The outputs of a unit or the properties of an output; those of a list may be without a name. */
function outputsOf({ pointer, value }: Place, key = 'outputParameters'): readonly Place[] {
  const outputs = value[key]
  const at = child(pointer, key)
  return Object.entries(typeof outputs === 'object' && outputs !== null ? outputs : {}).flatMap(([k, output]) =>
    isMap(output) ? [{ pointer: child(at, k), name: String(output.name ?? k), value: output }] : [],
  )
}

/** Parts of an output that its type has no place for. */
function misplaced(output: Place): readonly Unreachable[] {
  const { pointer, name, value } = output
  const here = [['properties', 'object'] as const, ['items', 'array'] as const].flatMap(([key, type]) => {
    if (value[key] === undefined || typeof value.type !== 'string' || value.type === type) return []
    const why = `the output is of type ${value.type}`
    return [{ pointer: child(pointer, key), name: key, why, remedy: `make it "type: ${type}", or remove it` }]
  })
  const items = isMap(value.items) && typeof value.items.type === 'string' ? value.items : undefined
  const inItems = items === undefined ? [] : misplaced({ pointer: child(pointer, 'items'), name, value: items })
  return [...here, ...outputsOf(output, 'properties').flatMap(misplaced), ...inItems]
}

/** Of the outputs of a call the first one that is not null is the answer (spec §2.7), and some never are. */
function shadowed(unit: Place): readonly Unreachable[] {
  if (typeof unit.value.call !== 'string' || unit.value.steps !== undefined) return []
  const outputs = outputsOf(unit)
  const first = outputs.findIndex(({ value }) => isNeverNull(value))
  const why = `output ${first + 1} is never null, and the first one that is not null is the whole answer`
  const remedy = 'make them the "properties" of one output of type object'
  return outputs
    .slice(first + 1)
    .map(({ pointer, name }) => ({ pointer, name, why, remedy }))
    .slice(first < 0 ? outputs.length : 0)
}

function isNeverNull({ type, value, mapping, properties, ...rest }: Place['value']): boolean {
  const constant = 'const' in rest || (value !== undefined && !/^\s*\$($|[.[])/.test(String(value)))
  return constant || (type === 'object' && mapping === undefined && value === undefined && properties !== undefined)
}

/** What mappings answer is put together by their targets (spec §4.5). */
function unmapped(unit: Place): readonly Unreachable[] {
  const { steps, mappings } = unit.value
  if (steps === undefined || !Array.isArray(mappings) || mappings.length === 0) return []
  const targets = mappings.map((m: unknown) => String(isMap(m) ? (m.target ?? m.targetName) : '').split('.')[0])
  const named = outputsOf(unit).filter(({ name }) => !/^\d+$/.test(name))
  return named
    .filter(({ name }) => !targets.includes(name))
    .map(({ pointer, name }) => ({
      pointer,
      name,
      why: 'no mapping has it as its target',
      remedy: 'add a mapping, or remove it',
    }))
}
