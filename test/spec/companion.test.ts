import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Diagnostic, load, validate } from '../../src/index.ts'
import { companionOf, readCompanion, stemOf } from '../../src/spec/companion.ts'
import { writeCapability } from '../support/serve.ts'

const capability = {
  ikanos: '1.0.0-beta5',
  capability: {
    aggregates: [
      {
        namespace: 'orders',
        flows: {
          'get-order': {
            description: 'Reads an order.',
            inputParameters: { id: { type: 'string', description: 'Number.' }, tags: { type: 'array' } },
            outputParameters: { id: { type: 'string', value: '{{id}}' } },
          },
        },
      },
    ],
    exposes: [{ type: 'mcp', namespace: 'tools', port: 0, tools: { 'get-order': { ref: 'orders.get-order' } } }],
  },
}

async function faults(companion: string | object): Promise<readonly Diagnostic[]> {
  return (await validate(await writeCapability(capability, { companion }))).diagnostics
}

describe('The name of a capability', () => {
  test.each([
    ['orders.yaml', 'orders'],
    ['orders.yml', 'orders'],
    ['orders.ikanos.yml', 'orders'],
    ['orders.naftiko.yaml', 'orders'],
    ['orders.capability.yaml', 'orders'],
    ['/a/b.c/orders.IKANOS.YML', 'orders'],
    ['orders.v2.yaml', 'orders.v2'],
    ['orders', 'orders'],
  ])('of %s is %s', (file, stem) => {
    expect(stemOf(file)).toBe(stem)
  })
})

describe('A companion file', () => {
  test('is the file of the same name beside the capability, when there is one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'companion-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await mkdir(join(folder, 'a'))
    await writeFile(join(folder, 'a', 'orders.runtime.yml'), '')
    expect(companionOf(join(folder, 'a', 'orders.ikanos.yml'))).toBe(join(folder, 'a', 'orders.runtime.yml'))
    expect(companionOf(join(folder, 'orders.ikanos.yml'))).toBeUndefined()
  })

  test('refines inputs by parameter and adds to what the capability says', async () => {
    const companion = { inputs: { 'orders.get-order': { id: { minLength: 2, description: 'Its number.' } } } }
    const { plan } = await load(await writeCapability(capability, { companion }))
    expect(plan.operations[0]?.input.schema.properties).toEqual({
      id: { type: 'string', minLength: 2, description: 'Its number.' },
      tags: { type: 'array' },
    })
  })

  test.each(['', '# nothing yet\n', '{}', 'inputs: {}\noutputs: {}\n'])('may say nothing: %j', async (text) => {
    expect(await faults(text)).toEqual([])
  })

  test('keeps the order of its entries', () => {
    const { inputs, outputs } = readCompanion({ inputs: { 'b.x': { p: {} }, 'a.y': {} }, outputs: { 'b.x': {} } })
    expect([...inputs.keys()]).toEqual(['b.x', 'a.y'])
    expect([...outputs.keys()]).toEqual(['b.x'])
  })
})

