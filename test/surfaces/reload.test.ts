/** Served anew from its file while calls go on: nothing is lost, and a broken file changes nothing. */

import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './cases.ts'
import { exchange, listen, signal } from './exchange.ts'
import { classic, initialize, type Message, messageIn, post, toolCall } from './mcp-messages.ts'

const control = { type: 'control', port: 9092, management: { info: true, reload: true, validate: true } }
const surfaces = [thingRoutes(), thingTools(), control]

const things: readonly Exchange[] = [
  { request: { method: 'GET', path: '/things/1' }, response: { json: { id: '1' } } },
  { request: { method: 'GET', path: '/others/1' }, response: { json: { other: '1' } } },
]

async function served(exposes: readonly object[] = surfaces) {
  const upstream = await startUpstream(things)
  const { url, running, file } = await serveCapability(capabilityOf(exposes), {
    upstreams: { api: upstream.url },
    environment,
    drainMs: 3_600_000,
  })
  const text = await readFile(file, 'utf8')
  return {
    url,
    running,
    upstream,
    text,
    change: (to: (text: string) => string) => writeFile(file, to(text)),
    get: (path = '/things/1') => exchange(url('rest'), path),
    ask: (method: string, target: string, body?: string) =>
      exchange(url('control'), target, { method, ...(body === undefined ? {} : { body }) }),
  }
}

const toOthers = (text: string) => text.replaceAll('/things/{{id}}', '/others/{{id}}')

