/** What a caller may not run is hidden from them and refused, on every surface, whatever gives them their role. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, load } from '../src/index.ts'
import { narrowed } from '../src/narrow.ts'
import { readJournals } from '../src/runtime/journal/verify.ts'
import { changesOf } from '../src/surfaces/mcp/changes.ts'
import type { Offer } from '../src/surfaces/mcp/offer.ts'
import { startAuthorizationServer } from './support/authorization-server.ts'
import { say } from './support/say.ts'
import { type ServedCase, serveCapability, writeCapability } from './support/serve.ts'
import { type StubUpstream, startUpstream } from './support/upstream.ts'
import { orderApi } from './surfaces/cases.ts'
import { exchange } from './surfaces/exchange.ts'
import {
  classic,
  envelope,
  initialize,
  type Message,
  messageIn,
  modern,
  post,
  reading,
} from './surfaces/mcp-messages.ts'

const flow = (operation: string, semantics: object) => ({
  description: `Does ${operation}.`,
  semantics,
  inputParameters: { id: { type: 'string', description: 'Which.' } },
  call: `api.${operation}`,
})
const route = (method: string, name: string) => ({ [name]: { method, ref: `orders.${name}` } })
const derived = (action: string) => ({ description: 'Uses it.', from: { sourceNamespace: 'mcp', action } })
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)

/** Orders that are looked at, moved, approved and cancelled; every surface behind one credential. */
const capability = (authentication: object) => ({
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.', version: '1.0.0' },
  binds: [{ namespace: 'env', keys: { OWN: 'OWN_TOKEN' } }],
  capability: {
    consumes: orderApi({ look: 'GET', move: 'PUT', approve: 'POST', cancel: 'DELETE' }),
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          look: flow('look', { safe: true }),
          move: flow('move', { safe: false, idempotent: true }),
          approve: flow('approve', { safe: false, idempotent: true }),
          cancel: flow('cancel', { safe: false, idempotent: true }),
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        authentication,
        resources: {
          order: {
            path: '/orders/{{id}}',
            operations: { ...route('GET', 'look'), ...route('PUT', 'move'), ...route('DELETE', 'cancel') },
          },
          raw: { path: '/raw/{{path}}', forward: { targetNamespace: 'api' } },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 0,
        authentication,
        tools: {
          look: { ref: 'orders.look' },
          move: { ref: 'orders.move' },
          'move-seven': { description: 'Moves order 7.', ref: 'orders.move', with: { id: '7' } },
          approve: { ref: 'orders.approve' },
          cancel: { ref: 'orders.cancel' },
        },
        resources: {
          order: { description: 'An order.', uri: 'orders://{id}', call: 'api.look' },
          first: { description: 'One of them.', uri: 'order://1', call: 'api.look', with: { id: '1' } },
        },
      },
      {
        type: 'skill',
        namespace: 'skill',
        port: 0,
        authentication,
        skills: { desk: { description: 'Orders.', tools: { look: derived('look'), cancel: derived('cancel') } } },
      },
      { type: 'control', port: 0, authentication, management: { info: true } },
    ],
  },
})

const roles = {
  reader: { tokens: ['READER_TOKEN'], scopes: ['orders:read'] },
  reviewer: { scopes: ['orders:review'] },
  approver: { includes: ['reviewer'], flows: ['orders.approve'], tokens: ['APPROVER_TOKEN', 'SECOND_TOKEN'] },
  clerk: { flows: ['orders.move'], scopes: ['orders:move'] },
  admin: { tokens: ['UNSET_TOKEN'] },
}
const environment = {
  OWN_TOKEN: 'the-own-token',
  READER_TOKEN: 'a-token-of-a-reader',
  APPROVER_TOKEN: 'a-token-of-an-approver',
  SECOND_TOKEN: 'another-of-an-approver',
}
const [own, reader, approver] = [environment.OWN_TOKEN, environment.READER_TOKEN, environment.APPROVER_TOKEN]
const bearer = { type: 'bearer', token: '{{OWN}}' }
const all = ['look', 'move', 'move-seven', 'approve', 'cancel']

let served: ServedCase
let upstream: StubUpstream
let state: string

