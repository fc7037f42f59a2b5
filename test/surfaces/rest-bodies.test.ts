/** Bodies that callers send: JSON under its many names, forms, files; and what is said of the others. */

import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serveCapability } from '../support/serve.ts'
import { exchange, listen, type Sent } from './exchange.ts'

const inputs = {
  title: { type: 'string' },
  count: { type: 'integer', required: false },
  tags: { type: 'array', required: false },
  gift: { type: 'boolean', required: false },
  address: { type: 'object', required: false },
}
const members = Object.fromEntries(Object.keys(inputs).map((name) => [name, { in: 'body' }]))
const file = { description: 'Stores a file.', inputParameters: { file: { type: 'string' } } }

const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.', version: '1.0.0' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: {
          orders: {
            path: '/orders',
            operations: {
              json: { method: 'POST', inputParameters: members },
              file: { method: 'POST', inputParameters: { file: { in: 'body' } } },
              bytes: { method: 'PUT', body: { type: 'text', data: '{{file}}' } },
              upload: {
                method: 'POST',
                body: { type: 'multipartForm', data: [{ name: 'doc', value: '{{file}}', filename: 'a.bin' }] },
              },
            },
          },
        },
      },
    ],
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          order: { description: 'Orders.', call: 'api.json', inputParameters: inputs },
          store: { ...file, call: 'api.file' },
          put: { ...file, call: 'api.bytes' },
          upload: { ...file, call: 'api.upload' },
          note: { ...file, call: 'api.file' },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        resources: {
          orders: {
            path: '/orders',
            operations: {
              order: { method: 'POST', ref: 'orders.order' },
              change: { method: 'PATCH', ref: 'orders.order' },
            },
          },
          ...Object.fromEntries(
            ['store', 'put', 'upload', 'note'].map((name) => [
              name,
              {
                path: `/${name}`,
                operations: { [name]: { method: name === 'put' ? 'PUT' : 'POST', ref: `orders.${name}` } },
              },
            ]),
          ),
        },
      },
    ],
  },
}
const byte = { file: { format: 'byte' } }
const companion = { inputs: { 'orders.store': byte, 'orders.put': byte, 'orders.upload': byte } }

let url = ''
beforeAll(async () => {
  const endings: (() => Promise<void>)[] = []
  const api = await listen(
    async (req, res) => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk)
      const { 'content-type': type } = req.headers
      res.end(JSON.stringify({ type, latin: Buffer.concat(chunks).toString('latin1') }))
    },
    (close) => endings.push(close),
  )
  const served = await serveCapability(capability, {
    upstreams: { api },
    companion,
    atEnd: (close) => endings.push(close),
  })
  url = served.url('rest')
  return async () => void (await Promise.all(endings.map((close) => close())))
})

const post = (target: string, body: Sent['body'], headers: Sent['headers'] = {}, method = 'POST') =>
  exchange(url, target, { method, body, headers })

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const multipart = { 'content-type': 'multipart/form-data; boundary=x' }

