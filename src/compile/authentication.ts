/** Who calls whom, and how it is said (spec §2.8). */

import type { Report } from '../diagnostics.ts'
import type {
  AuthenticationPlan,
  CallerAuthenticationPlan,
  DigestPlan,
  TokenPlan,
  UpstreamAuthenticationPlan,
  Value,
} from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileText, type Scope } from './scope.ts'

/** Authentication towards an upstream. */
export function compileUpstreamAuthentication(
  a: doc.AnyAuthentication,
  namespace: string,
  binds: Scope,
  report: Report,
  pointer: string,
): UpstreamAuthenticationPlan {
  if (a.type === 'oauth2') return compileOAuth2(a, namespace, binds, report, pointer)
  return a.type === 'digest' ? digest(a, binds, report, pointer) : compileAuthentication(a, binds, report, pointer)
}

/** Authentication of the callers of a surface (spec-servers §2.2). */
export function compileCallerAuthentication(
  a: doc.AnyAuthentication,
  namespace: string,
  binds: Scope,
  report: Report,
  pointer: string,
): CallerAuthenticationPlan {
  if (a.type === 'oauth2') return compileTokens(a, namespace, binds, report, pointer)
  return a.type === 'digest' ? digest(a, binds, report, pointer) : compileAuthentication(a, binds, report, pointer)
}

function digest(a: doc.Digest, binds: Scope, report: Report, pointer: string): DigestPlan {
  const text = (key: 'username' | 'password') => compileText(a[key], binds, report, child(pointer, key))
  return { type: 'digest', username: text('username'), password: text('password') }
}

/** OAuth 2 client credentials (spec §2.8). */
function compileOAuth2(
  a: doc.OAuth2,
  namespace: string,
  binds: Scope,
  report: Report,
  pointer: string,
): UpstreamAuthenticationPlan & { readonly type: 'oauth2' } {
  const client = compileClient(namespace, 'is called as', binds, report, pointer)
  if (a.tokenEndpoint === undefined && a.authorizationServerUri === undefined)
    report('missing-key', pointer, { name: 'tokenEndpoint' })
  const text = optionalText(a, binds, report, pointer)
  return {
    type: 'oauth2',
    ...client,
    ...text('tokenEndpoint'),
    ...text('authorizationServerUri'),
    scopes: a.scopes.map((scope, i) => compileText(scope, binds, report, child(child(pointer, 'scopes'), i))),
    ...text('audience'),
    ...text('resource'),
  }
}

/** Tokens that callers bring; introspection is an exchange, so it takes a client of its own. */
function compileTokens(a: doc.OAuth2, namespace: string, binds: Scope, report: Report, pointer: string): TokenPlan {
  const needed = (key: 'authorizationServerUri' | 'resource') => {
    if (a[key] === undefined) report('missing-key', pointer, { name: key })
    return compileText(a[key] ?? '', binds, report, child(pointer, key))
  }
  const asks = a.tokenValidation === 'introspection'
  const text = optionalText(a, binds, report, pointer)
  return {
    type: 'oauth2',
    authorizationServerUri: needed('authorizationServerUri'),
    resource: needed('resource'),
    ...text('audience'),
    scopes: a.scopes,
    ...text('tokenEndpoint'),
    ...(asks ? { introspection: compileClient(namespace, 'checks tokens as', binds, report, pointer) } : {}),
  }
}

type TextKey = 'tokenEndpoint' | 'authorizationServerUri' | 'audience' | 'resource'

function optionalText(a: doc.OAuth2, binds: Scope, report: Report, pointer: string) {
  return (key: TextKey) => {
    const value = a[key]
    return value === undefined ? {} : { [key]: compileText(value, binds, report, child(pointer, key)) }
  }
}

/**
 * Who we are to an authorization server. The format has no place for that, so two binds are it: `SHOP_CLIENT_ID` and
 * `SHOP_CLIENT_SECRET` for the namespace `shop`, else `CLIENT_ID` and `CLIENT_SECRET`.
 */
function compileClient(namespace: string, use: string, binds: Scope, report: Report, pointer: string) {
  const own = `${namespace.toUpperCase().replaceAll('-', '_')}_`
  const client = (key: 'ID' | 'SECRET') => binds.resolve(`${own}CLIENT_${key}`) ?? binds.resolve(`CLIENT_${key}`)
  const [clientId, clientSecret] = [client('ID'), client('SECRET')]
  if (clientId === undefined || clientSecret === undefined)
    report('missing-credential', pointer, { namespace, use, id: `${own}CLIENT_ID`, secret: `${own}CLIENT_SECRET` })
  return { clientId: clientId ?? nothing, clientSecret: clientSecret ?? nothing }
}

const nothing: Value = { type: 'literal', value: '' }

/** A credential that is sent, which either side may ask for. */
function compileAuthentication(
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
