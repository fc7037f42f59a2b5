/** A surface as an OAuth 2 resource server: its guard, its challenges (RFC 6750), its description (RFC 9728). */

import type { IncomingMessage } from 'node:http'
import { OperationError, StartError } from '../../errors.ts'
import type { SurfacePlan, TokenPlan, Value } from '../../plan.ts'
import { strayText } from '../../runtime/auth.ts'
import type { ExecuteContext } from '../../runtime/context.ts'
import type { Log } from '../../runtime/log.ts'
import type { Grants } from '../../runtime/policy.ts'
import type { Principal } from '../../runtime/principal.ts'
import { isStray, type Reach } from '../../runtime/private-address.ts'
import { isSafeAddress } from '../../runtime/safe-address.ts'
import { setCaller } from '../caller.ts'
import { type Refusal, refuse, resume, takeCredential, unauthenticated } from '../guard.ts'
import { type Handler, pathOf, sendJson, sendProblem } from '../http.ts'
import type { TokenSettings, Verify } from './verification.ts'

const timeoutMs = 5000

/** Lets callers with a good token through. Throws StartError when the authorization server or the resource can't be used. */
export function tokenGuard(
  handler: Handler,
  plan: TokenPlan,
  surface: SurfacePlan,
  text: (value: Value) => string,
  { log, reach, grants }: Pick<ExecuteContext, 'log' | 'reach' | 'grants'>,
): Handler {
  const settings = settingsOf(plan, surface, text, reach)
  const name = text(plan.resource)
  const resource = addressOf(name, surface)
  const described = surface.type === 'mcp' || surface.type === 'rest'
  const describe = described ? description(name, resource, settings.issuer, plan.scopes) : () => false
  const named = grants && ((principal: Principal) => withAccess(principal, grants, surface.role))
  const judge = judgeOf(plan.scopes, described ? metadataAddress(resource) : undefined, lazily(settings), named)
  const tell = teller(settings, log)
  return (req, res) => {
    if (describe(req, res)) return true
    judge(req)
      .then((refusal) => (refusal === undefined ? resume(handler, req, res) : refuse(res, refusal)))
      .catch((error: unknown) => {
        tell(error)
        sendProblem(res, error)
      })
    return true
  }
}

/** Callers are not told why tokens can't be checked, the owner is: once a minute, however many callers meet it. */
function teller({ namespace, issuer }: TokenSettings, log: Log): (error: unknown) => void {
  let told = { message: '', at: 0 }
  return (error) => {
    const why = error instanceof Error ? error.cause : undefined
    if (!(why instanceof Error)) return
    const [{ message }, at] = [why, performance.now()]
    if (message === told.message && at - told.at < 60_000) return
    told = { message, at }
    log.write('warn', 'tokens can not be checked', { surface: namespace, issuer, why: message })
  }
}

function settingsOf(
  plan: TokenPlan,
  { namespace }: SurfacePlan,
  text: (value: Value) => string,
  reach: Reach,
): TokenSettings {
  const { introspection, audience, resource } = plan
  const issuer = text(plan.authorizationServerUri)
  if (!isSafeAddress(issuer))
    throw new StartError(
      `the authorizationServerUri of "${namespace}" must be an https address: who answers there says who may call`,
    )
  if (isStray(new URL(issuer), plan.authorizationServerUri, reach))
    throw new StartError(strayText(`authorizationServerUri of "${namespace}"`))
  const client = introspection && {
    clientId: text(introspection.clientId),
    clientSecret: text(introspection.clientSecret),
  }
  return {
    ...reach,
    namespace,
    issuer,
    audience: text(audience ?? resource),
    ...(client === undefined ? {} : { introspection: client }),
    timeoutMs,
  }
}

function addressOf(resource: string, { namespace }: SurfacePlan): URL {
  if (/^https?:\/\/[^#]+$/.test(resource) && URL.canParse(resource)) return new URL(resource)
  throw new StartError(`the resource of "${namespace}" must be the http(s) address that its callers know it by`)
}

/** What checks tokens is loaded with the first one. */
function lazily(settings: TokenSettings): Verify {
  let loading: Promise<Verify> | undefined
  return async (token) => {
    loading ??= import('./verify.ts').then(({ verifier }) => verifier(settings))
    return (await loading)(token)
  }
}

/** A token as RFC 6750 §2.1 writes it. */
const wellFormed = /^[\w.~+/-]+=*$/

/** Undefined = the caller may go on, and is known by then. */
function judgeOf(
  scopes: readonly string[],
  metadata: string | undefined,
  verify: Verify,
  named: ((principal: Principal) => Principal) | undefined,
) {
  const challenge = challenger(metadata)
  const missing = unauthenticated(challenge({ scope: scopes.join(' ') }))
  const invalid = unauthenticated(
    challenge({
      error: 'invalid_token',
      error_description: 'the token is not valid here, or not any more',
      scope: scopes.join(' '),
    }),
  )
  const insufficient = (more: readonly string[]) =>
    challenge({
      error: 'insufficient_scope',
      error_description: 'the token does not carry the scopes that this needs',
      scope: [...new Set([...scopes, ...more])].join(' '),
    })
  return async (req: IncomingMessage): Promise<Refusal | undefined> => {
    const token = takeCredential(req, 'bearer')
    if (token === undefined || token === '') return missing
    const verified = wellFormed.test(token) ? await verify(token) : undefined
    if (verified === undefined) return invalid
    const { principal } = verified
    if (!scopes.every((scope) => principal.scopes.has(scope))) return tooLittle(scopes, insufficient([]))
    setCaller(req, { principal: named?.(principal) ?? principal, challenge: insufficient })
    return undefined
  }
}

/** The caller with what the scopes of the token give. */
function withAccess(principal: Principal, grants: Grants, role: string | undefined): Principal {
  return { ...principal, access: grants.byScopes(principal.scopes, role) }
}

function tooLittle(scopes: readonly string[], challenge: string): Refusal {
  const needed = scopes.map((scope) => `"${scope}"`).join(' and ')
  return {
    error: new OperationError('insufficient-scope', `this server needs a token with the scope ${needed}`, { scopes }),
    headers: ['www-authenticate', challenge],
  }
}

/** A Bearer challenge of the parameters that are not empty (RFC 6750 §3). */
function challenger(metadata: string | undefined) {
  return (parameters: Readonly<Record<string, string>>): string => {
    const given = Object.entries({ ...parameters, resource_metadata: metadata ?? '' }).filter(
      ([, value]) => value !== '',
    )
    const written = given.map(([name, value]) => `${name}="${value.replace(/[^\x20-\x7e]|["\\]/g, '')}"`)
    return `Bearer ${written.join(', ')}`.trim()
  }
}

const wellKnown = '/.well-known/oauth-protected-resource'

const pathIn = ({ pathname }: URL) => pathname.replace(/\/$/, '')

function metadataAddress(resource: URL): string {
  return `${resource.origin}${wellKnown}${pathIn(resource)}`
}

/** What the surface says of itself to whoever has no token yet (RFC 9728 §2), with the path of the resource or without. */
function description(name: string, resource: URL, issuer: string, scopes: readonly string[]): Handler {
  const paths = new Set([wellKnown, wellKnown + pathIn(resource)])
  const value = {
    resource: name,
    authorization_servers: [issuer],
    ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
    bearer_methods_supported: ['header'],
  }
  return (req, res) => {
    if ((req.method !== 'GET' && req.method !== 'HEAD') || !paths.has(pathOf(req))) return false
    sendJson(res, 200, value)
    return true
  }
}
