import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonFault } from '../../src/text/json-fault.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('The fault of a text that is no JSON', () => {
  test.each([
    ['', 0, 'a value'],
    ['{"a": 1,}', 8, 'a name in double quotes'],
    ['[1,]', 3, 'a value'],
    ['{"a" 1}', 5, '":"'],
    ['{a: 1}', 1, 'a name in double quotes or "}"'],
    ["{'a': 1}", 1, 'a name in double quotes or "}"'],
    ['[1 2]', 3, '"," or "]"'],
    ['{"a": [1, {"b": 2]}', 17, '"," or "}"'],
    ['{"a": 1', 7, '"," or "}"'],
    ['{"a": 01}', 6, 'a value'],
    ['{"a": undefined}', 6, 'a value'],
    ['{} {}', 3, 'nothing more'],
  ])('%j is at %i: expected %s', (text, offset, expected) => {
    expect(jsonFault(text)).toEqual({ offset, expected })
  })

  test('is told at the start of a text that is never closed or breaks its line', () => {
    expect(jsonFault('{"a": "b')).toMatchObject({ offset: 6, expected: expect.stringContaining('closed') })
    expect(jsonFault('{"a": "b\nc"}')).toMatchObject({ offset: 6, expected: expect.stringContaining('line break') })
  })

  test('is not there for what JSON.stringify writes', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(4),
        (value, indent) => jsonFault(JSON.stringify(value, null, indent)) === undefined,
      ),
    )
  })

  test('is there exactly where JSON.parse refuses', () => {
    const unit = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u',
      '0',
      '1',
      '.',
      '-',
      'e',
      'null',
      'true',
      ' ',
      '\n',
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 16 }), (text) => {
        expect(jsonFault(text) === undefined).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })
})