beforeAll(async () => {
  const atEnd = (end: () => unknown) => void afterAll(async () => void (await end()))
  state = await mkdtemp(join(tmpdir(), 'roles-'))
  atEnd(() => rm(state, { recursive: true }))
  const answers = ['GET', 'PUT', 'POST', 'DELETE'].map((method) => ({
    request: { method, path: '/orders/1' },
    response: { json: { method } },
  }))
  upstream = await startUpstream(answers, { atEnd })
  const options = { upstreams: { api: upstream.url }, environment, stateDirectory: state, atEnd }
  served = await serveCapability(capability(bearer), { ...options, companion: { roles } })
})

const bearing = (message: Message, token: string): Message => ({
  ...message,
  headers: { ...message.headers, authorization: `Bearer ${token}` },
})
const ask = (token: string, message: Message) => post(served.url('mcp'), bearing(message, token))
const rest = (token: string, method: string, path: string) =>
  exchange(served.url('rest'), path, { method, headers: { authorization: `Bearer ${token}` } })

/** What the fast path does not know, so that the SDK answers. */
const odd = (method: string, params: object = {}) =>
  modern(method, { ...params, _meta: { ...envelope, 'test/odd': 1 } })

async function session(token: string) {
  const opened = await ask(token, initialize())
  return { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
}

async function toolsOf(token: string): Promise<readonly (readonly string[])[]> {
  const opened = await session(token)
  const replies = [
    await ask(token, modern('tools/list')),
    await ask(token, odd('tools/list')),
    await ask(token, classic({ id: 1, method: 'tools/list', params: {} }, opened)),
  ]
  return replies.map((reply) => names(messageIn(reply).result.tools))
}

describe('over MCP', () => {
  test.each([
    ['a reader', reader, ['look']],
    ['an approver', approver, all.slice(0, 4)],
    ['one with another credential of an approver', environment.SECOND_TOKEN, all.slice(0, 4)],
    ['who has the credential of the surface', own, all],
  ])('%s is offered what they may run, in both eras', async (_, token, expected) => {
    expect(await toolsOf(token)).toEqual([expected, expected, expected])
  })

  test('a call of anything else is refused before it is sent, and says which role it needs', async () => {
    const opened = await session(reader)
    const params = { name: 'cancel', arguments: { id: '1' } }
    const before = upstream.requests.length
    const called = { id: 1, method: 'tools/call', params }
    const refused = [
      await ask(reader, modern('tools/call', params)),
      await ask(reader, odd('tools/call', params)),
      await ask(reader, classic(called, opened)),
      await ask(approver, modern('tools/call', params)),
    ]
    const told = (role: string, name = 'cancel') => `Not allowed: "orders.${name}" needs the role ${role}`
    for (const reply of refused)
      expect(messageIn(reply).result).toMatchObject({ isError: true, content: [{ text: told('"admin"') }] })
    const changed = await ask(reader, modern('tools/call', { name: 'move-seven', arguments: {} }))
    const able = '"clerk" or "reviewer" or "approver" or "admin"'
    expect(changed.json.result.content[0].text).toBe(told(able, 'move'))
    expect(upstream.requests).toHaveLength(before)
    const moved = await ask(approver, modern('tools/call', { name: 'move', arguments: { id: '1' } }))
    expect(moved.json.result.content[0].text).toBe('{"method":"PUT"}')
  })

  test('resources are hidden and refused like tools, and no answer leads to one', async () => {
    const listed = async (token: string) => [
      names((await ask(token, modern('resources/list'))).json.result.resources),
      names((await ask(token, modern('resources/templates/list'))).json.result.resourceTemplates),
    ]
    expect(await listed(reader)).toEqual([['first'], ['order']])
    expect((await ask(reader, reading('orders://1'))).json.result.contents[0].text).toBe('{"method":"GET"}')
    const { url } = await serveCapability(capability(bearer), {
      environment,
      upstreams: { api: upstream.url },
      companion: { roles: { ...roles, reader: { flows: ['orders.look'], tokens: ['READER_TOKEN'] } } },
    })
    const narrow = (message: Message) => post(url('mcp'), bearing(message, reader))
    expect((await narrow(modern('resources/templates/list'))).json.result.resourceTemplates).toEqual([])
    expect((await narrow(reading('orders://1'))).json.error.message).toMatch(/"mcp.order" needs the role "reviewer"/)
    const { content } = (await narrow(modern('tools/call', { name: 'look', arguments: { id: '1' } }))).json.result
    expect(content).toHaveLength(1)
    const completed = odd('completion/complete', {
      ref: { type: 'ref/resource', uri: 'orders://{id}' },
      argument: { name: 'id', value: '' },
    })
    expect(messageIn(await narrow(completed)).error.code).toBe(-32602)
  })

  test('a session is closed to every other credential', async () => {
    const opened = await session(approver)
    for (const token of [own, reader, environment.SECOND_TOKEN])
      expect((await ask(token, classic({ id: 1, method: 'tools/list', params: {} }, opened))).status).toBe(404)
  })

  test.each([
    ['of 2026-07-28', () => new Client({ name: 't', version: '1' }, pinned), StreamableHTTPClientTransport],
    ['of 2025', () => new ClassicClient({ name: 't', version: '1' }), ClassicTransport],
  ] as const)('real clients %s see and do what their role may', async (_, client, Transport) => {
    const one = client() as Client
    const requestInit = { headers: { authorization: `Bearer ${reader}` } }
    await one.connect(new Transport(new URL('/mcp', served.url('mcp')), { requestInit }) as never)
    expect(names((await one.listTools()).tools)).toEqual(['look'])
    expect(await one.callTool({ name: 'approve', arguments: { id: '1' } })).toMatchObject({
      isError: true,
      content: [{ text: 'Not allowed: "orders.approve" needs the role "approver" or "admin"' }],
    })
    await one.close()
  })
})

const pinned = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const

describe('over REST', () => {
  test('a route of another role is refused with what it needs, and neither described nor shown', async () => {
    const before = upstream.requests.length
    const refused = await rest(reader, 'DELETE', '/orders/1')
    expect([refused.status, refused.json.title, refused.json.detail]).toEqual([
      403,
      'Not allowed',
      '"orders.cancel" needs the role "admin"',
    ])
    expect(upstream.requests).toHaveLength(before)
    expect((await rest(reader, 'GET', '/orders/1')).json).toEqual({ method: 'GET' })
    const methods = async (token: string) =>
      Object.keys((await rest(token, 'GET', '/openapi.json')).json.paths['/orders/{id}'])
    expect([await methods(reader), await methods(approver), await methods(own)]).toEqual([
      ['get'],
      ['get', 'put'],
      ['get', 'put', 'delete'],
    ])
    expect((await rest(reader, 'GET', '/')).text).not.toContain('cancel')
    expect((await rest(own, 'GET', '/')).text).toContain('cancel')
  })

  test('what is forwarded as it is, is read by who may read everything, and changed by who may do everything', async () => {
    expect((await rest(reader, 'GET', '/raw/orders/1')).json).toEqual({ method: 'GET' })
    const refused = await rest(approver, 'DELETE', '/raw/orders/1')
    expect([refused.status, refused.json.detail]).toEqual([403, 'what is sent on as it is needs the role "admin"'])
    expect((await rest(own, 'DELETE', '/raw/orders/1')).json).toEqual({ method: 'DELETE' })
  })

  test('a credential that is not set, blank or wrong admits nobody, and none of a role opens the control surface', async () => {
    for (const token of ['', 'UNSET_TOKEN', 'undefined', 'sandbox', `${reader}x`])
      expect((await rest(token, 'GET', '/orders/1')).status).toBe(401)
    expect(served.running.notices).toEqual(['nobody has a role by UNSET_TOKEN: it has no value'])
    const health = (token: string) =>
      exchange(served.url('control'), '/health/live', { headers: { authorization: `Bearer ${token}` } })
    expect([(await health(own)).status, (await health(approver)).status]).toEqual([200, 401])
  })
})

test('skills lose the tools that they derive from what is hidden', async () => {
  const tools = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return names((await exchange(served.url('skill'), '/skills/desk', { headers })).json.tools)
  }
  expect([await tools(reader), await tools(own)]).toEqual([['look'], ['look', 'cancel']])
})

