/** Values of a plan -> values of a call. Names were resolved at load; here only inputs and binds are filled in. */

import type { Value } from '../plan.ts'
import type { BindValues } from './binds.ts'

/** Key of what the steps before answered, by name: no input can be called like a symbol. */
export const stepOutputs: unique symbol = Symbol('step outputs')

export type Input = Readonly<Record<string, unknown>> & { readonly [stepOutputs]?: ReadonlyMap<string, unknown> }

/** The value, or undefined when an optional input it stands for was not given. */
export function evaluate(value: Value, input: Input, binds: BindValues): unknown {
  switch (value.type) {
    case 'literal':
      return value.value
    case 'input':
      return value.path === undefined ? own(input, value.name) : member(own(input, value.name), value.path)
    case 'step':
      return within(input[stepOutputs]?.get(value.name), value.path)
    case 'bind':
      return binds.get(value.variable)?.reveal()
    case 'text':
      return text(value.parts, input, binds)
    case 'array':
      return value.items.map((item) => evaluate(item, input, binds) ?? null)
    case 'object':
      return object(value.members, input, binds)
    default:
      return value satisfies never
  }
}

/** Whether a value can differ from call to call. */
export function varies(value: string | Value): boolean {
  if (typeof value === 'string') return false
  switch (value.type) {
    case 'literal':
    case 'bind':
      return false
    case 'input':
    case 'step':
      return true
    case 'text':
      return value.parts.some(varies)
    case 'array':
      return value.items.some(varies)
    case 'object':
      return value.members.some(([, member]) => varies(member))
    default:
      return value satisfies never
  }
}

/** What a step answered, or what is found in it. */
function within(output: unknown, path: (Value & { type: 'step' })['path']): unknown {
  if (path === undefined || output === undefined) return output
  return 'get' in path ? path.get(output) : member(output, path)
}

/** An input may be called like a member of every object, e.g. `constructor`; one that was not given is not that member. */
function own(input: Input, name: string): unknown {
  return Object.hasOwn(input, name) ? input[name] : undefined
}

/** How a value stands inside a text, a path segment or a header. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A text whose placeholders are all without a value is no text: an optional parameter that is not given is not sent. */
function text(parts: readonly (string | Value)[], input: Input, binds: BindValues): string | undefined {
  let out = ''
  let given = false
  let asked = false
  for (const part of parts) {
    if (typeof part === 'string') {
      out += part
      continue
    }
    const value = evaluate(part, input, binds)
    asked = true
    given ||= value !== undefined
    out += asText(value)
  }
  return asked && !given ? undefined : out
}

function object(
  members: readonly (readonly [string, Value])[],
  input: Input,
  binds: BindValues,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of members) {
    const given = evaluate(value, input, binds)
    if (given !== undefined) define(out, key, given)
  }
  return out
}

/** A member called `__proto__` is data like any other. */
export function define(target: Record<string, unknown>, key: string, value: unknown) {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

function member(value: unknown, path: readonly string[]): unknown {
  let node = value
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = (node as Record<string, unknown>)[key]
  }
  return node
}
