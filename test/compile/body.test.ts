import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileBody } from '../../src/compile/body.ts'
import { inputScope } from '../../src/compile/scope.ts'
import type { Json } from '../../src/plan.ts'
import { evaluate } from '../../src/runtime/evaluate.ts'
import { collectReports } from '../support/report.ts'

type Body = Parameters<typeof compileBody>[0]

function compiled(body: Body, inputs: readonly string[] = ['x', 'y', 'list']) {
  const { report, found } = collectReports()
  return { ...compileBody(body, inputScope(inputs, 'shop'), report, '/body'), found }
}

/** The JSON that is sent. */
function sent(body: Body, input: Readonly<Record<string, unknown>>): unknown {
  const { value, found } = compiled(body, ['x', 'y', 'list', ...Object.keys(input)])
  expect(found).toEqual([])
  return JSON.parse(JSON.stringify(evaluate(value, input, new Map()) ?? null))
}

const data = (value: Json): Body => ({ type: 'json', data: value })

describe('A body written as JSON text', () => {
  test.each([
    ['{"a": "{{x}}"}', { x: 'b' }, { a: 'b' }],
    ['{"a": {{x}}}', { x: 'b' }, { a: 'b' }],
    ['{"a": {{x}}}', { x: 7 }, { a: 7 }],
    ['{"a": "{{x}}"}', { x: 7 }, { a: '7' }],
    ['{"a": {{x}}}', { x: true }, { a: true }],
    ['{"a": {{x}}}', { x: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    ['{"a": "{{x}}"}', { x: [1, 2] }, { a: '[1,2]' }],
    ['{"a": "{{x}} and {{y}}"}', { x: 'b', y: 1 }, { a: 'b and 1' }],
    ['{"a": "\\"{{x}}\\""}', { x: 'b' }, { a: '"b"' }],
    ['{"a": "\\\\{{x}}"}', { x: 'b' }, { a: '\\b' }],
    ['{"a": "\\u007b{{x}}"}', { x: 'b' }, { a: '{b' }],
    ['[{{x}}, "{{y}}", 3, null]', { x: 1, y: 2 }, [1, '2', 3, null]],
    ['{{x}}', { x: { a: 1 } }, { a: 1 }],
    ['"{{x}}"', { x: 'b' }, 'b'],
    ['{"a": {"b": [{{x}}]}}', { x: 1 }, { a: { b: [1] } }],
    [' \n {"a"\n:\n{{ x }} }\n', { x: 1 }, { a: 1 }],
    ['{"__proto__": {{x}}}', { x: 1 }, JSON.parse('{"__proto__": 1}')],
    ['{}', {}, {}],
  ])('%s with %j sends %j', (body, input, expected) => {
    expect(sent(body, input)).toEqual(expected)
  })

  test('leaves out a member whose value was not given, and sends null for it in a list', () => {
    expect(sent('{"a": {{x}}, "b": "{{x}}", "c": [{{x}}], "d": "{{x}}-{{y}}"}', { y: 1 })).toEqual({
      c: [null],
      d: '-1',
    })
  })

  test('sends null where a member was given as null', () => {
    expect(sent('{"a": {{x}}}', { x: null })).toEqual({ a: null })
  })

  test.each([
    ['{"a": {{x}}', 'expected "," or "}" where the body ends'],
    ['{"a": {{x}}{{y}}}', 'expected "," or "}" at {{y}}}'],
    ['{"a": 1,}', 'expected a name in double quotes at }'],
    ["{'a': {{x}}}", 'expected a name in double quotes or "}" at \'a\': {{x}}}'],
    ['{"a": yes {{x}}, "this is quite long": 1}', 'expected a value at yes {{x}}, "this is quit…'],
    ['a={{x}}&b={{y}}', 'expected a value at a={{x}}&b={{y}}'],
    ['', 'expected a value where the body ends'],
  ])('%s is refused: %s', (body, detail) => {
    expect(compiled(body).found).toEqual([{ code: 'bad-body', pointer: '/body', args: { detail } }])
  })

  test('is refused when a placeholder stands in a name, where it could not be kept in its place', () => {
    const detail = 'a placeholder can\'t stand in a name, as in "k-{{x}}"'
    expect(compiled('{"k-{{x}}": 1}').found).toEqual([{ code: 'bad-body', pointer: '/body', args: { detail } }])
    expect(compiled('{ {{x}}: 1 }').found.map((f) => f.code)).toEqual(['bad-body'])
  })

  test('is refused when it is no template', () => {
    expect(compiled('{"a": "{{x"}').found.map((f) => f.code)).toEqual(['bad-template'])
    expect(compiled('{"a": "{{#x}}b{{/x}}"}').found.map((f) => f.code)).toEqual(['bad-template'])
  })

  test('is refused when it means a name that is not there, once for each', () => {
    expect(compiled('{"a": {{z1}}, "b": "{{z2}} {{x}}"}').found.map((f) => [f.code, f.args.name])).toEqual([
      ['unknown-parameter', 'z1'],
      ['unknown-parameter', 'z2'],
    ])
  })
})

describe('A body written as data', () => {
  test.each<readonly [Json, Record<string, unknown>, unknown]>([
    [{ a: '{{x}}' }, { x: 7 }, { a: 7 }],
    [{ a: 'n {{x}}' }, { x: 7 }, { a: 'n 7' }],
    [{ a: ['{{x}}', 1] }, { x: 7 }, { a: [7, 1] }],
    [['{{x}}'], { x: 7 }, [7]],
    ['{{x}}', { x: { b: 1 } }, { b: 1 }],
    ['{"a": "{{x}}"}', { x: 7 }, { a: '7' }],
    [{ a: { b: null, c: true, d: 1.5 } }, {}, { a: { b: null, c: true, d: 1.5 } }],
    [{ a: '{"b": 1}' }, {}, { a: '{"b": 1}' }],
  ])('%j with %j sends %j', (body, input, expected) => {
    expect(sent(data(body), input)).toEqual(expected)
  })

  test('reports a fault at the value that has it', () => {
    expect(compiled(data({ a: [{ b: '{{z}}' }], 'c/d': '{{x' })).found.map((f) => [f.code, f.pointer])).toEqual([
      ['unknown-parameter', '/body/data/a/0/b'],
      ['bad-template', '/body/data/c~1d'],
    ])
  })

  test('is refused when a placeholder stands in a name', () => {
    expect(compiled(data({ '{{x}}': 1 })).found.map((f) => [f.code, f.pointer])).toEqual([
      ['bad-body', '/body/data/{{x}}'],
    ])
  })
})

describe('Whatever characters a value holds', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('"', '\\', '\u0000', '\u2028', '{{x}}', '"}, {"', '\ud800', '\u0000bare:0\u0000'),
  )
  // JSON writes -0 as 0, so a round trip comes first.
  const jsonValue = fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)))
  const anyJson = fc.oneof(jsonValue, anyText)

  test('a bare placeholder sends it unchanged', () => {
    const { value } = compiled('{"before": 1, "a": {{x}}, "after": [{{x}}, "{{y}}"]}')
    fc.assert(
      fc.property(anyJson, anyText, (x, y) => {
        const text = JSON.stringify(evaluate(value, { x, y }, new Map()))
        expect(JSON.parse(text)).toEqual({ before: 1, a: x, after: [x, y] })
      }),
    )
  })

  test('a quoted placeholder sends a text with its text in its place', () => {
    const { value } = compiled('{"a": "<{{x}}> \\"{{y}}\\"", "b": "{{x}}"}')
    fc.assert(
      fc.property(anyText, anyText, (x, y) => {
        const text = JSON.stringify(evaluate(value, { x, y }, new Map()))
        expect(JSON.parse(text)).toEqual({ a: `<${x}> "${y}"`, b: x })
      }),
    )
  })

  test('data sends it unchanged, wherever its placeholder stands', () => {
    const { value } = compiled(data({ a: '{{x}}', b: [{ c: '{{x}}' }], d: 'the {{y}}' }))
    fc.assert(
      fc.property(anyJson, anyText, (x, y) => {
        const text = JSON.stringify(evaluate(value, { x, y }, new Map()))
        expect(JSON.parse(text)).toEqual({ a: x, b: [{ c: x }], d: `the ${y}` })
      }),
    )
  })

  test('a body without placeholders is sent as it is written', () => {
    const withoutBraces = jsonValue.filter((json) => !JSON.stringify(json).includes('{{'))
    fc.assert(fc.property(withoutBraces, (json) => void expect(sent(JSON.stringify(json), {})).toEqual(json)))
  })
})
