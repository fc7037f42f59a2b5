/** What an agent is handed at once, and how it gets the rest: with clients of both eras, over HTTP and stdio. */

import { PassThrough } from 'node:stream'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStdio, type ServeOptions } from '../../src/index.ts'
import { createAnswers } from '../../src/surfaces/mcp/answers.ts'
import { type ServedCase, serveCapability } from '../support/serve.ts'
import { lines } from '../support/surfaces.ts'
import { exchange, listen } from './exchange.ts'
import { classic, envelope, initialize, messageIn, modern, post, reading, toolCall } from './mcp-messages.ts'

const budget = 64 * 1024
/** Items of the upstream: text of more bytes than characters, and quotes that JSON escapes. */
const item = (id: number) => ({ id, text: `"naïve ${'é'.repeat(200)}"` })
const items = Array.from({ length: 400 }, (_, id) => item(id))

const bytes = Buffer.alloc(budget, 7)

const shape = {
  type: 'object',
  properties: { id: { type: 'number', mapping: '$.id' }, text: { type: 'string', mapping: '$.text' } },
}
const list = { type: 'array', mapping: '$.items', items: shape }
const flow = (operation: string, semantics: object, outputParameters?: readonly object[]) => ({
  description: `Does ${operation}.`,
  semantics,
  call: `api.${operation}`,
  ...(outputParameters === undefined ? {} : { outputParameters }),
})
const read = { safe: true }
const two = [{ type: 'object', properties: { first: list, second: list } }]
const flows = {
  named: flow('items', read, [{ type: 'object', properties: { kind: { type: 'string', value: 'x' }, items: list } }]),
  listed: flow('items', read, [list]),
  plain: flow('items', read),
  page: flow('items', read, two),
  few: flow('items', read, [list]),
  huge: flow('huge', read),
  bytes: flow('bytes', read),
  write: flow('send', { safe: false, idempotent: true }, two),
  note: { ...flow('note', { safe: false }), inputParameters: { text: { type: 'string', description: 'What.' } } },
}

const tools = Object.fromEntries(Object.keys(flows).map((name) => [name, { ref: `items.${name}` }]))
const routes = { items: { path: '/items', operations: { named: { method: 'GET', ref: 'items.named' } } } }
const operations = {
  items: { method: 'GET' },
  send: { method: 'POST' },
  note: { method: 'PUT', body: '{"text": "{{text}}"}' },
}
const capability = (authentication?: object) => ({
  ikanos: '1.0.0-beta5',
  info: { display: 'Items', description: 'Items.', version: '1.0.0' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: {
          items: { path: '/items', operations },
          huge: { path: '/huge', operations: { huge: { method: 'GET' } } },
          bytes: { path: '/bytes', operations: { bytes: { method: 'GET', outputRawFormat: 'binary' } } },
        },
      },
    ],
    aggregates: [{ display: 'Items', namespace: 'items', flows }],
    exposes: [
      { type: 'mcp', namespace: 'mcp', port: 0, tools, ...(authentication === undefined ? {} : { authentication }) },
      { type: 'rest', namespace: 'rest', port: 0, resources: routes },
    ],
  },
})
const companion = { policy: { 'items.few': { answer: { maxItems: 3 } } } }

const atEnd = (end: () => Promise<void>) => void afterAll(end)
let api: string
let served: ServedCase
let sent = 0

const serve = (options: ServeOptions = {}, authentication?: object, more: object = {}) =>
  serveCapability(capability(authentication), {
    upstreams: { api },
    companion: { ...companion, ...more },
    ...options,
    atEnd,
  } as never)

beforeAll(async () => {
  api = await listen((req, res) => {
    if (req.method === 'POST') sent += 1
    if (req.url === '/bytes') return void res.writeHead(200, { 'content-type': 'application/pdf' }).end(bytes)
    res.end(JSON.stringify(req.url === '/huge' ? { text: 'é'.repeat(budget) } : { items }))
  }, atEnd)
  served = await serve()
})

type AnyClient = Pick<Client, 'callTool' | 'readResource' | 'listTools' | 'close' | 'getServerCapabilities'>
const info = { name: 'test', version: '1.0.0' }
const pinned = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const

async function overHttp(client: unknown, Transport: unknown): Promise<AnyClient> {
  const one = client as Client
  await one.connect(new (Transport as typeof StreamableHTTPClientTransport)(new URL('/mcp', served.url('mcp'))))
  return one
}

async function overStdio(): Promise<AnyClient> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
  await openStdio(served.file, { environment: {}, upstreams: { api } }, streams)
  const client = new Client(info)
  await client.connect(lines(output, input))
  return client
}

