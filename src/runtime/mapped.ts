/** Mappings: what steps answered, put together as one object (spec §4.5), in the shape that is declared. */

import type { MappingPlan, Shape } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { define, evaluate, type Input } from './evaluate.ts'
import { scalar } from './project.ts'

type Members = Record<string, unknown>

/** The mapped object, or undefined when no mapping finds anything. Later mappings win; a null that is found is kept. */
export function mapped(mappings: readonly MappingPlan[], input: Input, binds: BindValues): Members | undefined {
  const out: Members = {}
  let found = false
  for (const { target, value } of mappings) {
    const given = evaluate(value, input, binds)
    if (given === undefined) continue
    found = true
    place(out, target, given)
  }
  return found ? out : undefined
}

/** Sets a nested member. Objects on the way are copied: one of them may be what a step answered. */
function place(into: Members, target: readonly string[], value: unknown) {
  let node = into
  for (const key of target.slice(0, -1)) {
    const before = Object.hasOwn(node, key) ? node[key] : undefined
    const next: Members = isMembers(before) ? { ...before } : {}
    define(node, key, next)
    node = next
  }
  define(node, target.at(-1) ?? '', value)
}

/** The value with its declared types: converted when nothing is lost, null when it does not fit. */
export function conform(shape: Shape, value: unknown): unknown {
  switch (shape.type) {
    case 'array': {
      const { items } = shape
      if (!Array.isArray(value)) return null
      return items === undefined ? value : value.map((element) => conform(items, element))
    }
    case 'object':
      return isMembers(value) ? conformMembers(shape.properties, value) : null
    default:
      return scalar(shape.type, value)
  }
}

function conformMembers(properties: readonly (readonly [string, Shape])[], value: Members): Members {
  const out: Members = { ...value }
  for (const [name, shape] of properties) if (Object.hasOwn(value, name)) define(out, name, conform(shape, value[name]))
  return out
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
