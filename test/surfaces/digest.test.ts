/** Digest authentication of callers: an independent client by the letter of RFC 7616, and curl as a real one. */

import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { challengesOf } from '../../src/runtime/challenge.ts'
import { digestCheck } from '../../src/surfaces/digest.ts'
import type { Reply } from './exchange.ts'
import { ask, type Probe, probes, serveGuarded, surfaceNames } from './guarded.ts'

const username = 'ann'
const password = 'open-sesame'
const environment = { PASSWORD: password }
const authentication = { type: 'digest', username, password: '{{PASSWORD}}' }

type Fields = Readonly<Record<string, string | undefined>>
type Hash = (text: string) => string

const hashes: Readonly<Record<string, Hash>> = {
  'SHA-256': (text) => createHash('sha256').update(text).digest('hex'),
  MD5: (text) => createHash('md5').update(text).digest('hex'),
}

/** The parameters of the challenge for an algorithm. */
function challengeIn(reply: Pick<Reply, 'headers'>, algorithm = 'SHA-256'): ReadonlyMap<string, string> {
  const all = challengesOf([reply.headers['www-authenticate'] ?? ''])
  const found = all.find(({ scheme, parameters }) => scheme === 'digest' && parameters.get('algorithm') === algorithm)
  if (found === undefined) throw new Error(`no challenge for ${algorithm}: ${reply.headers['www-authenticate']}`)
  return found.parameters
}

interface Credential {
  readonly asked: ReadonlyMap<string, string>
  readonly probe?: Pick<Probe, 'method' | 'target'>
  readonly algorithm?: string
  readonly username?: string
  readonly password?: string
  readonly count?: number
  /** Fields that are written otherwise than they were computed; undefined = left out. */
  readonly written?: Fields
}

