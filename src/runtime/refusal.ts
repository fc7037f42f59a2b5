/**
 * An answer outside 2xx, or none, as a fault: what happened, whether repeating makes sense, and nothing the caller must
 * not see.
 */

import { OperationError, type UpstreamFault } from '../errors.ts'
import type { OperationPlan } from '../plan.ts'
import { oneLine } from '../text/outline.ts'
import type { UpstreamAnswer } from './message.ts'
import { secondsOf } from './retry-after.ts'

const maxMessage = 300
const transient = new Set([408, 425, 429, 500, 502, 503, 504])

export function refusal(
  operation: OperationPlan,
  answer: UpstreamAnswer,
  mask: (text: string) => string,
): OperationError {
  const { status } = answer
  const said = excerpt(answer.text, mask)
  const retryAfterSeconds = secondsOf(answer.retryAfter)
  const upstream: UpstreamFault = {
    operation:
      operation.run.type === 'call'
        ? `${operation.run.request.upstream}.${operation.run.request.operation}`
        : operation.name,
    status,
    ...(said === undefined ? {} : { message: said }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
  const to = answer.redirect === undefined ? '' : ` to ${mask(answer.redirect)}`
  const own = upstream.message === undefined ? '' : `: ${upstream.message}`
  const message = `${meaning(status, to)} (${status} from "${upstream.operation}")${own}${doubt(operation, answer)}`
  return new OperationError('upstream-refused', message, { upstream, retryable: isRetryable(operation, status) })
}

/** A delete that was carried out finds nothing when it is sent again: who is told only of the refusal believes the wrong thing. */
function doubt({ semantics }: OperationPlan, { repeated }: UpstreamAnswer): string {
  if (repeated !== true || semantics.safe === true) return ''
  return '; an earlier try had no answer, so it may have been made: read the state'
}

/** 429 was not accepted, so it may be repeated; other passing faults only where a repeat does no harm. */
function isRetryable(operation: OperationPlan, status: number): boolean {
  return status === 429 || (transient.has(status) && isRepeatable(operation))
}

/** Whether a repeat does no harm. */
export function isRepeatable({ semantics }: OperationPlan): boolean {
  return semantics.safe === true || semantics.idempotent === true
}

/** Why no answer came, told for this operation: the call may be repeated where a repeat does no harm. */
export function unanswered(operation: OperationPlan, error: unknown): unknown {
  if (!(error instanceof OperationError) || error.retryable || !isRepeatable(operation)) return error
  if (error.code !== 'upstream-unreachable' && error.code !== 'upstream-timeout') return error
  return new OperationError(error.code, error.message, { retryable: true, cause: error.cause })
}

function meaning(status: number, to: string): string {
  switch (status) {
    case 401:
    case 403:
      return 'the upstream does not accept the credential of this server'
    case 402:
      return 'the upstream asks for payment'
    case 404:
      return 'the upstream does not know what was asked for'
    case 409:
      return 'the upstream refuses this in the present state'
    case 429:
      return 'the upstream is limiting the rate of calls'
    default:
      if (status >= 500) return 'the upstream failed'
      return status >= 400 ? 'the upstream refused the request' : `the upstream redirected${to}, which is not followed`
  }
}

/**
 * The upstream's own words where its body is JSON with the usual members; an HTML page says nothing worth passing on.
 * Masked before it is cut, since half a secret would not be found; one line without characters that are not seen.
 */
function excerpt(text: string, mask: (text: string) => string): string | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  const found = words(body).map(mask)
  const line = oneLine([...new Set(found)].join('; ').replace(/\s+/g, ' '), maxMessage)
  return line === '' ? undefined : line
}

function words(body: unknown, depth = 0): readonly string[] {
  if (typeof body === 'string') return [body]
  if (typeof body !== 'object' || body === null || depth > 2) return []
  const members = body as Record<string, unknown>
  const own = ['title', 'message', 'reason', 'detail', 'error_description', 'error'].flatMap((key) =>
    words(members[key], depth + 1),
  )
  const nested = Array.isArray(members.errors) ? members.errors.slice(0, 3).flatMap((e) => words(e, depth + 1)) : []
  return [...own, ...nested]
}
