import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileMock, compileOutputs, isMock } from '../../src/compile/outputs.ts'
import { inputScope } from '../../src/compile/scope.ts'
import type { JsonSchema } from '../../src/plan.ts'
import { evaluate } from '../../src/runtime/evaluate.ts'
import { project } from '../../src/runtime/project.ts'
import type * as doc from '../../src/spec/document.ts'
import { collectReports } from '../support/report.ts'

function compiled(outputs: readonly doc.Output[], refinement?: JsonSchema) {
  const { report, found } = collectReports()
  return { ...compileOutputs(outputs, refinement, report, '/outputs'), found }
}

/** What an answer becomes. */
function projected(output: doc.Output, answer: unknown): unknown {
  const { projection } = compiled([output])
  return projection === undefined ? answer : project(projection, answer)
}

function mock(outputs: readonly doc.Output[], input: Readonly<Record<string, unknown>> = {}) {
  const { report, found } = collectReports()
  const { value, output } = compileMock(outputs, inputScope(Object.keys(input), 'shop'), report, '/outputs')
  return { value: evaluate(value, input, new Map()), schema: output.schema, found }
}

const text = (mapping: string): doc.Output => ({ type: 'string', mapping })
const object = (properties: Readonly<Record<string, doc.Output>>, mapping?: string): doc.Output => ({
  type: 'object',
  properties: new Map(Object.entries(properties)),
  ...(mapping === undefined ? {} : { mapping }),
})
const array = (mapping: string, items?: doc.Output): doc.Output => ({
  type: 'array',
  mapping,
  ...(items === undefined ? {} : { items }),
})

describe('Outputs of a call', () => {
  test('that are not there leave the answer as it is, with the schema that the companion file gives', () => {
    expect(compiled([])).toEqual({ found: [] })
    expect(compiled([], { type: 'array' })).toEqual({ schema: { type: 'array' }, found: [] })
  })

  test.each(['$', '$.', ' $ '])('of the whole document (%j), said to be an object, leave it as it is', (mapping) => {
    expect(compiled([{ type: 'object', mapping }])).toEqual({ schema: { type: 'object' }, found: [] })
    expect(compiled([{ type: 'object', mapping, properties: new Map() }])).toEqual({
      schema: { type: 'object' },
      found: [],
    })
  })

  test.each<readonly [doc.Output, unknown, unknown]>([
    [text('$.a'), { a: 'x' }, 'x'],
    [text('a'), { a: 'x' }, 'x'],
    [text("$['a b']"), { 'a b': 'x' }, 'x'],
    [text('$.a'), { a: 7 }, '7'],
    [text('$.a'), { a: {} }, null],
    [text('$.b'), { a: 'x' }, null],
    [text('$.list[*].a'), { list: [{ a: 'x' }, { a: 'y' }] }, 'x'],
    [{ type: 'number', mapping: '$.a' }, { a: '1.5' }, 1.5],
    [{ type: 'integer', mapping: '$.a' }, { a: 1.5 }, null],
    [{ type: 'integer', mapping: '$.list.length()' }, { list: [1, 2] }, 2],
    [{ type: 'boolean', mapping: '$.a' }, { a: 'false' }, false],
    [{ type: 'string', mapping: '$.a', maxLength: 2 }, { a: 'xyz' }, 'xy'],
    [array('$.list'), { list: [1, 'x'] }, [1, 'x']],
    [array('$.list'), { list: 'x' }, null],
    [array('$.list', text('$.')), { list: [1, 'x', {}] }, ['1', 'x', null]],
    [array('$.list[*].a', text('$.')), { list: [{ a: 'x' }, { a: 'y' }] }, ['x', 'y']],
    [array('$.list', { type: 'object' }), { list: [{ a: 1 }, 2] }, [{ a: 1 }, 2]],
    [array('$.list', object({ b: text('$.a') })), { list: [{ a: 'x' }, {}] }, [{ b: 'x' }, { b: null }]],
    [array('$', array('$.tags', text('$.'))), [{ tags: ['x'] }, {}], [['x'], null]],
    [object({ b: text('$.a') }), { a: 'x' }, { b: 'x' }],
    [object({ b: text('$.a') }, '$.in'), { in: { a: 'x' } }, { b: 'x' }],
    [object({ b: text('$.a') }, '$.in'), {}, null],
    [object({ c: object({ b: text('$.a') }, '$.in') }), {}, { c: null }],
    [object({ c: object({ b: text('$.a') }) }), { a: 'x' }, { c: { b: 'x' } }],
    [
      object({ kind: { type: 'string', const: 'order' }, n: { type: 'integer', value: '2' } }),
      {},
      { kind: 'order', n: 2 },
    ],
    [object({ n: { type: 'integer', value: '$.a' } }), { a: 3 }, { n: 3 }],
    [object({ price: { type: 'string', value: '$19.99' } }), {}, { price: '$19.99' }],
  ])('%j of %j are %j', (output, answer, expected) => {
    expect(projected(output, answer)).toEqual(expected)
  })

  test('that are several give the first that is not null', () => {
    const { projection, schema } = compiled([text('$.error'), object({ id: text('$.id') }, '$.order')])
    if (projection === undefined) throw new Error('there is no projection')
    expect(project(projection, { error: 'x', order: { id: '1' } })).toBe('x')
    expect(project(projection, { order: { id: '1' } })).toEqual({ id: '1' })
    expect(project(projection, {})).toBeNull()
    expect(schema).toMatchObject({ anyOf: [{ type: 'string' }, { type: 'object' }] })
  })

  test('with a path that is none are reported where it stands, and the rest is compiled', () => {
    const { found } = compiled([
      object({ a: text('$.['), b: array('$.list', text('$[')), c: { type: 'string', value: '$[' } }),
    ])
    expect(found.map((f) => [f.code, f.pointer])).toEqual([
      ['bad-path', '/outputs/0/properties/a/mapping'],
      ['bad-path', '/outputs/0/properties/b/items/mapping'],
      ['bad-path', '/outputs/0/properties/c/value'],
    ])
  })
})

