/** One step of a singular path: an array index, a member name, or a name that objects inherit. */
export type Step = number | string | { readonly inherited: string }

/** The step to a member. Only a name that every object inherits, such as `constructor`, needs a look at who owns it. */
export function nameStep(name: string): Step {
  return name in Object.prototype ? { inherited: name } : name
}

interface JsonObject {
  readonly [name: string]: unknown
}

/** Whether a node of a JSON document is an object. */
export function isObject(node: unknown): node is JsonObject {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

/** Takes one step from a node of a JSON document; undefined when it leads nowhere. Gives own members only. */
export function take(node: unknown, step: Step): unknown {
  if (typeof step === 'string') return isObject(node) ? node[step] : undefined
  if (typeof step === 'number') return element(node, step)
  return isObject(node) && Object.hasOwn(node, step.inherited) ? node[step.inherited] : undefined
}

/** A negative index counts from the end. */
function element(node: unknown, index: number): unknown {
  if (!Array.isArray(node)) return undefined
  const at = index < 0 ? node.length + index : index
  return at >= 0 && at < node.length ? node[at] : undefined
}

/** Takes every step in turn; undefined as soon as one leads nowhere. */
export function walk(node: unknown, steps: readonly Step[]): unknown {
  let current = node
  for (const step of steps) {
    current = take(current, step)
    if (current === undefined) return undefined
  }
  return current
}

/** The elements of an array, the members' values of an object in their order, or none. */
export function childrenOf(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node
  return isObject(node) ? Object.values(node) : NONE
}

const NONE: readonly unknown[] = []
