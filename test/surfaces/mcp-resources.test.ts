/** The resources of an MCP surface as clients of both eras meet them: files of a folder, and what operations answer. */

import { symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { StartError } from '../../src/errors.ts'
import { createLog } from '../../src/runtime/log.ts'
import { readFiles } from '../../src/surfaces/mcp/files.ts'
import { startAuthorizationServer } from '../support/authorization-server.ts'
import { lines } from '../support/surfaces.ts'
import type { Exchange } from '../support/upstream.ts'
import { environment } from './cases.ts'
import { listen, signal } from './exchange.ts'
import {
  classic,
  envelope,
  initialize,
  type Message,
  messageIn,
  modern,
  post,
  reading,
  revision,
  toolCall,
} from './mcp-messages.ts'
import { type Around, type Offered, type ServedOffer, serveOffer } from './mcp-offer.ts'

const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])

const files = {
  'docs/guide.md': '# Guide\n',
  'docs/deep/data.json': '{"a":1}',
  'docs/logo.svg': '<svg/>',
  'docs/notes': 'of no type',
  'docs/.env': 'SECRET=1',
  'docs/with space.md': 'no client may ask for it',
  'secret.txt': 'outside',
}

const resources = {
  docs: { display: 'Documents', description: 'What there is to read.', uri: 'docs://all', location: 'file:///./docs' },
  things: { display: 'Things', description: 'All of them.', uri: 'things://all', call: 'api.list-things' },
  thing: { display: 'A thing', description: 'One of them.', uri: 'things://{id}/as-json', call: 'api.get-thing' },
  picture: {
    display: 'A picture',
    description: 'Of a thing.',
    uri: 'things://{id}/picture',
    call: 'api.get-picture',
  },
  note: {
    display: 'A note',
    description: 'About a thing.',
    uri: 'things://{id}/note',
    mimeType: 'text/markdown',
    call: 'api.get-note',
  },
} as const

const api: readonly Exchange[] = [
  { request: { method: 'GET', path: '/things' }, response: { json: ['t1', 't2'] } },
  { request: { method: 'GET', path: '/things/t1' }, response: { json: { id: 't1' } } },
  { request: { method: 'GET', path: '/things/a%2F%C3%A4' }, response: { json: { id: 'a/ä' } } },
  { request: { method: 'GET', path: '/things/gone' }, response: { status: 404, json: { message: 'no such thing' } } },
  { request: { method: 'GET', path: '/things/t1/note' }, response: { text: '# "Note"\n' } },
  {
    request: { method: 'GET', path: '/things/t1/picture' },
    response: { base64: picture.toString('base64'), headers: { 'content-type': 'application/pdf' } },
  },
]

const served = (more: Partial<Offered> = {}, around: Around = {}) =>
  serveOffer({ resources, ...more }, { api, files, ...around })

/** One for all tests that change nothing. */
let common: ServedOffer
const endings: (() => Promise<void>)[] = []
beforeAll(async () => {
  common = await served({}, { atEnd: (close) => void endings.unshift(close) })
  await writeFile(join(common.folder, 'docs/broken.md'), picture)
  await symlink('../secret.txt', join(common.folder, 'docs/link.txt'))
  await symlink('..', join(common.folder, 'docs/up'))
  await common.reload()
})
afterAll(async () => {
  for (const close of endings) await close()
})

/** A member that the fast path does not know leaves a message to the SDK. */
const throughSdk = { _meta: { ...envelope, 'example.com/odd': 1 } }

/** A read on each way to it: what JSON-RPC answers. */
const ways = {
  'the fast path': async ({ url }: ServedOffer, uri: string) => (await post(url, reading(uri))).json,
  'the SDK': async ({ url }: ServedOffer, uri: string) => (await post(url, reading(uri, throughSdk))).json,
  'a 2025 session': async ({ url }: ServedOffer, uri: string) => {
    const session = await sessionOf(url)
    return messageIn(await post(url, classic({ id: 1, method: 'resources/read', params: { uri } }, session)))
  },
}

async function sessionOf(url: string, asked = '2025-11-25') {
  const id = String((await post(url, initialize(asked))).headers['mcp-session-id'])
  return { id, revision: asked }
}

async function clientOf(url: string, mode: 'legacy' | { pin: string }) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)))
  onTestFinished(() => client.close())
  return client
}

