/** What a description says of a parameter is what stands on the wire, or it is told. */

import { describe, expect, test } from 'vitest'
import { call, importOpenapi } from '../../src/index.ts'
import { startUpstream } from '../support/upstream.ts'
import { described, imported, written } from './described.ts'

const info = { title: 'Sent', version: '1' }
const servers = [{ url: 'https://sent.test' }]
const array = { type: 'array', items: { type: 'string', enum: ['a', 'b'] } }
const point = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } }
const filter = { in: 'query', name: 'f' }
const header = { in: 'header', name: 'X-F' }

/** What arrives upstream when the only operation is called. */
async function sent(description: object, input: Readonly<Record<string, unknown>>) {
  const result = await imported(description)
  const file = await written({ text: result.text, companion: result.companionText })
  const upstream = await startUpstream()
  const upstreams = Object.fromEntries(
    result.value.capability.consumes.map(({ namespace }: { namespace: string }) => [namespace, upstream.url]),
  )
  const environment = Object.fromEntries(Object.keys(result.value.binds?.[0]?.keys ?? {}).map((key) => [key, key]))
  const options = { environment, upstreams, allowUnconfirmed: true }
  // Nothing is scripted: the answer is a refusal, after the request.
  await call(file, result.operations[0] ?? '', input, options).catch(() => {})
  const [request] = upstream.requests
  const told = result.notes.map(({ what, where }) => `${what}: ${where.join(', ')}`)
  return { path: request?.path, headers: request?.headers, body: request?.body, told }
}

const get = (parameter: object, path = '/a') => ({
  openapi: '3.1.0',
  info,
  servers,
  paths: { [path]: { get: { parameters: [parameter] } } },
})

const old = (parameter: object, path = '/a') => ({
  swagger: '2.0',
  info,
  host: 'sent.test',
  paths: { [path]: { get: { parameters: [parameter] } } },
})

const asText = 'lists that are sent as one text, its separators percent-encoded'

