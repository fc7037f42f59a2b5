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
  const { root, base } = library
  const schemes = raw(raw(root.components).securitySchemes ?? root.securityDefinitions)
  const common = list(root.security).filter(isMap)
  const asked = operations.map(({ security }) => security ?? common)
  const counts = new Map<string, number>()
  for (const alternatives of asked)
    for (const one of new Set(alternatives.map((a) => Object.keys(a).sort().join(' ')))) add(counts, one)
  const met = [...counts]
    .filter(([names]) => names !== '')
    .map(([names, count]) => ({ names, count, credentials: together(names.split(' '), schemes) }))
  const [best, ...others] = met.filter(({ credentials }) => credentials !== undefined).sort((a, b) => b.count - a.count)
  for (const { credentials } of met)
    if (credentials === undefined) notes.add('security schemes that the format has no word for')
  for (const _ of others) notes.add('security schemes that are alternatives to the one taken')
  const open = asked.filter((alternatives) => !alternatives.some((a) => names(a) === best?.names)).length
  if (best !== undefined)
    for (let i = 0; i < open; i++) notes.add('operations that ask for other credentials or none, and are sent the same')
  return best?.credentials ?? none

  function together(all: readonly string[], of: Raw): Credentials | undefined {
    const read = all.map((name) => schemeOf(raw(library.follow({ value: of[name], base }).value), name, namespace))
    return read.reduce<Credentials | undefined>(
      (sum, one) => (sum === undefined || one === undefined ? undefined : joined(sum, one)),
      none,
    )
  }
}

const names = (requirement: Raw) => Object.keys(requirement).sort().join(' ')

const add = (counts: Map<string, number>, key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1)

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

/** The name of the scheme tells several keys apart. A cookie is no place that the format knows. */
function apiKey(scheme: Raw, name: string, namespace: string): Credentials | undefined {
  const [key, place] = [text(scheme.name), text(scheme.in)]
  if (key === undefined || (place !== 'header' && place !== 'query')) return undefined
  const own = variable(namespace, name)
  return { authentication: { type: 'apikey', key, value: `{{${own}}}`, placement: place }, inputs: {}, keys: [own] }
}

/** Client credentials are exchanged; what a person has to agree to is a token that was got elsewhere. */
function oauth2(scheme: Raw, namespace: string): Credentials {
  const flow = raw(raw(scheme.flows).clientCredentials ?? (scheme.flow === 'application' ? scheme : undefined))
  const tokenEndpoint = text(flow.tokenUrl)
  if (tokenEndpoint === undefined || !tokenEndpoint.startsWith('https://')) return bearer(namespace)
  return {
    authentication: { type: 'oauth2', tokenEndpoint, scopes: Object.keys(raw(flow.scopes)) },
    inputs: {},
    keys: [variable(namespace, 'client', 'id'), variable(namespace, 'client', 'secret')],
  }
}
