/** What checking a token takes and answers, however it is done. */

import { OperationError } from '../../errors.ts'
import type { Client } from '../../runtime/authorization-server.ts'
import type { Principal } from '../../runtime/principal.ts'
import type { ServerReach } from '../../runtime/private-address.ts'

export interface TokenSettings extends ServerReach {
  /** The surface that asks. */
  readonly namespace: string
  readonly issuer: string
  /** What a token must be for. */
  readonly audience: string
  /** Who asks about tokens. Absent = they are signed. */
  readonly introspection?: Client
}

/** What a good token says. */
export interface Verified {
  readonly principal: Principal
  /** Seconds since 1970; absent = the authorization server does not say. */
  readonly expires?: number
}

/** Undefined = not a token for us. Rejects with OperationError when that can't be told at the moment. */
export type Verify = (token: string) => Promise<Verified | undefined>

/** How far the clocks of two machines may be apart, in seconds. */
export const clockTolerance = 60

/** A token is neither good nor bad while its authorization server can't be asked; the caller keeps it and comes again. */
export function unavailable(namespace: string, retryAfterSeconds: number, cause?: unknown): OperationError {
  return new OperationError(
    'authentication-unavailable',
    'tokens can not be checked at the moment: the authorization server gives no answer that helps',
    { retryable: true, upstream: { operation: `${namespace} tokens`, retryAfterSeconds }, cause },
  )
}