describe('a reload', () => {
  it('serves what the file says now, on the same ports', async () => {
    const { url, get, change, ask, running } = await served()
    const before = running.surfaces.map((surface) => surface.url)
    await change(toOthers)
    const { status, json } = await ask('POST', '/config/reload')
    expect([status, json]).toEqual([200, { status: 'reloaded', diagnostics: [] }])
    expect((await get('/things/1')).status).toBe(404)
    expect((await get('/others/1')).json).toEqual({ other: '1' })
    expect(running.surfaces.map((surface) => surface.url)).toEqual(before)
    const called = await post(url('mcp'), toolCall('get-thing', { id: '1' }))
    expect(called.json.result.content[0].text).toBe('{"other":"1"}')
  })

  it('of a broken file changes nothing and tells each fault', async () => {
    const { get, change, ask, running } = await served()
    await change((text) => text.replaceAll('api.get-thing', 'api.get-thin'))
    const { status, json } = await ask('POST', '/config/reload')
    expect(status).toBe(422)
    expect(json).toMatchObject({ title: 'Not accepted', status: 422 })
    expect(json.diagnostics.map((d: { code: string }) => d.code)).toEqual(['unknown-operation', 'unknown-operation'])
    expect((await get()).json).toEqual({ id: '1' })
    expect(running.capability.plan.operations.length).toBeGreaterThan(0)
  })

  it('that can not be served changes nothing and says why', async () => {
    const { get, change, ask } = await served()
    const taken = await listen((_, res) => res.end())
    const port = Number(new URL(taken).port)
    const more = { ...thingTools(), namespace: 'more-mcp', port }
    await change((text) => {
      const root = JSON.parse(text)
      root.capability.exposes.push(more)
      return JSON.stringify(root)
    })
    const { status, json } = await ask('POST', '/config/reload')
    expect(status).toBe(422)
    expect(json.detail).toContain('the port is taken')
    expect((await get()).json).toEqual({ id: '1' })
    await change((text) => text)
    expect((await ask('POST', '/config/reload')).status).toBe(200)
  })

  it('opens ports for new surfaces and lets go of those of surfaces that are gone', async () => {
    const { url, change, running, ask } = await served()
    const mcp = url('mcp')
    await change((text) => {
      const root = JSON.parse(text)
      root.capability.exposes = [thingRoutes(), control, { ...thingTools(), namespace: 'other-mcp', port: 0 }]
      return JSON.stringify(root)
    })
    expect(await running.reload().catch((error: Error) => error.message)).toContain('things-mcp')
    await change((text) => {
      const root = JSON.parse(text)
      root.capability.exposes.push({ ...thingTools(), namespace: 'other-mcp', port: 0 })
      return JSON.stringify(root)
    })
    expect(await running.reload()).toEqual([])
    expect(running.surfaces.map(({ plan }) => plan.namespace)).toContain('other-mcp')
    expect((await ask('GET', '/status')).json.adapters).toHaveLength(4)
    expect((await post(mcp, toolCall('get-thing', { id: '1' }))).status).toBe(200)
  })

  it('loses no call that is under way or comes meanwhile', async () => {
    const [arrived, release] = [signal(), signal()]
    const api = await listen((req, res) => {
      if (req.url !== '/things/slow') return void res.end('{"id":"1"}')
      arrived.give()
      void release.given.then(() => res.end('{"id":"slow"}'))
    })
    const { url, running } = await serveCapability(capabilityOf(surfaces), { upstreams: { api }, environment })
    const slow = exchange(url('rest'), '/things/slow')
    await arrived.given
    const flood = Array.from({ length: 200 }, () => exchange(url('rest'), '/things/1'))
    for (let i = 0; i < 5; i++) await running.reload()
    const answers = await Promise.all(flood)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    release.give()
    expect((await slow).json).toEqual({ id: 'slow' })
  })

  it('goes on with the sessions of 2025 clients, who then see the new tools', async () => {
    const { url, change, running } = await served()
    const opened = await post(url('mcp'), initialize())
    const session = { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
    const listed = async () => {
      const reply = await post(url('mcp'), classic({ id: 1, method: 'tools/list' }, session))
      return messageIn(reply).result.tools.map((tool: { name: string }) => tool.name)
    }
    expect(await listed()).toEqual(['get-thing'])
    await change((text) =>
      text.replaceAll('"get-thing": {\n            "description"', '"read-thing": {\n            "description"'),
    )
    expect(await running.reload()).toEqual([])
    expect(await listed()).toEqual(['read-thing'])
  })

  it('keeps counts and traces', async () => {
    const { get, running, ask } = await served()
    await get()
    await running.reload()
    await get()
    const { text } = await ask('GET', '/metrics')
    expect(text).toMatch(/ikanos_request_total\{.*status="200"\} 2\n/)
    expect((await ask('GET', '/traces')).json.bufferUsed).toBe(2)
  })
})

describe('/config', () => {
  it('tells what is served, and no secret', async () => {
    const { ask } = await served([
      thingRoutes({ authentication: { type: 'bearer', token: '{{INBOUND_SECRET}}' } }),
      thingTools({ resources: { thing: { description: 'A thing.', uri: 'thing://{id}', call: 'api.get-thing' } } }),
      control,
    ])
    const { json, text } = await ask('GET', '/config')
    expect(json).toMatchObject({
      capability: { title: 'Things', version: '1.0.0' },
      consumes: [{ namespace: 'api', baseUri: 'http://127.0.0.1:9', authentication: 'none' }],
      operations: ['things-rest.get-thing', 'things-mcp.get-thing', 'things-mcp.thing'].map((name) => ({
        name,
        calls: ['api.get-thing'],
      })),
      exposes: [
        { type: 'rest', authentication: 'bearer', routes: 1 },
        { type: 'mcp', tools: 1, resources: 1, prompts: 0 },
        { type: 'control' },
      ],
    })
    expect(text).not.toContain(environment.INBOUND_SECRET)
  })

  it('checks a text without serving it, or the file as it is', async () => {
    const { ask, text, change, get } = await served()
    expect((await ask('POST', '/config/validate', text)).json).toEqual({ valid: true, diagnostics: [] })
    const broken = await ask('POST', '/config/validate', 'ikanos: 1.0.0-beta5\ncapability: {}\n')
    expect(broken.status).toBe(200)
    expect(broken.json).toMatchObject({
      valid: false,
      diagnostics: [{ code: 'nothing-exposed', location: { line: 2 } }],
    })
    await change((text) => text.replaceAll('api.get-thing', 'api.nothing'))
    expect((await ask('POST', '/config/validate')).json.valid).toBe(false)
    expect((await get()).status).toBe(200)
  })

  it('has only what is switched on, with its verbs', async () => {
    const { ask } = await served()
    const wrong = await ask('GET', '/config/reload')
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST'])
    const off = await served([thingRoutes(), { type: 'control', port: 9092 }])
    for (const [method, target] of [
      ['GET', '/config'],
      ['POST', '/config/reload'],
      ['POST', '/config/validate'],
    ] as const)
      expect((await off.ask(method, target)).status, target).toBe(404)
  })
})

describe('surfaces on one port', () => {
  const all = () => [
    { ...thingRoutes({ authentication: { type: 'bearer', token: '{{INBOUND_SECRET}}' } }), port: 18_480 },
    { ...thingTools(), port: 18_480 },
    { type: 'skill', namespace: 'things-skill', address: '127.0.0.1', port: 18_480, skills: {} },
    { ...control, address: '127.0.0.1', port: 18_480 },
  ]

  it('answer at the addresses of each, behind the guard of each', async () => {
    const upstream = await startUpstream(things)
    const { running } = await serveCapability(capabilityOf(all()), {
      upstreams: { api: upstream.url },
      environment,
      ports: {},
    })
    const urls = new Set(running.surfaces.map(({ url }) => url))
    expect(urls.size).toBe(1)
    const [url = ''] = urls
    const authorization = `Bearer ${environment.INBOUND_SECRET}`
    expect((await exchange(url, '/things/1')).status).toBe(401)
    expect((await exchange(url, '/things/1', { headers: { authorization } })).json).toEqual({ id: '1' })
    expect((await post(url, toolCall('get-thing', { id: '1' }))).json.result.isError).toBe(false)
    expect((await exchange(url, '/skills')).json).toMatchObject({ count: 0 })
    expect((await exchange(url, '/health/ready')).json.adapters).toHaveLength(4)
    expect((await exchange(url, '/metrics')).status).toBe(200)
    expect((await exchange(url, '/nothing')).status).toBe(404)
  })

  it('are refused when a route stands at an address of another surface', async () => {
    const operation = { method: 'GET', outputParameters: { state: { type: 'string', value: 'on' } } }
    const resources = { state: { path: '/status', operations: { state: operation } } }
    const address = { address: '127.0.0.1', port: 18_482 }
    const capability = capabilityOf([thingRoutes({ resources, ...address }), { ...control, ...address }])
    const failing = serveCapability(capability, { environment, ports: {} })
    await expect(failing).rejects.toThrow(/"\/status" of "things-rest" is an address of "control"/)
  })

  it('may be those of several capabilities in one process', async () => {
    const upstream = await startUpstream(things)
    const options = { upstreams: { api: upstream.url }, environment, ports: {} }
    const first = await serveCapability(capabilityOf([{ ...thingRoutes(), port: 18_481 }]), options)
    const tools = capabilityOf([{ ...thingTools(), port: 18_481 }])
    const second = await serveCapability(tools, { ...options, beside: first.running })
    expect(second.url('mcp')).toBe(first.url('rest'))
    expect((await exchange(first.url('rest'), '/things/1')).status).toBe(200)
    expect((await post(second.url('mcp'), toolCall('get-thing', { id: '1' }))).status).toBe(200)
    await second.running.close()
    expect((await exchange(first.url('rest'), '/things/1')).status).toBe(200)
  })
})

describe('closing', () => {
  it.each([
    ['REST', (url: Url) => exchange(url('rest'), '/things/1')],
    ['MCP of 2026', (url: Url) => post(url('mcp'), toolCall('get-thing', { id: '1' }))],
    ['MCP of 2026 through the SDK', (url: Url) => post(url('mcp'), odd(toolCall('get-thing', { id: '1' })))],
  ])('answers 200 calls over %s that are under way', async (_, call) => {
    const [arrived, release] = [signal(), signal()]
    let count = 0
    const api = await listen((_, res) => {
      count += 1
      if (count === 200) arrived.give()
      void release.given.then(() => res.end('{"id":"1"}'))
    })
    const { url, running } = await serveCapability(capabilityOf([thingRoutes(), thingTools()]), {
      upstreams: { api },
      upstream: { connections: 256 },
      environment,
    })
    const calls = Array.from({ length: 200 }, () => call(url))
    await arrived.given
    const closed = running.close()
    release.give()
    const answers = await Promise.all(calls)
    expect(answers.filter(({ status, text }) => status !== 200 || !text.includes('1'))).toEqual([])
    await closed
  })
})

type Url = (surface: string) => string

/** A member that the fast path does not know leaves the message to the SDK. */
function odd({ headers, body }: Message): Message {
  const { params, ...rest } = body as { readonly params: { readonly _meta: object } }
  return { headers, body: { ...rest, params: { ...params, _meta: { ...params._meta, 'example.com/odd': 1 } } } }
}
