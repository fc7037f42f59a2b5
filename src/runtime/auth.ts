/** How calls to an upstream say who calls: decided once at start, since it depends on binds only (spec §2.8). */

import { StartError } from '../errors.ts'
import type { UpstreamAuthenticationPlan, UpstreamPlan, Value } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { withDigest } from './digest.ts'
import { asText, evaluate } from './evaluate.ts'
import type { Send } from './message.ts'
import { createTokens, withToken } from './oauth2.ts'
import { isStray, type ServerReach } from './private-address.ts'
import { isSafeAddress } from './safe-address.ts'

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

export interface Exchange {
  readonly send: Send
  /** Tokens that were issued meanwhile, which must not be printed. */
  readonly issued?: () => readonly string[]
}

/** Wraps what sends with the exchange that the authentication needs, if it needs one. Throws StartError. */
export function exchanging(plan: UpstreamPlan, binds: BindValues, send: Send, reach: ServerReach): Exchange {
  const { authentication, namespace } = plan
  const text = (value: Value) => asText(evaluate(value, {}, binds))
  switch (authentication?.type) {
    case 'digest': {
      const { username, password } = authentication
      return { send: withDigest(send, { username: text(username), password: text(password) }) }
    }
    case 'oauth2': {
      const tokens = createTokens({ ...clientOf(authentication, text, reach), ...reach, namespace })
      return { send: withToken(send, tokens, { ...reach, namespace }), issued: tokens.issued }
    }
    default:
      return { send }
  }
}

function clientOf(
  plan: UpstreamAuthenticationPlan & { readonly type: 'oauth2' },
  text: (value: Value) => string,
  reach: ServerReach,
) {
  const { clientId, clientSecret, scopes } = plan
  const optional = (key: 'tokenEndpoint' | 'authorizationServerUri' | 'audience' | 'resource') =>
    plan[key] === undefined ? {} : { [key]: text(plan[key]) }
  const addresses = { ...optional('tokenEndpoint'), ...optional('authorizationServerUri') }
  for (const key of ['tokenEndpoint', 'authorizationServerUri'] as const) {
    const [value, address = ''] = [plan[key], addresses[key]]
    if (value === undefined) continue
    if (!isSafeAddress(address)) throw new StartError(`the ${key} must be an https address: a credential is sent there`)
    if (isStray(new URL(address), value, reach)) throw new StartError(strayText(key))
  }
  const [id, secret] = [text(clientId), text(clientSecret)]
  const more = { ...optional('audience'), ...optional('resource') }
  return { clientId: id, clientSecret: secret, scopes: scopes.map(text), ...addresses, ...more }
}

/** What is said of the address of an authorization server that a variable puts on a private network. `key` = its keyword. */
export function strayText(key: string): string {
  return `the ${key} is private, and a variable brought it: write it into the file, or allow all such addresses with --allow-private-upstreams`
}

export function credentials(plan: UpstreamAuthenticationPlan | undefined, binds: BindValues): Credentials {
  if (plan === undefined) return none
  const text = (value: Parameters<typeof evaluate>[0]) => asText(evaluate(value, {}, binds))
  switch (plan.type) {
    case 'basic': {
      // RFC 7617; an empty password is a password.
      const [username, password] = [text(plan.username), text(plan.password)]
      const pair = Buffer.from(`${username}:${password}`).toString('base64')
      // Where there is no password, an API key is the user name.
      const secrets = [password === '' ? username : password]
      return { headers: ['authorization', `Basic ${pair}`], query: '', secrets }
    }
    case 'bearer':
      return { headers: ['authorization', `Bearer ${text(plan.token)}`], query: '' }
    case 'apikey': {
      const [key, value] = [text(plan.key), text(plan.value)]
      if (plan.placement === 'header') return { headers: [key, value], query: '' }
      return { headers: [], query: `${encodeURIComponent(key)}=${encodeURIComponent(value)}`, secrets: [value] }
    }
    case 'digest':
      return { ...none, reserved: ['authorization'], secrets: [text(plan.password)] }
    case 'oauth2':
      return { ...none, reserved: ['authorization'], secrets: [text(plan.clientSecret)] }
    default:
      return plan satisfies never
  }
}
