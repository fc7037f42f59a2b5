/** What a unit with `ref` has of its flow, and what a reference that can't be followed is told (spec-core §5). */

import { describe, expect, test } from 'vitest'
import { type Validation, validate } from '../../src/index.ts'
import type { McpPlan } from '../../src/plan.ts'
import { writeCapability } from '../support/serve.ts'

const shop = {
  type: 'http',
  namespace: 'shop',
  baseUri: 'https://api.example.com',
  resources: {
    orders: {
      path: '/orders/{{id}}',
      operations: Object.fromEntries(
        ['GET', 'POST', 'PUT', 'DELETE'].map((method) => [method.toLowerCase(), { method }]),
      ),
    },
  },
}

const id = { id: { type: 'string' } }
const list = { description: 'Reads.', inputParameters: id, call: 'shop.get' }

function validated(flows: object, tools: object): Promise<Validation> {
  const aggregates = [{ namespace: 'orders', flows }]
  const exposes = [{ type: 'mcp', namespace: 'tools-ns', port: 0, tools }]
  const capability = { ikanos: '1.0.0-beta5', capability: { consumes: [shop], aggregates, exposes } }
  return writeCapability(JSON.stringify(capability)).then((file) => validate(file))
}

const codes = ({ diagnostics }: Validation) => diagnostics.map((d) => [d.code, d.location.pointer])

async function hintsOf(flow: object, hints: object) {
  const { loaded } = await validated({ run: { ...list, ...flow } }, { run: { ref: 'orders.run', hints } })
  const surface = loaded?.plan.surfaces[0] as McpPlan
  const { openWorldHint, ...rest } = surface.tools[0]?.annotations ?? {}
  return rest
}

describe('The hints of a tool', () => {
  test.each([
    ['a safe flow', { semantics: { safe: true } }, { readOnlyHint: true, destructiveHint: false }],
    [
      'a safe and repeatable flow',
      { semantics: { safe: true, idempotent: true } },
      { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    ],
    ['an unsafe flow', { semantics: { safe: false } }, { readOnlyHint: false }],
    [
      'an unsafe and repeatable flow',
      { semantics: { safe: false, idempotent: true } },
      { readOnlyHint: false, idempotentHint: true },
    ],
    ['a flow that says nothing but is a GET', {}, { readOnlyHint: true, destructiveHint: false, idempotentHint: true }],
    ['a flow that says nothing but is a POST', { call: 'shop.post' }, { readOnlyHint: false }],
    [
      'a flow that says nothing but is a DELETE',
      { call: 'shop.delete' },
      { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    ],
    [
      'a POST that says only that it can be repeated',
      { call: 'shop.post', semantics: { idempotent: true } },
      { readOnlyHint: false, idempotentHint: true },
    ],
  ])('are those of %s', async (_, flow, hints) => {
    expect(await hintsOf(flow, {})).toEqual(hints)
  })

  test('win over its flow field by field', async () => {
    const safe = { semantics: { safe: true, idempotent: true } }
    expect(await hintsOf(safe, { idempotent: false, destructive: false })).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: false,
    })
  })
})

describe('A reference', () => {
  test('inherits the description and the title of its flow, and its own win', async () => {
    const flow = { ...list, display: 'Orders' }
    const tools = { a: { ref: 'orders.run' }, b: { ref: 'orders.run', description: 'Own.', display: 'Mine' } }
    const { loaded } = await validated({ run: flow }, tools)
    const surface = loaded?.plan.surfaces[0] as McpPlan
    expect(surface.tools.map(({ title, description }) => [title, description])).toEqual([
      ['Orders', 'Reads.'],
      ['Mine', 'Own.'],
    ])
  })

  test('keeps needing what its flow needs, and may need more', async () => {
    const inputs = { id: { type: 'string', required: false, description: 'Which.' } }
    const { loaded } = await validated({ run: list }, { run: { ref: 'orders.run', inputParameters: inputs } })
    const surface = loaded?.plan.surfaces[0] as McpPlan
    expect(surface.tools[0]?.operation.input.schema).toMatchObject({
      properties: { id: { type: 'string', description: 'Which.' } },
      required: ['id'],
    })
  })

  test('to a flow that is not there is told with the nearest one', async () => {
    const { diagnostics } = await validated({ run: list }, { run: { ref: 'orders.rum' } })
    expect(diagnostics.map(({ code, hint }) => [code, hint])).toEqual([['unknown-flow', 'did you mean "orders.run"?']])
  })

  test('that names an undeclared input warns at its place', async () => {
    const validation = await validated({ run: list }, { run: { ref: 'orders.run', with: { id: 'tools.number' } } })
    expect(codes(validation)).toEqual([['inferred-input', '/capability/exposes/0/tools/run/with/id']])
  })

  test('that names nothing known without a prefix is a fault at its place', async () => {
    const validation = await validated({ run: list }, { run: { ref: 'orders.run', with: { id: '{{number}}' } } })
    expect(codes(validation)).toEqual([['unknown-parameter', '/capability/exposes/0/tools/run/with/id']])
  })

  test('can not stand in a flow, so none leads back to itself', async () => {
    const validation = await validated({ run: { description: 'Itself.', ref: 'orders.run' } }, {})
    expect(codes(validation)).toContainEqual(['unknown-key', '/capability/aggregates/0/flows/run/ref'])
  })

  test('of a step to what is not there is told at the step', async () => {
    const steps = { read: { type: 'call', call: 'shop.nothing' }, run: { type: 'call', call: 'orders.run' } }
    const validation = await validated({ run: list, stepped: { description: 'Reads.', steps } }, {})
    const at = '/capability/aggregates/0/flows/stepped/steps'
    expect(codes(validation)).toEqual([
      ['unknown-operation', `${at}/read/call`],
      ['unknown-namespace', `${at}/run/call`],
    ])
  })

  test('can not be a call: flows call what is consumed', async () => {
    const validation = await validated({ run: list, again: { ...list, call: 'orders.run' } }, {})
    expect(codes(validation)).toEqual([['unknown-namespace', '/capability/aggregates/0/flows/again/call']])
  })
})