test('the audit tells the role and which credential it was, never the credential', async () => {
  await rest(approver, 'PUT', '/orders/1')
  await rest(reader, 'DELETE', '/orders/1')
  await rest(reader, 'POST', '/raw/orders/1')
  const [name = ''] = await readdir(state)
  const folder = join(state, name, 'audit')
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'))
  const text = (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('')
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'ended', role: 'approver', caller: 'token:APPROVER_TOKEN', outcome: 'ok' }),
  )
  for (const operation of ['orders.cancel', 'POST api'])
    expect(lines).toContainEqual(expect.objectContaining({ operation, role: 'reader', outcome: 'insufficient-role' }))
  for (const secret of Object.values(environment)) expect(text).not.toContain(secret)
})

describe('a surface whose callers bring tokens', () => {
  test('gives them what their scopes give together, and nothing for none', async () => {
    const server = await startAuthorizationServer()
    const resource = 'https://orders.test/mcp'
    const authentication = { type: 'oauth2', authorizationServerUri: server.issuer, resource }
    const stateDirectory = join(state, 'tokens')
    const options = { environment, companion: { roles }, stateDirectory }
    const { url } = await serveCapability(capability(authentication), options)
    const listed = async (scope: string) => {
      const token = await server.issue({ aud: resource, sub: 'ann', scope })
      return names((await post(url('mcp'), bearing(modern('tools/list'), token))).json.result.tools)
    }
    expect(await listed('orders:read')).toEqual(['look'])
    expect(await listed('orders:read orders:move')).toEqual(['look', 'move', 'move-seven'])
    expect(await listed('other')).toEqual([])
    const token = await server.issue({ aud: resource, sub: 'ann', scope: 'orders:read' })
    const refused = await post(url('mcp'), bearing(modern('tools/call', { name: 'move', arguments: {} }), token))
    expect([refused.status, refused.json.type]).toEqual([403, 'urn:capability:problem:insufficient-scope'])
    expect(refused.headers['www-authenticate']).toContain('scope="orders:move"')
    const lines = []
    for await (const { entry } of readJournals(stateDirectory, 'audit')) lines.push(entry)
    expect(lines).toMatchObject([
      {
        event: 'called',
        operation: 'orders.move',
        caller: expect.stringContaining('ann'),
        surface: 'mcp',
        outcome: 'insufficient-scope',
      },
    ])
  })
})