const ways: Readonly<Record<string, () => Promise<AnyClient>>> = {
  'of 2026-07-28': () => overHttp(new Client(info, pinned), StreamableHTTPClientTransport),
  'of 2025': () => overHttp(new Client(info), StreamableHTTPClientTransport),
  'of the classic SDK': () => overHttp(new ClassicClient(info), ClassicTransport),
  'on stdio': overStdio,
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they check
type Body = any

/** All items of the pages from one on, and how many pages there were. */
async function rest(client: AnyClient, uri: string) {
  const found: unknown[] = []
  let pages = 0
  for (let at: string | undefined = uri; at !== undefined; pages += 1) {
    const { contents } = (await client.readResource({ uri: at })) as Body
    expect(Buffer.byteLength(contents[0].text)).toBeLessThanOrEqual(budget)
    const page = JSON.parse(contents[0].text)
    expect([page.from, page.of]).toEqual([page.items[0].id, items.length])
    found.push(...page.items)
    at = page.more
  }
  return { found, pages }
}

describe.each(Object.keys(ways))('a client %s', (way) => {
  let client: AnyClient
  beforeAll(async () => {
    client = (await ways[way]?.()) as AnyClient
    // It checks structured content from now on.
    await client.listTools()
  })
  afterAll(() => client.close())
  const call = async (name: string) => (await client.callTool({ name, arguments: {} })) as Body

  test('gets the first items of a list and, where it is told, all others, with nothing lost or sent again', async () => {
    expect(client.getServerCapabilities()?.resources).toBeDefined()
    const { content, structuredContent, isError } = await call('named')
    expect(isError).toBe(false)
    const [note, text, link] = content
    expect(Buffer.byteLength(text.text)).toBeLessThanOrEqual(budget)
    expect(JSON.parse(text.text)).toEqual(structuredContent)
    const { items: first, kind, _more: more } = structuredContent
    expect(kind).toBe('x')
    expect(more).toEqual({ items: items.length - first.length, uri: link.uri })
    expect(note.text).toContain(
      `The first ${first.length} of 400 items of "items". The next ones can be read at ${link.uri}`,
    )
    const { found, pages } = await rest(client, link.uri)
    expect(pages).toBe(2)
    expect([...first, ...found]).toEqual(items)
  })

  test('gets the first items where the answer is the list, as many as the companion says', async () => {
    for (const name of ['listed', 'few']) {
      const { content, structuredContent, isError } = await call(name)
      const first = JSON.parse(content[1].text)
      const structured = Array.isArray(structuredContent) ? structuredContent : structuredContent.result
      expect([isError, structured]).toEqual([false, first])
      expect(name === 'few' ? first.length === 3 : first.length > 100).toBe(true)
      expect(Buffer.byteLength(content[1].text)).toBeLessThanOrEqual(budget)
      const page = JSON.parse(((await client.readResource({ uri: content[2].uri })) as Body).contents[0].text)
      expect([page.from, page.items[0]]).toEqual([first.length, item(first.length)])
    }
  })

  test('gets the beginning of anything else and where all of it is; a fault where a schema binds what it may be told', async () => {
    const page = await call('page')
    expect([page.isError, page.structuredContent]).toEqual([true, undefined])
    expect(page.content[1].text).toBe(JSON.stringify({ first: items, second: items }).slice(0, 1000))
    const whole = ((await client.readResource({ uri: page.content[2].uri })) as Body).contents[0]
    expect([JSON.parse(whole.text), whole.mimeType]).toEqual([{ first: items, second: items }, 'application/json'])
    const { content, isError } = await call('huge')
    expect([isError, content[0].text]).toEqual([
      false,
      expect.stringContaining('has 131083 bytes, more than the 65536'),
    ])
  })

  test('gets the place of bytes that are many', async () => {
    const { content, isError } = await call('bytes')
    const [note, { uri, mimeType }] = content
    expect([isError, content.length, mimeType]).toEqual([false, 2, 'application/pdf'])
    expect(note.text).toContain(`The answer is 65536 bytes of application/pdf. They can be read at ${uri}`)
    const [read] = ((await client.readResource({ uri })) as Body).contents
    expect([read.mimeType, Buffer.from(read.blob, 'base64').equals(bytes)]).toEqual(['application/pdf', true])
  })

  test('is never told that a write failed which is done', async () => {
    const before = sent
    const { isError, structuredContent, content } = await call('write')
    expect([isError, structuredContent.second.length, sent - before]).toEqual([false, 400, 1])
    expect(content[1].text.length).toBe(1000)
  })
})

describe('the rest of an answer', () => {
  const uriOf = (reply: Body) => messageIn(reply).result.content[2].uri

  test('is that of what is told in place of a write, too', async () => {
    const text = 'x'.repeat(budget)
    const rehearsal = { name: 'note', arguments: { text }, _meta: { ...envelope, 'dry-run': true } }
    const { content, isError } = messageIn(await post(served.url('mcp'), modern('tools/call', rehearsal))).result
    expect([isError, content[1].text.length]).toEqual([false, 1000])
    const whole = messageIn(await post(served.url('mcp'), reading(content[2].uri))).result.contents[0]
    expect(JSON.parse(whole.text).requests[0].body).toEqual({ text })
  })

  test('is told the same beside the fast path, and without a link to who knows none', async () => {
    const odd = modern('tools/call', { name: 'named', arguments: {}, _meta: { ...envelope, 'test/odd': 1 } })
    const [fast, slow] = [await post(served.url('mcp'), toolCall('named', {})), await post(served.url('mcp'), odd)]
    const shown = (reply: Body) => messageIn(reply).result.structuredContent.items.length
    expect(shown(slow)).toBe(shown(fast))
    const { headers } = await post(served.url('mcp'), initialize('2025-03-26'))
    const session = { id: String(headers['mcp-session-id']), revision: '2025-03-26' }
    const params = { name: 'plain', arguments: {} }
    const old = messageIn(await post(served.url('mcp'), classic({ id: 1, method: 'tools/call', params }, session)))
    expect(old.result.content.map(({ type }: Body) => type)).toEqual(['text', 'text'])
    expect(old.result.content[0].text).toContain('ikanos://answers/')
  })

  test('is for nobody else, is in no list, and an address that is made up leads nowhere', async () => {
    const roles = { reader: { tokens: ['A', 'B'] } }
    const environment = { OWN: 'own-token', A: 'token-a', B: 'token-b' }
    const { url } = await serve({ environment }, { type: 'bearer', token: 'own-token' }, { roles })
    const as = (token: string, { headers, body }: Body) =>
      post(url('mcp'), { headers: { ...headers, authorization: `Bearer ${token}` }, body })
    const uri = uriOf(await as('token-a', toolCall('named', {})))
    const { contents, cacheScope } = messageIn(await as('token-a', reading(uri))).result
    expect([JSON.parse(contents[0].text).of, cacheScope]).toEqual([400, 'private'])
    for (const [token, at] of [
      ['token-b', uri],
      ['own-token', uri],
      ['token-a', uri.replace(/answers\/./, 'answers/-')],
      ['token-a', uri.replace(/from=\d+/, 'from=400')],
      ['token-a', `${uri}0000000000`],
    ])
      expect(messageIn(await as(token, reading(at))).error.code, at).toBe(-32602)
    expect(messageIn(await as('token-a', modern('resources/list'))).result.resources).toEqual([])
  })

  test('is kept for a while, and no more than fits', () => {
    let now = 0
    const answers = createAnswers({ characters: 30, ms: 1000 }, () => now)
    const keep = (text: string) => answers.keep({ text, subject: '', bounds: { maxBytes: 1000, maxItems: 2 } })
    const [first, second] = [keep('[1,2,3,4,5]'), keep('"0123456789"')]
    expect(answers.read(first, '')).toMatchObject({ text: '[1,2,3,4,5]' })
    const text = `{"from":2,"of":5,"items":[3,4],"more":"${first}?from=4"}`
    expect(answers.read(`${first}?from=2`, '')).toMatchObject({ text })
    const third = keep('"0123456789"')
    expect([first, second, third].map((uri) => answers.read(uri, '') !== undefined)).toEqual([false, true, true])
    now = 1000
    expect(answers.read(third, '')).toBeUndefined()
  })
})

describe('answers are whole', () => {
  test('over REST, and for agents where somebody allows it', async () => {
    expect((await exchange(served.url('rest'), '/items')).json.items).toEqual(items)
    const { url } = await serve({ allowUnboundedAnswers: true })
    const { content, structuredContent } = messageIn(await post(url('mcp'), toolCall('named', {}))).result
    expect([content.length, structuredContent.items.length]).toEqual([1, 400])
    expect((await post(url('mcp'), modern('server/discover'))).json.result.capabilities.resources).toBeUndefined()
    expect((await post(url('mcp'), modern('resources/list'))).json.error.code).toBe(-32601)
    expect((await post(url('mcp'), reading('docs://all/guide.md'))).json.error.code).toBe(-32601)
  })
})
