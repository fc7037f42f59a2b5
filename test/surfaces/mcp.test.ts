/** The MCP surface over HTTP as clients of both eras meet it. */

import { request } from 'node:http'
import { PassThrough } from 'node:stream'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type OpenOptions, openStdio } from '../../src/index.ts'
import { serveCapability, serveFile, writeCapability } from '../support/serve.ts'
import { lines } from '../support/surfaces.ts'
import { startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, serveFlagship, thingTools } from './cases.ts'
import { exchange, listen, type Sent, signal } from './exchange.ts'
import {
  accepting,
  classic,
  envelope,
  initialize,
  type Message,
  messageIn,
  modern,
  post,
  revision,
  toolCall,
} from './mcp-messages.ts'

async function things(exchanges: Parameters<typeof startUpstream>[0] = [], more: object = {}) {
  const upstream = await startUpstream(exchanges)
  const { url } = await serveCapability(capabilityOf([thingTools(more)]), {
    upstreams: { api: upstream.url },
    environment,
  })
  return { url: url('mcp'), upstream }
}

function without(message: Message, header: string): Message {
  const { [header]: _, ...headers } = message.headers
  return { ...message, headers }
}

function withHeader(message: Message, name: string, value: string): Message {
  return { ...message, headers: { ...message.headers, [name]: value } }
}

const call = toolCall('get-thing', { id: 't1' })

function ofVersion(version: string): Message {
  const _meta = { ...envelope, 'io.modelcontextprotocol/protocolVersion': version }
  return withHeader(modern('tools/list', { _meta }), 'mcp-protocol-version', version)
}

describe('a 2026-07-28 request that is wrong', () => {
  const { 'io.modelcontextprotocol/clientCapabilities': _, ...noCapabilities } = envelope
  it.each<[string, Message, number, number]>([
    ['lacks Mcp-Method', without(call, 'mcp-method'), 400, -32020],
    ['names another method in Mcp-Method', withHeader(call, 'mcp-method', 'tools/list'), 400, -32020],
    ['lacks Mcp-Name', without(call, 'mcp-name'), 400, -32020],
    ['names another tool in Mcp-Name', withHeader(call, 'mcp-name', 'delete-thing'), 400, -32020],
    ['lacks MCP-Protocol-Version', without(call, 'mcp-protocol-version'), 400, -32020],
    ['names another revision in the header', withHeader(call, 'mcp-protocol-version', '2025-11-25'), 400, -32020],
    ['names a revision that nobody knows', ofVersion('2027-01-01'), 400, -32022],
    ['lacks the capabilities of the client', modern('tools/list', { _meta: noCapabilities }), 400, -32602],
    ['calls a method that does not exist', modern('tools/erase'), 404, -32601],
    ['calls a tool that does not exist', toolCall('get-thin', {}), 200, -32602],
    ['is a batch', { ...call, body: [call.body, call.body] }, 400, -32600],
    ['is no JSON-RPC message', { ...call, body: { id: 1 } }, 400, -32600],
    ['says it is text', withHeader(call, 'content-type', 'text/plain'), 415, -32000],
  ])('is refused when it %s', async (_, message, status, code) => {
    const { url, upstream } = await things()
    const reply = await post(url, message)
    expect(reply.status).toBe(status)
    expect(reply.json.error.code).toBe(code)
    expect(reply.json.result).toBeUndefined()
    expect(upstream.requests).toEqual([])
  })

  it.each<[string, string, number, number]>([
    ['is cut off', '{"jsonrpc":"2.0",', 400, -32700],
    ['is empty', '', 400, -32700],
    ['nests too deep', '['.repeat(65) + ']'.repeat(65), 400, -32700],
    ['is larger than a mebibyte', JSON.stringify('x'.repeat(1024 * 1024)), 413, -32600],
  ])('is refused with no id when its body %s', async (_, body, status, code) => {
    const { url } = await things()
    const reply = await post(url, { ...call, body })
    expect(reply.status).toBe(status)
    expect(reply.json).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } })
  })

  it('names the revisions it can have when it asks for one that nobody knows', async () => {
    const { url } = await things()
    const reply = await post(url, ofVersion('2027-01-01'))
    expect(reply.json.error.data).toEqual({ supported: [revision], requested: '2027-01-01' })
  })

  it('gets 405 for methods that the revision does not have', async () => {
    const { url } = await things()
    for (const method of ['GET', 'DELETE', 'PUT', 'TRACE']) {
      const headers = { accept: 'text/event-stream', 'mcp-protocol-version': revision }
      const reply = await exchange(url, '/mcp', { method, headers })
      expect(reply.status).toBe(405)
      expect(reply.headers.allow).toBe('POST')
    }
  })
})

