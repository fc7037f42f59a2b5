/** Signed tokens (RFC 9068), checked with the keys that the authorization server publishes (RFC 7517). */

import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import {
  AuthorizationServerError,
  addressIn,
  metadataOf,
  readJson,
  withoutSlash,
} from '../../runtime/authorization-server.ts'
import { verified } from './claims.ts'
import { kept } from './kept.ts'
import { clockTolerance, type TokenSettings, unavailable, type Verified, type Verify } from './verification.ts'

/** Signatures of a key that only the issuer has: with any other, whoever can check a token could make one. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

const times = { fresh: 5 * 60_000, usable: 60 * 60_000, pause: 30_000 }

/** Checks signature, `exp`, `nbf`, `iss` and `aud`. A key that is not known makes it look for new ones. `now` in milliseconds. */
export function jwtVerifier(settings: TokenSettings, now: () => number): Verify {
  const fault = (seconds: number, cause: unknown) => unavailable(settings.namespace, seconds, cause)
  const keys = kept(() => fetchKeys(settings), fault, times, now)
  return async (token) => {
    if (!isSigned(token)) return undefined
    const known = await keys.get()
    const first = await attempt(token, known, settings, now)
    if (first !== 'no key') return first
    const newer = await keys.newer(known)
    const second = newer === known ? undefined : await attempt(token, newer, settings, now)
    return second === 'no key' ? undefined : second
  }
}

/** What is no token at all must not make us ask the authorization server. */
function isSigned(token: string): boolean {
  try {
    return algorithms.includes(decodeProtectedHeader(token).alg ?? '')
  } catch {
    return false
  }
}

async function fetchKeys(settings: TokenSettings): Promise<JWTVerifyGetKey> {
  const metadata = await metadataOf(settings.issuer, settings)
  const { status, json } = await readJson(addressIn(metadata, 'jwks_uri', settings), settings)
  if (status !== 200)
    throw new AuthorizationServerError(`the keys of the authorization server answered ${status}`, status)
  return createLocalJWKSet(json as unknown as JSONWebKeySet)
}

/** One try with one set of keys. Whatever is wrong with a token, it is no token for us. */
async function attempt(
  token: string,
  keys: JWTVerifyGetKey,
  settings: TokenSettings,
  now: () => number,
): Promise<Verified | undefined | 'no key'> {
  const issuer = withoutSlash(settings.issuer)
  const options = {
    algorithms,
    issuer: [issuer, `${issuer}/`],
    audience: settings.audience,
    requiredClaims: ['exp'],
    clockTolerance,
    currentDate: new Date(now()),
  }
  try {
    return verified((await jwtVerify(token, keys, options)).payload)
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'no key'
    // Without a name of the key, it may be one that came later.
    const unsigned = error instanceof errors.JWSSignatureVerificationFailed
    if (unsigned && decodeProtectedHeader(token).kid === undefined) return 'no key'
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return undefined
    for await (const key of error) {
      const payload = await jwtVerify(token, key, options).then(
        ({ payload }) => payload,
        () => undefined,
      )
      if (payload !== undefined) return verified(payload)
    }
    return 'no key'
  }
}