describe('The schema of an answer', () => {
  test('says null only below its root: an answer that is not there at all is a fault of the upstream', () => {
    expect(compiled([object({ a: text('$.a') }, '$.in')]).schema).toEqual({
      type: 'object',
      properties: { a: { type: ['string', 'null'] } },
    })
    expect(compiled([array('$.list', text('$.'))]).schema).toEqual({
      type: 'array',
      items: { type: ['string', 'null'] },
    })
  })

  test('takes what the companion file says over what the mappings say, member by member', () => {
    const refinement = {
      description: 'D',
      properties: { a: { description: 'A', type: 'string' }, b: { type: 'integer' } },
    }
    expect(compiled([object({ a: text('$.a') })], refinement).schema).toEqual({
      type: 'object',
      description: 'D',
      properties: { a: { type: 'string', description: 'A' }, b: { type: 'integer' } },
    })
  })

  const scalar = fc.record({
    type: fc.constantFrom('string', 'number', 'integer', 'boolean'),
    mapping: fc.constantFrom('$.a', '$.b', '$.', '$.a.b', '$[0]', '$..a'),
  })
  const { output } = fc.letrec<{ output: doc.Output }>((tie) => ({
    output: fc.oneof(
      { depthSize: 'small' },
      scalar as fc.Arbitrary<doc.Output>,
      fc
        .record({ mapping: fc.constantFrom('$.a', '$.b', '$.', '$[*]', '$.a[*]'), items: tie('output') })
        .map(({ mapping, items }) => array(mapping, items)),
      fc
        .record({
          a: tie('output'),
          b: tie('output'),
          mapping: fc.option(fc.constantFrom('$.a', '$.'), { nil: undefined }),
        })
        .map(({ a, b, mapping }) => object({ a, b }, mapping)),
    ),
  }))
  const answer = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 1, 1.5, '2', 'x', 'true'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.record({ a: tie('value'), b: tie('value') }, { requiredKeys: [] }),
    ),
  })).value

  test('holds for every answer it is projected from, whatever the upstream sent', () => {
    const ajv = new Ajv2020({ strict: false })
    fc.assert(
      fc.property(output, answer, (declared, sent) => {
        const { projection, schema = {} } = compiled([declared])
        const value = projection === undefined ? sent : project(projection, sent)
        fc.pre(
          value !== null &&
            (projection !== undefined || typeof value === 'object') &&
            !(projection === undefined && Array.isArray(value)),
        )
        const valid = ajv.validate(schema, value)
        expect([valid, ajv.errorsText()]).toEqual([true, 'No errors'])
      }),
      { numRuns: 300 },
    )
  })
})

