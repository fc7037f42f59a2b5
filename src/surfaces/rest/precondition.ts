/** What a caller asks of what is there before it is written to (RFC 9110 §13.1.1). */

import type { IncomingMessage } from 'node:http'
import type { Call } from '../../runtime/call.ts'
import type { Route } from './route.ts'

/**
 * `If-Match` with the `ETag` of a read, in whichever form it was had; `*` = whatever is there. A weak tag names no result
 * for sure, so it fits none. A condition that the capability reads itself is its own.
 */
export function preconditions({ headers }: IncomingMessage, call: Call, route: Route) {
  const condition = headers['if-match']?.trim()
  if (condition === undefined || route.headers.some(({ key }) => key === 'if-match')) return
  if (condition === '*') call.check = true
  else call.seen = condition.split(',').flatMap((tag) => strong.exec(tag.trim())?.[1] ?? [])
}

const strong = /^"([^".]*)(?:\.\w+)?"$/
