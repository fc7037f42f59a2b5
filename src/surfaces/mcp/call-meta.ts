/** What a client says of its call in `_meta`, beside the arguments that a model writes. */

import type { Call } from '../../runtime/call.ts'
import { isKey } from '../../runtime/once.ts'

type Meta = Readonly<Record<string, unknown>>

/**
 * Tells a call what stands in `_meta`: `idempotency-key` is what the client calls it, so that it is made once; `dry-run`
 * tells what would be sent; `check` looks at what is there first, and `seen` is the digest of what the client has seen
 * (`seen` in `_meta` of the result that it read). Answers what is wrong, if anything.
 */
export function readCallMeta(meta: Meta | undefined, call: Call): string | undefined {
  if (meta === undefined) return undefined
  const { 'idempotency-key': key, 'dry-run': dryRun, check, seen } = meta
  if (key !== undefined && !isKey(key))
    return 'The idempotency-key in _meta must be one text of 1 to 255 visible ASCII characters.'
  if (!isFlag(dryRun) || !isFlag(check)) return 'dry-run and check in _meta must be true or false.'
  if (seen !== undefined && typeof seen !== 'string')
    return 'seen in _meta must be the text that stands there in the result of the read.'
  call.key = key
  call.dryRun = dryRun === true
  call.check = check === true
  call.seen = seen === undefined ? undefined : [seen]
  return undefined
}

const isFlag = (value: unknown): value is boolean | undefined => value === undefined || typeof value === 'boolean'
