/** The claims of a token, signed or told by its authorization server: RFC 9068 §2.2, RFC 7662 §2.2. */

import { withoutSlash } from '../../runtime/authorization-server.ts'
import { clockTolerance, type TokenSettings, type Verified } from './verification.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Who the claims are of and until when they hold. Scopes stand in `scope`, or in the `scp` of some servers. */
export function verified(claims: Claims): Verified {
  const { sub, client_id: client, azp, exp } = claims
  return {
    principal: {
      subject: JSON.stringify([sub ?? null, client ?? azp ?? null]),
      scopes: new Set([...wordsOf(claims.scope), ...wordsOf(claims.scp)]),
    },
    ...(typeof exp === 'number' ? { expires: exp } : {}),
  }
}

function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '')
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}

/**
 * Whether claims that the authorization server told us are of a token for us now. It answers for the token being its own
 * and not over, so only what it does say is held against it; whom the token is for it must say.
 */
export function areForUs(claims: Claims, { issuer, audience }: TokenSettings, now: number): boolean {
  const { iss, aud, exp, nbf } = claims
  const seconds = now / 1000
  if (iss !== undefined && withoutSlash(String(iss)) !== withoutSlash(issuer)) return false
  if (exp !== undefined && !(typeof exp === 'number' && exp > seconds - clockTolerance)) return false
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= seconds + clockTolerance)) return false
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience
}
