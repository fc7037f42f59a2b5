/** Gets a token of an authorization server (RFC 6749 §4.4). */

import { OperationError } from '../errors.ts'
import {
  AuthorizationServerError,
  addressIn,
  type JsonAnswer,
  metadataOf,
  onlyInBody,
  postForm,
} from './authorization-server.ts'
import type { ServerReach } from './private-address.ts'

export interface OAuth2Client extends ServerReach {
  /** The consumed API that the token is for. */
  readonly namespace: string
  readonly clientId: string
  readonly clientSecret: string
  /** Absent = found through the metadata of the authorization server. */
  readonly tokenEndpoint?: string
  readonly authorizationServerUri?: string
  readonly scopes: readonly string[]
  readonly audience?: string
  readonly resource?: string
}

/** What an authorization server grants. `expiresIn` in seconds; absent = until the upstream refuses it. */
export interface Granted {
  readonly value: string
  readonly expiresIn?: number
}

/** Fetches a token. Rejects with OperationError, whose message holds nothing that the server said but its error code. */
export async function requestToken(client: OAuth2Client): Promise<Granted> {
  try {
    const { endpoint, inBody } = await endpointOf(client)
    return granted(client, await postForm(endpoint, formOf(client), client, inBody, client))
  } catch (error) {
    if (!(error instanceof AuthorizationServerError)) throw error
    throw noToken(client.namespace, error.message, error.status, error.cause)
  }
}

function formOf({ scopes, audience, resource }: OAuth2Client): Readonly<Record<string, string>> {
  return {
    grant_type: 'client_credentials',
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(audience === undefined ? {} : { audience }),
    ...(resource === undefined ? {} : { resource }),
  }
}

function granted({ namespace }: OAuth2Client, { status, json }: JsonAnswer): Granted {
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
  readonly inBody: boolean
}

async function endpointOf(client: OAuth2Client): Promise<Endpoint> {
  const { tokenEndpoint, authorizationServerUri = '' } = client
  if (tokenEndpoint !== undefined) return { endpoint: tokenEndpoint, inBody: false }
  const metadata = await metadataOf(authorizationServerUri, client)
  const inBody = onlyInBody(metadata, 'token_endpoint_auth_methods_supported')
  return { endpoint: addressIn(metadata, 'token_endpoint', client), inBody }
}

/** Why there is no token. `status` = of the authorization server. */
function noToken(namespace: string, why: string, status?: number, cause?: unknown): OperationError {
  const message = `no token for "${namespace}": ${why}`
  if (status === undefined) return new OperationError('upstream-unreachable', message, { retryable: true, cause })
  const operation = `${namespace} token`
  const retryable = status === 429 || status >= 500
  // Its status is left out: a 4xx of it says nothing about the caller.
  return new OperationError('upstream-refused', message, { upstream: { operation }, retryable, cause })
}