describe('the endpoint', () => {
  it('answers a notification with 202 and no body', async () => {
    const { url } = await things()
    const { body, headers } = modern('notifications/cancelled', { requestId: 7 })
    const { id: _, ...notification } = body as { id: unknown }
    const reply = await post(url, { headers, body: notification })
    expect(reply.status).toBe(202)
    expect(reply.text).toBe('')
  })

  it('is reached at / as well as at /mcp, and nowhere else', async () => {
    const { url } = await things()
    const send = (target: string) => exchange(url, target, { method: 'POST', ...modern('tools/list') })
    expect((await send('/')).json.result.tools).toHaveLength(1)
    expect((await send('/mcp?x=1')).json.result.tools).toHaveLength(1)
    expect((await send('/mcp/tools')).status).toBe(404)
  })

  it('calls the upstream once a call and answers its JSON as text', async () => {
    const { url, upstream } = await things([
      { request: { method: 'GET', path: '/things/a%2Fb' }, response: { json: { name: 'a thing' } } },
    ])
    const reply = await post(url, toolCall('get-thing', { id: 'a/b' }))
    expect(reply.json.result).toMatchObject({ isError: false, content: [{ type: 'text', text: '{"name":"a thing"}' }] })
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('a 2025 session', () => {
  async function open(url: string) {
    const id = String((await post(url, initialize())).headers['mcp-session-id'])
    const session = { id, revision: '2025-11-25' }
    const ready = await post(url, classic({ method: 'notifications/initialized' }, session))
    expect(ready.status).toBe(202)
    return session
  }

  it('lists, calls and pings until DELETE ends it', async () => {
    const { url } = await things([
      { request: { method: 'GET', path: '/things/t1' }, response: { json: { name: 'x' } } },
    ])
    const session = await open(url)
    const ask = async (message: object) => messageIn(await post(url, classic(message, session)))
    expect((await ask({ id: 1, method: 'tools/list' })).result.tools[0].name).toBe('get-thing')
    const params = { name: 'get-thing', arguments: { id: 't1' } }
    expect((await ask({ id: 2, method: 'tools/call', params })).result.content[0].text).toBe('{"name":"x"}')
    expect(await ask({ id: 3, method: 'ping' })).toEqual({ jsonrpc: '2.0', id: 3, result: {} })
    const ended = await exchange(url, '/mcp', { method: 'DELETE', headers: { 'mcp-session-id': session.id } })
    expect(ended.status).toBe(200)
    expect((await post(url, classic({ id: 4, method: 'ping' }, session))).status).toBe(404)
  })

  it('is its own: ending one leaves the other', async () => {
    const { url } = await things()
    const [one, other] = [await open(url), await open(url)]
    expect(one.id).not.toBe(other.id)
    await exchange(url, '/mcp', { method: 'DELETE', headers: { 'mcp-session-id': one.id } })
    expect((await post(url, classic({ id: 1, method: 'ping' }, other))).status).toBe(200)
  })

  it('opens a stream of server messages on GET', async () => {
    const { url } = await things()
    const { id } = await open(url)
    const stream = await fetch(`${url}/mcp`, { headers: { accept: 'text/event-stream', 'mcp-session-id': id } })
    expect(stream.status).toBe(200)
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    await stream.body?.cancel()
  })

  it('is unknown after it ended, on every verb', async () => {
    const { url } = await things()
    const headers = { ...accepting, 'mcp-session-id': 'no-such-session' }
    for (const method of ['POST', 'GET', 'DELETE']) {
      const body = method === 'POST' ? { jsonrpc: '2.0', id: 1, method: 'ping' } : undefined
      const reply = await exchange(url, '/mcp', { method, headers, body })
      expect(reply.status).toBe(404)
      expect(reply.json.error.message).toContain('initialize')
    }
  })

  it('is needed: without one, only initialize is answered', async () => {
    const { url } = await things()
    expect((await post(url, classic({ id: 1, method: 'tools/list' }))).status).toBe(400)
    expect((await exchange(url, '/mcp', { headers: { accept: 'text/event-stream' } })).status).toBe(400)
    expect((await exchange(url, '/mcp', { method: 'DELETE' })).status).toBe(400)
  })

  it.each([
    ['2024-11-05', '2024-11-05'],
    ['2025-03-26', '2025-03-26'],
    ['2025-06-18', '2025-06-18'],
    ['2025-11-25', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
  ])('asked for in revision %s is opened in %s', async (asked, given) => {
    const { url } = await things()
    const { result } = messageIn(await post(url, initialize(asked)))
    expect(result).toMatchObject({ protocolVersion: given, serverInfo: { name: 'things-mcp', version: '1.0.0' } })
  })
})

describe('an output whose root is an array', () => {
  const pagesOf = (request_file_id: unknown) => [expect.objectContaining({ request_file_id, page: 0 })]

  it('is wrapped in an object for a 2025 client, in the schema and in the result', async () => {
    const { url, examples } = await serveFlagship()
    const client = new Client({ name: 'test', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url('mcp'))))
    onTestFinished(() => client.close())
    const { tools } = await client.listTools()
    expect(tools.find(({ name }) => name === 'get-file')?.outputSchema).toMatchObject({
      type: 'object',
      properties: { result: { type: 'array' } },
    })
    const { model_id, request_file_id } = examples
    const { structuredContent, content } = await client.callTool({
      name: 'get-file',
      arguments: { model_id, request_file_id },
    })
    expect(structuredContent).toMatchObject({ result: expect.arrayContaining(pagesOf(request_file_id)) })
    expect(content).toMatchObject([{ type: 'text' }])
  })

  it('stays an array for a 2026-07-28 client', async () => {
    const { url, examples } = await serveFlagship()
    const { model_id, request_file_id } = examples
    const { tools } = (await post(url('mcp'), modern('tools/list'))).json.result
    expect(tools.find(({ name }: { name: string }) => name === 'get-file').outputSchema.type).toBe('array')
    const { json } = await post(url('mcp'), toolCall('get-file', { model_id, request_file_id }))
    expect(json.result.structuredContent).toEqual(expect.arrayContaining(pagesOf(request_file_id)))
  })
})

describe('real clients', () => {
  const info = { name: 'test', version: '1.0.0' }
  const newClient = (mode: 'auto' | 'legacy' | { pin: string }) => new Client(info, { versionNegotiation: { mode } })

  it.each([
    ['of the newest revision', () => newClient({ pin: revision }), StreamableHTTPClientTransport, revision],
    ['that finds out the revision by itself', () => newClient('auto'), StreamableHTTPClientTransport, revision],
    ['that opens with initialize', () => newClient('legacy'), StreamableHTTPClientTransport, '2025-11-25'],
    ['of the classic package', () => new ClassicClient(info), ClassicTransport, '2025-11-25'],
  ] as const)('%s see the same tools and get the same answers', async (_, create, Transport, spoken) => {
    const { url, examples } = await serveFlagship()
    const client = create() as Client
    await client.connect(new Transport(new URL('/mcp', url('mcp'))) as StreamableHTTPClientTransport)
    onTestFinished(() => client.close())
    if ('getNegotiatedProtocolVersion' in client) expect(client.getNegotiatedProtocolVersion()).toBe(spoken)
    const { tools } = await client.listTools()
    expect(tools).toHaveLength(9)
    expect(tools.find(({ name }) => name === 'delete-file')?.annotations?.destructiveHint).toBe(true)
    expect(client.getInstructions()).toContain('request_file_id names a file')
    const { model_id, request_file_id } = examples
    const found = await client.callTool({ name: 'get-file', arguments: { model_id, request_file_id } })
    expect(found.isError ?? false).toBe(false)
    const refused = await client.callTool({ name: 'get-file', arguments: { model_id } })
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('request_file_id') }] })
  })
})