describe('the lists of resources', () => {
  it('name every file of a folder by path, and what operations answer at one URI or at many', async () => {
    const { url } = common
    for (const mode of ['legacy', { pin: revision }] as const) {
      const client = await clientOf(url, mode)
      const { resources } = await client.listResources()
      const described = { name: 'docs', title: 'Documents', description: 'What there is to read.' }
      expect(resources).toEqual([
        { uri: 'docs://all/broken.md', ...described, mimeType: 'text/markdown', size: 6 },
        { uri: 'docs://all/deep/data.json', ...described, mimeType: 'application/json', size: 7 },
        { uri: 'docs://all/guide.md', ...described, mimeType: 'text/markdown', size: 8 },
        { uri: 'docs://all/logo.svg', ...described, mimeType: 'image/svg+xml', size: 6 },
        { uri: 'docs://all/notes', ...described, mimeType: 'application/octet-stream', size: 10 },
        {
          uri: 'things://all',
          name: 'things',
          title: 'Things',
          description: 'All of them.',
          mimeType: 'application/json',
        },
      ])
      const { resourceTemplates } = await client.listResourceTemplates()
      expect(resourceTemplates.map((one) => [one.uriTemplate, one.name, one.mimeType])).toEqual([
        ['things://{id}/as-json', 'thing', 'application/json'],
        ['things://{id}/picture', 'picture', undefined],
        ['things://{id}/note', 'note', 'text/markdown'],
      ])
    }
  })

  it('are empty on a surface that has no resources', async () => {
    const { url } = await served({ resources: {} })
    expect((await post(url, modern('resources/list'))).json.result.resources).toEqual([])
    expect((await post(url, modern('resources/templates/list'))).json.result.resourceTemplates).toEqual([])
    expect((await post(url, reading('docs://all/guide.md'))).json.error.code).toBe(-32602)
  })
})

describe.each(Object.entries(ways))('a read by way of %s', (_, read) => {
  it('answers the text of a file, and as bytes what is none', async () => {
    const contentsOf = async (uri: string) => (await read(common, uri)).result.contents
    expect(await contentsOf('docs://all/guide.md')).toEqual([
      { uri: 'docs://all/guide.md', mimeType: 'text/markdown', text: '# Guide\n' },
    ])
    const blob = Buffer.from('of no type').toString('base64')
    expect(await contentsOf('docs://all/notes')).toEqual([
      { uri: 'docs://all/notes', mimeType: 'application/octet-stream', blob },
    ])
    expect((await contentsOf('docs://all/broken.md'))[0]).toMatchObject({ blob: picture.toString('base64') })
  })

  it('answers what an operation does, with the values of the URI decoded', async () => {
    const contentsOf = async (uri: string) => (await read(common, uri)).result.contents
    const json = 'application/json'
    expect(await contentsOf('things://all')).toEqual([{ uri: 'things://all', mimeType: json, text: '["t1","t2"]' }])
    const uri = 'things://a%2F%C3%A4/as-json'
    expect(await contentsOf(uri)).toEqual([{ uri, mimeType: json, text: '{"id":"a/ä"}' }])
    expect(await contentsOf('things://t1/note')).toEqual([
      { uri: 'things://t1/note', mimeType: 'text/markdown', text: '# "Note"\n' },
    ])
    expect(await contentsOf('things://t1/picture')).toEqual([
      { uri: 'things://t1/picture', mimeType: 'application/pdf', blob: picture.toString('base64') },
    ])
    expect(common.upstream.unexpected).toEqual([])
  })

  it('finds nothing outside of what was listed, and says no path of this machine', async () => {
    const { folder, upstream } = common
    const before = upstream.requests.length
    for (const uri of [
      ...['docs://all', 'docs://all/', 'docs://all/deep', 'docs://all/missing.md', 'docs://all/.env'],
      ...['docs://all/../secret.txt', 'docs://all/deep/../guide.md', 'docs://all/./guide.md', 'docs://all//guide.md'],
      ...['docs://all/%2e%2e/secret.txt', 'docs://all/..%2fsecret.txt', 'docs://all/deep%2Fdata.json'],
      ...['docs://all/..\\secret.txt', 'docs://all/guide.md\0', 'docs://all/guide.md%00', 'docs://all/guide.md?x'],
      ...['docs://all/link.txt', 'docs://all/up/secret.txt', 'docs://all/with space.md', 'docs://all/with%20space.md'],
      ...[`docs://all/${folder}/secret.txt`, 'file:///etc/passwd', '/etc/passwd', 'DOCS://all/guide.md', ''],
      ...['things://', 'things:///as-json', 'things://a/b/as-json', 'things://%zz/as-json', 'things://%ff/as-json'],
    ]) {
      const { error, result } = await read(common, uri)
      expect(result, uri).toBeUndefined()
      expect(error, uri).toEqual({ code: -32602, message: `Resource not found: ${uri}`, data: { uri } })
    }
    expect(upstream.requests).toHaveLength(before)
  })

  it('tells a fault of the upstream and of the values as an error', async () => {
    const refused = (await read(common, 'things://gone/as-json')).error
    expect(refused).toEqual({
      code: -32603,
      message: expect.stringMatching(/^Refused by the upstream: .*404.*no such thing/s),
    })
    const wrong = (await read(common, 'things://../as-json')).error
    expect(wrong).toEqual({ code: -32602, message: expect.stringMatching(/^Invalid input:\n- \/id /) })
  })
})

