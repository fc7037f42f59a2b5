/** Digest access authentication of callers (RFC 7616): SHA-256 and MD5, qop=auth, nonces that can't be replayed. */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Challenge, challengesOf } from '../runtime/challenge.ts'
import { type Check, unauthenticated } from './guard.ts'
import { createNonces, type NonceLimits } from './nonces.ts'

export interface DigestAccount {
  readonly username: string
  readonly password: string
}

const realm = 'capability'

/** The same after a restart, so that a credential for the program before it is only stale. */
const opaque = createHash('sha256').update(realm).digest('base64url')

/** The strongest first, which is the order they are offered in. */
const algorithms = { 'SHA-256': 'sha256', MD5: 'md5' } as const

const defaults: NonceLimits = { lifetimeMs: 5 * 60_000, kept: 1000 }

/** Admits the one account; one whose name or password is blank is nobody's. */
export function digestCheck(account: DigestAccount, limits = defaults, now = () => performance.now()): Check {
  const nonces = createNonces(limits, now)
  const expected = expectedResponses(account)
  const usable = account.username !== '' && account.password !== ''
  const refusal = (stale: boolean) => {
    const nonce = nonces.issue()
    const common = `Digest realm="${realm}", qop="auth", nonce="${nonce}", opaque="${opaque}"${stale ? ', stale=true' : ''}`
    return unauthenticated(...Object.keys(algorithms).map((name) => `${common}, algorithm=${name}, charset=UTF-8`))
  }
  return (req) => {
    const said = answerOf(req)
    if (said === undefined) return refusal(false)
    const [named, right] = [isAccount(said, account), isRight(said, expected, req)]
    if (!usable || !named || !right) return refusal(false)
    // Whoever knows the password is told that only the nonce was too old, and need not be asked again.
    return nonces.use(said.nonce, Number.parseInt(said.nc, 16)) ? undefined : refusal(true)
  }
}

/** The fields of a Digest credential that hold a value. */
interface Answer {
  readonly algorithm: keyof typeof algorithms
  readonly username: string | undefined
  readonly nonce: string
  readonly nc: string
  readonly cnonce: string
  readonly uri: string
  readonly response: string
}

/** The credential, taken out of the request; undefined when there is none, or none of those that were asked for. */
function answerOf({ headers }: IncomingMessage): Answer | undefined {
  const [challenge, ...more] = challengesOf([headers.authorization ?? ''])
  delete headers.authorization
  if (challenge?.scheme !== 'digest' || more.length > 0) return undefined
  const field = (name: string) => challenge.parameters.get(name) ?? ''
  const [nc, algorithm] = [field('nc'), field('algorithm').toUpperCase() || 'MD5']
  const asked = field('realm') === realm && field('qop') === 'auth' && field('opaque') === opaque
  if (!asked || !Object.hasOwn(algorithms, algorithm) || !/^[0-9a-f]{8}$/i.test(nc) || field('cnonce') === '')
    return undefined
  return {
    algorithm: algorithm as keyof typeof algorithms,
    username: userOf(challenge),
    nonce: field('nonce'),
    nc,
    cnonce: field('cnonce'),
    uri: unquoted(field('uri')),
    response: field('response').toLowerCase(),
  }
}

const unquoted = (text: string) => text.replace(/\\(.)/gs, '$1')

/** The name as RFC 8187 writes it, or in quotes; Node reads a header as Latin-1, and what was sent is UTF-8. */
function userOf({ parameters }: Challenge): string | undefined {
  const [plain, extended] = [parameters.get('username'), parameters.get('username*')]
  if (extended === undefined) return plain === undefined ? undefined : utf8(unquoted(plain))
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(extended) ?? []
  if (plain !== undefined || encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

function isAccount({ username = '' }: Answer, account: DigestAccount): boolean {
  return same(username, account.username)
}

/** Digests are compared, so that neither length nor content is told by the time it takes. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

type Expected = Readonly<Record<keyof typeof algorithms, string>>

/** What stands for the account in a response, by algorithm (RFC 7616 §3.4.2). */
function expectedResponses({ username, password }: DigestAccount): Expected {
  const account = `${username}:${realm}:${password}`
  return { 'SHA-256': hash('SHA-256', account), MD5: hash('MD5', account) }
}

function hash(algorithm: keyof typeof algorithms, text: string): string {
  return createHash(algorithms[algorithm]).update(text).digest('hex')
}

/** Whether the response is that of the account to this very request (RFC 7616 §3.4.1). */
function isRight(said: Answer, expected: Expected, { method, url = '' }: IncomingMessage): boolean {
  const { algorithm, nonce, nc, cnonce, uri, response } = said
  const request = hash(algorithm, `${method}:${uri}`)
  const wanted = hash(algorithm, `${expected[algorithm]}:${nonce}:${nc}:${cnonce}:auth:${request}`)
  return same(response, wanted) && targetOf(uri) === targetOf(url)
}

/** A request target without scheme and host, which a proxy may have taken off. */
function targetOf(uri: string): string {
  return uri.replace(/^https?:\/\/[^/?#]*(?=\/|$)/i, '') || '/'
}
