/** A real authorization server on a free loopback port: metadata, keys that rotate, signed tokens, introspection. */

import type { webcrypto } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import type { Ending } from './upstream.ts'

export const metadataForms = {
  'before the path': (path: string) => `/.well-known/oauth-authorization-server${path}`,
  'behind the path': (path: string) => `${path}/.well-known/oauth-authorization-server`,
  'as OpenID Connect has it': (path: string) => `${path}/.well-known/openid-configuration`,
  'as OpenID Connect has it, before the path': (path: string) => `/.well-known/openid-configuration${path}`,
} as const

export type MetadataForm = keyof typeof metadataForms

export interface AuthorizationServerOptions extends Ending {
  /** Of the issuer. Default `/realm`. */
  readonly path?: string
  /** Where the metadata is. Default: before the path. */
  readonly form?: MetadataForm
  /** Of the first key. Default ES256. */
  readonly algorithm?: string
  /** Members of the metadata beside the usual ones, or instead of them; undefined = left out. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** The client that may introspect. Default `me` with `s3cret`. */
  readonly client?: { readonly id: string; readonly secret: string }
}

export interface IssueOptions {
  /** Members of the header beside `alg` and `kid`; undefined = left out. */
  readonly header?: Readonly<Record<string, unknown>>
}

export interface Introspected {
  readonly form: Readonly<Record<string, string>>
  readonly authorization: string | undefined
}

export interface AuthorizationServer {
  readonly issuer: string
  /** Paths that were asked for, in order. */
  readonly requests: string[]
  readonly introspected: Introspected[]
  /** While false, every request is answered 503. */
  up: boolean
  /** What introspection answers, by token. Default `{ active: false }`. */
  readonly opaque: Map<string, Readonly<Record<string, unknown>>>
  /** A token with `iss` and an `exp` in five minutes, unless the claims say otherwise; null = left out. */
  readonly issue: (claims: Readonly<Record<string, unknown>>, options?: IssueOptions) => Promise<string>
  /** Signs with another key from now on, published in the place of the one before or beside it. */
  readonly rotate: (options?: { readonly beside: boolean }) => Promise<void>
  readonly publicKeys: () => readonly JWK[]
}

interface Key {
  readonly kid: string
  readonly alg: string
  readonly privateKey: webcrypto.CryptoKey
  readonly jwk: JWK
}

export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const { path = '/realm', atEnd = onTestFinished, algorithm = 'ES256' } = options
  let key = await newKey(algorithm, 1)
  let published: readonly JWK[] = [key.jwk]
  let count = 1
  const server = createServer((req, res) => void answer(req, res, self, options))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const self: AuthorizationServer = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    requests: [],
    introspected: [],
    up: true,
    opaque: new Map(),
    issue: (claims, { header = {} } = {}) => sign(claims, header, key, self.issuer),
    rotate: async ({ beside } = { beside: false }) => {
      count += 1
      key = await newKey(algorithm, count)
      published = beside ? [...published, key.jwk] : [key.jwk]
    },
    publicKeys: () => published,
  }
  return self
}

async function newKey(alg: string, number: number): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const kid = `key-${number}`
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

function sign(
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>>,
  { alg, kid, privateKey }: Key,
  issuer: string,
): Promise<string> {
  const all = { iss: issuer, exp: Math.floor(Date.now() / 1000) + 300, ...claims }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
  const said = Object.fromEntries(Object.entries({ kid, ...header }).filter(([, value]) => value !== undefined))
  return new SignJWT(given as JWTPayload).setProtectedHeader({ alg, ...said }).sign(privateKey)
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  self: AuthorizationServer,
  { path = '/realm', form = 'before the path', metadata = {}, client }: AuthorizationServerOptions,
) {
  const asked = req.url ?? ''
  self.requests.push(asked)
  if (!self.up) return json(res, 503, { error: 'down' })
  const { origin } = new URL(self.issuer)
  switch (asked) {
    case metadataForms[form](path):
      return json(res, 200, {
        issuer: self.issuer,
        jwks_uri: `${origin}/keys`,
        introspection_endpoint: `${origin}/introspect`,
        ...metadata,
      })
    case '/keys':
      return json(res, 200, { keys: self.publicKeys() })
    case '/introspect':
      return introspect(req, res, self, client ?? { id: 'me', secret: 's3cret' })
    default:
      return json(res, 404, {})
  }
}

async function introspect(
  req: IncomingMessage,
  res: ServerResponse,
  self: AuthorizationServer,
  client: { readonly id: string; readonly secret: string },
) {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
  const { authorization } = req.headers
  self.introspected.push({ form, authorization })
  const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
  const known = authorization === basic || (form.client_id === client.id && form.client_secret === client.secret)
  if (!known) return json(res, 401, { error: 'invalid_client' })
  json(res, 200, self.opaque.get(form.token ?? '') ?? { active: false })
}

function json(res: ServerResponse, status: number, value: unknown) {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(value))
}
