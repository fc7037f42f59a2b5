/** Answers that a caller may have already: each has a tag, and who sends the tag back is told so (RFC 9110 §13.1.2). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { send, toldOf } from './http.ts'

/** An answer that is complete before it is known whether it is wanted. */
export interface Tagged {
  readonly body: string | Buffer
  /** Media type. Default JSON. */
  readonly type?: string | undefined
  /** What the body is told apart by, without quotes. */
  readonly tag: string
  /** Names and values, flat; they go with a 304 too. */
  readonly headers: readonly string[]
}

/** Writes the body with its tag, or 304 to a caller that has it. */
export function sendTagged(req: IncomingMessage, res: ServerResponse, { body, type, tag, headers }: Tagged) {
  const all = [...headers, 'etag', `"${tag}"`]
  if (holds(req.headers['if-none-match'], `"${tag}"`)) return sendEmpty(res, 304, all)
  send(res, 200, body, type, all)
}

/** Writes an answer without a body. */
export function sendEmpty(res: ServerResponse, status: number, headers: readonly string[]) {
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, [...headers, ...toldOf(res)])
  res.end()
}

/** Any of the tags, compared weakly. */
function holds(condition: string | undefined, tag: string): boolean {
  if (condition === undefined) return false
  return condition.trim() === '*' || condition.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}
