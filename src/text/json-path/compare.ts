import type { Operator } from './syntax.ts'

/** Compares two JSON values, `undefined` standing for Nothing (RFC 9535 §2.3.5.2.2). */
export type Comparison = (left: unknown, right: unknown) => boolean

/** How each operator compares. Values of different types are unequal and unordered. */
export const comparisons: Readonly<Record<Operator, Comparison>> = {
  '==': equal,
  '!=': (left, right) => !equal(left, right),
  '<': less,
  '<=': (left, right) => less(left, right) || equal(left, right),
  '>': (left, right) => less(right, left),
  '>=': (left, right) => less(right, left) || equal(left, right),
}

function less(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right
  return typeof left === 'string' && typeof right === 'string' && precedes(left, right)
}

/** Orders by Unicode scalar value. JavaScript's `<` orders UTF-16 units, which puts U+FFFF after U+10000. */
function precedes(left: string, right: string): boolean {
  const end = Math.min(left.length, right.length)
  let at = 0
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at++
  if (at === end) return left.length < right.length
  return rank(left.charCodeAt(at)) < rank(right.charCodeAt(at))
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function equal(left: unknown, right: unknown): boolean {
  return left === right || (isContainer(left) && isContainer(right) && equalDeeply(left, right))
}

/** Keeps a stack of its own: documents may nest deeper than JavaScript's. */
function equalDeeply(left: object, right: object): boolean {
  const pending: [object, object][] = [[left, right]]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    if (!equalMembers(...pair, pending)) return false
  }
  return true
}

/** Compares what two objects or arrays hold, leaving pairs of objects or arrays to `pending`. */
function equalMembers(left: object, right: object, pending: [object, object][]): boolean {
  const members = Object.entries(left)
  if (Array.isArray(left) !== Array.isArray(right) || members.length !== Object.keys(right).length) return false
  for (const [key, one] of members) {
    const other: unknown = Object.hasOwn(right, key) ? Reflect.get(right, key) : undefined
    if (isContainer(one) && isContainer(other)) pending.push([one, other])
    else if (one !== other) return false
  }
  return true
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
