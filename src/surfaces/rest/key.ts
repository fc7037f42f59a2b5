/** The key that a caller gives a write, so that it is made once (draft-ietf-httpapi-idempotency-key-header-07). */

import type { IncomingMessage } from 'node:http'
import { OperationError } from '../../errors.ts'
import { isKey } from '../../runtime/once.ts'

/** As the draft writes it, in quotes, or bare, as most clients do; undefined when there is none. Throws OperationError. */
export function keyOf(req: IncomingMessage): string | undefined {
  const field = req.headers['idempotency-key']
  if (field === undefined) return undefined
  const key = /^"(.*)"$/.exec(String(field))?.[1] ?? String(field)
  if (isKey(key)) return key
  const message = 'must be one text of 1 to 255 visible ASCII characters'
  throw new OperationError('invalid-input', 'the request does not fit', {
    errors: [{ pointer: '/Idempotency-Key', message }],
  })
}
