/** URIs made of a template and read back. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandUri, uriMatcher } from '../../src/surfaces/mcp/uri-template.ts'

const partsOf = (template: string) =>
  template.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? { input: part.slice(1, -1) } : part))

describe('a URI', () => {
  it.each([
    ['x://{a}', 'x://1', { a: '1' }],
    ['x://{a}', 'x://', undefined],
    ['x://{a}', 'x://1/', undefined],
    ['x://{a}', 'X://1', undefined],
    ['{a}', '1', { a: '1' }],
    ['x:{a}-end', 'x:1-end-end', { a: '1-end' }],
    ['x:{a}-end', 'x:-end', undefined],
    ['x:{a}-{b}', 'x:1-2-3', { a: '1', b: '2-3' }],
    ['x:{a}-{b}', 'x:--', undefined],
    ['x:{a}-{b}', 'x:---', { a: '-', b: '-' }],
    ['x:{a}{b}', 'x:123', { a: '1', b: '23' }],
    ['x:{a}{b}', 'x:1', undefined],
    ['x://{a}/b/{a}', 'x://1/b/1', { a: '1' }],
    ['x://{a}/b/{a}', 'x://1/b/2', undefined],
    ['x://{a}/b.c', 'x://1/bxc', undefined],
    ['x://{a}', 'x://%2e%2E%2f', { a: '../' }],
    ['x://{a}', 'x://%c3', undefined],
    ['x://{a}', 'x://%', undefined],
  ])('of %s that is %s holds %j', (template, uri, values) => {
    expect(uriMatcher(partsOf(template))(uri)).toEqual(values)
  })

  it('gives back what it was made of, whatever that was', () => {
    const parts = partsOf('x://{a}/of/{b}/end')
    const match = uriMatcher(parts)
    const letter = fc.constantFrom(...'aZ0-._~/%{}?#&+ !*()\'"\\\n\0ä漢🙂')
    const text = fc.string({ minLength: 1, maxLength: 8, unit: letter })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const uri = expandUri(parts, { a, b }) ?? ''
        const found = match(uri)
        return /^[\w:/.~%-]+$/.test(uri) && found?.a === a && found.b === b
      }),
    )
  })

  it('is none where a value is missing or none that it can hold', () => {
    const expand = (a: unknown) => expandUri(partsOf('x://{a}'), { a })
    expect([expand(7), expand(false), expand('a b')]).toEqual(['x://7', 'x://false', 'x://a%20b'])
    for (const value of [undefined, null, '', '\ud800', [1], {}]) expect(expand(value), String(value)).toBeUndefined()
  })

  it('is read in no time, however much it repeats', () => {
    const match = uriMatcher(partsOf('x:{a}-{b}-{c}-{d}-{e}-{f}-end'))
    expect(match(`x:${'-'.repeat(200_000)}`)).toBeUndefined()
  })
})
