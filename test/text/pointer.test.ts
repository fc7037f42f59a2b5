import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { child, pointerKeys } from '../../src/text/pointer.ts'

describe('A JSON Pointer', () => {
  test('of the whole document has no keys', () => {
    expect(pointerKeys('')).toEqual([])
  })

  test('tells the whole document from its member with the empty name', () => {
    expect(child('', '')).toBe('/')
    expect(pointerKeys('/')).toEqual([''])
  })

  test('escapes what RFC 6901 escapes, in the order that keeps ~01 apart from ~1', () => {
    expect(child('', 'a/b~c')).toBe('/a~1b~0c')
    expect(pointerKeys('/~01')).toEqual(['~1'])
    expect(child('', '~1')).toBe('/~01')
  })

  test('takes a list index as a number', () => {
    expect(child('/tools', 0)).toBe('/tools/0')
  })

  test('gives back the keys it was made of, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({
            unit: fc.oneof(fc.constantFrom('/', '~', '0', '1'), fc.string({ minLength: 1, maxLength: 1 })),
            maxLength: 8,
          }),
        ),
        (keys) => {
          expect(pointerKeys(keys.reduce<string>(child, ''))).toEqual(keys)
        },
      ),
    )
  })

  test('is the same again when it is made from its keys', () => {
    const key = fc.string({ unit: fc.constantFrom('a', '/', '~', '0', '1', ' ') })
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), (keys) => {
        const pointer = keys.reduce<string>(child, '')
        expect(pointerKeys(pointer).reduce<string>(child, '')).toBe(pointer)
      }),
    )
  })
})
