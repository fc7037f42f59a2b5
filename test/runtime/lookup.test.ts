/** Lookups compare as text (spec-core §4.3): the rules one by one, and laws that hold for any entries. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LookupStepPlan } from '../../src/plan.ts'
import { lookUp } from '../../src/runtime/lookup.ts'

const step: LookupStepPlan = {
  type: 'lookup',
  name: 'found',
  after: [],
  index: 'people',
  match: 'id',
  key: { type: 'literal', value: null },
  fields: ['n'],
}

describe('A key and a member', () => {
  test.each([
    [1, '1'],
    ['1', 1],
    [true, 'true'],
    [null, 'null'],
    [null, null],
    ['', ''],
    [1.5, '1.5'],
  ])('%j is %j', (key, id) => {
    expect(lookUp(step, [{ id, n: 1 }], key)).toEqual({ n: 1 })
  })

  test.each([
    [1, '1.0'],
    ['1', ' 1'],
    ['a', 'A'],
    [0, false],
    [null, ''],
    ['', {}],
    ['', []],
    [{ a: 1 }, { a: 1 }],
    ['1,2', [1, 2]],
  ])('%j is not %j', (key, id) => {
    expect(lookUp(step, [{ id, n: 1 }], key)).toBeUndefined()
  })

  test('that nobody has are no match, though every object has such a member', () => {
    const text = String(Object.prototype.toString)
    expect(lookUp({ ...step, match: 'toString' }, [{ n: 1 }], text)).toBeUndefined()
  })
})

const scalar = fc.constantFrom<unknown>(0, 1, '1', '1.0', 'a', '', true, 'true', null, 'null')
const member = fc.oneof(scalar, fc.constant([]), fc.constant({}))
const entry = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: member, n: fc.nat() }) },
  fc.constantFrom<unknown>({}, null, 'text', 7, []),
)
const entries = fc.array(entry)

const textOf = (value: unknown) => (typeof value === 'object' && value !== null ? undefined : String(value))

describe('A lookup, whatever it looks in,', () => {
  test('finds the first entry whose member is the key as text', () => {
    fc.assert(
      fc.property(entries, scalar, (index, key) => {
        const first = index.find(
          (one) => Object.hasOwn(Object(one), 'id') && textOf((one as { id: unknown }).id) === textOf(key),
        )
        expect(lookUp(step, index, key)).toEqual(first === undefined ? undefined : { n: (first as { n: number }).n })
      }),
    )
  })

  test('finds for several keys what it finds for each, in their order, and nothing for those without an entry', () => {
    fc.assert(
      fc.property(entries, fc.array(member), (index, keys) => {
        const each = keys.filter((key) => !Array.isArray(key)).flatMap((key) => lookUp(step, index, key) ?? [])
        expect(lookUp(step, index, keys)).toEqual(each.length === 0 ? undefined : each)
      }),
    )
  })

  test('takes an object for a list of one', () => {
    fc.assert(
      fc.property(fc.record({ id: member, n: fc.nat() }), scalar, (one, key) => {
        expect(lookUp(step, one, key)).toEqual(lookUp(step, [one], key))
      }),
    )
  })

  test('answers every field it is asked for, in order, null where the entry has none', () => {
    const fields = fc.uniqueArray(fc.constantFrom('n', 'a', 'toString', 'id'), { minLength: 1 })
    fc.assert(
      fc.property(fields, (asked) => {
        const found = lookUp({ ...step, fields: asked }, [{ id: 1, n: 2 }], 1)
        const known: Readonly<Record<string, unknown>> = { id: 1, n: 2 }
        const expected = asked.map((name) => [name, Object.hasOwn(known, name) ? known[name] : null])
        expect(Object.entries(found as object)).toEqual(expected)
      }),
    )
  })
})
