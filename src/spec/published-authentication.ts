/** Authentication of published files: other spellings of basic, bearer and apikey, and apikeys in a path or a body. */

import { child } from '../text/pointer.ts'
import { type Raw, raw } from './raw.ts'
import { type Repair, within, without } from './repair.ts'

/** A consumed API whose authentication is said as the schema says it. Kinds that can't be done stay as they are. */
export function consumedAuthentication(api: Raw, pointer: string, repair: Repair): Raw {
  if (Object.keys(raw(api.authentication)).length === 0) return api
  const at = child(pointer, 'authentication')
  const given = raw(api.authentication)
  const type = kindOf(given)
  if (type === 'none') return without(api, 'authentication')
  if (type !== given.type) repair(child(at, 'type'), String(given.type), type)
  if (type === 'basic') return { ...api, authentication: basic(given) }
  if (type === 'bearer') return { ...api, authentication: bearer(given) }
  return type === 'apikey' ? placed(api, apikey(given), pointer, repair) : api
}

function kindOf({ type, placement, in: place }: Raw): string {
  const kind = String(type).toLowerCase().replace(/[-_]/g, '')
  if (kind === 'apikey' || kind === 'header' || kind === 'query' || kind === 'token') return 'apikey'
  if (kind === 'basic' || kind === 'bearer' || kind === 'none') return kind
  if (kind === 'http' && String(placement ?? place) === 'undefined') return 'bearer'
  return String(type)
}

/** Keys that nobody knows stay, so that a misspelt one is told. */
const basic = ({ user, ...given }: Raw): Raw => ({
  ...(user === undefined ? {} : { username: user }),
  ...given,
  type: 'basic',
})

const bearer = ({ value, ...given }: Raw): Raw => ({
  ...(value === undefined ? {} : { token: value }),
  ...given,
  type: 'bearer',
})

interface ApiKey extends Raw {
  readonly key: string
  readonly value: string
  readonly placement: string
}

function apikey(given: Raw): ApiKey {
  const { type, key, name, header, query, value, token, placement, in: place, ...others } = given
  const kind = String(type).toLowerCase()
  const where = placement ?? place ?? (query !== undefined || kind === 'query' ? 'query' : 'header')
  return {
    ...others,
    type: 'apikey',
    key: String(key ?? name ?? header ?? query ?? (kind === 'token' ? 'Authorization' : 'X-API-Key')),
    value: (value ?? token) as string,
    placement: String(where),
  }
}

/** A key in the path is part of the address; one in the body is a member of every body that is sent. */
function placed(api: Raw, authentication: ApiKey, pointer: string, repair: Repair): Raw {
  const { key, value, placement } = authentication
  const at = child(pointer, 'authentication')
  if (placement === 'path' && String(api.baseUri).includes(`{${key}}`)) {
    repair(at, 'a key in the path', `a part of "baseUri"`)
    const baseUri = String(api.baseUri).replace(`{${key}}`, () => value)
    return { ...without(api, 'authentication'), baseUri }
  }
  if (placement !== 'body') return { ...api, authentication }
  repair(at, 'a key in the body', 'a member of every body')
  return raw(
    within(without(api, 'authentication'), 'resources/*/operations/*', pointer, (operation) =>
      withMember(operation, key, value),
    ),
  )
}

function withMember(operation: Raw, key: string, value: string): Raw {
  const data = raw(raw(operation.body).data)
  if (key in data) return operation
  if (operation.body !== undefined && Object.keys(data).length > 0)
    return { ...operation, body: { ...raw(operation.body), data: { ...data, [key]: value } } }
  const given = operation.inputParameters
  const member = { in: 'body', value }
  if (Array.isArray(given) || given === undefined) {
    const others = (given ?? []).filter((input: unknown) => raw(input).name !== key)
    return { ...operation, inputParameters: [...others, { name: key, ...member }] }
  }
  return { ...operation, inputParameters: { ...raw(given), [key]: member } }
}
