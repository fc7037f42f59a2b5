import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nearest } from '../../src/text/suggest.ts'

const keys = ['description', 'inputParameters', 'method', 'namespace', 'type', 'in']

describe('The nearest known name', () => {
  test.each([
    ['desciption', 'description'],
    ['descripiton', 'description'],
    ['Description', 'description'],
    ['input_parameters', 'inputParameters'],
    ['input-parameters', 'inputParameters'],
    ['inputParameter', 'inputParameters'],
    ['metod', 'method'],
    ['tpye', 'type'],
    ['namspace', 'namespace'],
    ['IN', 'in'],
  ])('of %s is %s', (name, known) => {
    expect(nearest(name, keys)).toBe(known)
  })

  test.each(['price', 'x', '', 'descended', 'id'])('is not there for %j, which is like none', (name) => {
    expect(nearest(name, ['description', 'namespace', 'in'])).toBeUndefined()
  })

  test('is not there where nothing is known', () => {
    expect(nearest('type', [])).toBeUndefined()
  })

  test('is the one that differs only in case and hyphens before one that is a letter away', () => {
    expect(nearest('get_order', ['getorders', 'get-order'])).toBe('get-order')
  })

  test('is the first of two that are equally near', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat')
  })

  test('counts two swapped letters as one slip', () => {
    expect(nearest('prot', ['port', 'pro'])).toBe('port')
  })

  test('is not looked for among names too long to be names', () => {
    expect(nearest('x'.repeat(101), ['x'.repeat(100)])).toBeUndefined()
    expect(nearest('x'.repeat(100), ['x'.repeat(101)])).toBeUndefined()
  })

  test('of a known name is that name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1 }), (known) => {
        const [first = ''] = known
        const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
        const alike = known.filter((name) => same(name, first) || /[-_ ]/.test(name))
        fc.pre(alike.length === 1)
        expect(nearest(first, known)).toBe(first)
      }),
    )
  })

  test('of a name with one letter changed is that name, if no other is as near', () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys.filter((key) => key.length > 2)), fc.nat(), (key, at) => {
        const i = at % key.length
        expect(nearest(`${key.slice(0, i)}#${key.slice(i + 1)}`, keys)).toBe(key)
      }),
    )
  })
})
