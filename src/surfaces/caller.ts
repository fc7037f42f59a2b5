/** Who a request comes from, from the guard that found out to whatever acts for them. */

import type { IncomingMessage } from 'node:http'
import { OperationError } from '../errors.ts'
import type { Principal } from '../runtime/policy.ts'

export interface Caller {
  readonly principal: Principal
  /** The challenge to a token that does not carry these scopes, beside those of the surface (RFC 6750 §3.1). */
  readonly challenge: (scopes: readonly string[]) => string
}

const callers = new WeakMap<IncomingMessage, Caller>()

export function setCaller(req: IncomingMessage, caller: Caller) {
  callers.set(req, caller)
}

/** Undefined where callers bring no token. */
export function callerOf(req: IncomingMessage): Caller | undefined {
  return callers.get(req)
}

/** The header fields that a fault of an operation is answered with, beside those of the fault itself. */
export function challengeTo(req: IncomingMessage, error: unknown): readonly string[] {
  if (!(error instanceof OperationError) || error.code !== 'insufficient-scope') return []
  const caller = callerOf(req)
  return caller === undefined ? [] : ['www-authenticate', caller.challenge(error.scopes)]
}
