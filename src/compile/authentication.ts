/** Who calls whom, and how it is said (spec §2.8). */

import type { Report } from '../diagnostics.ts'
import type { AuthenticationPlan, UpstreamAuthenticationPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileText, type Scope } from './scope.ts'

/** Authentication towards an upstream. */
export function compileUpstreamAuthentication(
  a: doc.UpstreamAuthentication,
  binds: Scope,
  report: Report,
  pointer: string,
): UpstreamAuthenticationPlan {
  if (a.type !== 'digest') return compileAuthentication(a, binds, report, pointer)
  const text = (key: 'username' | 'password') => compileText(a[key], binds, report, child(pointer, key))
  return { type: 'digest', username: text('username'), password: text('password') }
}

/** Authentication of either side: towards an upstream, or of the callers of a surface. */
export function compileAuthentication(
  a: doc.Authentication,
  binds: Scope,
  report: Report,
  pointer: string,
): AuthenticationPlan {
  const text = (key: string, value: string) => compileText(value, binds, report, child(pointer, key))
  switch (a.type) {
    case 'basic':
      return { type: 'basic', username: text('username', a.username), password: text('password', a.password) }
    case 'bearer':
      return { type: 'bearer', token: text('token', a.token) }
    case 'apikey':
      return { type: 'apikey', key: text('key', a.key), value: text('value', a.value), placement: a.placement }
    default:
      return a satisfies never
  }
}
