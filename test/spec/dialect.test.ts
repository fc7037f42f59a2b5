import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Diagnostic } from '../../src/diagnostics.ts'
import { validate } from '../../src/index.ts'
import { readDocument } from '../../src/spec/dialect/dialect.ts'
import type { Document } from '../../src/spec/document.ts'
import { parseSource } from '../../src/spec/parse.ts'
import { listForm } from '../support/list-form.ts'
import { reportInto } from '../support/report.ts'
import { writeCapability } from '../support/serve.ts'
import { shared } from '../support/shared.ts'

function read(value: unknown): { readonly document: Document; readonly found: readonly Diagnostic[] } {
  const source = parseSource('a.yaml', JSON.stringify(value, null, 1))
  if (!('value' in source)) throw new Error('not readable')
  const found: Diagnostic[] = []
  return { document: readDocument(source.value, reportInto(source, found)), found }
}

const documentOf = (value: unknown) => read(value).document

/** A capability with one consumed API, and one surface, in the map form. */
function capability(consumes: object, exposes: object = { type: 'control', port: 0 }) {
  const api = { type: 'http', namespace: 'shop', baseUri: 'https://api.example.com', ...consumes }
  return { ikanos: '1.0.0-beta5', capability: { consumes: [api], exposes: [exposes] } }
}

describe('The list form and the map form are read into the same document', () => {
  const files = [
    new URL('../../capabilities/nanonets-file-management.ikanos.yml', import.meta.url),
    ...[
      'refs',
      'with',
      'mock',
      'changed-ref',
      'skills-and-control',
      'resources-and-prompts',
      'binds',
      'outputs',
      'bodies',
    ].map((name) => new URL(`../plans/${name}/capability.yaml`, import.meta.url)),
  ]

  test.each(files.map((file) => file.pathname.split('/').slice(-2).join('/')))('%s', (name) => {
    const file = files.find(({ pathname }) => pathname.endsWith(name))
    const value: unknown = parse(readFileSync(file as URL, 'utf8'))
    const { document, found } = read(listForm(value))
    expect(found).toEqual([])
    expect({ ...document, format: '' }).toEqual({ ...documentOf(value), format: '' })
  })

  const tutorial = shared('data/tutorial')
  test.skipIf(tutorial === undefined).each([1, 2, 3, 4, 6, 8, 9, 10, 11])('step %i of the tutorial', async (step) => {
    const { readdirSync } = await import('node:fs')
    const name = readdirSync(tutorial ?? '').find((file) => file.startsWith(`step-${step}-`))
    const value: unknown = parse(readFileSync(`${tutorial}/${name}`, 'utf8'))
    expect({ ...documentOf(listForm(value)), format: '' }).toEqual({ ...documentOf(value), format: '' })
  })
})

