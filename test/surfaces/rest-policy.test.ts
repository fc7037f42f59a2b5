/** What the companion says of a surface: which pages may call it, and how often anybody may. */

import { describe, expect, it } from 'vitest'
import { validate } from '../../src/index.ts'
import { serveCapability, writeCapability } from '../support/serve.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './cases.ts'
import { exchange, listen, type Sent } from './exchange.ts'
import { initialize } from './mcp-messages.ts'

const app = 'https://app.example.com'
const bearer = { authentication: { type: 'bearer', token: '{{INBOUND_SECRET}}' } }

async function serve(surfaces: object, rest: object = {}) {
  const api = await listen((_req, res) => res.end('{"id":"lamp"}'))
  const { url } = await serveCapability(capabilityOf([thingRoutes(rest), thingTools()]), {
    upstreams: { api },
    environment,
    companion: { surfaces },
  })
  return {
    rest: (sent: Sent = {}) => exchange(url('rest'), '/things/lamp', sent),
    mcp: (sent: Sent = {}) => exchange(url('mcp'), '/mcp', sent),
  }
}

const preflight = {
  method: 'OPTIONS',
  headers: {
    origin: app,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type, x-other',
  },
}

describe('a page of another origin', () => {
  it('may call where the companion names its origin, and sees what it may see', async () => {
    const { rest } = await serve({ 'things-rest': { cors: { origins: [app], maxAge: 60 } } })
    const { status, headers, json } = await rest({ headers: { origin: app } })
    expect([status, json]).toEqual([200, { id: 'lamp' }])
    expect(headers).toMatchObject({ 'access-control-allow-origin': app, vary: 'Accept, Origin' })
    expect(headers['access-control-expose-headers']).toContain('X-Request-Id')
    expect(headers).not.toHaveProperty('access-control-allow-credentials')
  })

  it('is told by a preflight, before it has shown a credential', async () => {
    const { rest } = await serve({ default: { cors: { origins: [app], maxAge: 60, credentials: true } } }, bearer)
    const { status, headers, text } = await rest(preflight)
    expect([status, text]).toEqual([204, ''])
    expect(headers).toMatchObject({
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': 'content-type, x-other',
      'access-control-max-age': '60',
      vary: 'Access-Control-Request-Method, Access-Control-Request-Headers, Origin',
    })
    const refused = await rest({ headers: { origin: app } })
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, app])
  })

  it('of any other origin is refused, and every answer says that it depends on it', async () => {
    const { rest } = await serve({ default: { cors: { origins: [app] } } })
    expect((await rest({ headers: { origin: 'https://evil.example.com' } })).status).toBe(403)
    expect((await rest({ ...preflight, headers: { ...preflight.headers, origin: `${app}.evil.test` } })).status).toBe(
      403,
    )
    expect((await rest()).headers.vary).toContain('Origin')
  })

  it('may call from anywhere where the companion says so', async () => {
    const { rest, mcp } = await serve({ default: { cors: { origins: ['*'] } } })
    const { headers } = await rest({ headers: { origin: 'https://any.example.com' } })
    expect([headers['access-control-allow-origin'], headers.vary]).toEqual(['*', 'Accept'])
    const { headers: open, body } = initialize()
    const elsewhere = await mcp({ method: 'POST', headers: { ...open, origin: 'https://any.example.com' }, body })
    expect(elsewhere.headers['access-control-expose-headers']).toContain('Mcp-Session-Id')
    expect(elsewhere.headers['mcp-session-id']).toBeDefined()
    expect(elsewhere.status).not.toBe(403)
    expect(elsewhere.headers['access-control-allow-origin']).toBe('*')
  })
})

describe('a caller', () => {
  const limit = { requests: 2, window: 60 }
  const seconds = expect.stringMatching(/^(60|[1-5]?\d)$/)
  const left = (requests: number) => expect.stringMatching(new RegExp(`^"default";r=${requests};t=(60|[1-5]?\\d)$`))

  it('is told how many requests are left, and is refused the next one', async () => {
    const { rest } = await serve({ default: { rateLimit: limit } })
    const [first, second, third] = [await rest(), await rest(), await rest()]
    expect([first.status, first.headers.ratelimit]).toEqual([200, left(1)])
    expect(first.headers['ratelimit-policy']).toBe('"default";q=2;w=60')
    expect([second.status, second.headers.ratelimit]).toEqual([200, left(0)])
    expect([third.status, third.headers['retry-after'], third.headers.ratelimit]).toEqual([429, seconds, left(0)])
    expect(third.json).toMatchObject({
      type: 'urn:capability:problem:rate-limited',
      retryable: true,
      retry_after_seconds: expect.any(Number),
    })
  })

  it('is known by its address, also before it has shown a credential', async () => {
    const { rest } = await serve({ default: { rateLimit: limit } }, bearer)
    const statuses = [await rest(), await rest(), await rest()].map(({ status }) => status)
    expect(statuses).toEqual([401, 401, 429])
  })

  it('may be known by its credential, of which a wrong one is none', async () => {
    const { rest } = await serve({ default: { rateLimit: { ...limit, by: 'credential' } } }, bearer)
    const headers = { authorization: `Bearer ${environment.INBOUND_SECRET}` }
    for (let i = 0; i < 3; i++) expect((await rest()).status).toBe(401)
    const statuses = [await rest({ headers }), await rest({ headers }), await rest({ headers })].map((r) => r.status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it('of one surface is not counted on another', async () => {
    const { rest, mcp } = await serve({
      default: { rateLimit: { requests: 1, window: 60 } },
      'things-rest': { rateLimit: limit },
    })
    await mcp()
    expect((await mcp()).status).toBe(429)
    expect((await rest()).headers.ratelimit).toEqual(left(1))
  })
})

describe('a companion', () => {
  it.each<[string, object, readonly string[]]>([
    ['of a surface that is not there', { 'thing-rest': {} }, ['nothing has the namespace "thing-rest"']],
    [
      'that lets every page call as its visitor',
      { default: { cors: { origins: ['*'], credentials: true } } },
      ['"credentials" can not be with every origin: name the origins whose pages may call as their visitor'],
    ],
    [
      'with an origin that is none',
      { default: { cors: { origins: ['app.example.com'] } } },
      ['"app.example.com" must be an origin such as https://app.example.com, or *'],
    ],
  ])('%s is refused', async (_, surfaces, expected) => {
    const file = await writeCapability(capabilityOf([thingRoutes()]), { companion: { surfaces } })
    const { diagnostics } = await validate(file)
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual(expected)
  })
})