describe('a parameter', () => {
  test.each([
    ['a list is repeated', get({ ...filter, schema: array }), { f: ['a', 'b'] }, '/a?f=a&f=b', []],
    ['a list with commas', get({ ...filter, explode: false, schema: array }), { f: 'a,b' }, '/a?f=a%2Cb', [asText]],
    [
      'a list with bars',
      get({ ...filter, style: 'pipeDelimited', explode: false, schema: array }),
      { f: 'a|b' },
      '/a?f=a%7Cb',
      [asText],
    ],
    ['an object is its members', get({ ...filter, schema: point }), { x: 1, y: 2 }, '/a?x=1&y=2', []],
    ['a deep object', get({ ...filter, style: 'deepObject', schema: point }), { f_x: 1 }, '/a?f%5Bx%5D=1', []],
    [
      'a deep object or a value',
      get({ ...filter, style: 'deepObject', schema: { anyOf: [{ type: 'integer' }, point] } }),
      { f: 3 },
      '/a?f=3',
      [],
    ],
    [
      'a deep list',
      get({ ...filter, style: 'deepObject', schema: array }),
      { f: ['a', 'b'] },
      '/a?f%5B%5D=a&f%5B%5D=b',
      ['lists whose style says nothing of lists, sent as name[]'],
    ],
    [
      'JSON',
      get({ ...filter, content: { 'application/json': { schema: point } } }),
      { f: { x: 1 } },
      '/a?f=%7B%22x%22%3A1%7D',
      [],
    ],
    [
      'a list of JSON',
      get({ ...filter, content: { 'application/json': { schema: array } } }),
      { f: '["a"]' },
      '/a?f=%5B%22a%22%5D',
      ['parameters that the caller writes as what they are'],
    ],
    [
      'reserved characters',
      get({ ...filter, allowReserved: true, schema: { type: 'string' } }),
      { f: 'a/b' },
      '/a?f=a%2Fb',
      ['parameters whose reserved characters are percent-encoded all the same'],
    ],
    ['a list in a path', get({ in: 'path', name: 'id', schema: array }, '/{id}'), { id: 'a,b' }, '/a%2Cb', [asText]],
    ['a label', get({ in: 'path', name: 'id', style: 'label', schema: {} }, '/{id}'), { id: 'a' }, '/.a', []],
    ['a matrix', get({ in: 'path', name: 'id', style: 'matrix', schema: {} }, '/m{id}'), { id: 'a' }, '/m;id=a', []],
    ['a list of 2.0 has commas', old({ ...filter, type: 'array', items: {} }), { f: 'a,b' }, '/a?f=a%2Cb', [asText]],
    [
      'a list of 2.0 that is repeated',
      old({ ...filter, type: 'array', collectionFormat: 'multi', items: {} }),
      { f: ['a', 'b'] },
      '/a?f=a&f=b',
      [],
    ],
    [
      'a list of 2.0 with tabs',
      old({ ...filter, type: 'array', collectionFormat: 'tsv', items: {} }),
      { f: 'a\tb' },
      '/a?f=a%09b',
      [asText],
    ],
  ])('is sent as it is described: %s', async (_, description, input, path, kinds) => {
    const { path: arrived, told } = await sent(description, input)
    expect(arrived).toBe(path)
    expect(told.map((line) => line.split(': ')[0])).toEqual(kinds)
  })

  test('in a header is a list with commas, and one in a cookie is a cookie', async () => {
    const parameters = [
      { ...header, schema: array },
      { in: 'cookie', name: 'c', schema: { type: 'string' } },
    ]
    const description = { openapi: '3.1.0', info, servers, paths: { '/a': { get: { parameters } } } }
    const { headers } = await sent(description, { 'X-F': 'a,b', c: 'one' })
    expect(headers).toMatchObject({ 'x-f': 'a,b', cookie: 'c=one' })
  })

  test('whose object may hold anything sends what has a name, and tells of the rest', async () => {
    const open = { type: 'object', properties: { x: { type: 'integer' } }, additionalProperties: { type: 'string' } }
    const clear = { type: 'string', enum: [''] }
    const description = get({ ...filter, style: 'deepObject', schema: { anyOf: [open, clear] } })
    expect((await sent(description, { f: '' })).path).toBe('/a?f=')
    const { path, told } = await sent(description, { f_x: 1 })
    expect(path).toBe('/a?f%5Bx%5D=1')
    expect(told).toEqual(['members without names of objects that are sent in parts, left out: f of GET /a'])
    expect((await sent(description, { f: 'no' })).path).toBeUndefined()
  })

  test('that is a list of objects is told to be JSON', async () => {
    const { path, told } = await sent(get({ ...filter, schema: { type: 'array', items: point } }), { f: [{ x: 1 }] })
    expect([path, told]).toEqual(['/a?f=%7B%22x%22%3A1%7D', ['objects in lists, each sent as JSON: f of GET /a']])
  })

  test('that no style writes is told by its name, and takes its operation along where it is needed', async () => {
    const free = { ...filter, style: 'deepObject', schema: { type: 'object' } }
    const { notes, operations } = await imported(get(free))
    expect(operations).toEqual(['get-a'])
    expect(notes).toEqual([
      { what: 'parameters that can not be written in their style', count: 1, where: ['f of GET /a'] },
    ])
    await expect(imported(get({ ...free, required: true }))).rejects.toThrow(/no operation that a capability can call/)
  })
})

describe('a body', () => {
  const post = (content: object) => ({
    openapi: '3.1.0',
    info,
    servers,
    paths: { '/a': { post: { requestBody: { required: true, content } } } },
  })

  test('of a form is written as its encoding says', async () => {
    const schema = {
      type: 'object',
      properties: { tags: array, ids: array, at: point, meta: { type: 'object', additionalProperties: true } },
    }
    const encoding = { ids: { explode: false }, at: { style: 'deepObject' }, meta: { style: 'deepObject' } }
    const description = post({ 'application/x-www-form-urlencoded': { schema, encoding } })
    const { body, told } = await sent(description, { tags: ['a', 'b'], ids: 'a,b', at_x: 1 })
    expect(body).toBe('tags=a&tags=b&ids=a%2Cb&at%5Bx%5D=1')
    expect(told).toContain('parameters that can not be written in their style: meta of POST /a')
  })

  test('of a form has members of members in brackets, the least deep of them where there are many', async () => {
    const many = Object.fromEntries(Array.from({ length: 58 }, (_, i) => [`m${i}`, { type: 'string' }]))
    const deep = {
      type: 'object',
      required: ['at'],
      properties: { at: { ...point, required: ['y'] }, to: { type: 'array', items: point } },
    }
    const schema = { type: 'object', required: ['deep'], properties: { deep, ...many, tags: array } }
    const encoding = { deep: { style: 'deepObject' }, tags: { style: 'deepObject' } }
    const description = post({ 'application/x-www-form-urlencoded': { schema, encoding } })
    const { body, told } = await sent(description, { deep_at_y: 2, tags: ['a'], m1: 'x' })
    expect(body).toBe('deep%5Bat%5D%5By%5D=2&m1=x&tags%5B%5D=a')
    expect(told).toEqual([
      'objects whose style says nothing of objects within, sent as name[a][b]: deep[at] of POST /a',
      'parameters that can not be written in their style: deep[to] of POST /a',
      'lists whose style says nothing of lists, sent as name[]: tags of POST /a',
      'members of forms beyond 60: deep[at][x] of POST /a',
    ])
  })

  test('of bytes comes as base64 and goes as it is', async () => {
    const file = { type: 'object', properties: { photo: { type: 'string', format: 'binary' } } }
    const input = Buffer.from('hello').toString('base64')
    const parts = await sent(post({ 'multipart/form-data': { schema: file } }), { photo: input })
    expect(parts.body).toContain('filename="photo"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n')
    const whole = await sent(post({ 'image/png': {} }), { body: input })
    expect([whole.body, whole.headers?.['content-type']]).toEqual(['hello', 'image/png'])
  })

  test('of XML is the one that the caller wrote', async () => {
    const { body, headers } = await sent(post({ 'application/xml': { schema: { type: 'object' } } }), { body: '<a/>' })
    expect([body, headers?.['content-type']]).toEqual(['<a/>', 'application/xml'])
  })
})

