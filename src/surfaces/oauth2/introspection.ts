/** Tokens that only their authorization server can read: it is asked about each (RFC 7662). */

import {
  AuthorizationServerError,
  addressIn,
  type Client,
  metadataOf,
  onlyInBody,
  postForm,
} from '../../runtime/authorization-server.ts'
import { areForUs, verified } from './claims.ts'
import { kept } from './kept.ts'
import { type TokenSettings, unavailable, type Verify } from './verification.ts'

const times = { fresh: 60 * 60_000, usable: 24 * 60 * 60_000, pause: 30_000 }

/** Asks as the client that `settings.introspection` is. `now` in milliseconds. */
export function introspector(settings: TokenSettings, client: Client, now: () => number): Verify {
  const { namespace } = settings
  const fault = (seconds: number, cause: unknown) => unavailable(namespace, seconds, cause)
  const endpoint = kept(() => endpointOf(settings), fault, times, now)
  return async (token) => {
    const { address, inBody } = await endpoint.get()
    const form = { token, token_type_hint: 'access_token' }
    const { status, json } = await postForm(address, form, client, inBody, settings).catch((error) => {
      throw fault(1, error)
    })
    if (status !== 200 || typeof json.active !== 'boolean') throw fault(1, refused(status))
    return json.active && areForUs(json, settings, now()) ? verified(json) : undefined
  }
}

function refused(status: number): AuthorizationServerError {
  const client = status === 401 || status === 403 ? '; is it this client that may introspect?' : ''
  return new AuthorizationServerError(`the authorization server answered introspection with ${status}${client}`, status)
}

async function endpointOf(settings: TokenSettings) {
  const metadata = await metadataOf(settings.issuer, settings)
  const inBody = onlyInBody(metadata, 'introspection_endpoint_auth_methods_supported')
  return { address: addressIn(metadata, 'introspection_endpoint', settings), inBody }
}
