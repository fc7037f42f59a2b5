/** Where a REST operation's inputs come from: every place a parameter can have, at every level it can be declared. */

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serveCapability } from '../support/serve.ts'
import { exchange, listen, type Reply, type Sent } from './exchange.ts'

const consumed = ['session', 'theme', 'ids', 'langs', 'tenant', 'region', 'limit', 'lang'].map((name) => [
  name,
  { in: 'query' },
])

const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Things', description: 'Things.', version: '1.0.0' },
  binds: [{ namespace: 'env', keys: { REGION: 'REGION' } }],
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: {
          things: {
            path: '/things',
            operations: { find: { method: 'GET', inputParameters: Object.fromEntries(consumed) } },
          },
          some: {
            path: '/some/{{ids}}',
            operations: { some: { method: 'GET', inputParameters: { ids: { in: 'path' } } } },
          },
        },
      },
    ],
    aggregates: [
      {
        display: 'Things',
        namespace: 'things',
        flows: {
          find: {
            description: 'Finds things.',
            semantics: { safe: true },
            call: 'api.find',
            inputParameters: Object.fromEntries(
              consumed.map(([name]) => [
                name,
                {
                  type: name === 'ids' || name === 'langs' ? 'array' : name === 'limit' ? 'integer' : 'string',
                  required: false,
                },
              ]),
            ),
          },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        inputParameters: {
          tenant: { in: 'header', type: 'string', required: true },
          unused: { in: 'header', type: 'string', required: true },
          lang: { in: 'query', type: 'string' },
        },
        resources: {
          things: {
            path: '/things',
            inputParameters: {
              session: { in: 'cookie', type: 'string', required: true },
              lang: { in: 'cookie', type: 'string' },
            },
            operations: {
              find: {
                method: 'GET',
                ref: 'things.find',
                inputParameters: {
                  theme: { in: 'cookie', type: 'string' },
                  langs: { in: 'header', type: 'array' },
                  ids: { in: 'query', type: 'array' },
                  region: { in: 'query', type: 'string', value: 'eu-{{REGION}}' },
                  limit: { in: 'query', type: 'integer', value: '7' },
                },
              },
            },
          },
          some: {
            path: '/some/{{ids}}',
            operations: {
              some: { method: 'GET', call: 'api.some', inputParameters: { ids: { in: 'path', type: 'array' } } },
            },
          },
        },
      },
    ],
  },
}
const companion = { inputs: { 'things.find': { ids: { items: { type: 'integer' } } } } }

async function ask(target: string, headers: Sent['headers'] = {}): Promise<Reply> {
  const api = await listen((req, res) => res.end(JSON.stringify({ target: req.url })))
  const served = { upstreams: { api }, environment: { REGION: 'west' }, companion }
  const { url } = await serveCapability(capability, served)
  return exchange(url('rest'), target, { headers: { tenant: 'acme', unused: 'x', ...headers } })
}

async function queryOf(target: string, headers: Sent['headers'] = {}) {
  const { json, text } = await ask(target, headers)
  if (json?.target === undefined) throw new Error(text)
  return Object.fromEntries(
    [...new Set(new URL(json.target, 'http://x').searchParams.keys())].map((key) => [
      key,
      new URL(json.target, 'http://x').searchParams.getAll(key),
    ]),
  )
}

const constants = { region: ['eu-west'], limit: ['7'] }

describe('a cookie', () => {
  it('is read by its name among others, decoded, without its quotes', async () => {
    const cookie = 'other=1; session=a%20b; theme="dark"; session=second; lang'
    expect(await queryOf('/things', { cookie })).toEqual({
      session: ['a b'],
      theme: ['dark'],
      tenant: ['acme'],
      ...constants,
    })
  })

  it('that is not well-formed percent-encoding is what it is', async () => {
    expect(await queryOf('/things', { cookie: 'session=100%' })).toMatchObject({ session: ['100%'] })
  })

  it('that is required and missing is told', async () => {
    const { status, json } = await ask('/things')
    expect([status, json.errors]).toEqual([400, [{ pointer: '/session', detail: 'is required' }]])
  })
})

describe('a parameter', () => {
  it('of the operation replaces one of the resource, which replaces one of the surface', async () => {
    expect(await queryOf('/things', { cookie: 'session=a; lang=de' })).toMatchObject({ lang: ['de'] })
    const { status, json } = await ask('/things?lang=de', { cookie: 'session=a' })
    expect([status, json.errors]).toEqual([400, [{ pointer: '/lang', detail: 'is not read from the query' }]])
  })

  it('of the surface is asked for by every operation that has it', async () => {
    const { status, json } = await ask('/things', { tenant: [], cookie: 'session=a' })
    expect([status, json.errors]).toEqual([400, [{ pointer: '/tenant', detail: 'is required' }]])
  })

  it('with a value is no matter of the caller', async () => {
    const { status, json } = await ask('/things?region=us', { cookie: 'session=a' })
    expect([status, json.errors]).toEqual([400, [{ pointer: '/region', detail: 'is not read from the query' }]])
  })
})

describe('a list', () => {
  const cookie = 'session=a'

  it('is a repeated key of the query, each element of its declared type', async () => {
    expect(await queryOf('/things?ids=1&ids=2', { cookie })).toMatchObject({ ids: ['1', '2'] })
    const { json } = await ask('/things?ids=1&ids=two', { cookie })
    expect(json.errors).toEqual([{ pointer: '/ids/1', detail: 'must be a whole number' }])
  })

  it.each<[string, Sent['headers']]>([
    ['one header with commas', { langs: 'de, en' }],
    ['a repeated header', { langs: ['de', 'en'] }],
    ['JSON in a header', { langs: '["de","en"]' }],
  ])('is %s', async (_, headers) => {
    expect(await queryOf('/things', { ...headers, cookie })).toMatchObject({ langs: ['de', 'en'] })
  })

  it('in a path has commas between its elements, and an encoded one inside of them', async () => {
    expect((await ask('/some/a,b%2Cc')).json.target).toBe(`/some/${encodeURIComponent('["a","b,c"]')}`)
  })
})

describe('the description', () => {
  it('tells the place of each', async () => {
    const description = parse((await ask('/openapi.yaml')).text)
    const { parameters } = description.paths['/things'].get
    const places = parameters.map((p: { name: string; in: string; required?: boolean }) => [p.name, p.in, p.required])
    expect(places.sort()).toEqual([
      ['ids', 'query', undefined],
      ['lang', 'cookie', undefined],
      ['langs', 'header', undefined],
      ['session', 'cookie', true],
      ['tenant', 'header', true],
      ['theme', 'cookie', undefined],
    ])
  })
})
