/** Who may call, on every surface alike: what is asked for, who is let in, and what the others are told. */

import { describe, expect, test } from 'vitest'
import { announce } from '../../src/cli/announce.ts'
import { StartError } from '../../src/index.ts'
import { serveCapability } from '../support/serve.ts'
import { exchange, listen } from './exchange.ts'
import { ask, guardedCapability, type Probe, probes, type SurfaceName, serveGuarded, surfaceNames } from './guarded.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

interface Kind {
  readonly authentication: object
  readonly right: Readonly<Record<string, string>>
  readonly wrong: readonly Readonly<Record<string, string>>[]
  readonly challenge: RegExp
  readonly paste: RegExp
}

const kinds: Readonly<Record<string, Kind>> = {
  basic: {
    authentication: { type: 'basic', username: 'jäsøn', password: '{{SECRET}}' },
    right: { authorization: `Basic ${base64('jäsøn:the-secret:x')}` },
    wrong: [
      {},
      { authorization: `Basic ${base64('jäsøn:guess')}` },
      { authorization: `Basic ${base64('eve:the-secret:x')}` },
      { authorization: `Basic ${base64(':')}` },
    ],
    challenge: /^Basic realm="capability", charset="UTF-8"$/,
    paste: /^ {2}curl -u <username> 'http:/,
  },
  bearer: {
    authentication: { type: 'bearer', token: '{{SECRET}}' },
    right: { authorization: 'Bearer the-secret:x' },
    wrong: [{}, { authorization: 'Bearer guess' }, { authorization: 'Foo the-secret:x' }, { authorization: 'Bearer ' }],
    challenge: /^Bearer$/,
    paste: /^ {2}curl -H 'Authorization: Bearer <token>' 'http:/,
  },
  apikey: {
    authentication: { type: 'apikey', key: 'X-Orders-Key', value: '{{SECRET}}' },
    right: { 'x-orders-key': 'the-secret:x' },
    wrong: [{}, { 'x-orders-key': 'guess' }, { 'x-orders-key': '' }, { authorization: 'the-secret:x' }],
    challenge: /^ApiKey name="X-Orders-Key", in="header"$/,
    paste: /^ {2}curl 'http:/,
  },
}

const environment = { SECRET: 'the-secret:x' }

function send(url: string, { method, target, headers, body }: Probe, more: Readonly<Record<string, string>>) {
  return exchange(url, target, { method, headers: { ...headers, ...more }, body })
}

describe.each(Object.entries(kinds))(
  'With %s authentication',
  (_, { authentication, right, wrong, challenge, paste }) => {
    test.each(surfaceNames)(
      '%s admits the right credential and answers the same 401 to every other',
      async (surface) => {
        const { url } = await serveGuarded(authentication, { environment })
        const probe = probes[surface]
        expect((await send(url(surface), probe, right)).status).toBe(200)
        const replies = await Promise.all(wrong.map((headers) => send(url(surface), probe, headers)))
        expect(replies.map(({ status }) => status)).toEqual(wrong.map(() => 401))
        for (const { headers } of replies) expect(headers['www-authenticate']).toMatch(challenge)
        // The name of a request tells nothing of it.
        const words = replies.map(({ text }) => text.replace(/,"request_id":"[^"]*"/, ''))
        expect(new Set(words).size).toBe(1)
      },
    )

    test('nothing is told before the credential, whatever is asked and however', async () => {
      const { url } = await serveGuarded(authentication, { environment })
      const targets: readonly (readonly [SurfaceName, string])[] = [
        ['rest', '/openapi.yaml'],
        ['rest', '/nothing'],
        ['mcp', '/.well-known/oauth-protected-resource'],
        ['skill', '/.well-known/agent-skills/index.json'],
        ['control', '/health/ready'],
        ['control', '/status'],
      ]
      for (const [surface, target] of targets)
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'DELETE']) {
          const reply = await exchange(url(surface), target, { method })
          expect([method, target, reply.status]).toEqual([method, target, 401])
          expect(reply.headers['www-authenticate']).toMatch(challenge)
          if (method === 'HEAD') expect(reply.text).toBe('')
        }
    })

    test('the call to paste shows where the credential goes, and not what it is', async () => {
      const { running } = await serveGuarded(authentication, { environment })
      const [, line = ''] = /Call it:\n(.*)/.exec(announce(running)) ?? []
      expect(line).toMatch(paste)
      expect(announce(running)).not.toContain(environment.SECRET)
    })

    test('HEAD and OPTIONS do what they do once the caller is known', async () => {
      const { url } = await serveGuarded(authentication, { environment })
      const head = await send(url('rest'), { ...probes.rest, method: 'HEAD' }, right)
      expect([head.status, head.text]).toEqual([200, ''])
      const options = await send(url('rest'), { ...probes.rest, method: 'OPTIONS' }, right)
      expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS'])
    })
  },
)

