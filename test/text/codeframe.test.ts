import { describe, expect, test } from 'vitest'
import { codeframe } from '../../src/text/codeframe.ts'

const text = 'first: 1\nsecond:\n  third: 3\nfourth: 4\n'

describe('A code frame', () => {
  test('shows the line that is meant, one before and one after, and a caret under the column', () => {
    expect(codeframe(text, 3, 3)).toBe(['  2 | second:', '> 3 |   third: 3', '    |   ^', '  4 | fourth: 4'].join('\n'))
  })

  test('starts with the first line where nothing comes before', () => {
    expect(codeframe(text, 1, 1)).toBe(['> 1 | first: 1', '    | ^', '  2 | second:'].join('\n'))
  })

  test('ends with the last line, not with the line break that ends the file', () => {
    expect(codeframe(text, 4, 1)).toBe(['  3 |   third: 3', '> 4 | fourth: 4', '    | ^'].join('\n'))
  })

  test('shows a file without a line break at its end as it shows one with', () => {
    expect(codeframe(text.trimEnd(), 4, 1)).toBe(codeframe(text, 4, 1))
  })

  test('can show the empty line after the last one, where a fault may be that something is missing', () => {
    expect(codeframe('a:\n', 2, 1)).toBe(['  1 | a:', '> 2 |', '    | ^'].join('\n'))
  })

  test('aligns line numbers of different lengths', () => {
    const long = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n')
    expect(codeframe(long, 10, 6)).toBe(
      ['   9 | line 9', '> 10 | line 10', '     |      ^', '  11 | line 11'].join('\n'),
    )
  })

  test('reads both kinds of line breaks', () => {
    expect(codeframe(text.replaceAll('\n', '\r\n'), 3, 3)).toBe(codeframe(text, 3, 3))
  })

  test('cuts long lines and leaves out a caret that would stand beyond the cut', () => {
    const frame = codeframe(`key: ${'x'.repeat(500)}`, 1, 300)
    expect(frame).not.toContain('^')
    expect(frame.split('\n')).toHaveLength(1)
    expect(frame.length).toBeLessThan(120)
  })

  test('keeps a tab before the place, so that the caret stands under it', () => {
    expect(codeframe('\tkey: 1', 1, 2)).toBe('> 1 | \tkey: 1\n    | \t^')
  })
})
