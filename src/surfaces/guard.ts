/**
 * A guard in front of a surface. A refusal never says which part of a credential was wrong, and a credential goes no
 * further than the guard.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import { type Handler, sendProblem, sendUnclaimed } from './http.ts'

/** Whether a request may go on: undefined = yes. */
export type Check = (req: IncomingMessage) => Refusal | undefined

export interface Refusal {
  readonly error: OperationError
  readonly headers: readonly string[]
}

/** The handler for what the check lets through. */
export function checked(handler: Handler, check: Check): Handler {
  return (req, res) => {
    const refusal = check(req)
    if (refusal === undefined) return handler(req, res)
    refuse(res, refusal)
    return true
  }
}

export function refuse(res: ServerResponse, { error, headers }: Refusal) {
  sendProblem(res, error, headers)
}

/** Lets a handler go on after the wait of a guard: what it does not claim is answered here, and who has left is left. */
export function resume(handler: Handler, req: IncomingMessage, res: ServerResponse) {
  if (!res.destroyed && !handler(req, res)) sendUnclaimed(res)
}

/** A refusal with a challenge for each scheme that would do. */
export function unauthenticated(...challenges: readonly string[]): Refusal {
  const message = 'this server asks for a credential, and none that fits was sent'
  return {
    error: new OperationError('unauthenticated', message),
    headers: challenges.flatMap((challenge) => ['www-authenticate', challenge]),
  }
}

/** Takes a credential out of the request, so that nothing after the guard can pass it on; undefined = of another scheme. */
export function takeCredential({ headers }: IncomingMessage, scheme: string): string | undefined {
  const header = headers.authorization ?? ''
  // Deleting it would make every later look at the headers slower.
  headers.authorization = undefined
  const blank = header.indexOf(' ')
  return header.slice(0, blank).toLowerCase() === scheme ? header.slice(blank + 1).trim() : undefined
}