describe('A blank credential', () => {
  const blank: readonly (readonly [string, object, Readonly<Record<string, string>>])[] = [
    ['password', { type: 'basic', username: 'ann', password: '' }, { authorization: `Basic ${base64('ann:')}` }],
    ['username', { type: 'basic', username: '', password: 'x' }, { authorization: `Basic ${base64(':x')}` }],
    ['token', { type: 'bearer', token: '' }, { authorization: 'Bearer ' }],
    ['value', { type: 'apikey', key: 'X-Key', value: '' }, { 'x-key': '' }],
    ['password', { type: 'digest', username: 'ann' }, {}],
  ]

  test.each(blank)('(%s of %j) admits nobody, which is told at start', async (part, authentication, headers) => {
    const { url, running } = await serveGuarded(authentication)
    for (const surface of surfaceNames) expect((await send(url(surface), probes[surface], headers)).status).toBe(401)
    const sentence = (surface: string) => `"${surface}" admits nobody: the ${part} of its authentication is blank`
    expect(running.notices).toEqual(['orders-rest', 'orders-mcp', 'orders-skill', 'control'].map(sentence))
    expect(announce(running)).toContain(`\nWarning: ${sentence('orders-rest')}.\n`)
  })

  test('is told of one that comes from a file, and of no other', async () => {
    const capability = guardedCapability({ type: 'bearer', token: '{{TOKEN}}' })
    const binds = [{ namespace: 'secrets', location: 'file:///./secrets.yml', keys: { TOKEN: 'token' } }]
    const files = (text: string) => ({ 'secrets.yml': text })
    const blankOne = await serveCapability({ ...capability, binds }, { files: files('token: ""') })
    expect(blankOne.running.notices).toHaveLength(4)
    const set = await serveCapability({ ...capability, binds }, { files: files('token: abc') })
    expect(set.running.notices).toEqual([])
  })
})

describe('A credential of a caller', () => {
  test.each(Object.keys(kinds))('(%s) goes no further than the guard', async (kind) => {
    const { authentication, right } = kinds[kind] as Kind
    const seen: unknown[] = []
    const upstream = await listen((req, res) => {
      seen.push([req.url, req.headers.authorization, req.headers['x-orders-key']])
      res.end('{}')
    })
    const passed = {
      Authorization: { in: 'header', type: 'string', required: false },
      'X-Orders-Key': { in: 'header', type: 'string', required: false },
    }
    const consumed = { in: 'header' }
    const { url } = await serveCapability(
      {
        ikanos: '1.0.0-beta5',
        binds: [{ namespace: 'env', keys: { SECRET: 'SECRET' } }],
        capability: {
          consumes: [
            {
              type: 'http',
              namespace: 'api',
              baseUri: upstream,
              resources: {
                all: {
                  path: '/all',
                  operations: {
                    get: { method: 'GET', inputParameters: { Authorization: consumed, 'X-Orders-Key': consumed } },
                  },
                },
              },
            },
          ],
          exposes: [
            {
              type: 'rest',
              namespace: 'r',
              port: 0,
              authentication,
              resources: {
                all: { path: '/all', operations: { get: { method: 'GET', inputParameters: passed, call: 'api.get' } } },
              },
            },
          ],
        },
      },
      { environment },
    )
    expect((await exchange(url('r'), '/all', { headers: right })).status).toBe(200)
    expect(seen).toEqual([['/all', undefined, undefined]])
  })
})

describe('A surface', () => {
  test('listens on this machine only, unless the file says otherwise', async () => {
    const { running } = await serveGuarded({ type: 'bearer', token: 'x' })
    expect(running.surfaces.map(({ plan }) => plan.address)).toEqual(surfaceNames.map(() => '127.0.0.1'))
  })

  test.each([
    ['192.0.2.1', 'this machine does not have that address'],
    ['no-such-host.invalid', /there is no such host|could not be looked up/],
  ])('that can not listen on %s says why', async (address, why) => {
    const serving = serveGuarded({ type: 'bearer', token: 'x' }, { more: { address } })
    await expect(serving).rejects.toThrow(StartError)
    await expect(serving).rejects.toThrow(why)
  })

  test('without authentication asks nobody', async () => {
    const { url } = await serveGuarded(undefined as never)
    for (const surface of surfaceNames) expect((await ask(url(surface), probes[surface])).status).toBe(200)
  })
})
