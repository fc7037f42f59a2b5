/** Hidden parts of a text. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { masked, type Range } from '../../src/text/mask.ts'

const text = 'a: {b: secret, c: d}\n  e: |\n    one\n    two\nf: g\n'
const at = (part: string): Range => [text.indexOf(part), text.indexOf(part) + part.length]

describe('A masked text', () => {
  test('hides a range, whatever its length', () => {
    expect(masked(text, [at('secret')]).text).toBe(text.replace('secret', '***'))
  })

  test('hides each line of a range and keeps what they are indented by', () => {
    expect(masked(text, [at('one\n    two\n')]).text).toBe(text.replace('one', '***').replace('two', '***'))
  })

  test('hides ranges that touch or overlap as one', () => {
    const [start, end] = at('secret')
    const ranges: readonly Range[] = [
      [start + 2, end],
      [start, start + 3],
      [end, end + 1],
    ]
    expect(masked(text, ranges).text).toBe(text.replace('secret,', '***'))
  })

  test('says where a place has moved to', () => {
    const { column } = masked(text, [at('secret')])
    const before = text.indexOf('c:') + 1
    expect([column(1, 1), column(1, 8), column(1, 9), column(1, before), column(2, 3)]).toEqual([
      1,
      8,
      8,
      before - 3,
      3,
    ])
  })

  test('has as many lines as the text, and none of what it hides', () => {
    const words = fc.array(fc.constantFrom('x', 'y ', '\n', '  ', 'é'), { maxLength: 30 })
    fc.assert(
      fc.property(words, fc.nat(30), fc.nat(30), words, (before, start, length, after) => {
        const hidden = `${before.join('')}SECRET\nSECRET${after.join('')}`
        const from = before.join('').length
        const shown = masked(hidden, [
          [from, from + 13],
          [start, Math.min(start + length, hidden.length)],
        ]).text
        expect(shown.split('\n')).toHaveLength(hidden.split('\n').length)
        expect(shown).not.toContain('SECRET')
      }),
    )
  })
})