describe('a request from a web page', () => {
  const send = (url: string, headers: Sent['headers'] = {}) => {
    const message = modern('tools/list')
    return exchange(url, '/mcp', { method: 'POST', body: message.body, headers: { ...message.headers, ...headers } })
  }

  it.each([
    ['another host that resolves here', { host: 'evil.example:9090' }],
    ['a host that starts like ours', { host: 'localhost.evil.example' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that hides', { origin: 'null' }],
    ['an origin that is no URL', { origin: 'evil' }],
    ['an origin that starts like ours', { origin: 'http://localhost.evil.example' }],
  ])('is refused when it comes from %s', async (_, headers) => {
    const { url } = await things()
    expect((await send(url, headers)).status).toBe(403)
  })

  it.each([
    ['this machine by name', { host: 'localhost:9090', origin: 'http://localhost:5173' }],
    ['this machine by address', { host: '127.0.0.1', origin: 'http://127.0.0.1:5173' }],
    ['this machine by its newer address', { host: '[::1]:9090', origin: 'http://[::1]:5173' }],
    ['no page at all', {}],
  ])('is answered when it comes from %s', async (_, headers) => {
    const { url } = await things()
    expect((await send(url, headers)).status).toBe(200)
  })
})

describe('a surface that asks for a bearer token', () => {
  const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }

  it('answers the one who has it, in both eras', async () => {
    const { url } = await things([], { authentication })
    const authorization = `Bearer ${environment.INBOUND_SECRET}`
    expect((await post(url, withHeader(modern('tools/list'), 'authorization', authorization))).status).toBe(200)
    expect((await post(url, withHeader(initialize(), 'authorization', authorization))).status).toBe(200)
  })

  it.each([
    ['none', undefined],
    ['a wrong one', 'Bearer guess'],
    ['a blank one', 'Bearer '],
    ['the right one under another scheme', `Basic ${environment.INBOUND_SECRET}`],
  ])('answers 401 with a challenge to %s', async (_, authorization) => {
    const { url } = await things([], { authentication })
    const message = modern('tools/list')
    const sent = authorization === undefined ? message : withHeader(message, 'authorization', authorization)
    const reply = await post(url, sent)
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toBe('Bearer')
    expect(reply.text).not.toContain(environment.INBOUND_SECRET)
  })
})

describe('a caller that goes away', () => {
  const odd = modern('tools/call', {
    name: 'get-thing',
    arguments: { id: 't1' },
    _meta: { ...envelope, 'test/odd': 1 },
  })

  it.each([
    ['on the fast path', call],
    ['on the path of the SDK', odd],
  ])('stops the upstream call %s', async (_, message) => {
    const [arrival, closing] = [signal(), signal()]
    // Never answers; it only sees its caller come and go.
    const api = await listen((_req, res) => {
      res.on('close', closing.give)
      arrival.give()
    })
    const { url } = await serveCapability(capabilityOf([thingTools()]), { upstreams: { api }, environment })
    const calling = request(url('mcp'), { method: 'POST', path: '/mcp', headers: message.headers, agent: false })
    calling.on('error', () => {})
    calling.end(JSON.stringify(message.body))
    await arrival.given
    calling.destroy()
    await closing.given
  })

  it.each([
    ['2025-11-25', 'HTTP'],
    ['2025-11-25', 'stdio'],
    ['2026-07-28', 'HTTP'],
    ['2026-07-28', 'stdio'],
  ] as const)('stops the upstream call when a client of %s takes it back over %s', async (era, way) => {
    const [arrival, closing] = [signal(), signal()]
    const api = await listen((_req, res) => {
      res.on('close', closing.give)
      arrival.give()
    })
    const options = { upstreams: { api }, environment }
    const mode = era === revision ? { pin: revision } : 'legacy'
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
    const file = await writeCapability(capabilityOf([thingTools()]))
    await client.connect(way === 'HTTP' ? await overHttp(file, options) : await overStdio(file, options))
    onTestFinished(() => client.close())
    const giving = new AbortController()
    const calling = client.callTool({ name: 'get-thing', arguments: { id: 't1' } }, { signal: giving.signal })
    await arrival.given
    giving.abort()
    await expect(calling).rejects.toThrow()
    await closing.given
  })

  async function overHttp(file: string, options: OpenOptions) {
    const { url } = await serveFile(file, options)
    return new StreamableHTTPClientTransport(new URL('/mcp', url('mcp')))
  }

  async function overStdio(file: string, options: OpenOptions) {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const { ended } = await openStdio(file, options, { input, output } as never)
    onTestFinished(() => ended)
    return lines(output, input)
  }
})

describe('the tools of the flagship', () => {
  it('answer structured content that their output schema allows', async () => {
    const { url, examples } = await serveFlagship({ allowUnconfirmed: true })
    const { model_id, request_file_id, page_id, member, file_ids } = examples
    const file = { model_id, request_file_id }
    const { to_date, days, changes } = examples
    const inputs: Readonly<Record<string, object>> = {
      'list-files': { model_id, to_date, days },
      'get-file': file,
      'get-page': { model_id, page_id },
      'assign-files': { model_id, member, file_ids },
      'update-fields': { model_id, page_id, changes },
      'approve-file': file,
      'unapprove-file': file,
      'retry-exports': { model_id, file_ids },
      'delete-file': file,
    }
    const { tools } = (await post(url('mcp'), modern('tools/list'))).json.result
    expect(tools.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(inputs).sort())
    const ajv = new Ajv2020({ strict: false })
    for (const [name, input] of Object.entries(inputs)) {
      const { outputSchema } = tools.find((tool: { name: string }) => tool.name === name)
      const { result } = (await post(url('mcp'), toolCall(name, input))).json
      expect(result.isError, `${name}: ${result.content?.[0]?.text}`).toBe(false)
      expect(result.structuredContent === undefined, name).toBe(outputSchema === undefined)
      if (outputSchema === undefined) continue
      const validate = ajv.compile(outputSchema)
      validate(result.structuredContent)
      expect(validate.errors, name).toBeNull()
    }
  })

  it('have input schemas that refuse what they do not know, and names and descriptions for all inputs', async () => {
    const { url } = await serveFlagship()
    const { tools } = (await post(url('mcp'), modern('tools/list'))).json.result
    for (const { name, inputSchema, description } of tools) {
      expect(inputSchema.additionalProperties, name).toBe(false)
      expect(description.length, name).toBeGreaterThan(80)
      for (const [input, schema] of Object.entries(inputSchema.properties))
        expect((schema as { description?: string }).description, `${name} ${input}`).toBeTruthy()
    }
  })
})

describe('the prompts of the flagship', () => {
  it('speak of tools that there are, and take what they need', async () => {
    const { url } = await serveFlagship()
    const ask = async (method: string, params?: object) =>
      (await post(url('mcp'), modern(method, { ...params }))).json.result
    const names = (await ask('tools/list')).tools.map(({ name }: { name: string }) => name)
    const { prompts } = await ask('prompts/list')
    expect(prompts.map(({ name }: { name: string }) => name)).toEqual(['review-queue', 'check-file', 'failed-exports'])
    for (const { name, arguments: given } of prompts) {
      const args = Object.fromEntries(given.map((argument: { name: string }) => [argument.name, `<${argument.name}>`]))
      const { messages } = await ask('prompts/get', { name, arguments: args })
      const { text } = messages[0].content
      for (const value of Object.values(args)) expect(text, name).toContain(value)
      expect(text, name).not.toContain('{{')
      const tools = [...text.matchAll(/\b(?:list|get|approve|assign|update|delete|retry)-[a-z]+\b/g)].map(
        ([tool]) => tool,
      )
      expect(tools.length, name).toBeGreaterThan(0)
      expect(names, name).toEqual(expect.arrayContaining(tools))
    }
  })
})