describe('A fault in a companion file is told at its place in that file', () => {
  test.each([
    [
      'a flow that is not there',
      'inputs:\n  orders.get-ordr: {}\n',
      'unknown-flow',
      2,
      'did you mean "orders.get-order"?',
    ],
    [
      'a result of a flow that is not there',
      'outputs:\n  order.get: {}\n',
      'unknown-flow',
      2,
      /known flows|did you mean/,
    ],
    [
      'a parameter that is not there',
      'inputs:\n  orders.get-order:\n    idd: {}\n',
      'unknown-parameter',
      3,
      'did you mean "id"?',
    ],
    ['an unknown section', 'inputs: {}\noutput: {}\n', 'unknown-key', 2, 'did you mean "outputs"?'],
    [
      'an unknown keyword',
      'inputs:\n  orders.get-order:\n    id: { minLenght: 2 }\n',
      'unknown-key',
      3,
      'did you mean "minLength"?',
    ],
    [
      'a keyword of the wrong type',
      'inputs:\n  orders.get-order:\n    id: { minLength: "2" }\n',
      'wrong-type',
      3,
      /quotes/,
    ],
    ['an unknown type', 'outputs:\n  orders.get-order: { type: strng }\n', 'wrong-choice', 2, 'did you mean "string"?'],
    [
      'a reference to elsewhere',
      'outputs:\n  orders.get-order: { $ref: "https://example.com/x" }\n',
      'unknown-key',
      2,
      /./,
    ],
    [
      'a bad pattern',
      'inputs:\n  orders.get-order:\n    tags: { items: { pattern: "(" } }\n',
      'bad-pattern',
      3,
      /regular expression/,
    ],
    ['YAML that is none', 'inputs:\n\torders: 1\n', 'yaml-syntax', 2, /indent/],
    ['a list', '- a\n', 'wrong-type', 1, /key: value/],
  ] as const)('%s', async (_, text, code, line, hint) => {
    const found = await faults(text)
    expect(found.map((d) => [d.code, d.location.line])).toEqual([[code, line]])
    expect(found[0]?.location.file).toMatch(/case\.runtime\.yml$/)
    expect(found[0]?.hint).toEqual(typeof hint === 'string' ? hint : expect.stringMatching(hint))
  })
})

test('Calls to a consumed API are held to what the companion says of it', async () => {
  const inputParameters = { model_id: { in: 'query' } }
  const api = { type: 'http', namespace: 'shop', baseUri: 'https://shop.example.com', inputParameters, resources: {} }
  const shop = { ...capability, capability: { ...capability.capability, consumes: [api] } }
  const said = async (upstreams: object) => validate(await writeCapability(shop, { companion: { upstreams } }))
  const faulty = async (upstreams: object) =>
    (await said(upstreams)).diagnostics.filter(({ severity }) => severity === 'error')
  const limits = { timeout: 2.5, retries: 0, backoff: { first: 0.5 } }
  expect((await said({ shop: limits })).loaded?.plan.upstreams).toMatchObject([{ namespace: 'shop', limits }])
  expect(await faulty({ shpo: { retries: 1 } })).toMatchObject([
    { code: 'unknown-namespace', hint: 'did you mean "shop"?' },
  ])
  expect(await faulty({ shop: { timeout: 0 } })).toMatchObject([{ code: 'wrong-value' }])
  const counted = (name: string) => faulty({ shop: { rateLimit: { requests: 1, window: 1, by: [name] } } })
  expect(await counted('model_id')).toEqual([])
  expect(await counted('modelid')).toMatchObject([{ code: 'unknown-parameter', hint: 'did you mean "model_id"?' }])
})

test('A header repeats an input that fits into one, and no two the same', async () => {
  const header = (name: string) => ({ 'x-mcp-header': name })
  const companion = {
    inputs: {
      'orders.get-order': {
        id: header('Order'),
        tags: {
          ...header('Tags'),
          items: header('Tag'),
          properties: { kind: { type: 'string', ...header('ORDER') }, size: { type: 'number', ...header('Size') } },
        },
      },
    },
    outputs: { 'orders.get-order': header('Order') },
  }
  const found = await faults(companion)
  expect(found.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'wrong-value: "Tags" can repeat only a string, an integer or a boolean',
    'wrong-value: "Tag" can repeat only an input, or a property of one',
    'wrong-value: "ORDER" repeats another input already',
    'wrong-value: "Size" can repeat only a string, an integer or a boolean',
    'wrong-value: "Order" is a header of calls: what comes back is repeated in none',
  ])
  const [spelt] = await faults({ inputs: { 'orders.get-order': { id: header('two words') } } })
  expect(spelt?.location.pointer).toBe('/inputs/orders.get-order/id/x-mcp-header')
})
