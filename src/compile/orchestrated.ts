/** Outputs around steps: how a step keeps its answer (spec §4.2), and the declared shape of what mappings answer (§2.7). */

import type { Report } from '../diagnostics.ts'
import type { Json, JsonSchema, Shape, StepOutputPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileOutput } from './outputs.ts'

/** How a call step keeps an answer: by the outputs of the consumed operation, where it has any. */
export function compileStepOutput(
  outputs: readonly doc.Output[] | undefined,
  report: Report,
  pointer: string,
): StepOutputPlan | undefined {
  const compiled = (outputs ?? []).map(
    (output, i) => [output.name, compileOutput(output, report, child(pointer, output.name ?? i))] as const,
  )
  const [first] = compiled
  if (first === undefined) return undefined
  const properties = compiled.flatMap(([name, projection]) => (name === undefined ? [] : [[name, projection] as const]))
  return properties.length > 0 ? { type: 'named', properties } : { type: 'whole', projection: first[1] }
}

/** The shape that orchestrated outputs declare: named outputs are members, a lone object without a name is the whole. */
export function shapeOf(outputs: readonly doc.Output[] | undefined): Shape | undefined {
  if (outputs === undefined || outputs.length === 0) return undefined
  const [only] = outputs
  if (outputs.length === 1 && only?.name === undefined && only?.type === 'object') return outputShape(only)
  const properties = outputs.flatMap((output) =>
    output.name === undefined ? [] : [[output.name, outputShape(output)] as const],
  )
  return properties.length === 0 ? undefined : { type: 'object', properties }
}

function outputShape({ type, items, properties }: doc.Output): Shape {
  switch (type) {
    case 'array':
      return items === undefined ? { type } : { type, items: outputShape(items) }
    case 'object':
      return { type, properties: [...(properties ?? [])].map(([name, p]) => [name, outputShape(p)] as const) }
    default:
      return { type }
  }
}

/** JSON Schema of a shape. The root is an object; a value inside that does not fit its type is null. */
export function shapeSchema(shape: Shape): JsonSchema {
  return { ...memberSchema(shape), type: shape.type }
}

function memberSchema(shape: Shape): JsonSchema {
  const type: Json = [shape.type, 'null']
  switch (shape.type) {
    case 'array':
      return shape.items === undefined ? { type } : { type, items: memberSchema(shape.items) }
    case 'object': {
      const properties = Object.fromEntries(shape.properties.map(([name, p]) => [name, memberSchema(p)]))
      return { type, ...(shape.properties.length === 0 ? {} : { properties }) }
    }
    default:
      return { type }
  }
}
