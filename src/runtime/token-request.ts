/** The requests to an authorization server: its metadata (RFC 8414), and a token (RFC 6749 §4.4). */

import ky from 'ky'
import { type Granted, isSafeAddress, noToken, type OAuth2Client } from './oauth2.ts'

const maxBytes = 64 * 1024

/** Fetches a token. Rejects with OperationError, whose message holds nothing that the server said but its error code. */
export async function requestToken(client: OAuth2Client): Promise<Granted> {
  const { endpoint, inBody } = await endpointOf(client)
  const { clientId, clientSecret, scopes, audience, resource } = client
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) body.set('scope', scopes.join(' '))
  if (audience !== undefined) body.set('audience', audience)
  if (resource !== undefined) body.set('resource', resource)
  if (inBody) {
    body.set('client_id', clientId)
    body.set('client_secret', clientSecret)
  }
  const headers = inBody ? {} : { authorization: basic(clientId, clientSecret) }
  const { status, json } = await exchange(client, endpoint, { method: 'post', body, headers })
  return granted(client, status, json)
}

/** RFC 6749 §2.3.1: both are form-encoded first. */
function basic(id: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`
}

function granted({ namespace }: OAuth2Client, status: number, json: Json): Granted {
  const { access_token: value, expires_in: seconds, token_type: type, error } = json
  if (status >= 400) {
    const code = typeof error === 'string' && /^[\w.-]{1,40}$/.test(error) ? ` (${error})` : ''
    throw noToken(namespace, `the authorization server refused with ${status}${code}`, status)
  }
  const isToken = typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
  if (!isToken || (type !== undefined && String(type).toLowerCase() !== 'bearer'))
    throw noToken(namespace, 'the authorization server answered no bearer token', status)
  const expiresIn = Number(seconds)
  return Number.isFinite(expiresIn) && seconds !== undefined && seconds !== null ? { value, expiresIn } : { value }
}

interface Endpoint {
  readonly endpoint: string
  /** The server takes the credential in the body only. */
  readonly inBody: boolean
}

async function endpointOf(client: OAuth2Client): Promise<Endpoint> {
  const { tokenEndpoint, authorizationServerUri = '', namespace } = client
  if (tokenEndpoint !== undefined) return { endpoint: tokenEndpoint, inBody: false }
  for (const address of metadataAddresses(authorizationServerUri)) {
    const { status, json } = await exchange(client, address, { method: 'get' })
    if (status !== 200) continue
    const { issuer, token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = json
    // RFC 8414 §3.3: metadata of another issuer must not be used.
    if (String(issuer).replace(/\/$/, '') !== authorizationServerUri.replace(/\/$/, ''))
      throw noToken(namespace, 'the metadata of the authorization server is of another issuer', status)
    if (typeof endpoint !== 'string' || !isSafeAddress(endpoint))
      throw noToken(namespace, 'the authorization server names no https token endpoint', status)
    const inBody = Array.isArray(methods) && !methods.includes('client_secret_basic')
    return { endpoint, inBody }
  }
  throw noToken(namespace, 'the authorization server has no metadata; say its tokenEndpoint', 404)
}

/** RFC 8414 §3.1, then where OpenID Connect has it. */
function metadataAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

type Json = Readonly<Record<string, unknown>>

interface Options {
  readonly method: 'get' | 'post'
  readonly body?: URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
}

/** One exchange. A redirect is not followed: the credential goes where the capability says. */
async function exchange(client: OAuth2Client, address: string, options: Options) {
  const { timeoutMs, namespace } = client
  try {
    const answer = await ky(address, {
      ...options,
      headers: { ...options.headers, accept: 'application/json' },
      redirect: 'manual',
      retry: 0,
      throwHttpErrors: false,
      timeout: timeoutMs,
    })
    return { status: answer.status, json: parsed(await limited(answer)) }
  } catch (cause) {
    throw noToken(namespace, 'the authorization server gave no answer', undefined, cause)
  }
}

async function limited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : {}
  } catch {
    return {}
  }
}
