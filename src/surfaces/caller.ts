/** Who a request comes from, from the guard that found out to whatever acts for them. */

import type { IncomingMessage } from 'node:http'
import { OperationError } from '../errors.ts'
import type { Origin } from '../runtime/call.ts'
import type { Access, Principal } from '../runtime/principal.ts'

export interface Caller {
  readonly principal: Principal
  /** Absent = no other token would help. The challenge to one that does not carry these scopes, beside those of the surface (RFC 6750 §3.1). */
  readonly challenge?: (scopes: readonly string[]) => string
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
  const challenge = callerOf(req)?.challenge
  return challenge === undefined ? [] : ['www-authenticate', challenge(error.scopes)]
}

/** What callers of each kind are answered by: made once a kind. `all` = of those who may run everything. */
export function byAccess<T>(all: T, make: (access: Access) => T): (access: Access | undefined) => T {
  const made = new Map<string, T>()
  return (access) => {
    if (access === undefined) return all
    const one = made.get(access.key) ?? make(access)
    if (made.size >= mostKinds) made.clear()
    made.set(access.key, one)
    return one
  }
}

/** Kinds of callers whose answers are kept. */
const mostKinds = 100

/** Where a request comes from, as it is written down; asked for while it is open. */
export function originOf(
  req: IncomingMessage,
  { type, namespace, authentication }: SurfaceFacts,
  client: string | undefined = req.headers['user-agent']?.split(' ', 1)[0],
): Origin {
  return {
    surface: type,
    namespace,
    ...(client === undefined ? {} : { client: clean(client) }),
    ...(authentication === undefined ? {} : { authentication: authentication.type }),
    remote: remoteOf(req),
  }
}

interface SurfaceFacts {
  readonly type: Origin['surface']
  readonly namespace: string
  readonly authentication?: { readonly type: string }
}

/** What a client calls itself is its own word: visible ASCII, no more than a name takes. */
export function clean(client: string): string {
  return client.replace(/[^\x20-\x7e]/g, '').slice(0, 80)
}

/** Whether a request comes from this machine, as far as its connection tells. */
export function remoteOf({ socket: { remoteAddress = '' } }: IncomingMessage): 'local' | 'network' {
  return /^(?:::ffff:)?127\.|^::1$/.test(remoteAddress) ? 'local' : 'network'
}