test('who decides on a call might make it, and is not who asked for it', async () => {
  const server = await startAuthorizationServer()
  const resource = 'https://orders.test/mcp'
  const { url } = await serveCapability(
    capability({ type: 'oauth2', authorizationServerUri: server.issuer, resource }),
    {
      environment,
      upstreams: { api: upstream.url },
      companion: { roles: { reader: { scopes: ['read'] }, admin: { scopes: ['all'] } } },
    },
  )
  const as = async (sub: string, scope: string, to: string, method: string, path: string) => {
    const authorization = `Bearer ${await server.issue({ aud: resource, sub, scope })}`
    const body = to === 'control' && method === 'POST' ? { body: {} } : {}
    return exchange(url(to), path, { method, headers: { authorization }, ...body })
  }
  const pending = await as('ann', 'all', 'rest', 'DELETE', '/orders/1')
  expect(pending.status).toBe(202)
  const [id] = /[\w-]+$/.exec(String(pending.headers.location)) ?? []
  const decide = (sub: string, scope: string) => as(sub, scope, 'control', 'POST', `/approvals/${id}/approve`)
  const listed = async (scope: string) => (await as('bob', scope, 'control', 'GET', '/approvals')).json.approvals
  const own = await decide('ann', 'all')
  expect([own.status, own.json.detail]).toEqual([403, 'whoever asked for it can not decide on it'])
  const little = await decide('bob', 'read')
  expect([little.status, little.json.type]).toEqual([403, 'urn:capability:problem:insufficient-scope'])
  expect([await listed('read'), (await listed('all')).length]).toEqual([[], 1])
  expect((await as('bob', 'read', 'control', 'GET', `/approvals/${id}`)).status).toBe(403)
  expect((await decide('bob', 'all')).json.state).toBe('released')
  expect((await as('ann', 'all', 'rest', 'DELETE', '/orders/1')).json).toEqual({ method: 'DELETE' })
})

