/** Who may call a REST surface, as OpenAPI 3.1 says it. */

import type { CallerAuthenticationPlan, Json, RestPlan, RoutePlan, TokenPlan, Value } from '../plan.ts'

type Members = Readonly<Record<string, Json>>

/** What a caller must bring: a credential, and with a token the scopes of the surface and of the operation. */
export function securityOf(surface: RestPlan, route?: RoutePlan): readonly Members[] {
  const { authentication } = surface
  if (authentication === undefined) return []
  if (authentication.type !== 'oauth2') return [{ [authentication.type]: [] }]
  const more = route === undefined ? [] : scopesOf(route, surface)
  return [{ oauth2: [...new Set([...authentication.scopes, ...more])] }]
}

/** The scopes that an operation needs beside those of its surface. Only where callers bring a token are they asked for. */
export function scopesOf({ operation }: RoutePlan, { authentication }: RestPlan): readonly string[] {
  return authentication?.type === 'oauth2' ? (operation.policy?.scopes ?? []) : []
}

/** Whether a good token may still carry too little for one of these routes. */
export function asksScopes(surface: RestPlan, routes: readonly RoutePlan[]): boolean {
  const { authentication } = surface
  const all = authentication?.type === 'oauth2' && authentication.scopes.length > 0
  return all || routes.some((route) => scopesOf(route, surface).length > 0)
}

/** How a caller says who it is; never with what. */
export function securityScheme(authentication: CallerAuthenticationPlan, surface: RestPlan): Members {
  if (authentication.type === 'oauth2') return tokenScheme(authentication, surface)
  if (authentication.type !== 'apikey') return { type: 'http', scheme: authentication.type }
  return { type: 'apiKey', in: authentication.placement, name: keyName(authentication.key) }
}

/** OpenAPI wants to know where tokens come from; without that it is told what they are and how they are sent. */
function tokenScheme({ tokenEndpoint, scopes, introspection }: TokenPlan, surface: RestPlan): Members {
  if (tokenEndpoint?.type !== 'literal')
    return { type: 'http', scheme: 'bearer', ...(introspection === undefined ? { bearerFormat: 'JWT' } : {}) }
  const all = new Set([...scopes, ...surface.routes.flatMap((route) => scopesOf(route, surface))])
  const named = Object.fromEntries([...all].map((scope) => [scope, '']))
  return { type: 'oauth2', flows: { clientCredentials: { tokenUrl: String(tokenEndpoint.value), scopes: named } } }
}

/** A name that is only known at the start stands as the variable that will hold it. */
export function keyName(key: Value): string {
  if (key.type === 'literal') return String(key.value)
  return key.type === 'bind' ? key.variable : key.type === 'text' ? key.source : 'key'
}
