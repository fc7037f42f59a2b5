/** Checks tokens one way or the other, and remembers for a moment which were good. Loaded with the first token. */

import { createHash } from 'node:crypto'
import { introspector } from './introspection.ts'
import { jwtVerifier } from './jwt.ts'
import type { TokenSettings, Verified, Verify } from './verification.ts'

/** How many good tokens are remembered, and for how many milliseconds at most. */
const memory = { count: 1000, ms: 30_000 } as const

/** `now` in milliseconds since 1970. */
export function verifier(settings: TokenSettings, now = Date.now): Verify {
  const { introspection } = settings
  return remembering(
    introspection === undefined ? jwtVerifier(settings, now) : introspector(settings, introspection, now),
    now,
  )
}

interface Remembered {
  readonly verified: Verified
  readonly until: number
}

/** A token itself is not kept, only its digest. */
function remembering(verify: Verify, now: () => number): Verify {
  const good = new Map<string, Remembered>()
  const remember = (key: string, verified: Verified) => {
    const { expires = Number.POSITIVE_INFINITY } = verified
    good.delete(key)
    good.set(key, { verified, until: Math.min(now() + memory.ms, expires * 1000) })
    const [oldest] = good.keys()
    if (good.size > memory.count && oldest !== undefined) good.delete(oldest)
  }
  return async (token) => {
    const key = createHash('sha256').update(token).digest('base64')
    const known = good.get(key)
    if (known !== undefined && now() < known.until) return known.verified
    const verified = await verify(token)
    if (verified !== undefined) remember(key, verified)
    return verified
  }
}
