/** Shapes of published files that mean something the format says otherwise: read as what they mean, each with a warning. */

import type { Report } from '../diagnostics.ts'
import { child } from '../text/pointer.ts'
import { consumedAuthentication } from './published-authentication.ts'
import { type Raw, raw } from './raw.ts'
import { type Repair, renamed, within, without } from './repair.ts'

/** A value that does not fit the schema, with what can be understood said as the schema says it. */
export function understood(value: unknown, report: Report): unknown {
  const repair: Repair = (pointer, found, meant) => report('read-as', pointer, { found, meant })
  const inside = within(value, 'capability', '', (capability, at) => capabilityOf(capability, at, repair))
  return capabilityOf(raw(inside), '', repair)
}

/** Sections under "capability", or at the root of a file that others import. */
function capabilityOf(capability: Raw, pointer: string, repair: Repair): Raw {
  const consumed = within(capability, 'consumes/*', pointer, (api, at) => consumesOf(api, at, repair))
  const exposed = within(consumed, 'exposes/*', pointer, (surface, at) => surfaceOf(surface, at, repair))
  return raw(namespaces(exposed, pointer, repair))
}

function consumesOf(api: Raw, pointer: string, repair: Repair): Raw {
  const named = renamed(api, { auth: 'authentication' }, pointer, repair)
  const known = consumedAuthentication(addressed(named, pointer, repair), pointer, repair)
  return raw(within(known, 'resources/*/operations/*', pointer, (operation, at) => operationOf(operation, at, repair)))
}

/** `{NAME}` in an address is meant like `{{NAME}}`; anything else in single braces has no value here. */
function addressed(api: Raw, pointer: string, repair: Repair): Raw {
  const { baseUri } = api
  const meant = typeof baseUri === 'string' ? baseUri.replace(/(?<!\{)\{([A-Z][A-Z0-9_]*)\}(?!\})/g, '{{$1}}') : baseUri
  if (meant === baseUri) return api
  repair(child(pointer, 'baseUri'), String(baseUri), String(meant))
  return { ...api, baseUri: meant }
}

function operationOf(operation: Raw, pointer: string, repair: Repair): Raw {
  const named = 'name' in operation ? operation : renamed(operation, { id: 'name' }, pointer, repair)
  const bodied = 'body' in named ? bodyOf(named, child(pointer, 'body'), repair) : named
  return raw(within(upperMethod(bodied), 'inputParameters/*', pointer, (input, at) => inputOf(input, at, repair)))
}

const upperMethod = (operation: Raw): Raw =>
  typeof operation.method === 'string' ? { ...operation, method: operation.method.toUpperCase() } : operation

const bodyTypes: Readonly<Record<string, string>> = {
  form: 'formUrlEncoded',
  'form-urlencoded': 'formUrlEncoded',
  urlencoded: 'formUrlEncoded',
  'application/x-www-form-urlencoded': 'formUrlEncoded',
  multipart: 'multipartForm',
  'form-data': 'multipartForm',
  'multipart/form-data': 'multipartForm',
  'application/json': 'json',
  object: 'json',
  raw: 'text',
}

/** A body of another spelling; one without data is what its `in: body` parameters, or the caller, say. */
function bodyOf(operation: Raw, pointer: string, repair: Repair): Raw {
  const body = raw(operation.body)
  if (typeof body.type !== 'string') return operation
  const type = bodyTypes[String(body.type)] ?? body.type
  if (type !== body.type) repair(child(pointer, 'type'), String(body.type), String(type))
  const known = type === 'json' || type === 'formUrlEncoded'
  if (!known || Object.keys(body).some((key) => key !== 'type')) return { ...operation, body: { ...body, type } }
  const inputs = Array.isArray(operation.inputParameters) ? operation.inputParameters : []
  const members = inputs.some((input) => raw(input).in === 'body')
  repair(pointer, 'a body without data', members ? 'its "in: body" parameters' : 'the whole body of the caller')
  const whole = { name: 'body', in: 'body', type: 'object' }
  return { ...without(operation, 'body'), inputParameters: members ? inputs : [...inputs, whole] }
}

const types: Readonly<Record<string, string>> = {
  int: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  bool: 'boolean',
  date: 'string',
  datetime: 'string',
  'date-time': 'string',
  uuid: 'string',
  enum: 'string',
  file: 'string',
  binary: 'string',
  list: 'array',
  map: 'object',
  json: 'object',
}

/** Types of other schema languages; a value with a shape of its own is left to the caller. */
function inputOf(input: Raw, pointer: string, repair: Repair): Raw {
  const type = types[String(input.type)]
  if (type !== undefined) repair(child(pointer, 'type'), String(input.type), type)
  const typed = type === undefined ? input : { ...input, type }
  if (typeof typed.value !== 'object' || typed.value === null) return without(typed, 'properties', 'items', 'example')
  repair(child(pointer, 'value'), 'a value with members', 'a parameter of the caller')
  return without(typed, 'value', 'properties')
}

function surfaceOf(surface: Raw, pointer: string, repair: Repair): Raw {
  if (surface.type === undefined) return surface
  const type = surface.type === 'http' ? 'rest' : surface.type
  if (type !== surface.type) repair(child(pointer, 'type'), 'http', 'rest')
  const transport = /^(streamable-?http|sse|https)$/i.test(String(surface.transport)) ? 'http' : surface.transport
  if (transport !== surface.transport) repair(child(pointer, 'transport'), String(surface.transport), 'http')
  const read = { ...surface, type, ...(transport === undefined ? {} : { transport }) }
  return raw(within(read, 'resources/*/operations/*', pointer, (operation) => upperMethod(operation)))
}

/** Namespaces with other characters, told by another name wherever they are called. */
function namespaces(sections: unknown, pointer: string, repair: Repair): unknown {
  const meant = new Map<string, string>()
  const named = within(sections, 'consumes/*', pointer, (api, at) => {
    const own = namespaceKeys.find((key) => key in api)
    const entries = Object.entries(api).map(([key, text]) => {
      const name = namespaceKeys.includes(key) ? namespaceOf(text) : text
      if (name === text) return [key, text]
      repair(child(at, key), String(text), String(name))
      if (key === own) meant.set(String(text), String(name))
      return [key, name]
    })
    return Object.fromEntries(entries)
  })
  if (meant.size === 0) return sections
  const recalled = (unit: Raw): Raw => {
    const [namespace, name] = [...meant].find(([from]) => String(unit.call).startsWith(`${from}.`)) ?? []
    if (namespace === undefined) return unit
    return { ...unit, call: `${name}.${String(unit.call).slice(namespace.length + 1)}` }
  }
  return callers.reduce((value, path) => within(value, path, pointer, recalled), named)
}

/** What an API is called by, the one that counts first. */
const namespaceKeys = ['as', 'import', 'namespace']

function namespaceOf(text: unknown): unknown {
  return typeof text === 'string' ? text.replace(/[^a-zA-Z0-9-]+/g, '-') : text
}

const units = [
  'aggregates/*/flows/*',
  'aggregates/*/functions/*',
  'exposes/*/tools/*',
  'exposes/*/resources/*',
  'exposes/*/resources/*/operations/*',
]

/** Everything that may have a `call`. */
const callers = units.flatMap((unit) => [unit, `${unit}/steps/*`])
