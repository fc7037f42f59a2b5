/** Digest access authentication (RFC 7616): nothing secret is sent, and nothing at all before the upstream has asked. */

import { createHash, randomBytes } from 'node:crypto'
import { type Challenge, challengesOf } from './challenge.ts'
import type { Send, UpstreamRequest } from './message.ts'

export interface DigestCredential {
  readonly username: string
  readonly password: string
}

/** What the upstream asked for, and how often its nonce has been used. */
interface Asked {
  readonly parameters: ReadonlyMap<string, string>
  readonly algorithm: Algorithm
  count: number
}

interface Algorithm {
  readonly name: string
  readonly hash: string
  readonly session: boolean
}

/** The strongest first. */
const algorithms: readonly Algorithm[] = [
  { name: 'SHA-512-256', hash: 'sha512-256', session: false },
  { name: 'SHA-512-256-sess', hash: 'sha512-256', session: true },
  { name: 'SHA-256', hash: 'sha256', session: false },
  { name: 'SHA-256-sess', hash: 'sha256', session: true },
  { name: 'MD5', hash: 'md5', session: false },
  { name: 'MD5-sess', hash: 'md5', session: true },
]

/** Answers challenges for `send`. The last one is kept: its nonce serves later calls until the upstream says it is stale. */
export function withDigest(send: Send, credential: DigestCredential): Send {
  let asked: Asked | undefined
  return async (request, call) => {
    const used = asked
    const first = await send(used === undefined ? request : answering(request, used, credential), call)
    if (first.status !== 401) return first
    const next = best(challengesOf(first.challenges ?? []))
    // A fresh nonce does not help where the credential itself was refused.
    const refused = used !== undefined && next?.parameters.get('stale')?.toLowerCase() !== 'true'
    asked = refused ? undefined : next
    if (refused || next === undefined) return first
    return send(answering(request, next, credential), call)
  }
}

function best(challenges: readonly Challenge[]): Asked | undefined {
  const usable = challenges.filter(({ scheme, parameters }) => scheme === 'digest' && isUsable(parameters))
  const named = (p: ReadonlyMap<string, string>) => (p.get('algorithm') ?? 'MD5').toLowerCase()
  for (const algorithm of algorithms) {
    const found = usable.find(({ parameters }) => named(parameters) === algorithm.name.toLowerCase())
    if (found !== undefined) return { parameters: found.parameters, algorithm, count: 0 }
  }
  return undefined
}

/** Of the protections we know `auth`, and none, which older servers ask for. */
function isUsable(parameters: ReadonlyMap<string, string>): boolean {
  return parameters.has('nonce') && parameters.has('realm') && (!parameters.has('qop') || offersAuth(parameters))
}

function offersAuth(parameters: ReadonlyMap<string, string>): boolean {
  return (parameters.get('qop') ?? '').split(',').some((qop) => qop.trim().toLowerCase() === 'auth')
}

function answering(request: UpstreamRequest, asked: Asked, credential: DigestCredential): UpstreamRequest {
  asked.count++
  const value = authorization(request, asked, credential, randomBytes(16).toString('hex'))
  return { ...request, headers: [...request.headers, 'authorization', value] }
}

/** The Authorization field of RFC 7616 §3.4. */
export function authorization(
  { method, path }: Pick<UpstreamRequest, 'method' | 'path'>,
  { parameters, algorithm, count }: Asked,
  { username, password }: DigestCredential,
  cnonce: string,
): string {
  const hash = (text: string) => createHash(algorithm.hash).update(text).digest('hex')
  const [realm, nonce] = [parameters.get('realm') ?? '', parameters.get('nonce') ?? '']
  const secret = hash(`${username}:${realm}:${password}`)
  const ha1 = algorithm.session ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  const ha2 = hash(`${method}:${path}`)
  const nc = count.toString(16).padStart(8, '0')
  const protectedBy = offersAuth(parameters)
  const response = hash(protectedBy ? `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`)
  const hashed = parameters.get('userhash')?.toLowerCase() === 'true'
  const opaque = parameters.get('opaque')
  const fields = [
    hashed ? `username="${hash(`${username}:${realm}`)}"` : userField(username),
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${path}"`,
    `response="${response}"`,
    `algorithm=${algorithm.name}`,
    ...(protectedBy ? ['qop=auth', `nc=${nc}`] : []),
    ...(protectedBy || algorithm.session ? [`cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(hashed ? ['userhash=true'] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

/** A name that quotes can't hold is written as RFC 8187 says. */
function userField(username: string): string {
  if (/^[\x20-\x7e]*$/.test(username)) return `username="${username.replace(/["\\]/g, '\\$&')}"`
  return `username*=UTF-8''${encodeURIComponent(username)}`
}
