/** How calls to an upstream say who calls: decided once at start, since it depends on binds only (spec §2.8). */

import type { AuthenticationPlan } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { asText, evaluate } from './evaluate.ts'

/** Header names and values, flat; and a query string without its `?` or `&`. */
export interface Credentials {
  readonly headers: readonly string[]
  readonly query: string
}

const none: Credentials = { headers: [], query: '' }

export function credentials(plan: AuthenticationPlan | undefined, binds: BindValues): Credentials {
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
    default:
      return plan satisfies never
  }
}