describe('a folder that can not be served', () => {
  it('refuses the start when it holds a file that is too large', async () => {
    const big = { ...files, 'docs/big.md': 'x'.repeat(1025) }
    const failing = served({ surface: { maxBinarySize: '1KiB' } }, { files: big })
    await expect(failing).rejects.toThrow('the resource "docs" can\'t be read: "big.md" is larger than 1024 bytes')
  })

  it.each(['file:///./nowhere', 'file:///./secret.txt', 'https://docs'])(
    'refuses it too when it is gone or none: %s',
    async (location) => {
      const { uri, description } = resources.docs
      const plan = { type: 'static', name: 'docs', title: 'Documents', description, uri, location } as const
      const failing = readFiles(plan, common.folder, createLog({ level: 'silent' }))
      await expect(failing).rejects.toThrow(new StartError(`the resource "docs" has no folder: ${location}`))
    },
  )
})

describe('a read of what an operation answers', () => {
  it.each([
    ['on the fast path', {}],
    ['through the SDK', throughSdk],
  ])('stops the upstream call when its caller goes away, %s', async (_, more) => {
    const [arrival, closing] = [signal(), signal()]
    const upstream = await listen((_req, res) => {
      res.on('close', closing.give)
      arrival.give()
    })
    const { url } = await serveOffer({ resources: { thing: resources.thing } }, { upstream })
    const { headers, body } = reading('things://t1/as-json', more)
    const asking = request(url, { method: 'POST', path: '/mcp', headers, agent: false })
    asking.on('error', () => {})
    asking.end(JSON.stringify(body))
    await arrival.given
    asking.destroy()
    await closing.given
  })

  it('stops it when a 2025 client cancels', async () => {
    const [arrival, closing] = [signal(), signal()]
    const upstream = await listen((_req, res) => {
      res.on('close', closing.give)
      arrival.give()
    })
    const { url } = await serveOffer({ resources: { thing: resources.thing } }, { upstream })
    const client = await clientOf(url, 'legacy')
    const giving = new AbortController()
    const read = client.readResource({ uri: 'things://t1/as-json' }, { signal: giving.signal })
    await arrival.given
    giving.abort()
    await expect(read).rejects.toThrow()
    await closing.given
  })

  it('belongs to the trace of its caller, which goes on to the upstream', async () => {
    const { url, upstream } = common
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
    for (const more of [{ _meta: {} }, throughSdk]) {
      const _meta = { ...envelope, ...more._meta, traceparent }
      await post(url, reading('things://t1/as-json', { _meta }))
    }
    const traces = upstream.requests.slice(-2).map(({ headers }) => headers.traceparent?.split('-')[1])
    expect(traces).toEqual(['1'.repeat(32), '1'.repeat(32)])
  })
})

describe('a surface that asks for a credential', () => {
  it('lets nobody without one read', async () => {
    const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
    const { url } = await served({ surface: { authentication } })
    const { headers, body } = reading('docs://all/guide.md')
    expect((await post(url, { headers, body })).status).toBe(401)
    const authorization = `Bearer ${environment.INBOUND_SECRET}`
    const answered = await post(url, { headers: { ...headers, authorization }, body })
    expect(answered.json.result.contents[0].text).toBe('# Guide\n')
  })
})

