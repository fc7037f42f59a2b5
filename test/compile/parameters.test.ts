import { describe, expect, test } from 'vitest'
import { inputPlan, inputSchema } from '../../src/compile/parameters.ts'
import type { InputFault } from '../../src/errors.ts'
import { load, type Plan, type RestPlan } from '../../src/index.ts'
import type { JsonSchema } from '../../src/plan.ts'
import type * as doc from '../../src/spec/document.ts'
import { writeCapability } from '../support/serve.ts'

type Declared = Readonly<Record<string, Partial<doc.Input>>>

function inputs(declared: Declared): doc.Named<doc.Input> {
  return new Map(Object.entries(declared).map(([name, input]) => [name, { type: 'string', required: true, ...input }]))
}

function faults(
  declared: Declared,
  input: Readonly<Record<string, unknown>>,
  refined: Readonly<Record<string, JsonSchema>> = {},
) {
  return inputPlan(inputSchema(inputs(declared), new Map(Object.entries(refined)))).validate(input)
}

const told = (found: readonly InputFault[]) => found.map(({ pointer, message }) => [pointer, message])

describe('The schema of inputs', () => {
  test('is closed, lists what is required and keeps the order of the text', () => {
    const declared = {
      b: { description: 'B.' },
      a: { type: 'array', required: false },
      'x-y': { type: 'integer' },
    } as const
    expect(inputSchema(inputs(declared))).toEqual({
      type: 'object',
      properties: { b: { type: 'string', description: 'B.' }, a: { type: 'array' }, 'x-y': { type: 'integer' } },
      required: ['b', 'x-y'],
      additionalProperties: false,
    })
    expect(Object.keys(inputSchema(inputs(declared)).properties as object)).toEqual(['b', 'a', 'x-y'])
  })

  test('of no inputs takes an empty object only', () => {
    expect(inputSchema(new Map())).toEqual({ type: 'object', properties: {}, additionalProperties: false })
    expect(told(faults({}, {}))).toEqual([])
    expect(told(faults({}, { a: 1 }))).toEqual([['/a', 'is not a known parameter']])
  })

  test('takes refinements over what is declared', () => {
    const refined = new Map<string, JsonSchema>([
      ['a', { type: ['string', 'null'], minLength: 1, description: 'New.' }],
    ])
    expect(inputSchema(inputs({ a: { description: 'Old.' } }), refined).properties).toEqual({
      a: { type: ['string', 'null'], minLength: 1, description: 'New.' },
    })
  })
})

describe('An input', () => {
  const declared = {
    id: {},
    count: { type: 'integer' },
    tags: { type: 'array', required: false },
    on: { type: 'boolean', required: false },
    box: { type: 'object', required: false },
  } as const
  const right = { id: 'x', count: 1 }

  test.each([
    [{}],
    [{ tags: [] }],
    [{ tags: [1, 'x', {}] }],
    [{ on: false }],
    [{ box: { a: 1 } }],
    [{ count: 1e3 }],
    [{ id: '' }],
  ])('that has %j besides what is required fits', (more) => {
    expect(faults(declared, { ...right, ...more })).toEqual([])
  })

  test.each([
    [{ id: 7 }, '/id', 'must be a string'],
    [{ id: null }, '/id', 'must be a string'],
    [{ count: 1.5 }, '/count', 'must be a whole number'],
    [{ count: '1' }, '/count', 'must be a whole number'],
    [{ tags: 'x' }, '/tags', 'must be a list'],
    [{ on: 'true' }, '/on', 'must be true or false'],
    [{ box: [] }, '/box', 'must be an object'],
    [{ other: 1 }, '/other', 'is not a known parameter'],
    [{ 'a/b~c': 1 }, '/a~1b~0c', 'is not a known parameter'],
    [JSON.parse('{"__proto__": 1}'), '/__proto__', 'is not a known parameter'],
    [{ constructor: 1 }, '/constructor', 'is not a known parameter'],
  ])('that has %j is told at %s', (more: object, pointer, message) => {
    const input = Object.defineProperties({ ...right }, Object.getOwnPropertyDescriptors(more))
    expect(told(faults(declared, input))).toEqual([[pointer, message]])
  })

  test('is told every field that is wrong at once, each once', () => {
    expect(
      told(faults(declared, { id: 7, count: 'x', tags: 1, other: 2 }))
        .map(([pointer]) => pointer)
        .sort(),
    ).toEqual(['/count', '/id', '/other', '/tags'])
  })

  test('whose name is misspelt is told once, with the name that was meant', () => {
    expect(faults(declared, { ID: 'x', count: 1 })).toEqual([
      { pointer: '/ID', message: 'is not a known parameter', hint: 'did you mean "id"?' },
    ])
    expect(faults(declared, { id: 'x', conut: 1 })).toMatchObject([
      { pointer: '/conut', hint: 'did you mean "count"?' },
    ])
  })

  test('whose name is like none is told which there are', () => {
    expect(faults(declared, { ...right, zzzzzz: 1 })[0]?.hint).toBe('known parameters: id, count, tags, on, box')
  })

  test('may be called like a member of every object', () => {
    expect(faults({ constructor: {} }, { constructor: 'x' })).toEqual([])
    expect(told(faults({ constructor: {} }, {}))).toEqual([['/constructor', 'is required']])
  })

  test('with very many values is told its first fault only', () => {
    const list = Array.from({ length: 5000 }, () => 1)
    expect(faults(declared, { ...right, tags: list }, { tags: { items: { type: 'string' } } })).toHaveLength(1)
  })

  test('with a few hundred faults is told twenty', () => {
    const list = Array.from({ length: 300 }, () => 1)
    expect(faults(declared, { ...right, tags: list }, { tags: { items: { type: 'string' } } })).toHaveLength(20)
  })
})

