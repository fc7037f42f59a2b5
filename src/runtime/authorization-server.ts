/** What is asked of an authorization server: one exchange in JSON, and its metadata (RFC 8414). */

import ky from 'ky'
import { checkName, isPrivateHost, privateAddressCode, type Reach, type ServerReach } from './private-address.ts'
import { isSafeAddress } from './safe-address.ts'

const maxBytes = 256 * 1024

/** Why it can't be used. `status` = what it answered; absent = nothing. The message holds nothing that it said. */
export class AuthorizationServerError extends Error {
  override readonly name = 'AuthorizationServerError'
  readonly status: number | undefined

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}

/** An answer in JSON; anything else is taken for an empty object. */
export interface JsonAnswer {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
}

/** What is sent with a token or a question about one: who asks is in the header, or in the body. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string
}

/** Reads a document. Rejects with AuthorizationServerError. */
export function readJson(address: string, reach: ServerReach): Promise<JsonAnswer> {
  return exchange(address, { method: 'get' }, reach)
}

/** Sends a form as a client; `inBody` = a server that takes the credential nowhere else (RFC 6749 §2.3.1). */
export function postForm(
  address: string,
  form: Readonly<Record<string, string>>,
  { clientId, clientSecret }: Client,
  inBody: boolean,
  reach: ServerReach,
): Promise<JsonAnswer> {
  const body = new URLSearchParams(form)
  if (inBody) {
    body.set('client_id', clientId)
    body.set('client_secret', clientSecret)
  }
  const headers = inBody ? {} : { authorization: basic(clientId, clientSecret) }
  return exchange(address, { method: 'post', body, headers }, reach)
}

/** RFC 6749 §2.3.1: both are form-encoded first. */
function basic(id: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ v: text }).toString().slice(2)
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`
}

/** The metadata of an issuer, wherever it has it. Rejects with AuthorizationServerError, also when it is of another issuer. */
export async function metadataOf(issuer: string, reach: ServerReach): Promise<JsonAnswer['json']> {
  let worst = 404
  for (const address of metadataAddresses(issuer)) {
    const { status, json } = await readJson(address, reach)
    if (status >= 500 || status === 429) worst = status
    if (status !== 200) continue
    // RFC 8414 §3.3: metadata of another issuer must not be used.
    if (withoutSlash(String(json.issuer)) === withoutSlash(issuer)) return json
    throw new AuthorizationServerError('the metadata of the authorization server is of another issuer', status)
  }
  const why = worst === 404 ? 'the authorization server has no metadata' : `the authorization server answered ${worst}`
  throw new AuthorizationServerError(why, worst)
}

/**
 * An address that the metadata names. Throws AuthorizationServerError when a credential may not be sent there: it is not
 * encrypted, or a server that is elsewhere names a private one.
 */
export function addressIn(metadata: JsonAnswer['json'], key: string, { allowPrivate }: Reach): string {
  const [address, name] = [metadata[key], key.replaceAll('_', ' ')]
  if (typeof address !== 'string' || !isSafeAddress(address))
    throw new AuthorizationServerError(`the authorization server names no https ${name}`, 200)
  const isElsewhere = !URL.canParse(String(metadata.issuer)) || !isPrivateHost(new URL(String(metadata.issuer)))
  if (allowPrivate !== true && isElsewhere && isPrivateHost(new URL(address)))
    throw new AuthorizationServerError(`the authorization server names a private ${name}`, 200)
  return address
}

/** Whether the server takes a client's credential in the body only (RFC 8414 §2). */
export function onlyInBody(metadata: JsonAnswer['json'], key: string): boolean {
  const methods = metadata[key]
  return Array.isArray(methods) && !methods.includes('client_secret_basic')
}

/** An issuer, compared without the one slash that many write at its end. */
export function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}

/** RFC 8414 §3.1 before and behind the path, then the two ways of OpenID Connect. */
function metadataAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = withoutSlash(pathname)
  const [oauth, openid] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
  const all = [oauth + path, path + oauth, path + openid, openid + path]
  return [...new Set(all)].map((at) => origin + at)
}

interface Options {
  readonly method: 'get' | 'post'
  readonly body?: URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
}

/** A redirect is not followed: a credential goes where the capability says. */
async function exchange(address: string, options: Options, reach: ServerReach): Promise<JsonAnswer> {
  try {
    await checkName(new URL(address), reach)
    const answer = await ky(address, {
      ...options,
      headers: { ...options.headers, accept: 'application/json' },
      redirect: 'manual',
      timeout: reach.timeoutMs,
      retry: 0,
      throwHttpErrors: false,
    })
    return { status: answer.status, json: parsed(await limited(answer)) }
  } catch (cause) {
    const isPrivate = (cause as { readonly code?: unknown }).code === privateAddressCode
    const why = isPrivate ? 'is at a private address, which --allow-private-upstreams would allow' : 'gave no answer'
    throw new AuthorizationServerError(`the authorization server ${why}`, undefined, cause)
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

function parsed(text: string): JsonAnswer['json'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonAnswer['json']) : {}
  } catch {
    return {}
  }
}
