/** Who may call a surface: which guard stands in front of everything it serves (spec-servers §2.2). */

import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AuthenticationPlan, Plan, RolePlan, SurfacePlan, Value } from '../plan.ts'
import type { BindValues } from '../runtime/binds.ts'
import type { ExecuteContext } from '../runtime/context.ts'
import { asText, evaluate } from '../runtime/evaluate.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type Caller, callerOf, setCaller } from './caller.ts'
import { digestCheck } from './digest.ts'
import { type Check, checked, type Refusal, takeCredential, unauthenticated } from './guard.ts'
import type { Handler } from './http.ts'
import { tokenGuard } from './oauth2/tokens.ts'

/** Puts the guard in front of a handler; without one the handler stays as it is. Throws StartError. */
export function authenticated(
  handler: Handler,
  surface: SurfacePlan,
  { plan: { roles = [] }, context }: Pick<Runtime, 'plan' | 'context'>,
): Handler {
  const { authentication: plan } = surface
  const { binds } = context
  const own = ownCaller(surface, context)
  if (plan === undefined) return known(handler, own)
  const text = (value: Value) => asText(evaluate(value, {}, binds))
  switch (plan.type) {
    case 'oauth2':
      return tokenGuard(handler, plan, surface, text, context)
    case 'digest':
      return checked(known(handler, own), digestCheck({ username: text(plan.username), password: text(plan.password) }))
    case 'basic':
      return checked(known(handler, own), deciding(...credentialOf(plan, text)))
    default: {
      // Who may run some of the flows has no business on the surface that everything is governed by.
      const brought = surface.type === 'control' ? [] : callersOf(roles, context)
      return checked(known(handler, own), deciding(...credentialOf(plan, text), brought))
    }
  }
}

/** Who brings the credential of the surface itself; undefined = everything is allowed to them. */
function ownCaller({ type, role }: SurfacePlan, { grants }: ExecuteContext): Caller | undefined {
  if (role === undefined || grants === undefined || type === 'control') return undefined
  return { principal: { subject: '', scopes: noScopes, access: grants.byRole(role) } }
}

const noScopes: ReadonlySet<string> = new Set()

/** Whoever is not known by a credential of their own is the caller given here. */
function known(handler: Handler, own: Caller | undefined): Handler {
  if (own === undefined) return handler
  return (req, res) => {
    if (callerOf(req) === undefined) setCaller(req, own)
    return handler(req, res)
  }
}

interface Brought {
  readonly matches: Matches
  readonly caller: Caller
}

/** Who is known by a credential that gives a role; where two are the same, the role that may do less. */
function callersOf(roles: readonly RolePlan[], { binds, grants }: ExecuteContext): readonly Brought[] {
  if (grants === undefined) return []
  const least = [...roles].sort((a, b) => a.operations.length - b.operations.length)
  return least.flatMap(({ name, tokens }) =>
    tokens.map((variable) => ({
      matches: matcher(binds.get(variable)?.reveal() ?? ''),
      caller: { principal: { subject: `token:${variable}`, scopes: noScopes, access: grants.byRole(name) } },
    })),
  )
}

/** What the owner should know of a surface at start: a blank credential admits nobody. */
export function noticeOf(surface: SurfacePlan, binds: BindValues): string | undefined {
  const blank = credentialsOf(surface).find(([, value]) => asText(evaluate(value, {}, binds)) === '')
  if (blank === undefined) return undefined
  return `"${surface.namespace}" admits nobody: the ${blank[0]} of its authentication is blank`
}

/** What the owner should know of roles at start: a credential without a value gives its role to nobody. */
export function roleNotices({ binds }: Plan, values: BindValues): readonly string[] {
  return binds.flatMap(({ brought, variable }) =>
    brought === true && !values.has(variable) ? [`nobody has a role by ${variable}: it has no value`] : [],
  )
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

/** Where the credential of a request is, what the surface's own one is, and what is said where none fits. */
function credentialOf(plan: AuthenticationPlan, text: (value: Value) => string): readonly [Take, Matches, Refusal] {
  switch (plan.type) {
    case 'basic': {
      const [username, password] = [text(plan.username), text(plan.password)]
      const matches = matcher(username === '' || password === '' ? '' : `${username}:${password}`)
      const decoded = (given: string | undefined) => given && Buffer.from(given, 'base64').toString('utf8')
      return [
        (req) => decoded(takeCredential(req, 'basic')),
        matches,
        unauthenticated('Basic realm="capability", charset="UTF-8"'),
      ]
    }
    case 'bearer':
      return [(req) => takeCredential(req, 'bearer'), matcher(text(plan.token)), unauthenticated('Bearer')]
    case 'apikey': {
      const [key, value] = [text(plan.key), text(plan.value)]
      const matches = matcher(key === '' ? '' : value)
      const take = plan.placement === 'query' ? takeFromQuery : takeFromHeader
      return [
        (req) => take(req, key),
        matches,
        unauthenticated(`ApiKey name="${key.replace(/[^\w.-]/g, '')}", in="${plan.placement}"`),
      ]
    }
    default:
      return plan satisfies never
  }
}

type Take = (req: IncomingMessage) => string | undefined
type Matches = (given: string | undefined) => boolean

/** Every credential is compared with, so that the time does not tell which one was nearly met. */
function deciding(take: Take, matches: Matches, refusal: Refusal, brought: readonly Brought[] = []): Check {
  if (brought.length === 0) return (req) => (matches(take(req)) ? undefined : refusal)
  return (req) => {
    const given = take(req)
    const isOwn = matches(given)
    let found: Caller | undefined
    for (const { matches, caller } of brought) if (matches(given)) found ??= caller
    if (isOwn) return undefined
    if (found === undefined) return refusal
    setCaller(req, found)
    return undefined
  }
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
export function matcher(expected: string): Matches {
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

function longMatcher(expected: string): Matches {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  const wanted = digest(expected)
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted)
}
