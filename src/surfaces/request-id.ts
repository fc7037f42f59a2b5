/** A name for each request, so that what a caller saw can be found again: the caller's own, or one of ours. */

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startTelling, told } from './told.ts'

/** Visible ASCII only: nothing in it can break a log line. */
const sane = /^[\x21-\x7e]{1,128}$/

/** Random a process, counted within: cheap, and unlike those of other processes. */
const process = randomBytes(6).toString('base64url')
let count = 0

/** Names a request; the same one keeps its name. */
export function identify(req: IncomingMessage, res: ServerResponse) {
  if (told(res) !== undefined) return
  const given = req.headers['x-request-id']
  const id = typeof given === 'string' && sane.test(given) ? given : `${process}-${(++count).toString(36)}`
  startTelling(res, ['x-request-id', id])
}

/** The name of the request that this answers; undefined where requests have none. */
export function requestId(res: ServerResponse): string | undefined {
  return told(res)?.[1]
}
