/**
 * Nonces of digest authentication (RFC 7616 §5.4): signed, so that none has to be kept before it is used, good for a
 * while, and each count of one good once. What is kept of them is bounded.
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Nonces {
  readonly issue: () => string
  /** Uses up one count of a nonce; false when it is not ours, too old, or was used before. */
  readonly use: (nonce: string, count: number) => boolean
}

export interface NonceLimits {
  /** How long one is good, in milliseconds. */
  readonly lifetimeMs: number
  /** How many that are in use are kept; the one that came into use first goes first. */
  readonly kept: number
}

/** The counts of a nonce that were seen: the highest, and which of the 31 below it. Requests may overtake each other. */
interface Seen {
  highest: number
  recent: number
}

const window = 31

/** `now` in milliseconds. */
export function createNonces({ lifetimeMs, kept }: NonceLimits, now: () => number): Nonces {
  const key = randomBytes(32)
  const seen = new Map<number, Seen>()
  let last = 0
  let forgotten = 0
  const sign = (stamp: string) => createHmac('sha256', key).update(stamp).digest().subarray(0, 18)
  const seenOf = (serial: number): Seen | undefined => {
    const known = seen.get(serial)
    // One that is not kept any more might have been used.
    if (known !== undefined || serial <= forgotten) return known
    const fresh = { highest: 0, recent: 0 }
    seen.set(serial, fresh)
    forgetOne()
    return fresh
  }
  const forgetOne = () => {
    const [first] = seen.keys()
    if (seen.size <= kept || first === undefined) return
    seen.delete(first)
    forgotten = Math.max(forgotten, first)
  }
  return {
    issue: () => {
      last += 1
      const stamp = `${last.toString(36)}.${Math.floor(now()).toString(36)}`
      return `${stamp}.${sign(stamp).toString('base64url')}`
    },
    use: (nonce, count) => {
      const [serial = '', issued = '', signature = ''] = nonce.split('.')
      const given = Buffer.from(signature, 'base64url')
      const wanted = sign(`${serial}.${issued}`)
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false
      if (now() - Number.parseInt(issued, 36) > lifetimeMs) return false
      const counts = seenOf(Number.parseInt(serial, 36))
      return counts !== undefined && takeCount(counts, count)
    },
  }
}

function takeCount(seen: Seen, count: number): boolean {
  if (!(count >= 1)) return false
  const ahead = count - seen.highest
  if (ahead > 0) {
    seen.recent = ahead > window ? 1 : (seen.recent << ahead) | 1
    seen.highest = count
    return true
  }
  const bit = 1 << -ahead
  if (-ahead > window || (seen.recent & bit) !== 0) return false
  seen.recent |= bit
  return true
}
