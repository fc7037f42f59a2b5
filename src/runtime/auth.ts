/** How calls to an upstream say who calls: decided once at start, since it depends on binds only (spec §2.8). */

import type { UpstreamAuthenticationPlan, Value } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { withDigest } from './digest.ts'
import { asText, evaluate } from './evaluate.ts'
import type { Send } from './upstream.ts'

/** Header names and values, flat; and a query string without its `?` or `&`. */
export interface Credentials {
  readonly headers: readonly string[]
  readonly query: string
  /** Names of headers that are no parameter's to send, beside those above. */
  readonly reserved?: readonly string[]
  /** What must not be printed beside the values of `headers`. */
  readonly secrets?: readonly string[]
}

const none: Credentials = { headers: [], query: '' }

/** Wraps what sends with the exchange that the authentication needs, if it needs one. */
export function exchanging(plan: UpstreamAuthenticationPlan | undefined, binds: BindValues, send: Send): Send {
  if (plan?.type !== 'digest') return send
  const text = (value: Value) => asText(evaluate(value, {}, binds))
  return withDigest(send, { username: text(plan.username), password: text(plan.password) })
}

export function credentials(plan: UpstreamAuthenticationPlan | undefined, binds: BindValues): Credentials {
  if (plan === undefined) return none
  const text = (value: Parameters<typeof evaluate>[0]) => asText(evaluate(value, {}, binds))
  switch (plan.type) {
    case 'basic': {
      // RFC 7617; an empty password is a password.
      const pair = Buffer.from(`${text(plan.username)}:${text(plan.password)}`).toString('base64')
      return { headers: ['authorization', `Basic ${pair}`], query: '' }
    }
    case 'bearer':
      return { headers: ['authorization', `Bearer ${text(plan.token)}`], query: '' }
    case 'apikey': {
      const [key, value] = [text(plan.key), text(plan.value)]
      if (plan.placement === 'header') return { headers: [key, value], query: '' }
      return { headers: [], query: `${encodeURIComponent(key)}=${encodeURIComponent(value)}` }
    }
    case 'digest':
      return { ...none, reserved: ['authorization'], secrets: [text(plan.password)] }
    default:
      return plan satisfies never
  }
}
