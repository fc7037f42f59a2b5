/** Who calls whom, and how it is said (spec §2.8). */

import type { Report } from '../diagnostics.ts'
import type { AuthenticationPlan, UpstreamAuthenticationPlan, Value } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileText, type Scope } from './scope.ts'

/** Authentication towards an upstream. */
export function compileUpstreamAuthentication(
  a: doc.UpstreamAuthentication,
  namespace: string,
  binds: Scope,
  report: Report,
  pointer: string,
): UpstreamAuthenticationPlan {
  if (a.type === 'oauth2') return compileOAuth2(a, namespace, binds, report, pointer)
  if (a.type !== 'digest') return compileAuthentication(a, binds, report, pointer)
  const text = (key: 'username' | 'password') => compileText(a[key], binds, report, child(pointer, key))
  return { type: 'digest', username: text('username'), password: text('password') }
}

type OAuth2<T> = T & { readonly type: 'oauth2' }

/**
 * OAuth 2 client credentials. The format has no place for the client, so two binds are it: `SHOP_CLIENT_ID` and
 * `SHOP_CLIENT_SECRET` for the namespace `shop`, else `CLIENT_ID` and `CLIENT_SECRET`.
 */
function compileOAuth2(
  a: OAuth2<doc.UpstreamAuthentication>,
  namespace: string,
  binds: Scope,
  report: Report,
  pointer: string,
): OAuth2<UpstreamAuthenticationPlan> {
  const own = `${namespace.toUpperCase().replaceAll('-', '_')}_`
  const client = (key: 'ID' | 'SECRET') => binds.resolve(`${own}CLIENT_${key}`) ?? binds.resolve(`CLIENT_${key}`)
  const [clientId, clientSecret] = [client('ID'), client('SECRET')]
  if (clientId === undefined || clientSecret === undefined)
    report('missing-credential', pointer, { namespace, id: `${own}CLIENT_ID`, secret: `${own}CLIENT_SECRET` })
  if (a.tokenEndpoint === undefined && a.authorizationServerUri === undefined)
    report('missing-key', pointer, { name: 'tokenEndpoint' })
  const text = (key: 'tokenEndpoint' | 'authorizationServerUri' | 'audience' | 'resource') => {
    const value = a[key]
    return value === undefined ? {} : { [key]: compileText(value, binds, report, child(pointer, key)) }
  }
  return {
    type: 'oauth2',
    clientId: clientId ?? nothing,
    clientSecret: clientSecret ?? nothing,
    ...text('tokenEndpoint'),
    ...text('authorizationServerUri'),
    scopes: a.scopes.map((scope, i) => compileText(scope, binds, report, child(child(pointer, 'scopes'), i))),
    ...text('audience'),
    ...text('resource'),
  }
}

const nothing: Value = { type: 'literal', value: '' }

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