describe('Outputs of a mock', () => {
  test.each<readonly [doc.Output, unknown]>([
    [{ type: 'string', value: 'x' }, 'x'],
    [{ type: 'string', value: 7 }, '7'],
    [{ type: 'number', value: '1.5' }, 1.5],
    [{ type: 'integer', value: 2 }, 2],
    [{ type: 'boolean', value: 'true' }, true],
    [{ type: 'boolean', value: false }, false],
    [{ type: 'string', value: '$19.99' }, '$19.99'],
    [{ type: 'string', value: '$.id' }, '$.id'],
    [{ type: 'object', const: { a: [1] } }, { a: [1] }],
    [{ type: 'array' }, []],
    [{ type: 'array', items: { type: 'string', value: 'x' } }, ['x']],
    [object({ a: { type: 'string', value: 'x' }, b: { type: 'string' } }), { a: 'x' }],
  ])('%j are %j', (declared, expected) => {
    expect(mock([{ name: 'it', ...declared }])).toMatchObject({ value: { it: expected }, found: [] })
  })

  test('without a name are called "value"', () => {
    expect(mock([{ type: 'string', value: 'x' }]).value).toEqual({ value: 'x' })
  })

  test('without a value are left out', () => {
    expect(
      mock([
        { name: 'a', type: 'string' },
        { name: 'b', type: 'string', value: 'x' },
      ]).value,
    ).toEqual({ b: 'x' })
  })

  test('take inputs: alone with their type, in a text as text', () => {
    const outputs: readonly doc.Output[] = [
      { name: 'id', type: 'integer', value: '{{id}}' },
      { name: 'label', type: 'string', value: 'Order {{id}}' },
      { name: 'text', type: 'string', value: '{{id}}' },
    ]
    expect(mock(outputs, { id: 7 }).value).toEqual({ id: 7, label: 'Order 7', text: '7' })
  })

  test('that take an input that is not there are reported at their value', () => {
    const { found } = mock([{ name: 'a', ...object({ b: { type: 'string', value: '{{nowhere}}' } }) }])
    expect(found).toMatchObject([{ code: 'unknown-parameter', pointer: '/outputs/a/properties/b/value' }])
  })

  test.each<readonly [doc.Output['type'], string | number | boolean, string]>([
    ['number', 'many', 'must be a number'],
    ['integer', '1.5', 'must be a whole number'],
    ['integer', 1.5, 'must be a whole number'],
    ['boolean', 'yes', 'must be true or false'],
    ['number', true, 'must be a number'],
    ['array', 'x', 'is no list; write its entry under "items"'],
    ['object', 'x', 'is no object; write its members under "properties"'],
  ])('of type %s with the value %j are reported', (type, value, rule) => {
    expect(mock([{ name: 'a', type, value }]).found).toEqual([
      { code: 'wrong-value', pointer: '/outputs/a/value', args: { value: JSON.stringify(value), rule } },
    ])
  })

  test('are told from outputs that only map, which say nothing without a call', () => {
    expect(
      [text('$.a'), array('$.a'), array('$.a', text('$.')), object({ a: text('$.a') }), object({})].some(isMock),
    ).toBe(false)
    expect(isMock({ type: 'array' })).toBe(true)
    expect(isMock(object({ a: text('$.a'), b: object({ c: { type: 'string', value: '' } }) }))).toBe(true)
    expect(isMock({ type: 'boolean', const: false })).toBe(true)
  })
})
