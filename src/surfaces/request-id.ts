/** A name for each request, so that what a caller saw can be found again: the caller's own, or one of ours. */

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const key: unique symbol = Symbol('request id')

/** Visible ASCII only: nothing in it can break a log line. */
const sane = /^[\x21-\x7e]{1,128}$/

/** Random a process, counted within: cheap, and unlike those of other processes. */
const process = randomBytes(6).toString('base64url')
let count = 0

/** Names a request; the same one keeps its name. */
export function identify(req: IncomingMessage, res: ServerResponse & { [key]?: string }) {
  if (res[key] !== undefined) return
  const given = req.headers['x-request-id']
  res[key] = typeof given === 'string' && sane.test(given) ? given : `${process}-${(++count).toString(36)}`
}

/** The name of the request that this answers; undefined where requests have none. */
export function requestId(res: ServerResponse & { [key]?: string }): string | undefined {
  return res[key]
}