describe('A document', () => {
  test('says its format as the file does', () => {
    expect(documentOf({ ikanos: '1.0.0-beta5', capability: {} }).format).toBe('ikanos 1.0.0-beta5')
    expect(documentOf({ naftiko: '1.0.0-alpha1', capability: {} }).format).toBe('naftiko 1.0.0-alpha1')
  })

  test.each([
    [{ display: 'A', label: 'B', title: 'C' }, 'A'],
    [{ label: 'B', title: 'C' }, 'B'],
    [{ title: 'C' }, 'C'],
    [{}, undefined],
  ])('reads the title of %j as %s', (info, title) => {
    expect(documentOf({ naftiko: '1.0.0-alpha2', info, capability: {} }).info.display).toBe(title)
  })

  test('takes binds from the root and from the capability', () => {
    const bind = (namespace: string) => ({ namespace, keys: { [`KEY_${namespace}`]: 'key' } })
    const { binds } = documentOf({ ikanos: '1', binds: [bind('a')], capability: { binds: [bind('b')] } })
    expect(binds.map(({ namespace, pointer }) => [namespace, pointer])).toEqual([
      ['a', '/binds/0'],
      ['b', '/capability/binds/0'],
    ])
  })

  test('takes aggregates as a map of namespaces too', () => {
    const aggregates = { orders: { flows: { a: { description: 'A.' } } } }
    const [aggregate] = documentOf({ ikanos: '1', capability: { aggregates } }).aggregates
    expect(aggregate).toMatchObject({ namespace: 'orders', pointer: '/capability/aggregates/orders' })
  })

  test.each([
    [
      { type: 'bearer', token: 't' },
      { type: 'bearer', token: 't' },
    ],
    [
      { type: 'bearer', value: 't', placement: 'header' },
      { type: 'bearer', token: 't' },
    ],
    [
      { type: 'basic', username: 'u' },
      { type: 'basic', username: 'u', password: '' },
    ],
    [
      { type: 'basic', username: 'u', password: '' },
      { type: 'basic', username: 'u', password: '' },
    ],
    [
      { type: 'apikey', name: 'X-Key', in: 'query', value: 'v' },
      { type: 'apikey', key: 'X-Key', placement: 'query', value: 'v' },
    ],
    [
      { type: 'apikey', value: 'v' },
      { type: 'apikey', key: 'X-API-Key', placement: 'header', value: 'v' },
    ],
  ])('reads the authentication %j as %j', (written, expected) => {
    expect(documentOf(capability({ authentication: written })).consumes[0]?.authentication).toEqual(expected)
  })

  test('keeps named things in the order of the text', () => {
    const operations = { z: { method: 'GET' }, a: { method: 'GET' }, 10: { method: 'GET' } }
    const { consumes } = documentOf(listForm(capability({ resources: { r: { path: '/', operations } } })))
    expect([...(consumes[0]?.resources.get('r')?.operations.keys() ?? [])]).toEqual(['10', 'z', 'a'])
  })

  test('names what a list leaves without a name: a route by its flow or its method, a resource by its path, a tool by its flow', () => {
    const rest = {
      type: 'rest',
      namespace: 'r',
      port: 0,
      resources: [
        {
          path: '/a',
          operations: [
            { method: 'GET', call: 'a.b' },
            { method: 'POST', ref: 'o.x' },
            { method: 'PUT', ref: 'o.x' },
          ],
        },
      ],
    }
    const mcp = { type: 'mcp', namespace: 'm', port: 0, tools: [{ ref: 'o.list-orders' }, { call: 'a.b' }] }
    const { exposes } = documentOf({ naftiko: '1', capability: { exposes: [rest, mcp] } })
    const [first, second] = exposes
    expect(first?.type === 'rest' && [...first.resources].map(([name, r]) => [name, ...r.operations.keys()])).toEqual([
      ['/a', 'get', 'x', 'put'],
    ])
    expect(second?.type === 'mcp' && [...second.tools.keys()]).toEqual(['list-orders', 'tool-1'])
  })

  test('reads an input as required unless it says else', () => {
    const tools = { t: { inputParameters: { a: { type: 'string' }, b: { type: 'string', required: false } } } }
    const [surface] = documentOf(capability({}, { type: 'mcp', namespace: 'm', port: 0, tools })).exposes
    const inputs = surface?.type === 'mcp' ? surface.tools.get('t')?.inputParameters : undefined
    expect([...(inputs ?? [])].map(([name, { required }]) => [name, required])).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  test('reads items written in short as the properties of an object', () => {
    const short = [{ type: 'array', items: { sku: { type: 'string' } } }]
    const long = [{ type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } }]
    const outputs = (outputParameters: unknown) =>
      documentOf(capability({}, { type: 'mcp', namespace: 'm', port: 0, tools: { t: { outputParameters } } })).exposes
    expect(outputs(short)).toEqual(outputs(long))
  })

  test('reads a property called "type" in items written in short', () => {
    const items = { type: { type: 'string' }, sku: { type: 'string' } }
    const tools = { t: { outputParameters: [{ type: 'array', items }] } }
    const [surface] = documentOf(capability({}, { type: 'mcp', namespace: 'm', port: 0, tools })).exposes
    const [output] = (surface?.type === 'mcp' && surface.tools.get('t')?.outputParameters) || []
    expect([...(output?.items?.properties?.keys() ?? [])]).toEqual(['type', 'sku'])
  })
})

describe('A name that a list gives twice', () => {
  const twice = [
    { name: 'a', method: 'GET' },
    { name: 'a', method: 'POST' },
  ]

  test('is reported at the second place with the line of the first, which is kept', () => {
    const { document, found } = read({
      naftiko: '1',
      capability: {
        consumes: [
          { type: 'http', namespace: 's', baseUri: 'x', resources: [{ name: 'r', path: '/r', operations: twice }] },
        ],
      },
    })
    const [resource] = document.consumes[0]?.resources.values() ?? []
    expect([...(resource?.operations.values() ?? [])].map((o) => o.method)).toEqual(['GET'])
    expect(found).toMatchObject([
      { code: 'duplicate-name', message: 'two operations are called "a"', location: { line: 18 } },
    ])
    expect(found[0]?.hint).toBe('the first one is in line 14; rename one')
  })
})

describe('Anchors and merge keys', () => {
  const text = `
ikanos: 1.0.0-beta5
capability:
  aggregates:
    - namespace: orders
      flows:
        get-order:
          description: Reads an order.
          inputParameters: &inputs
            id: &id { type: string, description: Number. }
          outputParameters: { id: { type: string, value: "{{id}}" } }
        get-line:
          description: Reads a line.
          inputParameters:
            <<: *inputs
            line: { <<: *id, type: integer, description: Line. }
          outputParameters: { id: { type: string, value: "{{id}}" } }
  exposes:
    - { type: mcp, namespace: tools, port: 0, tools: { a: { ref: orders.get-order }, b: { ref: orders.get-line } } }
`

  test('are unfolded before anything is checked', async () => {
    const { loaded, diagnostics } = await validate(await writeCapability(text))
    expect(diagnostics).toEqual([])
    expect(loaded?.plan.operations[1]?.input.schema.properties).toEqual({
      id: { type: 'string', description: 'Number.' },
      line: { type: 'integer', description: 'Line.' },
    })
  })

  test('bring a fault of the anchor to each place that uses it, told at the anchor or where it is used', async () => {
    const { diagnostics } = await validate(
      await writeCapability(text.replace('&id { type: string', '&id { type: strng')),
    )
    expect(diagnostics.length).toBeGreaterThan(0)
    for (const { code, hint } of diagnostics) expect([code, hint]).toEqual(['wrong-choice', 'did you mean "string"?'])
  })
})