describe('A refinement', () => {
  test.each<readonly [JsonSchema, unknown, string]>([
    [{ minLength: 1 }, '', 'must not be empty'],
    [{ maxLength: 2 }, 'xyz', 'must have at most 2 characters'],
    [{ pattern: '^[0-9]+$' }, 'x', 'must match ^[0-9]+$'],
    [{ enum: ['a', 'b'] }, 'c', 'must be one of "a", "b"'],
    [{ format: 'email' }, 'x', 'must be a valid email'],
    [{ format: 'date' }, '2026-02-30', 'must be a valid date, written YYYY-MM-DD'],
    [{ type: 'integer', minimum: 1 }, 0, 'must be at least 1'],
    [{ type: 'integer', maximum: 1 }, 2, 'must be at most 1'],
    [{ type: 'array', minItems: 1 }, [], 'must not be empty'],
    [{ type: 'array', uniqueItems: true }, [1, 2, 1], 'has the same entry twice (0 and 2)'],
  ])('%j refuses %j: %s', (fragment, value, message) => {
    expect(told(faults({ a: {} }, { a: value }, { a: fragment }))).toEqual([['/a', message]])
  })

  test('of a list points at the entry that is wrong', () => {
    const fragment = {
      type: 'array',
      items: { type: 'object', required: ['label'], properties: { label: { type: 'string' } } },
    }
    expect(told(faults({ a: {} }, { a: [{ label: 'x' }, { label: 7 }, {}] }, { a: fragment }))).toEqual([
      ['/a/1/label', 'must be a string'],
      ['/a/2/label', 'is required'],
    ])
  })
})

describe('A REST operation that refers to a flow', () => {
  const flow = {
    description: 'Reads orders.',
    inputParameters: { id: { type: 'integer', description: 'Number.' }, state: { type: 'string' } },
    call: 'shop.orders',
  }

  async function plan(route: object, method = 'GET'): Promise<Plan> {
    const operations = { read: { method, ref: 'orders.read', ...route } }
    const consumed = {
      path: '/{{id}}',
      operations: { orders: { method: 'GET', inputParameters: { state: { in: 'query' } } } },
    }
    const file = await writeCapability({
      ikanos: '1.0.0-beta5',
      capability: {
        consumes: [{ type: 'http', namespace: 'shop', baseUri: 'https://api.example.com', resources: { r: consumed } }],
        aggregates: [{ namespace: 'orders', flows: { read: flow } }],
        exposes: [
          { type: 'rest', namespace: 'rest', port: 0, resources: { r: { path: '/orders/{{id}}', operations } } },
        ],
      },
    })
    return (await load(file)).plan
  }

  const routeOf = (p: Plan) => (p.surfaces[0] as RestPlan).routes[0]

  test('runs the flow itself when it only says where its inputs come from', async () => {
    const compiled = await plan({ inputParameters: { state: { in: 'query', type: 'string' } } })
    expect(routeOf(compiled)?.operation).toBe(compiled.operations[0])
  })

  test('reads a text of the path as the type that the flow declares', async () => {
    for (const route of [{}, { inputParameters: { id: { in: 'path', type: 'string' } } }, { with: { state: 'open' } }])
      expect(routeOf(await plan(route))?.parameters).toContainEqual({
        in: 'path',
        key: 'id',
        name: 'id',
        as: 'integer',
      })
  })

  test('puts an input that it does not place into the query, or into the body where there is one', async () => {
    const places = async (method: string) => routeOf(await plan({}, method))?.parameters.map((p) => [p.name, p.in])
    expect(await places('GET')).toEqual([
      ['id', 'path'],
      ['state', 'query'],
    ])
    expect(await places('POST')).toEqual([
      ['id', 'path'],
      ['state', 'body'],
    ])
    expect(await places('DELETE')).toEqual([
      ['id', 'path'],
      ['state', 'query'],
    ])
  })

  test('with a pattern enforces it and still needs what the flow needs', async () => {
    const operation = routeOf(
      await plan({ inputParameters: { state: { in: 'query', type: 'string', pattern: '^[a-z]+$' } } }),
    )?.operation
    expect(operation?.name).toBe('rest.read')
    expect(told(operation?.input.validate({ id: 1, state: 'OPEN' }) ?? [])).toEqual([['/state', 'must match ^[a-z]+$']])
    expect(told(operation?.input.validate({ id: 1 }) ?? [])).toEqual([['/state', 'is required']])
    expect(operation?.input.validate({ id: 1, state: 'open' })).toEqual([])
  })

  test('that sets a value takes that input from nobody', async () => {
    const operation = routeOf(await plan({ with: { state: 'open' } }))?.operation
    expect(Object.keys(operation?.input.schema.properties ?? {})).toEqual(['id'])
    expect(told(operation?.input.validate({ id: 1, state: 'closed' }) ?? [])).toEqual([
      ['/state', 'is not a known parameter'],
    ])
  })
})
