/** How a result is answered: in which form, under which name, and whether it may be kept. */

import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serveCapability } from '../support/serve.ts'
import { exchange, listen, type Sent } from './exchange.ts'

const row = {
  type: 'object',
  properties: { id: { type: 'number', mapping: '$.id' }, name: { type: 'string', mapping: '$.name' } },
}
const get = { method: 'GET' }
const flow = (description: string, more: object) => ({
  description,
  semantics: { safe: true },
  call: 'api.things',
  ...more,
})

const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Things', description: 'Things.', version: '1.0.0' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: { things: { path: '/things', operations: { things: get, make: { method: 'POST' } } } },
      },
    ],
    aggregates: [
      {
        display: 'Things',
        namespace: 'things',
        flows: {
          table: flow('A table.', {
            outputParameters: {
              result: {
                type: 'object',
                properties: { things: { type: 'array', mapping: '$.things', items: row } },
              },
            },
          }),
          raw: flow('Whatever it is.', { semantics: { safe: true, cacheable: true } }),
          one: flow('One thing.', { outputParameters: { name: { type: 'string', mapping: '$.things[0].name' } } }),
          make: { description: 'Makes one.', call: 'api.make' },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        authentication: { type: 'apikey', key: 'key', value: 'k', placement: 'header' },
        resources: Object.fromEntries(
          ['table', 'raw', 'one', 'make'].map((name) => [
            name,
            {
              path: `/${name}`,
              operations: { [name]: { method: name === 'make' ? 'POST' : 'GET', ref: `things.${name}` } },
            },
          ]),
        ),
      },
    ],
  },
}
const things = {
  things: [
    { id: 1, name: 'a, "b"' },
    { id: 2, name: null },
  ],
}

let url = ''
beforeAll(async () => {
  const endings: (() => Promise<void>)[] = []
  const atEnd = (close: () => Promise<void>) => void endings.push(close)
  const api = await listen((_req, res) => res.end(JSON.stringify(things)), atEnd)
  url = (await serveCapability(capability, { upstreams: { api }, atEnd })).url('rest')
  return async () => void (await Promise.all(endings.map((close) => close())))
})

const ask = (target: string, headers: Sent['headers'] = {}, method = 'GET') =>
  exchange(url, target, { method, headers: { key: 'k', ...headers } })

describe('Accept', () => {
  it.each([
    ['nothing', undefined],
    ['anything', '*/*'],
    ['JSON', 'application/json'],
    ['what a browser asks for', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['any application', 'application/*'],
    ['YAML less than JSON', 'application/yaml;q=0.4, application/json;q=0.5'],
  ])('that asks for %s gets JSON', async (_, accept) => {
    const { headers, json } = await ask('/table', accept === undefined ? {} : { accept })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(json).toEqual(things)
    expect(headers.vary).toBe('Accept')
  })

  it.each(['application/yaml', 'application/yaml, application/json;q=0.9', '*/*;q=0.1, application/yaml'])(
    'of %s gets YAML of the same value',
    async (accept) => {
      const { headers, text } = await ask('/table', { accept })
      expect(headers['content-type']).toBe('application/yaml; charset=utf-8')
      expect(parse(text)).toEqual(things)
    },
  )

  it.each(['/table', '/raw'])('of text/csv gets the rows of %s, whose header names the columns', async (target) => {
    const { headers, text } = await ask(target, { accept: 'text/csv' })
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(text).toBe('id,name\r\n1,"a, ""b"""\r\n2,\r\n')
  })

  it.each([
    ['/one', 'text/csv', 'application/json, application/yaml'],
    ['/table', 'image/png', 'application/json, application/yaml, text/csv'],
    ['/table', '*/*;q=0', 'application/json, application/yaml, text/csv'],
    [
      '/table',
      'application/json;q=0, application/yaml;q=0, text/csv;q=0, */*',
      'application/json, application/yaml, text/csv',
    ],
  ])('on %s that wants only %s is answered 406 with what there is', async (target, accept, known) => {
    const { status, headers, json } = await ask(target, { accept })
    expect([status, headers['content-type']]).toEqual([406, 'application/problem+json'])
    expect(json.detail).toContain(known)
  })

  it('that can not be met keeps a write from being sent', async () => {
    expect((await ask('/make', { accept: 'image/png' }, 'POST')).status).toBe(406)
    expect((await ask('/make', {}, 'POST')).json).toEqual(things)
  })

  it('of YAML is no reason to tell a fault in anything but a problem', async () => {
    const { status, headers } = await ask('/table?x=1', { accept: 'application/yaml' })
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json'])
  })
})

describe('a name of a request', () => {
  it('is the caller’s, on results, problems and refusals alike', async () => {
    for (const [target, status, key] of [
      ['/table', 200, 'k'],
      ['/table?x=1', 400, 'k'],
      ['/nothing', 404, 'k'],
      ['/table', 401, 'wrong'],
    ] as const) {
      const reply = await ask(target, { 'x-request-id': 'abc-1', key })
      expect([reply.status, reply.headers['x-request-id']]).toEqual([status, 'abc-1'])
      expect(reply.json.request_id).toBe(status === 200 ? undefined : 'abc-1')
    }
    expect((await ask('/table', { 'x-request-id': 'abc-1' }, 'OPTIONS')).headers['x-request-id']).toBe('abc-1')
  })

  it.each([{}, { 'x-request-id': 'a b' }, { 'x-request-id': 'x'.repeat(129) }, { 'x-request-id': '' }])(
    'is ours where the caller gives none that is sane: %o',
    async (headers) => {
      const [first, second] = [await ask('/table', headers), await ask('/table', headers)]
      expect(first.headers['x-request-id']).toMatch(/^[\w-]{8,40}$/)
      expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id'])
    },
  )
})

describe('a result', () => {
  it('that the capability does not call cacheable is nobody’s to store', async () => {
    const { headers } = await ask('/table')
    expect(headers['cache-control']).toBe('no-store')
    expect(headers.etag).toMatch(/^"[\w-]+"$/)
  })

  it('that it calls cacheable has a tag, and is not sent again to who has it', async () => {
    const first = await ask('/raw')
    const { etag = '' } = first.headers
    expect(first.headers['cache-control']).toBe('private, no-cache')
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask('/raw', { 'if-none-match': condition })
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag])
    }
    expect((await ask('/raw', { 'if-none-match': '"other"' })).status).toBe(200)
    expect((await ask('/raw', {}, 'HEAD')).headers.etag).toBe(etag)
  })

  it('has another tag in another form', async () => {
    const [json, yaml] = [await ask('/raw'), await ask('/raw', { accept: 'application/yaml' })]
    expect(yaml.headers.etag).not.toBe(json.headers.etag)
  })
})

describe('the description', () => {
  it('tells the forms', async () => {
    const { paths, components } = parse((await ask('/openapi.yaml')).text)
    const content = (name: string) => paths[`/${name}`][name === 'make' ? 'post' : 'get'].responses['200'].content
    expect(Object.keys(content('table'))).toEqual(['application/json', 'application/yaml', 'text/csv'])
    expect(content('table')['application/yaml'].schema).toEqual({ $ref: '#/components/schemas/table.result' })
    expect(components.schemas['table.result'].type).toBe('object')
    expect(Object.keys(content('one'))).toEqual(['application/json', 'application/yaml'])
  })
})