describe('a surface that says which role its own credential has', () => {
  test.each([
    ['bearer', bearer, `Bearer ${own}`],
    ['basic', { type: 'basic', username: 'ann', password: '{{OWN}}' }, `Basic ${btoa(`ann:${own}`)}`],
    ['none', undefined, ''],
  ])('gives it to whoever brings it (%s)', async (_, authentication, authorization) => {
    const { url } = await serveCapability(capability(authentication as object), {
      environment,
      upstreams: { api: upstream.url },
      companion: { roles: { reader: {} }, surfaces: { default: { role: 'reader' } } },
    })
    const headers = authorization === '' ? {} : { authorization }
    const message = modern('tools/list')
    const listed = await post(url('mcp'), { ...message, headers: { ...message.headers, ...headers } })
    expect(names(listed.json.result.tools)).toEqual(['look'])
    expect((await exchange(url('rest'), '/orders/1', { method: 'DELETE', headers })).status).toBe(403)
  })
})

describe('--role', () => {
  test('leaves out what the role may not run wherever it is served', async () => {
    const { plan } = await load(served.file)
    const left = (role: string) =>
      narrowed(plan, { role }).surfaces.map((surface) => {
        if (surface.type === 'rest') return [names(surface.routes), surface.forwards?.map(({ methods }) => methods)]
        return surface.type === 'mcp' ? names(surface.tools) : surface.type
      })
    expect(left('reader')).toEqual([[['look'], [['GET', 'HEAD']]], ['look'], 'skill', 'control'])
    expect(left('clerk')).toEqual([[['move'], undefined], ['move', 'move-seven'], 'skill', 'control'])
    expect(left('admin')[1]).toEqual(all)
    expect(() => left('admni')).toThrow('there is no role "admni"; did you mean "admin"?')
  })

  test('is what one call is made with, too', async () => {
    const options = { environment, upstreams: { api: upstream.url }, role: 'reader' }
    expect((await call(served.file, 'look', { id: '1' }, options)).value).toEqual({ method: 'GET' })
    const refused = call(served.file, 'cancel', { id: '1' }, options)
    await expect(refused).rejects.toMatchObject({ code: 'insufficient-role' })
    const { code, stderr } = await say(['call', 'delete-file', '--sandbox', '--role', 'reader', '--input', '{}'])
    expect([code, stderr]).toEqual([1, 'Not allowed: "files.delete-file" needs the role "admin"\n'])
    const strange = call(served.file, 'look', { id: '1' }, { ...options, role: 'raeder' })
    await expect(strange).rejects.toThrow('did you mean "reader"?')
  })
})

test('clients that listen are told when a reload changes who may run what', () => {
  const none = { listed: [], templates: [], files: new Map() }
  const offer = { tools: none, resources: none, prompts: none } as unknown as Offer
  const role = { name: 'reader', operations: [], forwards: 'none', scopes: [], tokens: [] } as const
  const families = (roles: Offer['roles']) => changesOf({ ...offer, roles: [role] }, { ...offer, roles }).families
  expect(families([{ ...role }])).toEqual([])
  expect(families([{ ...role, operations: ['orders.look'] }])).toEqual(['tools', 'resources'])
})

describe('roles by their names', () => {
  test('are what they have always meant, where they name no flows', async () => {
    const sets = async (more: object) => {
      const file = await writeCapability(capability(bearer), { companion: { roles: more } })
      const { plan } = await load(file)
      return Object.fromEntries((plan.roles ?? []).map(({ name, operations }) => [name, operations.join(' ')]))
    }
    const [look, move, approve] = ['orders.look', 'orders.move', 'orders.approve']
    const resources = 'mcp.order mcp.first'
    expect(await sets({ reader: {}, reviewer: {}, approver: {} })).toEqual({
      reader: `${look} ${resources}`,
      reviewer: `${look} ${move} ${approve} ${resources}`,
      approver: `${look} ${move} ${approve} ${resources}`,
    })
    expect(await sets({ reviewer: {}, approver: { flows: [approve], includes: ['reviewer'] } })).toEqual({
      reviewer: `${look} ${move} ${resources}`,
      approver: `${look} ${move} ${approve} ${resources}`,
    })
  })
})