/** A multipart body of parts, each its header and what it holds. */
function parts(...all: readonly (readonly [string, string | Buffer])[]): Buffer {
  const pieces = all.flatMap(([head, content]) => [
    Buffer.from(`--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from('--x--\r\n')])
}

const bytes = Buffer.from([0, 255, 13, 10, 128, 65])

describe('a form', () => {
  it('gives each field its declared type, and a list by repeating it', async () => {
    const { json } = await post(
      '/orders',
      'title=a+b%26c&count=3&tags=x&tags=y&gift=true&address=%7B%22city%22%3A%22K%22%7D',
      form,
    )
    expect(JSON.parse(json.latin)).toEqual({
      title: 'a b&c',
      count: 3,
      tags: ['x', 'y'],
      gift: true,
      address: { city: 'K' },
    })
  })

  it('in parts is the same', async () => {
    const body = parts(['name="title"', 'lamp'], ['name="count"', '3'], ['name="tags"', 'x'])
    expect(JSON.parse((await post('/orders', body, multipart)).json.latin)).toEqual({
      title: 'lamp',
      count: 3,
      tags: ['x'],
    })
  })

  it.each<[string, Sent['body'], Sent['headers'], readonly string[]]>([
    ['a field twice', 'title=a&title=b', form, ['/title is given more than once']],
    ['another type', 'title=a&count=many', form, ['/count must be a whole number']],
    ['an unknown field', 'title=a&cont=1', form, ['/cont is not a known parameter (did you mean "count"?)']],
    ['the prototype', 'title=a&__proto__=1', form, ['/__proto__ is not a known parameter']],
    ['broken percent-encoding', 'title=%zz', form, []],
    ['a part without a name', parts(['filename="a"', 'x']), multipart, []],
    ['no end', Buffer.from('--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nabc'), multipart, []],
    ['no boundary', 'title', { 'content-type': 'multipart/form-data' }, []],
  ])('with %s is refused', async (_, body, headers, expected) => {
    const { status, json } = await post('/orders', body, headers)
    expect([status, json.status]).toEqual([400, 400])
    const told = (json.errors ?? []).map((e: { pointer: string; detail: string; hint?: string }) =>
      [e.pointer, e.detail, ...(e.hint?.startsWith('did') ? [`(${e.hint})`] : [])].join(' '),
    )
    expect(told).toEqual(expected)
  })

  it.each([
    ['parts', parts(...Array.from({ length: 101 }, (_, i) => [`name="f${i}"`, ''] as const))],
    ['bytes', parts(['name="title"', Buffer.alloc(10 * 1024 * 1024)])],
  ])('with too many %s is too large', async (_, body) => {
    expect((await post('/orders', body, multipart)).status).toBe(413)
  })
})

describe('a file', () => {
  const body = parts(['name="file"; filename="a.bin"', bytes])

  it('is base64 where the upstream takes JSON', async () => {
    expect(JSON.parse((await post('/store', body, multipart)).json.latin)).toEqual({ file: bytes.toString('base64') })
  })

  it.each(['/put', '/upload'])(
    'is its bytes where the upstream takes bytes (%s), from a form and as JSON',
    async (to) => {
      const method = to === '/put' ? 'PUT' : 'POST'
      const sent = [
        await post(to, body, multipart, method),
        await post(to, { file: bytes.toString('base64') }, {}, method),
      ]
      for (const { json } of sent) {
        expect(json.latin).toContain(bytes.toString('latin1'))
        expect(json.latin.length).toBe(to === '/put' ? bytes.length : json.latin.length)
      }
    },
  )

  it('of several megabytes is no trouble', async () => {
    const large = Buffer.alloc(6 * 1024 * 1024, 65)
    const { json } = await post('/put', parts(['name="file"; filename="a"', large]), multipart, 'PUT')
    expect(json.latin.length).toBe(large.length)
  })

  it('of text goes into a parameter of text, any other does not', async () => {
    const text = await post('/note', parts(['name="file"; filename="a.txt"', 'grün']), multipart)
    expect(JSON.parse(Buffer.from(text.json.latin, 'latin1').toString())).toEqual({ file: 'grün' })
    const { status, json } = await post('/note', body, multipart)
    expect([status, json.errors[0].pointer]).toEqual([400, '/file'])
  })

  it('that is no base64 is refused', async () => {
    const { json } = await post('/store', { file: 'not base64!' })
    expect(json.errors).toMatchObject([{ pointer: '/file' }])
  })
})

describe('a body', () => {
  it.each([
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/merge-patch+json',
    'model/gltf+json',
  ])('may call itself %s', async (type) => {
    expect((await post('/orders', '{"title":"a"}', { 'content-type': type })).status).toBe(200)
  })

  it.each<[string, Sent['headers']]>([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/json; charset=utf-16', { 'content-type': 'application/json; charset=utf-16' }],
    ['gzip', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('of %s is refused with what can be sent instead', async (_, headers) => {
    const accepted = 'application/json, application/x-www-form-urlencoded, multipart/form-data'
    const refused = await post('/orders', '{"title":"a"}', headers)
    expect([refused.status, refused.headers['accept-post']]).toEqual([415, accepted])
    expect(refused.headers['accept-encoding']).toBe('identity')
    const patch = await post('/orders', '{"title":"a"}', headers, 'PATCH')
    expect([patch.status, patch.headers['accept-patch']]).toEqual([415, accepted])
  })

  it('that is not UTF-8 is refused, not mended', async () => {
    const body = Buffer.from('{"title":"\xff"}', 'latin1')
    const { status, json } = await post('/orders', body, { 'content-type': 'application/json' })
    expect([status, json.detail]).toEqual([400, 'the body is not UTF-8'])
  })

  it('is described with all the types it may have', async () => {
    const { paths, components } = parse((await exchange(url, '/openapi.yaml')).text)
    const { content } = paths['/orders'].post.requestBody
    expect(Object.keys(content)).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ])
    expect(content['multipart/form-data'].schema).toEqual({ $ref: '#/components/schemas/order.body' })
    expect(components.schemas['order.body'].required).toEqual(['title'])
  })
})