/** RFC 7616 §3.4. */
function credential(options: Credential): string {
  const { asked, probe = probes.rest, algorithm = 'SHA-256', count = 1, written = {} } = options
  const [name, secret, cnonce] = [options.username ?? username, options.password ?? password, 'c0ffee']
  const hash = hashes[algorithm] as Hash
  const [realm, nonce, nc] = [asked.get('realm') ?? '', asked.get('nonce') ?? '', count.toString(16).padStart(8, '0')]
  const a1 = hash(`${name}:${realm}:${secret}`)
  const a2 = hash(`${probe.method}:${probe.target}`)
  const fields: Fields = {
    username: `"${name}"`,
    realm: `"${realm}"`,
    uri: `"${probe.target}"`,
    algorithm,
    nonce: `"${nonce}"`,
    nc,
    cnonce: `"${cnonce}"`,
    qop: 'auth',
    response: `"${hash(`${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`)}"`,
    opaque: `"${asked.get('opaque') ?? ''}"`,
    ...written,
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return `Digest ${given.map(([field, value]) => `${field}=${value}`).join(', ')}`
}

describe.each(surfaceNames)('Digest authentication on %s', (surface) => {
  const probe = probes[surface]

  async function served() {
    const { url } = await serveGuarded(authentication, { environment })
    const challenge = await ask(url(surface), probe)
    return { url: url(surface), challenge }
  }

  test('asks for SHA-256 first, then MD5, and says no more', async () => {
    const { challenge } = await served()
    expect(challenge.status).toBe(401)
    const asked = challengesOf([challenge.headers['www-authenticate'] ?? '']).map(({ parameters }) => parameters)
    expect(asked.map((p) => [p.get('algorithm'), p.get('qop'), p.get('charset'), p.has('stale')])).toEqual([
      ['SHA-256', 'auth', 'UTF-8', false],
      ['MD5', 'auth', 'UTF-8', false],
    ])
    expect(challenge.text).not.toMatch(/ann|open-sesame/)
  })

  test.each(Object.keys(hashes))(
    'admits the right credential by %s, and a nonce again with its next count',
    async (by) => {
      const { url, challenge } = await served()
      const asked = challengeIn(challenge, by)
      const sent = (count: number) => ask(url, probe, credential({ asked, probe, algorithm: by, count }))
      expect([(await sent(1)).status, (await sent(2)).status]).toEqual([200, 200])
    },
  )

  test('refuses a replay, as stale', async () => {
    const { url, challenge } = await served()
    const sent = () => ask(url, probe, credential({ asked: challengeIn(challenge), probe }))
    expect((await sent()).status).toBe(200)
    const replayed = await sent()
    expect(replayed.status).toBe(401)
    expect(challengeIn(replayed).get('stale')).toBe('true')
  })

  test('refuses a wrong password and a wrong name alike', async () => {
    const { url, challenge } = await served()
    const asked = challengeIn(challenge)
    const wrong = await ask(url, probe, credential({ asked, probe, password: 'guess' }))
    const stranger = await ask(url, probe, credential({ asked, probe, username: 'eve' }))
    expect([wrong.status, stranger.status]).toEqual([401, 401])
    // The name of a request tells nothing of it.
    const words = ({ text }: { readonly text: string }) => text.replace(/,"request_id":"[^"]*"/, '')
    expect(words(wrong)).toBe(words(stranger))
    expect(words(wrong)).toBe(words(challenge))
    expect(challengeIn(wrong).has('stale')).toBe(false)
    expect(challengeIn(stranger).has('stale')).toBe(false)
  })
})

describe('A digest credential', () => {
  async function served(account: object = authentication) {
    const { url } = await serveGuarded(account, { environment })
    const challenge = await ask(url('rest'), probes.rest)
    const asked = challengeIn(challenge)
    return { asked, send: (authorization: string) => ask(url('rest'), probes.rest, authorization) }
  }

  test.each<readonly [string, Fields]>([
    ['another realm', { realm: '"elsewhere"' }],
    ['another opaque', { opaque: '"x"' }],
    ['no opaque', { opaque: undefined }],
    ['no protection', { qop: undefined }],
    ['another protection', { qop: 'auth-int' }],
    ['no count', { nc: undefined }],
    ['a count in another form', { nc: '1' }],
    ['no nonce of the client', { cnonce: undefined }],
    ['an algorithm that was not offered', { algorithm: 'SHA-512-256' }],
    ['a name that objects have', { algorithm: 'constructor' }],
    ['a session', { algorithm: 'SHA-256-sess' }],
    ['no algorithm, which means MD5', { algorithm: undefined }],
    ['another address', { uri: '"/openapi.yaml"' }],
    ['no address', { uri: undefined }],
    ['no name', { username: undefined }],
    ['two names', { 'username*': "UTF-8''ann" }],
    ['a name that is not well-formed', { username: undefined, 'username*': "UTF-8''%E0%A4%A" }],
    ['no response', { response: undefined }],
    ['an empty response', { response: '""' }],
  ])('with %s is refused', async (_, written) => {
    const { asked, send } = await served()
    expect((await send(credential({ asked, written }))).status).toBe(401)
    expect((await send(credential({ asked }))).status).toBe(200)
  })

  test('for another request is refused, though it is right for that one', async () => {
    const { asked, send } = await served()
    const elsewhere = { ...probes.rest, target: '/openapi.yaml' }
    expect((await send(credential({ asked, probe: elsewhere }))).status).toBe(401)
    const written = { uri: `"${probes.rest.target}"` }
    expect((await send(credential({ asked, probe: { ...probes.rest, method: 'POST' }, written }))).status).toBe(401)
  })

  test('whose address has scheme and host, as proxies send it, is that of the path', async () => {
    const { asked, send } = await served()
    const probe = { ...probes.rest, target: `http://orders.test${probes.rest.target}` }
    expect((await send(credential({ asked, probe }))).status).toBe(200)
  })

  test('with a nonce of nobody but the right password is stale, so that nobody is asked again', async () => {
    const { asked, send } = await served()
    const reply = await send(credential({ asked: new Map([...asked, ['nonce', 'of-the-program-before']]) }))
    expect([reply.status, challengeIn(reply).get('stale')]).toEqual([401, 'true'])
  })

  test.each(['', 'Digest', 'Digest ', 'Digest =', 'Digest username="ann', 'Basic YW5uOm9wZW4tc2VzYW1l', 'Bearer x'])(
    'that is none (%s) is answered with a challenge',
    async (authorization) => {
      const { send } = await served()
      const reply = await send(authorization)
      expect([reply.status, challengeIn(reply).has('nonce')]).toEqual([401, true])
    },
  )

  test.each<readonly [string, (name: string) => Fields]>([
    ['in the form of RFC 8187', (name) => ({ username: undefined, 'username*': `UTF-8''${encodeURIComponent(name)}` })],
    ['as bytes of UTF-8 in quotes', (name) => ({ username: `"${Buffer.from(name).toString('latin1')}"` })],
  ])('of a name in other letters is right %s', async (_, written) => {
    const { asked, send } = await served({ ...authentication, username: 'Jäsøn Doe ✓' })
    expect((await send(credential({ asked, username: 'Jäsøn Doe ✓', written: written('Jäsøn Doe ✓') }))).status).toBe(
      200,
    )
  })

  test('of a name with quotes is right', async () => {
    const { asked, send } = await served({ ...authentication, username: 'an"n\\' })
    const written = { username: String.raw`"an\"n\\"` }
    expect((await send(credential({ asked, username: 'an"n\\', written }))).status).toBe(200)
  })

  test.each([{ ...authentication, username: '' }, { ...authentication, password: '' }, { type: 'digest' }])(
    'of a blank account (%j) admits nobody',
    async (account) => {
      const { asked, send } = await served(account)
      const { username: name = '', password: secret = '' } = account as { username?: string; password?: string }
      const right = { username: name, password: secret.replace('{{PASSWORD}}', password) }
      expect((await send(credential({ asked, ...right }))).status).toBe(401)
    },
  )

  test('is stale once its nonce is too old', () => {
    let time = 0
    const check = digestCheck({ username, password }, { lifetimeMs: 1000, kept: 10 }, () => time)
    const fields = (authorization?: string) => {
      const refused = check({ method: 'GET', url: probes.rest.target, headers: { authorization } } as never)
      return refused?.headers.filter((_, i) => i % 2 === 1).join(', ')
    }
    const asked = challengeIn({ headers: { 'www-authenticate': fields() ?? '' } })
    time = 1000
    expect(fields(credential({ asked }))).toBeUndefined()
    time = 1001
    expect(fields(credential({ asked, count: 2 }))).toContain('stale=true')
  })
})

function curlVersion(): string | undefined {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' })
  } catch {
    console.warn('skipped: there is no curl to call with')
    return undefined
  }
}

describe.skipIf(curlVersion() === undefined)('curl', () => {
  const run = promisify(execFile)

  async function curl(url: string, { method, target, headers = {}, body }: Probe, user: string): Promise<string> {
    const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const data = body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)]
    const common = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--digest', '-u', user, '-X', method]
    const { stdout } = await run('curl', [...common, ...fields, ...data, `${url}${target}`])
    return stdout
  }

  test.each(surfaceNames)(
    'with --digest is admitted on %s with the right password, and with no other',
    async (surface) => {
      const { url } = await serveGuarded(authentication, { environment })
      expect(await curl(url(surface), probes[surface], `${username}:${password}`)).toBe('200')
      expect(await curl(url(surface), probes[surface], `${username}:guess`)).toBe('401')
    },
  )

  test('is admitted with a name in other letters and an address with a query', async () => {
    const { url } = await serveGuarded({ ...authentication, username: 'Jäsøn' }, { environment })
    const probe = { method: 'GET', target: '/skills?a=b%20c,d&e=%22' }
    expect(await curl(url('skill'), probe, `Jäsøn:${password}`)).toBe('200')
  })
})