describe('a read without the scopes of its operation', () => {
  it('is refused by HTTP, and so is a subscription; what is read with them is for nobody else', async () => {
    const server = await startAuthorizationServer()
    const resource = 'https://things.test/mcp'
    const authentication = { type: 'oauth2', authorizationServerUri: server.issuer, resource, scopes: ['read'] }
    const companion = { policy: { 'things-mcp.thing': { scopes: ['deep'] } } }
    const { url, upstream } = await served({ surface: { authentication } }, { companion })
    const send = async ({ headers, body }: Message, scope: string) => {
      const token = await server.issue({ aud: resource, sub: 'ann', scope })
      return post(url, { headers: { ...headers, authorization: `Bearer ${token}` }, body })
    }
    const thing = 'things://t1/as-json'
    for (const message of [
      reading(thing),
      reading(thing, throughSdk),
      classic({ id: 1, method: 'resources/subscribe', params: { uri: thing } }),
    ]) {
      const reply = await send(message, 'read')
      expect(reply.status).toBe(403)
      expect(reply.headers['www-authenticate']).toContain('scope="read deep"')
    }
    expect(upstream.requests).toEqual([])
    expect((await send(reading('docs://all/guide.md'), 'read')).json.result.cacheScope).toBe('private')
    for (const message of [reading(thing), reading(thing, throughSdk)]) {
      const { contents, cacheScope } = (await send(message, 'read deep')).json.result
      expect([contents[0].text, cacheScope]).toEqual(['{"id":"t1"}', 'private'])
    }
  })
})

describe('a tool', () => {
  const links = {
    type: 'resource_link',
    uri: 'things://t1/as-json',
    name: 'thing',
    title: 'A thing',
    description: 'One of them.',
  }
  const link = { ...links, mimeType: 'application/json' }

  it('that makes the call of a resource says where its answer lives', async () => {
    const { url } = common
    for (const more of [{}, throughSdk]) {
      const call = modern('tools/call', { name: 'get-thing', arguments: { id: 't1' }, ...more })
      const { result } = (await post(url, call)).json
      expect(result.content).toEqual([{ type: 'text', text: '{"id":"t1"}' }, link])
      const { contents } = (await post(url, reading(result.content[1].uri))).json.result
      expect(contents[0].text).toBe(result.content[0].text)
    }
  })

  it('percent-encodes what the address is made of, so that it leads to the same', async () => {
    const { url } = common
    const { content } = (await post(url, toolCall('get-thing', { id: 'a/ä' }))).json.result
    expect(content[1].uri).toBe('things://a%2F%C3%A4/as-json')
    expect((await post(url, reading(content[1].uri))).json.result.contents[0].text).toBe('{"id":"a/ä"}')
  })

  it('that answers bytes gives them the address of the resource', async () => {
    const { url } = common
    const { content } = (await post(url, toolCall('get-picture', { id: 't1' }))).json.result
    expect(content).toEqual([
      {
        type: 'resource',
        resource: { uri: 'things://t1/picture', mimeType: 'application/pdf', blob: picture.toString('base64') },
      },
    ])
  })

  it('says nothing of it in a fault, without such a resource, or to a client that is too old for it', async () => {
    const { url } = common
    const contentOf = async (url: string, id: string) =>
      (await post(url, toolCall('get-thing', { id }))).json.result.content
    expect(await contentOf(url, 'gone')).toHaveLength(1)
    const { thing: _, ...others } = resources
    expect(await contentOf((await served({ resources: others })).url, 't1')).toHaveLength(1)
    const call = { id: 1, method: 'tools/call', params: { name: 'get-thing', arguments: { id: 't1' } } }
    for (const [asked, blocks] of [
      ['2025-03-26', 1],
      ['2025-06-18', 2],
    ] as const) {
      const answer = messageIn(await post(url, classic(call, await sessionOf(url, asked))))
      expect(answer.result.content).toHaveLength(blocks)
    }
  })
})

describe('over stdio', () => {
  it.each(['legacy', { pin: revision }] as const)('resources are listed and read (%j)', async (mode) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    await common.overStdio({ input, output })
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
    await client.connect(lines(output, input))
    expect((await client.listResources()).resources).toHaveLength(6)
    const { contents } = await client.readResource({ uri: 'docs://all/guide.md' })
    expect(contents).toMatchObject([{ text: '# Guide\n' }])
    expect((await client.readResource({ uri: 'things://all' })).contents).toMatchObject([{ text: '["t1","t2"]' }])
    await expect(client.readResource({ uri: 'docs://all/../secret.txt' })).rejects.toThrow('Resource not found')
    await client.close()
  })
})
