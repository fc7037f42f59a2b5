/** Who may call a surface: which guard stands in front of everything it serves (spec-servers §2.2). */

import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AuthenticationPlan, SurfacePlan, Value } from '../plan.ts'
import type { BindValues } from '../runtime/binds.ts'
import { asText, evaluate } from '../runtime/evaluate.ts'
import type { ExecuteContext } from '../runtime/execute.ts'
import { digestCheck } from './digest.ts'
import { type Check, checked, type Refusal, takeCredential, unauthenticated } from './guard.ts'
import type { Handler } from './http.ts'
import { tokenGuard } from './oauth2/tokens.ts'

/** Puts the guard in front of a handler; without one the handler stays as it is. Throws StartError. */
export function authenticated(
  handler: Handler,
  surface: SurfacePlan,
  { binds, log, reach }: Pick<ExecuteContext, 'binds' | 'log' | 'reach'>,
): Handler {
  const { authentication: plan } = surface
  if (plan === undefined) return handler
  const text = (value: Value) => asText(evaluate(value, {}, binds))
  switch (plan.type) {
    case 'oauth2':
      return tokenGuard(handler, plan, surface, text, { log, reach })
    case 'digest':
      return checked(handler, digestCheck({ username: text(plan.username), password: text(plan.password) }))
    default:
      return checked(handler, credentialCheck(plan, text))
  }
}

/** What the owner should know of a surface at start: a blank credential admits nobody. */
export function noticeOf(surface: SurfacePlan, binds: BindValues): string | undefined {
  const blank = credentialsOf(surface).find(([, value]) => asText(evaluate(value, {}, binds)) === '')
  if (blank === undefined) return undefined
  return `"${surface.namespace}" admits nobody: the ${blank[0]} of its authentication is blank`
}

function credentialsOf({ authentication: plan }: SurfacePlan): readonly (readonly [string, Value])[] {
  if (plan === undefined) return []
  switch (plan.type) {
    case 'bearer':
      return [['token', plan.token]]
    case 'apikey':
      return [
        ['key', plan.key],
        ['value', plan.value],
      ]
    case 'oauth2':
      return plan.introspection === undefined ? [] : [['client id', plan.introspection.clientId]]
    default:
      return [
        ['username', plan.username],
        ['password', plan.password],
      ]
  }
}

function credentialCheck(plan: AuthenticationPlan, text: (value: Value) => string): Check {
  switch (plan.type) {
    case 'basic': {
      const [username, password] = [text(plan.username), text(plan.password)]
      const matches = matcher(username === '' || password === '' ? '' : `${username}:${password}`)
      const decoded = (given: string | undefined) => given && Buffer.from(given, 'base64').toString('utf8')
      return deciding(
        (req) => matches(decoded(takeCredential(req, 'basic'))),
        unauthenticated('Basic realm="capability", charset="UTF-8"'),
      )
    }
    case 'bearer': {
      const matches = matcher(text(plan.token))
      return deciding((req) => matches(takeCredential(req, 'bearer')), unauthenticated('Bearer'))
    }
    case 'apikey': {
      const [key, value] = [text(plan.key), text(plan.value)]
      const matches = matcher(key === '' ? '' : value)
      const take = plan.placement === 'query' ? takeFromQuery : takeFromHeader
      return deciding(
        (req) => matches(take(req, key)),
        unauthenticated(`ApiKey name="${key.replace(/[^\w.-]/g, '')}", in="${plan.placement}"`),
      )
    }
    default:
      return plan satisfies never
  }
}

function deciding(admits: (req: IncomingMessage) => boolean, refusal: Refusal): Check {
  return (req) => (admits(req) ? undefined : refusal)
}

function takeFromHeader({ headers }: IncomingMessage, key: string): string | undefined {
  const name = key.toLowerCase()
  const value = headers[name]
  delete headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Takes the key out of the address, so that what comes after the guard neither sees nor refuses it. */
function takeFromQuery(req: IncomingMessage, key: string): string | undefined {
  const [path = '', query = ''] = (req.url ?? '').split(/\?(.*)/s)
  const given = new URLSearchParams(query).get(key) ?? undefined
  if (given === undefined) return undefined
  const rest = query.split('&').filter((part) => !new URLSearchParams(part).has(key))
  req.url = rest.length > 0 ? `${path}?${rest.join('&')}` : path
  return given
}

/** What is compared has one size, so that neither length nor content is told by the time it takes. Blank admits nobody. */
function matcher(expected: string): (given: string | undefined) => boolean {
  const [size, length] = [512, Buffer.byteLength(expected)]
  if (length > size) return longMatcher(expected)
  const wanted = Buffer.alloc(size)
  wanted.write(expected)
  const seen = Buffer.alloc(size)
  return (given) => {
    if (given === undefined) return false
    seen.fill(0)
    seen.write(given)
    return timingSafeEqual(seen, wanted) && Buffer.byteLength(given) === length && length > 0
  }
}

function longMatcher(expected: string): (given: string | undefined) => boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  const wanted = digest(expected)
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted)
}