describe('a server', () => {
  const at = (url: string, variables?: object) => [{ url, ...(variables === undefined ? {} : { variables }) }]

  test('of a path or an operation is called by its own address, with the credentials of the API', async () => {
    const security = {
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{ key: [] }],
    }
    const description = {
      openapi: '3.1.0',
      info,
      servers: [...at('https://sent.test/v1'), ...at('https://old.test')],
      ...security,
      paths: {
        '/a': { get: {} },
        '/up': { servers: at('https://uploads.sent.test'), post: {}, get: { servers: at('/v2') } },
        '/no': { get: { servers: at('ftp://sent.test') } },
      },
    }
    const { value, notes, operations } = await imported(description)
    expect(value.capability.consumes.map(({ baseUri }: { baseUri: string }) => baseUri)).toEqual([
      'https://sent.test/v1',
      'https://sent.test/v2',
      'https://uploads.sent.test',
    ])
    expect(operations).toEqual(['get-a', 'get-up', 'post-up'])
    expect(notes).toEqual([
      { what: 'servers beside the first one', count: 1, where: ['https://old.test'] },
      {
        what: 'operations that are called at a server of their own, with the same credentials',
        count: 2,
        where: ['GET /up at https://sent.test/v2', 'POST /up at https://uploads.sent.test'],
      },
      { what: 'operations whose server can not be called', count: 1, where: ['GET /no'] },
    ])
    const { headers } = await sent({ ...description, paths: { '/up': description.paths['/up'] } }, {})
    expect(headers?.authorization).toBe('Bearer SENT_TOKEN')
  })

  test('has its variables at their defaults, which is told, and none without one', async () => {
    const paths = { '/a': { get: {} } }
    const variables = { region: { default: 'eu' }, stage: { enum: ['live', 'test'] } }
    const known = { openapi: '3.1.0', info, paths, servers: at('https://{region}.{stage}.test', variables) }
    const { value, notes } = await imported(known)
    expect(value.capability.consumes[0].baseUri).toBe('https://eu.live.test')
    expect(notes.map(({ where }) => where)).toEqual([
      ['region = eu of https://{region}.{stage}.test', 'stage = live of https://{region}.{stage}.test'],
    ])
    await expect(imported({ ...known, servers: at('https://{region}.test') })).rejects.toThrow(/--base-uri/)
    await expect(imported({ ...known, servers: at('/v1') })).rejects.toThrow(/--base-uri/)
  })
})

test('a key in a cookie is sent with every call', async () => {
  const components = { securitySchemes: { key: { type: 'apiKey', in: 'cookie', name: 'session' } } }
  const description = {
    openapi: '3.1.0',
    info,
    servers,
    components,
    security: [{ key: [] }],
    paths: { '/a': { get: {} } },
  }
  const { headers } = await sent(description, {})
  expect(headers?.cookie).toBe('session=SENT_KEY')
})

test('a relative server is where the description names itself', async () => {
  const file = await described({
    'api.json': {
      openapi: '3.2.0',
      $self: 'https://sent.test/docs/api.json',
      info,
      servers: [{ url: '../v1' }],
      paths: { '/a': { get: {} } },
    },
  })
  expect((await importOpenapi(file)).text).toContain('baseUri: https://sent.test/v1\n')
})
