import { describe, expect, test } from 'vitest'
import { load, validate } from '../../src/index.ts'
import { findUnsupported, withoutUnsupported } from '../../src/spec/unsupported.ts'
import { writeCapability } from '../support/serve.ts'

type Raw = Record<string, unknown>

const operation = { method: 'GET' }
const ping = { description: 'Answers.', outputParameters: { pong: { type: 'boolean', value: true } } }

const list = { description: 'Lists.', call: 'shop.o' }

/** A capability that is served whatever else is left out of it, with the given parts in it. */
function capability({
  consumes = {},
  resource = {},
  call = {},
  tool = {},
  mcp = {},
  rest = {},
  route = {},
  control = {},
  root = {},
  more = {},
}: Readonly<Record<string, Raw>>) {
  const api = { type: 'http', namespace: 'shop', baseUri: 'https://api.example.com', ...consumes }
  const consumed = {
    ...api,
    resources: { r: { path: '/r', ...resource, operations: { o: operation, x: { ...operation, ...call } } } },
  }
  const restResources = {
    p: { path: '/p', ...rest, operations: { p: { method: 'GET', ...ping }, q: { method: 'POST', ...ping, ...route } } },
  }
  return {
    ikanos: '1.0.0-beta5',
    ...root,
    capability: {
      consumes: [consumed],
      exposes: [
        {
          type: 'mcp',
          namespace: 'tools',
          port: 0,
          ...mcp,
          tools: { ping, list, ...(Object.keys(tool).length > 0 ? { pong: { description: 'Pongs.', ...tool } } : {}) },
        },
        { type: 'rest', namespace: 'rest', port: 0, resources: restResources },
        { type: 'control', port: 0, ...control },
      ],
      ...more,
    },
  }
}

const cases: readonly (readonly [keyword: string, parts: Readonly<Record<string, Raw>>, pointer: string])[] = [
  ['a tunnel', { consumes: { tunnel: {} } }, '/capability/consumes/0/tunnel'],
]

describe('A keyword that is not run yet', () => {
  test.each(cases)('(%s) is refused at its place', async (_, parts, pointer) => {
    const { diagnostics, loaded } = await validate(await writeCapability(capability(parts)))
    expect(diagnostics.map((d) => [d.code, d.severity, d.location.pointer])).toEqual([
      ['unsupported', 'error', pointer],
    ])
    expect(loaded).toBeUndefined()
  })

  test.each(cases)('(%s) is left out with allowUnsupported, with a warning', async (_, parts) => {
    const { plan, diagnostics } = await load(await writeCapability(capability(parts)), { allowUnsupported: true })
    expect(diagnostics.map((d) => [d.code, d.severity])).toEqual([['unsupported', 'warning']])
    expect(plan.surfaces.map((s) => s.namespace)).toEqual(['tools', 'rest', 'control'])
  })
})

describe('What is run', () => {
  test.each<readonly [string, Readonly<Record<string, Raw>>]>([
    ['management switched off', { control: { management: { reload: false, logs: false } } }],
    ['an answer said to be JSON', { call: { outputRawFormat: 'json' } }],
    ['an answer in XML', { call: { outputRawFormat: 'xml' } }],
    ['a JSON body', { call: { body: { type: 'json', data: {} } } }],
    ['a body of text', { call: { body: { type: 'text', data: 'a' } } }],
    ['a cookie of an API', { consumes: { inputParameters: { c: { in: 'cookie', value: 'v' } } } }],
    ['a variable of the environment', { resource: { inputParameters: { c: { in: 'environment' } } } }],
    ['digest of callers', { mcp: { authentication: { type: 'digest', username: 'ann' } } }],
    ['REST resources', {}],
    ['MCP resources', { mcp: { resources: { r: { description: 'R.', uri: 'a:b', call: 'shop.o' } } } }],
    ['prompts', { mcp: { prompts: { p: { description: 'P.', template: [{ role: 'user', content: 'P?' }] } } } }],
  ])('(%s) is no unsupported keyword', async (_, parts) => {
    expect((await validate(await writeCapability(capability(parts)))).diagnostics).toEqual([])
  })
})

describe('Leaving out', () => {
  test('keeps the other entries of a list at their places', () => {
    const unsupported = [{ pointer: '/a/1', what: 'x is' }]
    expect(withoutUnsupported({ a: [1, 2, { b: 3 }], c: 4 }, unsupported)).toEqual({ a: [1, null, { b: 3 }], c: 4 })
  })

  test('changes nothing in the value it is given', () => {
    const value = { capability: { consumes: [{ import: 'x' }] } }
    const before = structuredClone(value)
    withoutUnsupported(value, findUnsupported(value))
    expect(value).toEqual(before)
  })

  test('is told for two things at once', async () => {
    const file = capability({ consumes: { tunnel: {} } })
    const [shop] = file.capability.consumes
    const both = { ...file, capability: { ...file.capability, consumes: [shop, { ...shop, namespace: 'other' }] } }
    const { diagnostics } = await validate(await writeCapability(both), { allowUnsupported: true })
    expect(diagnostics.filter((d) => d.code === 'unsupported').map((d) => d.location.pointer)).toEqual([
      '/capability/consumes/0/tunnel',
      '/capability/consumes/1/tunnel',
    ])
  })
})
