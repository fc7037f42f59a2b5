/** What the resources of an MCP surface compile to, and what is told of those that can't be read (spec-servers §4.8). */

import { describe, expect, test } from 'vitest'
import { load, validate } from '../../src/index.ts'
import type { DynamicResourcePlan, McpPlan } from '../../src/plan.ts'
import { writeCapability } from '../support/serve.ts'

const shop = {
  type: 'http',
  namespace: 'shop',
  baseUri: 'https://shop.test',
  resources: {
    order: {
      path: '/orders/{{id}}',
      operations: {
        get: { method: 'GET', inputParameters: { part: { in: 'query' } } },
        search: { method: 'POST' },
        file: { method: 'GET', outputRawFormat: 'binary' },
      },
    },
  },
}

function capability(resources: object, more: object = {}) {
  const tools = { list: { description: 'Lists.', outputParameters: { n: { type: 'number', value: 1 } } } }
  const surface = { type: 'mcp', namespace: 'shop-mcp', port: 0, tools, resources, ...more }
  return { ikanos: '1.0.0-beta5', capability: { consumes: [shop], exposes: [surface] } }
}

const order = { description: 'One order.', uri: 'shop://orders/{id}', call: 'shop.get' }

async function told(resources: object, more?: object) {
  const { diagnostics } = await validate(await writeCapability(capability(resources, more)))
  const at = '/capability/exposes/0/resources/'
  return diagnostics.map(({ code, message, location }) => `${location.pointer.replace(at, '')} ${code}: ${message}`)
}

async function planOf(resources: object, more?: object) {
  const { plan, diagnostics } = await load(await writeCapability(capability(resources, more)))
  const [surface] = plan.surfaces as readonly [McpPlan]
  return { plan, surface, codes: diagnostics.map(({ code }) => code) }
}

describe('The variables of a URI', () => {
  test.each<readonly [string, object, readonly string[]]>([
    [
      'that no request takes is told',
      { uri: 'shop://orders/{id}/{page}' },
      ['order/uri unused-parameter: "page" is never sent: "shop-mcp.order" has no use for it'],
    ],
    [
      'without one that a request needs are told',
      { uri: 'shop://order' },
      ['order/call missing-parameter: nothing supplies "id", which "shop.get" needs'],
    ],
    [
      'that are used but not there are told',
      { with: { part: '{{page}}' } },
      ['order/with/part unknown-parameter: nothing is called "page" here'],
    ],
    [
      'written in single braces under "with" are read as what they mean',
      { with: { id: '{id}' } },
      ['order/with/id read-as: "{id}" is read as "{{id}}"'],
    ],
    [
      'that are spelt otherwise by the API are read as its own',
      { uri: 'shop://orders/{ID}' },
      ['order/call read-as: "ID" is read as "id"'],
    ],
  ])('%s', async (_, more, expected) => {
    expect(await told({ order: { ...order, ...more } })).toEqual(expected)
  })

  test('are required texts, and nothing else is taken', async () => {
    const { surface, codes } = await planOf({ order })
    expect(codes).toEqual([])
    const [{ operation }] = surface.resources as readonly [DynamicResourcePlan]
    expect(operation.input.schema).toEqual({
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    })
    expect(operation.input.validate({ id: '1', part: 'a' })).toHaveLength(1)
  })
})

describe('A URI', () => {
  test.each<readonly [string, string]>([
    ['shop://orders/{{id}}', 'has a brace that belongs to no variable, which is written {name}'],
    ['shop://orders/{+id}', 'has a brace that belongs to no variable, which is written {name}'],
    ['shop://orders/{id', 'has a brace that belongs to no variable, which is written {name}'],
    ['shop://orders/{id}/{id}', 'has {id} twice'],
    ['shop://orders/{id}{part}', 'has two variables with nothing between them'],
    ['orders', 'must be a URI without blanks such as docs://guide'],
    ['shop://my orders', 'must be a URI without blanks such as docs://guide'],
  ])('%s is refused: it %s', async (uri, rule) => {
    expect((await told({ order: { ...order, uri } }))[0]).toBe(`order/uri wrong-value: "${uri}" ${rule}`)
  })

  test('of a folder has no variables', async () => {
    const guide = { description: 'How to.', uri: 'shop://{a}', location: 'file:///./' }
    expect(await told({ guide, order })).toEqual([
      'guide/uri wrong-value: "shop://{a}" has a brace, but a folder has one URI',
    ])
  })

  test.each([
    ['shop://guide', true],
    ['shop://guide/{page}', true],
    ['shop://{folder}/{page}', true],
    ['shop://guide-{page}', false],
    ['shop://{folder}', false],
    ['shop://guides/{page}', false],
  ])('%s beside the folder shop://guide is told: %s', async (uri, isTold) => {
    const guide = { description: 'How to.', uri: 'shop://guide', location: 'file:///./' }
    const parts = { id: '1', ...(uri.includes('{page}') ? { part: '{{page}}' } : {}) }
    const used = uri.includes('{folder}') ? { ...parts, id: '{{folder}}' } : parts
    const codes = (await told({ guide, page: { ...order, uri, with: used } })).map((text) => text.split(/[ :]/)[1])
    expect(codes).toEqual(isTold ? [uri === guide.uri ? 'duplicate-uri' : 'shadowed-resource'] : [])
  })
})

describe('What a resource calls', () => {
  test('is safe, be it in steps', async () => {
    const steps = { find: { type: 'call', call: 'shop.search', with: { id: '{{id}}' } } }
    const { call, ...rest } = order
    expect(await told({ order: { ...rest, steps } })).toEqual([
      'order/steps unsafe-resource: reading "order" sends POST, which may change something',
    ])
    expect(await told({ order: { ...order, call: 'shop.search' } })).toEqual([
      'order/call unsafe-resource: reading "order" sends POST, which may change something',
    ])
  })

  test('is bytes up to the limit of the surface', async () => {
    const { surface } = await planOf(
      { order: { ...order, call: 'shop.file', binary: true } },
      { maxBinarySize: '1KiB' },
    )
    const [{ operation }] = surface.resources as readonly [DynamicResourcePlan]
    expect(operation).toMatchObject({ name: 'shop-mcp.order', run: { request: { answer: { maxBytes: 1024 } } } })
    expect(await told({ order: { ...order, call: 'shop.file', binary: false } })).toEqual([
      'order/binary contradicting-binary: "binary: false", but what is called answers bytes',
    ])
  })

  test.each<readonly [string, object, readonly string[]]>([
    ['a call and a folder', { location: 'file:///./' }, ['order wrong-value']],
    ['nothing', { call: undefined }, ['order missing-key']],
    ['a call with mappings', { mappings: [{ target: 'a', value: '$.b' }] }, ['order/mappings ignored-key']],
    ['an operation that is not there', { call: 'shop.got' }, ['order/call unknown-operation']],
  ])('(%s) is told where it is wrong', async (_, more, expected) => {
    expect((await told({ order: { ...order, ...more } })).map((text) => text.split(': ')[0])).toEqual(expected)
  })

  test('has a policy by its name, which its tool of the same name has not', async () => {
    const policy = { 'shop-mcp.resources.list': { scopes: ['read'] } }
    const file = await writeCapability(capability({ list: order }), { companion: { policy } })
    const { plan, diagnostics } = await load(file)
    expect(plan.operations.map(({ name, policy }) => [name, policy])).toEqual([
      ['shop-mcp.list', undefined],
      ['shop-mcp.resources.list', { scopes: ['read'] }],
    ])
    expect(diagnostics.map(({ code }) => code)).toEqual(['unchecked-scopes'])
  })
})
