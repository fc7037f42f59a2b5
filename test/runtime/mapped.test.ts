/** Mappings put an answer together (spec-core §4.5): laws that hold for any of them. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MappingPlan } from '../../src/plan.ts'
import { stepOutputs } from '../../src/runtime/evaluate.ts'
import { mapped } from '../../src/runtime/mapped.ts'

type Target = readonly string[]

interface Given {
  readonly target: Target
  /** Undefined = the step has nothing there. */
  readonly value: unknown
}

/** What mappings give whose values are what steps `s0`, `s1`, … answered. */
function put(given: readonly Given[]) {
  const outputs = new Map(given.flatMap(({ value }, i) => (value === undefined ? [] : [[`s${i}`, value] as const])))
  const mappings = given.map(({ target }, i): MappingPlan => ({ target, value: { type: 'step', name: `s${i}` } }))
  return mapped(mappings, { [stepOutputs]: outputs }, new Map())
}

function at(value: unknown, path: Target): unknown {
  return path.reduce<unknown>(
    (node, key) => (Object.hasOwn(Object(node), key) ? (node as Record<string, unknown>)[key] : undefined),
    value,
  )
}

const startsWith = (path: Target, start: Target) => start.every((key, i) => path[i] === key)
const overlap = (a: Target, b: Target) => startsWith(a, b) || startsWith(b, a)

const key = fc.constantFrom('a', 'b', 'constructor', '__proto__', '0')
const target = fc.array(key, { minLength: 1, maxLength: 3 })
const found = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ a: { b: 1 }, b: null }))
const mapping = fc.record({ target, value: found })
const perhaps = fc.record({ target, value: fc.oneof(found, fc.constant(undefined)) })

/** JSON knows no -0. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

describe('Mappings, whatever they are,', () => {
  test('put the last value at its place', () => {
    fc.assert(
      fc.property(fc.array(perhaps), mapping, (before, last) => {
        expect(plain(at(put([...before, last]), last.target))).toEqual(plain(last.value))
      }),
    )
  })

  test('leave a value that no later one overlaps', () => {
    fc.assert(
      fc.property(mapping, fc.array(perhaps), (first, after) => {
        const others = after.filter((later) => !overlap(first.target, later.target))
        expect(plain(at(put([first, ...others]), first.target))).toEqual(plain(first.value))
      }),
    )
  })

  test('replace what is no object on the way to a target, and keep the other members of what is one', () => {
    fc.assert(
      fc.property(target, found, key, found, (outer, before, inner, value) => {
        const whole = at(
          put([
            { target: outer, value: before },
            { target: [...outer, inner], value },
          ]),
          outer,
        )
        const members = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}
        const kept = Object.entries(members).filter(([name]) => name !== inner)
        expect(plain(Object.entries(Object(whole)).filter(([name]) => name !== inner))).toEqual(plain(kept))
        expect(plain(at(whole, [inner]))).toEqual(plain(value))
      }),
    )
  })

  test('give the same without those that find nothing, and nothing where none finds anything', () => {
    fc.assert(
      fc.property(fc.array(perhaps), (given) => {
        const some = given.filter(({ value }) => value !== undefined)
        expect(put(given)).toEqual(some.length === 0 ? undefined : put(some))
      }),
    )
  })

  test('change nothing of what the steps answered', () => {
    fc.assert(
      fc.property(fc.array(mapping), (given) => {
        const before = JSON.stringify(given)
        put(given)
        expect(JSON.stringify(given)).toBe(before)
      }),
    )
  })
})
