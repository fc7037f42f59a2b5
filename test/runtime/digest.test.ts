import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { UpstreamAuthenticationPlan } from '../../src/plan.ts'
import { challengesOf } from '../../src/runtime/challenge.ts'
import { authorization } from '../../src/runtime/digest.ts'
import { openUpstream, type Upstream } from '../../src/runtime/upstream.ts'

const literal = (value: string) => ({ type: 'literal', value }) as const

function digest(username: string, password: string): UpstreamAuthenticationPlan {
  return { type: 'digest', username: literal(username), password: literal(password) }
}

interface Guard {
  readonly url: string
  /** The Authorization fields that came, in order. */
  readonly seen: (string | undefined)[]
  /** Makes every nonce so far stale. */
  renew: () => void
}

/** An upstream that checks digests as RFC 7616 says, of the user `ann` with the password `secret`. */
async function startGuard(algorithm: 'SHA-256' | 'MD5', qop = 'qop="auth, auth-int", '): Promise<Guard> {
  let age = 1
  const seen: (string | undefined)[] = []
  const server = createServer((req, res) => {
    seen.push(req.headers.authorization)
    const fault = checked(req, algorithm, `n${age}`)
    if (fault === undefined) return void res.end('{"ok": true}')
    const stale = fault === 'stale' ? ', stale=true' : ''
    res.writeHead(401, {
      'www-authenticate': `Digest realm="r", ${qop}nonce="n${age}", algorithm=${algorithm}${stale}`,
    })
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.closeAllConnections())
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, seen, renew: () => age++ }
}

const counts = new Map<string, number>()

function checked(req: IncomingMessage, algorithm: string, nonce: string): 'missing' | 'wrong' | 'stale' | undefined {
  const [challenge] = challengesOf([req.headers.authorization ?? ''])
  if (challenge === undefined) return 'missing'
  const said = (name: string) => challenge.parameters.get(name) ?? ''
  const hash = (text: string) => createHash(algorithm.replace('-', '')).update(text).digest('hex')
  const [ha1, ha2] = [hash('ann:r:secret'), hash(`${req.method}:${req.url}`)]
  const used = said('nonce')
  const expected =
    said('qop') === ''
      ? hash(`${ha1}:${used}:${ha2}`)
      : hash(`${ha1}:${used}:${said('nc')}:${said('cnonce')}:auth:${ha2}`)
  if (said('response') !== expected || said('uri') !== req.url) return 'wrong'
  if (used !== nonce) return 'stale'
  const key = `${req.headers.host} ${used}`
  const count = Number.parseInt(said('nc') || '1', 16)
  if (said('qop') !== '' && count <= (counts.get(key) ?? 0)) return 'wrong'
  counts.set(key, count)
  return undefined
}

function open(url: string, authentication: UpstreamAuthenticationPlan): Upstream {
  const upstream = openUpstream({ namespace: 'shop', baseUri: literal(url), authentication }, new Map(), undefined)
  onTestFinished(() => upstream.close())
  return upstream
}

const get = { method: 'GET', path: '/items?a=b', headers: [] } as const

async function status(upstream: Upstream): Promise<number> {
  return (await upstream.send({ ...get, headers: [] })).status
}

describe('Digest authentication', () => {
  test.each(['SHA-256', 'MD5'] as const)('answers a challenge in %s, and says nothing before it', async (algorithm) => {
    const guard = await startGuard(algorithm)
    const upstream = open(guard.url, digest('ann', 'secret'))
    expect(await status(upstream)).toBe(200)
    expect(guard.seen[0]).toBeUndefined()
    expect(guard.seen[1]).toContain(`algorithm=${algorithm}, qop=auth, nc=00000001`)
    expect(guard.seen[1]).not.toContain('secret')
  })

  test('uses a nonce again, counting', async () => {
    const guard = await startGuard('SHA-256')
    const upstream = open(guard.url, digest('ann', 'secret'))
    await status(upstream)
    expect(await Promise.all([status(upstream), status(upstream)])).toEqual([200, 200])
    expect(guard.seen).toHaveLength(4)
    expect(guard.seen.slice(1).map((field) => /nc=(\w+)/.exec(field ?? '')?.[1])).toContain('00000003')
  })

  test('takes a new nonce when the old one is stale', async () => {
    const guard = await startGuard('SHA-256')
    const upstream = open(guard.url, digest('ann', 'secret'))
    await status(upstream)
    guard.renew()
    expect(await status(upstream)).toBe(200)
    expect(guard.seen).toHaveLength(4)
  })

  test('does not try a refused credential again', async () => {
    const guard = await startGuard('SHA-256')
    expect(await status(open(guard.url, digest('ann', 'wrong')))).toBe(401)
    expect(guard.seen).toHaveLength(2)
  })

  test('answers a server that knows no qop', async () => {
    const guard = await startGuard('MD5', '')
    expect(await status(open(guard.url, digest('ann', 'secret')))).toBe(200)
  })

  test.each([
    ['MD5', 'md5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', 'sha256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('computes what RFC 7616 §3.9.1 computes in %s', (name, hash, response) => {
    const parameters = new Map([
      ['realm', 'http-auth@example.org'],
      ['nonce', '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'],
      ['qop', 'auth, auth-int'],
      ['opaque', 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'],
    ])
    const field = authorization(
      { method: 'GET', path: '/dir/index.html' },
      { parameters, algorithm: { name, hash, session: false }, count: 1 },
      { username: 'Mufasa', password: 'Circle of Life' },
      'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    )
    expect(field).toContain(`response="${response}"`)
    expect(field).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')
  })
})

describe('The challenges of a 401', () => {
  test.each<readonly [string, readonly unknown[]]>([
    [
      'Basic realm="a, b", Digest realm="c", nonce=n',
      [
        ['basic', { realm: 'a, b' }],
        ['digest', { realm: 'c', nonce: 'n' }],
      ],
    ],
    ['Digest realm="a \\"b\\"",nonce="n"', [['digest', { realm: 'a \\"b\\"', nonce: 'n' }]]],
    ['Negotiate', [['negotiate', {}]]],
    ['', []],
    ['Digest realm="never closed', [['digest', {}]]],
  ])('(%s) are told apart', (field, expected) => {
    const found = challengesOf([field]).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
    expect(found).toEqual(expected)
  })
})
