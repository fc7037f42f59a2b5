/** Surfaces as OAuth 2 resource servers: challenges, descriptions, scopes, on every surface that has them. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { StartError } from '../../../src/index.ts'
import { createLog } from '../../../src/runtime/log.ts'
import { type AuthorizationServer, startAuthorizationServer } from '../../support/authorization-server.ts'
import type { ServedCase } from '../../support/serve.ts'
import { exchange } from '../exchange.ts'
import {
  ask,
  type GuardedOptions,
  type Probe,
  probes,
  type SurfaceName,
  serveGuarded,
  surfaceNames,
} from '../guarded.ts'
import { classic, envelope, initialize, type Message, messageIn, modern, post, toolCall } from '../mcp-messages.ts'

const resource = 'https://orders.test/mcp'
const wellKnown = '/.well-known/oauth-protected-resource'
const metadata = `resource_metadata="https://orders.test${wellKnown}/mcp"`
const companion = { policy: { 'orders.cancel': { scopes: ['cancel', 'sign'] } } }

interface Served extends ServedCase {
  readonly server: AuthorizationServer
  readonly token: (scope: string, more?: object) => Promise<string>
}

async function served(more: object = {}, options: GuardedOptions = {}): Promise<Served> {
  const server = await startAuthorizationServer()
  const authentication = { type: 'oauth2', authorizationServerUri: server.issuer, resource, scopes: ['read'], ...more }
  const running = await serveGuarded(authentication, options)
  const token = async (scope: string, claims: object = {}) =>
    `Bearer ${await server.issue({ aud: resource, sub: 'ann', scope, ...claims })}`
  return { ...running, server, token }
}

const challengeOf = (reply: { headers: { 'www-authenticate'?: string | undefined } }) =>
  reply.headers['www-authenticate']

describe.each(surfaceNames)('Tokens on %s', (surface) => {
  const probe = probes[surface]
  const described = surface === 'rest' || surface === 'mcp' ? `, ${metadata}` : ''

  test('admit whoever brings a good one', async () => {
    const { url, token } = await served()
    const bearer = await token('read write')
    expect((await ask(url(surface), probe, bearer)).status).toBe(200)
    expect((await ask(url(surface), probe, bearer.replace('Bearer', 'bearer'))).status).toBe(200)
  })

  test('are asked for without an error where there is none', async () => {
    const { url, token } = await served()
    const bearer = await token('read')
    const none = [undefined, 'Bearer', 'Bearer ', bearer.replace('Bearer', 'DPoP'), 'Basic YTpi']
    for (const authorization of none) {
      const reply = await ask(url(surface), probe, authorization)
      expect([reply.status, challengeOf(reply)]).toEqual([401, `Bearer scope="read"${described}`])
    }
  })

  test('that are not good are told apart by nothing', async () => {
    const { url, token } = await served()
    const good = await token('read')
    const bad = [
      'Bearer guess',
      'Bearer a b',
      'Bearer {}',
      `${good}x`,
      await token('read', { exp: 1 }),
      await token('read', { aud: 'https://other.test' }),
      await token('read', { iss: 'https://evil.test' }),
    ]
    const replies = await Promise.all(bad.map((authorization) => ask(url(surface), probe, authorization)))
    const challenge = `Bearer error="invalid_token", error_description="the token is not valid here, or not any more", scope="read"${described}`
    expect(replies.map((reply) => [reply.status, challengeOf(reply)])).toEqual(bad.map(() => [401, challenge]))
    const words = replies.map(({ text }) => text.replace(/,"request_id":"[^"]*"/, ''))
    expect(new Set(words).size).toBe(1)
  })

  test('without the scopes of the surface are refused with 403', async () => {
    const { url, token } = await served()
    for (const scope of ['', 'reader', 'rea', 'READ']) {
      const reply = await ask(url(surface), probe, await token(scope))
      expect(reply.status).toBe(403)
      expect(challengeOf(reply)).toBe(
        `Bearer error="insufficient_scope", error_description="the token does not carry the scopes that this needs", scope="read"${described}`,
      )
      expect(reply.json.type).toBe('urn:capability:problem:insufficient-scope')
    }
  })

  test('can not be checked while the authorization server is down, and can once it is up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { url, server, token } = await served()
    const bearer = await token('read')
    server.up = false
    const reply = await ask(url(surface), probe, bearer)
    expect([reply.status, reply.headers['retry-after'], challengeOf(reply)]).toEqual([503, '1', undefined])
    expect(reply.json).toMatchObject({ retryable: true, retry_after_seconds: 1 })
    server.up = true
    expect((await ask(url(surface), probe, bearer)).status).toBe(503)
    vi.setSystemTime(Date.now() + 1000)
    expect((await ask(url(surface), probe, bearer)).status).toBe(200)
  })

  test('that are introspected are those that are active', async () => {
    const environment = { CLIENT_ID: 'me', CLIENT_SECRET: 's3cret' }
    const { url, server } = await served({ tokenValidation: 'introspection' }, { environment })
    server.opaque.set('good', { active: true, aud: resource, scope: 'read', sub: 'ann' })
    server.opaque.set('little', { active: true, aud: resource, sub: 'ann' })
    const statusOf = async (token: string) => (await ask(url(surface), probe, `Bearer ${token}`)).status
    expect([await statusOf('good'), await statusOf('gone'), await statusOf('little')]).toEqual([200, 401, 403])
  })
})

describe('The owner', () => {
  async function told(options: Parameters<typeof startAuthorizationServer>[0], more: object = {}) {
    const lines: string[] = []
    const log = createLog({ output: (line) => void lines.push(line) })
    const server = await startAuthorizationServer(options)
    const authentication = { type: 'oauth2', authorizationServerUri: server.issuer, resource, ...more }
    const environment = { CLIENT_ID: 'me', CLIENT_SECRET: 'not-the-secret' }
    const { url } = await serveGuarded(authentication, { log, environment })
    const bearer = `Bearer ${await server.issue({ aud: resource })}`
    for (const _ of [1, 2, 3]) expect((await ask(url('rest'), probes.rest, bearer)).status).toBe(503)
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(0)
    return { lines: lines.map((line) => JSON.parse(line)), bearer, server }
  }

  test('is told once why tokens can not be checked, without the token', async () => {
    const { lines, bearer, server } = await told({ metadata: { jwks_uri: undefined } })
    const why = 'the authorization server names no https jwks uri'
    const { issuer } = server
    const line = { level: 'warn', msg: 'tokens can not be checked', surface: 'orders-rest', issuer, why }
    expect(lines).toEqual([{ ...line, time: expect.any(String) }])
    expect(JSON.stringify(lines)).not.toContain(bearer.slice(-20))
  })

  test('is told that it is the client that introspects who is refused, without its secret', async () => {
    const { lines } = await told({}, { tokenValidation: 'introspection' })
    expect(lines).toHaveLength(1)
    expect(lines[0].why).toBe(
      'the authorization server answered introspection with 401; is it this client that may introspect?',
    )
    expect(JSON.stringify(lines)).not.toContain('not-the-secret')
  })
})

describe('The audience', () => {
  test('is what tokens must be for, where it is said, in the place of the resource', async () => {
    const { url, token } = await served({ audience: 'orders' })
    expect((await ask(url('rest'), probes.rest, await token('read', { aud: 'orders' }))).status).toBe(200)
    expect((await ask(url('rest'), probes.rest, await token('read'))).status).toBe(401)
  })
})

describe('The client that introspects', () => {
  test('is that of the surface before that of all', async () => {
    const environment = {
      ORDERS_REST_CLIENT_ID: 'me',
      ORDERS_REST_CLIENT_SECRET: 's3cret',
      CLIENT_ID: 'x',
      CLIENT_SECRET: 'y',
    }
    const { url, server } = await served({ tokenValidation: 'introspection' }, { environment })
    server.opaque.set('good', { active: true, aud: resource, scope: 'read' })
    expect((await ask(url('rest'), probes.rest, 'Bearer good')).status).toBe(200)
    expect((await ask(url('skill'), probes.skill, 'Bearer good')).status).toBe(503)
  })
})

describe('What a surface says of itself', () => {
  test.each<SurfaceName>(['rest', 'mcp'])(
    'is told to everyone on %s, with the path of the resource and without',
    async (surface) => {
      const { url, server } = await served()
      for (const target of [wellKnown, `${wellKnown}/mcp`, `${wellKnown}?x=y`]) {
        const reply = await exchange(url(surface), target)
        expect(reply.status).toBe(200)
        expect(reply.json).toEqual({
          resource,
          authorization_servers: [server.issuer],
          scopes_supported: ['read'],
          bearer_methods_supported: ['header'],
        })
        const head = await exchange(url(surface), target, { method: 'HEAD' })
        expect([head.status, head.text]).toEqual([200, ''])
      }
    },
  )

  test('is told by GET and HEAD only, at these addresses only', async () => {
    const { url } = await served()
    const asked = [
      ['POST', wellKnown],
      ['OPTIONS', wellKnown],
      ['GET', `${wellKnown}/`],
      ['GET', `${wellKnown}/other`],
      ['GET', '/.well-known/oauth-authorization-server'],
    ] as const
    for (const [method, target] of asked) expect((await exchange(url('mcp'), target, { method })).status).toBe(401)
  })

  test.each<SurfaceName>(['skill', 'control'])('is not told on %s', async (surface) => {
    const { url } = await served()
    expect((await exchange(url(surface), wellKnown)).status).toBe(401)
  })

  test('names no scopes where there are none, and has no path where the resource has none', async () => {
    const { url, server } = await served({ scopes: [], resource: 'https://orders.test' })
    const { json } = await exchange(url('mcp'), wellKnown)
    expect(json).toEqual({
      resource: 'https://orders.test',
      authorization_servers: [server.issuer],
      bearer_methods_supported: ['header'],
    })
    const reply = await ask(url('mcp'), probes.mcp)
    expect(challengeOf(reply)).toBe(`Bearer resource_metadata="https://orders.test${wellKnown}"`)
  })
})

describe('The scopes of an operation', () => {
  const cancel: Probe = { method: 'POST', target: '/orders/7/cancel' }
  const needed = `Bearer error="insufficient_scope", error_description="the token does not carry the scopes that this needs", scope="read cancel sign", ${metadata}`

  test('are asked for over REST, and only there', async () => {
    const { url, token } = await served({}, { companion })
    const [little, half, all] = await Promise.all([token('read'), token('read cancel'), token('read sign cancel')])
    for (const bearer of [little, half]) {
      expect((await ask(url('rest'), probes.rest, bearer)).status).toBe(200)
      const reply = await ask(url('rest'), cancel, bearer)
      expect([reply.status, challengeOf(reply)]).toEqual([403, needed])
      expect(reply.json.detail).toBe('"orders.cancel" needs a token with the scope "cancel" and "sign"')
    }
    expect((await ask(url('rest'), cancel, all)).json).toEqual({ done: true })
  })

  test('come before the input is looked at', async () => {
    const { url, token } = await served({}, { companion })
    const wrong = { ...cancel, target: '/orders/7/cancel?no-such=input' }
    expect((await ask(url('rest'), wrong, await token('read'))).status).toBe(403)
    expect((await ask(url('rest'), wrong, await token('read cancel sign'))).status).toBe(400)
  })

  test('hide what needs them from whoever lacks them, whatever it is called there', async () => {
    const { url, token } = await served({}, { companion })
    const listed = async (scope: string) => {
      const { tools, cacheScope } = messageIn(await ask(url('mcp'), probes.mcp, await token(scope))).result
      return [cacheScope, ...tools.map(({ name }: { name: string }) => name)]
    }
    expect(await listed('read cancel')).toEqual(['private', 'read'])
    expect(await listed('read cancel sign')).toEqual(['private', 'read', 'cancel', 'cancel-seven'])
  })

  const bearing = (message: Message, authorization: string): Message => ({
    ...message,
    headers: { ...message.headers, authorization },
  })
  /** A member that the fast path does not know, so that the SDK answers. */
  const odd = modern('tools/call', { name: 'cancel', arguments: { id: '7' }, _meta: { ...envelope, 'test/odd': 1 } })

  test.each<readonly [string, Message]>([
    ['on the fast path', toolCall('cancel', { id: '7' })],
    ['through the SDK', odd],
  ])('are asked for over MCP 2026-07-28 %s', async (_, message) => {
    const { url, token } = await served({}, { companion })
    const refused = await post(url('mcp'), bearing(message, await token('read')))
    expect([refused.status, challengeOf(refused)]).toEqual([403, needed])
    const answered = await post(url('mcp'), bearing(message, await token('read cancel sign')))
    expect(answered.status).toBe(200)
    expect(messageIn(answered).result).toMatchObject({ isError: false, structuredContent: { done: true } })
    const other = await post(url('mcp'), bearing(toolCall('read', { id: '7' }), await token('read')))
    expect(messageIn(other).result.isError).toBe(false)
  })

  async function session(url: string, authorization: string) {
    const opened = await post(url, bearing(initialize(), authorization))
    return { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
  }

  test('are asked for in a session of a 2025 client', async () => {
    const { url, token } = await served({}, { companion })
    const bearer = await token('read')
    const own = await session(url('mcp'), bearer)
    const call = (name: string, authorization: string) =>
      post(
        url('mcp'),
        bearing(classic({ id: 2, method: 'tools/call', params: { name, arguments: { id: '7' } } }, own), authorization),
      )
    expect(messageIn(await call('read', bearer)).result.isError).toBe(false)
    const refused = await call('cancel', bearer)
    expect([refused.status, challengeOf(refused)]).toEqual([403, needed])
    expect(messageIn(await call('cancel', await token('read cancel sign'))).result.isError).toBe(false)
  })

  test('are asked for inside of a batch, too', async () => {
    const { url, token } = await served({}, { companion })
    const bearer = await token('read')
    const own = await session(url('mcp'), bearer)
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'cancel', arguments: { id: '7' } } }
    const message = { ...classic({}, own), body: [{ jsonrpc: '2.0', id: 1, method: 'ping' }, call] }
    expect((await post(url('mcp'), bearing(message, bearer))).status).toBe(403)
  })

  test('a session is not opened by the token of somebody else', async () => {
    const { url, token } = await served()
    const own = await session(url('mcp'), await token('read'))
    const list = (authorization: string) =>
      post(url('mcp'), bearing(classic({ id: 2, method: 'tools/list' }, own), authorization))
    expect((await list(await token('read other'))).status).toBe(200)
    expect((await list(await token('read', { sub: 'eve' }))).status).toBe(404)
  })

  test('a real client brings its token and is told what is missing', async () => {
    const { url, token } = await served({}, { companion })
    const connect = async (authorization: string) => {
      const client = new Client({ name: 'test', version: '1.0.0' })
      const requestInit = { headers: { authorization } }
      await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url('mcp')), { requestInit }))
      return client
    }
    const little = await connect(await token('read'))
    expect((await little.callTool({ name: 'read', arguments: { id: '7' } })).isError).not.toBe(true)
    await expect(little.callTool({ name: 'cancel', arguments: { id: '7' } })).rejects.toThrow(/403|scope/i)
    await little.close()
  })

  test('hold for a tool that changes the flow it refers to', async () => {
    const { url, token } = await served({}, { companion })
    const call = async (scope: string) => post(url('mcp'), bearing(toolCall('cancel-seven', {}), await token(scope)))
    expect((await call('read')).status).toBe(403)
    expect((await call('read cancel sign')).status).toBe(200)
  })

  test('are not asked for where callers bring no token', async () => {
    const { url } = await serveGuarded({ type: 'bearer', token: 'x' }, { companion })
    expect((await ask(url('rest'), cancel, 'Bearer x')).status).toBe(200)
  })

  test('stand in the description of the REST surface', async () => {
    const { url, token } = await served({ tokenEndpoint: 'https://login.test/token' }, { companion })
    const described = async (scope: string) =>
      (await exchange(url('rest'), '/openapi.yaml', { headers: { authorization: await token(scope) } })).text
    const text = await described('read cancel sign')
    expect(text).toContain('tokenUrl: https://login.test/token')
    expect(text).toContain('- oauth2: [ read, cancel, sign ]')
    expect(await described('read')).not.toContain('cancel')
  })
})

describe('A start', () => {
  test.each<readonly [string, object, string]>([
    [
      'an authorization server without encryption',
      { authorizationServerUri: 'http://login.test' },
      'must be an https address',
    ],
    ['an authorization server that is no address', { authorizationServerUri: 'login' }, 'must be an https address'],
    ['a resource that is no address', { resource: 'orders' }, 'must be the http(s) address'],
    ['a resource with a fragment', { resource: 'https://orders.test/#a' }, 'must be the http(s) address'],
  ])('is refused with %s', async (_, more, why) => {
    const serving = served(more)
    await expect(serving).rejects.toThrow(StartError)
    await expect(serving).rejects.toThrow(why)
  })

  test('does not need the authorization server', async () => {
    const { server } = await served()
    expect(server.requests).toEqual([])
  })
})
