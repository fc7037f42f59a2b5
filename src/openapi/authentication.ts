/** How the API is told who calls: security schemes of a description as the authentication of a consumed API. */

import { isMap, list, type Raw, raw, text } from '../spec/raw.ts'
import type { Operation } from './description.ts'
import type { Library } from './library.ts'
import { variable } from './names.ts'
import type { Notes } from './notes.ts'

export interface Credentials {
  readonly authentication?: Raw
  /** Further credentials, sent with every call. */
  readonly inputs: Readonly<Record<string, Raw>>
  /** Variables of the environment, by name. */
  readonly keys: readonly string[]
}

const none: Credentials = { inputs: {}, keys: [] }

/** A scheme in our words; undefined = the format has none for it. */
type Read = (scheme: Raw, name: string, namespace: string) => Credentials | undefined

/**
 * The credentials of an API. The format has one authentication for all calls: the requirement that most operations
 * accept is taken, of those that can be met. Schemes that are only alternatives are told.
 */
export function credentialsOf(
  namespace: string,
  operations: readonly Operation[],
  library: Library,
  notes: Notes,
): Credentials {
  const common = list(library.root.security).filter(isMap)
  const asked = operations.map(({ security, place }) => ({ place, accepted: (security ?? common).map(names) }))
  const counts = new Map<string, number>()
  for (const { accepted } of asked) for (const one of new Set(accepted)) counts.set(one, (counts.get(one) ?? 0) + 1)
  const known = [...counts].filter(([one]) => one !== '').map(([one, count]) => ({ one, count, ...readOf(one) }))
  for (const { one, credentials } of known)
    if (credentials === undefined) notes.add('security schemes that the format has no word for', one)
  const met = known.filter(({ credentials }) => credentials !== undefined)
  const [best, ...others] = met.sort((a, b) => Number(a.isDeprecated) - Number(b.isDeprecated) || b.count - a.count)
  for (const { one } of others) notes.add('security schemes that are alternatives to the one taken', one)
  if (best === undefined) return none
  for (const told of best.told) notes.add(...told)
  for (const { place, accepted } of asked)
    if (!accepted.includes(best.one))
      notes.add('operations that ask for other credentials or none, and are sent the same', place)
  return best.credentials ?? none

  function readOf(requirement: string) {
    const all = requirement.split(' ').map((name) => ({ name, scheme: schemeNamed(name, library) }))
    const read = all.map(({ name, scheme }) => schemeOf(scheme, name, namespace))
    const credentials = read.reduce<Credentials | undefined>(
      (sum, one) => (sum === undefined || one === undefined ? undefined : joined(sum, one)),
      none,
    )
    const isDeprecated = all.some(({ scheme }) => scheme.deprecated === true)
    return { credentials, isDeprecated, told: all.flatMap(toldOf) }
  }
}

/** By its name, or where its address leads (OpenAPI 3.2 §4.30). */
function schemeNamed(name: string, library: Library): Raw {
  const { root, base } = library
  const schemes = raw(raw(root.components).securitySchemes ?? root.securityDefinitions)
  const value = Object.hasOwn(schemes, name) ? schemes[name] : /[/#]/.test(name) ? { $ref: name } : undefined
  return raw(library.follow({ value, base }).value)
}

/** What is said of a scheme that is taken. */
function toldOf({ name, scheme }: { name: string; scheme: Raw }): readonly (readonly [string, string])[] {
  const flows = Object.keys(raw(scheme.flows)).join(', ') || text(scheme.flow)
  const isPersonal = text(scheme.type)?.toLowerCase() === 'oauth2' && tokenEndpointOf(scheme) === undefined
  return [
    ...(scheme.deprecated === true ? [['security schemes that are deprecated', name] as const] : []),
    ...(isPersonal
      ? [['OAuth2 flows that are gone through elsewhere, whose token is sent', `${name} (${flows})`] as const]
      : []),
  ]
}

const names = (requirement: Raw) => Object.keys(requirement).sort().join(' ')

/** Two schemes at once: a second API key travels as a parameter of every call. */
function joined(first: Credentials, second: Credentials): Credentials | undefined {
  const keys = [...new Set([...first.keys, ...second.keys])]
  const inputs = { ...first.inputs, ...second.inputs }
  const [a, b] = [first.authentication, second.authentication]
  if (a === undefined || b === undefined) return { ...optionalOf(a ?? b), inputs, keys }
  const [extra, kept] = b.type === 'apikey' ? [b, a] : [a, b]
  if (extra.type !== 'apikey') return undefined
  const place = extra.placement ?? 'header'
  return { authentication: kept, inputs: { ...inputs, [String(extra.key)]: { in: place, value: extra.value } }, keys }
}

const optionalOf = (authentication: Raw | undefined) => (authentication === undefined ? {} : { authentication })

const schemeOf: Read = (scheme, name, namespace) => {
  const kind = text(scheme.type)?.toLowerCase()
  if (kind === 'http') return http(scheme, namespace)
  if (kind === 'basic') return password('basic', namespace)
  if (kind === 'apikey') return apiKey(scheme, name, namespace)
  if (kind === 'oauth2') return oauth2(scheme, namespace)
  return kind === 'openidconnect' ? bearer(namespace) : undefined
}

function http(scheme: Raw, namespace: string): Credentials | undefined {
  const kind = text(scheme.scheme)?.toLowerCase()
  if (kind === 'basic' || kind === 'digest') return password(kind, namespace)
  return kind === 'bearer' ? bearer(namespace) : undefined
}

function password(type: 'basic' | 'digest', namespace: string): Credentials {
  const [user, secret] = [variable(namespace, 'username'), variable(namespace, 'password')]
  return {
    authentication: { type, username: `{{${user}}}`, password: `{{${secret}}}` },
    inputs: {},
    keys: [user, secret],
  }
}

function bearer(namespace: string): Credentials {
  const token = variable(namespace, 'token')
  return { authentication: { type: 'bearer', token: `{{${token}}}` }, inputs: {}, keys: [token] }
}

/** The name of the scheme tells several keys apart. A cookie is a parameter of every call. */
function apiKey(scheme: Raw, name: string, namespace: string): Credentials | undefined {
  const [key, place] = [text(scheme.name), text(scheme.in)]
  const own = variable(namespace, name)
  if (key === undefined) return undefined
  if (place === 'cookie') return { inputs: { [key]: { in: place, value: `{{${own}}}` } }, keys: [own] }
  if (place !== 'header' && place !== 'query') return undefined
  return { authentication: { type: 'apikey', key, value: `{{${own}}}`, placement: place }, inputs: {}, keys: [own] }
}

/** Client credentials are exchanged; what a person has to agree to is a token that was got elsewhere. */
function oauth2(scheme: Raw, namespace: string): Credentials {
  const tokenEndpoint = tokenEndpointOf(scheme)
  if (tokenEndpoint === undefined) return bearer(namespace)
  return {
    authentication: { type: 'oauth2', tokenEndpoint, scopes: Object.keys(raw(clientFlow(scheme).scopes)) },
    inputs: {},
    keys: [variable(namespace, 'client', 'id'), variable(namespace, 'client', 'secret')],
  }
}

const clientFlow = (scheme: Raw): Raw =>
  raw(raw(scheme.flows).clientCredentials ?? (scheme.flow === 'application' ? scheme : undefined))

/** Undefined = no program can ask for a token by itself. */
function tokenEndpointOf(scheme: Raw): string | undefined {
  const endpoint = text(clientFlow(scheme).tokenUrl)
  return endpoint?.startsWith('https://') === true ? endpoint : undefined
}
