import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/text/canonical.ts'
import { linesOf, oneLine } from '../../src/text/outline.ts'

describe('A value in a few lines', () => {
  test.each<readonly [string, unknown, readonly string[]]>([
    ['its scalars', { a: 'x', b: 1, c: false }, ['- a: x', '- b: 1', '- c: false']],
    ['nothing of what is empty', { a: '', b: null, c: [], d: undefined, e: 0 }, ['- e: 0']],
    [
      'short lists whole, others by their size',
      { a: [1, 'x'], b: [1, 2, 3, 4, 5, 6] },
      ['- a: 1, x', '- b: 6 entries'],
    ],
    ['the size of what is nested', { a: { b: 1 }, c: [{}, {}] }, ['- a: 1 member', '- c: 2 entries']],
    ['of a list its size and its first entry', [{ a: 1 }, { a: 2 }], ['- entries: 2', '- a: 1']],
    ['a scalar as it is', 'x', ['- x']],
    ['no line for nothing', undefined, []],
  ])('has %s', (_, value, lines) => {
    expect(linesOf(value)).toEqual(lines)
  })

  test('stays short, and counts what it leaves out', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'v'.repeat(500)]))
    const lines = linesOf(many)
    expect(lines).toHaveLength(13)
    expect(lines.at(-1)).toBe('- and 8 more')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120)
  })

  test('gives no value a line of its own, nor characters that nobody sees', () => {
    expect(linesOf({ 'a\nb': 'x\r\n- c: y\u2028z\u202Ew\u200B' })).toEqual(['- a b: x - c: y z w'])
    expect(oneLine('\u0000a\tb\u001b[31m', 10)).toBe('a b [31m')
  })
})

describe('The digest of a value', () => {
  test('is the same whatever the order of members, and another one for another value', () => {
    expect(digestOf({ a: 1, b: { c: 2, d: [1, { e: 1, f: 2 }] } })).toBe(
      digestOf({ b: { d: [1, { f: 2, e: 1 }], c: 2 }, a: 1 }),
    )
    const others = [{ a: 1 }, { a: '1' }, [1], ['a', 1], {}, [], null, 'a', 1, undefined]
    expect(new Set(others.map(digestOf)).size).toBe(others.length - 1)
  })
})
