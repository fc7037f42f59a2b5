/** One operation of a description in each part of a capability: what is called, the flow, its route, its tool. */

import type { Json, JsonSchema } from '../plan.ts'
import { type Raw, raw } from '../spec/raw.ts'
import { type AnswerOptions, readOf, responsesOf } from './answers.ts'
import { type BodyForm, type BodyInput, bodyFormOf } from './body.ts'
import type { Operation } from './description.ts'
import { claim, inputName, prose, sentenceOf, type Taken } from './names.ts'
import type { Parameter } from './parameters.ts'
import type { RequestBody } from './request-body.ts'
import { type SchemaOptions, schemaOf } from './schemas.ts'
import { prefixOf, wiresOf } from './wires.ts'

export interface FlowParts {
  readonly name: string
  /** Namespace of the API that is called. */
  readonly api: string
  /** The path as it is called, with the names of inputs. */
  readonly path: string
  readonly consumed: Raw
  readonly flow: Raw
  readonly hints: Raw
  /** Of the REST operation, beside its method and reference. */
  readonly places: Readonly<Record<string, Raw>>
  readonly responses: Raw
  /** Input -> fragment for the companion file. */
  readonly fragments: Readonly<Record<string, JsonSchema>>
}

export interface FlowOptions extends Omit<AnswerOptions, 'place'> {
  /** Leave out what an agent does without: headers that need not be sent, parameters that are deprecated. */
  readonly forAgents: boolean
}

interface Input {
  readonly name: string
  readonly wire: string
  readonly in: Parameter['in'] | 'body'
  readonly schema: JsonSchema
  readonly required: boolean
  readonly description: string
  /** What stands before it in a path. */
  readonly prefix?: string
}

/** Undefined = it can't be called from a capability; the notes say why. */
export function flowOf(operation: Operation, name: string, api: string, given: FlowOptions): FlowParts | undefined {
  const { method, body, place } = operation
  const options = { ...given, place }
  if (body !== undefined && method === 'GET' && !isNothing(body, options)) options.notes.add('bodies of GET', place)
  if (isStray(operation.path)) {
    options.notes.add('operations whose path can not be called', JSON.stringify(place))
    return undefined
  }
  const form = body === undefined || method === 'GET' ? undefined : bodyFormOf(body, options)
  if (body !== undefined && method !== 'GET' && form === undefined) {
    options.notes.add('operations whose body can not be sent', `${place} (${body.mediaType})`)
    return undefined
  }
  const taken: Taken = new Map()
  const parameters = parameterInputs(operation, taken, options)
  if (parameters === undefined) return undefined
  const members = new Map<BodyInput, Input>()
  for (const input of form?.inputs ?? []) members.set(input, bodyInput(input, taken))
  const inputs = [...parameters, ...members.values()].filter((input) => fixedOf(input) === undefined)
  const written = form?.written((input) => members.get(input)?.name ?? '')
  return {
    name,
    api,
    path: pathOf(operation.path, parameters),
    consumed: {
      method,
      description: prose(operation.summary || operation.description || place, 120),
      ...consumedInputs(parameters, form),
      ...(written === undefined ? {} : { body: written }),
      ...readOf(operation, options),
    },
    flow: {
      description: descriptionOf(operation, options.words),
      semantics: semanticsOf(operation),
      ...(inputs.length === 0 ? {} : { inputParameters: Object.fromEntries(inputs.map(declared)) }),
      call: `${api}.${name}`,
    },
    hints: hintsOf(operation, name),
    places: placesOf(inputs, method),
    responses: responsesOf(operation, options),
    fragments: Object.fromEntries(inputs.flatMap(fragmentOf)),
  }
}

/** A form without fields, as generators write it. */
function isNothing({ schema }: RequestBody, { library }: SchemaOptions): boolean {
  const { type, properties } = raw(library.follow(schema).value)
  return type === 'object' && Object.keys(raw(properties)).length === 0
}

/** Undefined = one that is needed can't be written. */
function parameterInputs(
  { parameters, place }: Operation,
  taken: Taken,
  options: FlowOptions & SchemaOptions,
): readonly Input[] | undefined {
  const { forAgents, notes } = options
  const sent = new Set<string>()
  const inputs: Input[] = []
  for (const parameter of parameters) {
    const spare = forAgents && !parameter.required && (parameter.deprecated || parameter.in === 'header')
    if (spare) notes.add('parameters that an agent does without', `${parameter.name} of ${place}`)
    const wired = spare ? [] : parameterInput(parameter, options)
    if (wired.length === 0 && parameter.required) {
      notes.add('operations that need a parameter which can not be written', place)
      return undefined
    }
    for (const input of wired) {
      // The format lists what is sent by its name alone.
      const twice = input.in !== 'path' && sent.has(input.wire)
      if (twice) notes.add('parameters of the name of another one', `${input.wire} of ${place}`)
      if (twice) continue
      sent.add(input.wire)
      inputs.push({ ...input, name: claim(inputName(input.wire), taken, '_') })
    }
  }
  return inputs
}

/** One parameter as what is sent, each under the name that it has there. */
function parameterInput(parameter: Parameter, options: SchemaOptions): readonly Input[] {
  const { notes, place, words } = options
  const { description, ...schema } = schemaOf(parameter.schema, options)
  const said = parameter.description || String(description ?? '')
  const { name, style, required, in: at } = parameter
  const whole = { wire: name, schema, required, description: prose(said, words), in: at, style }
  return wiresOf(whole, (what, wire) => notes.add(what, `${wire} of ${place}`)).map((one) => ({
    ...one,
    name: '',
    in: at,
    prefix: prefixOf(style, name),
    description: prose(one.description, words + 200) || sentenceOf(one.wire),
  }))
}

function bodyInput({ member, schema: given, required }: BodyInput, taken: Taken): Input {
  const { description, ...schema } = given
  const wire = member ?? 'body'
  return {
    name: claim(inputName(wire), taken, '_'),
    wire,
    in: 'body',
    schema,
    required,
    description: (description as string | undefined) || (member === undefined ? 'What is sent.' : sentenceOf(wire)),
  }
}

/** What must be sent and can be one thing only is asked of nobody. */
function fixedOf({ in: place, required, schema }: Input): string | undefined {
  const [only, ...others] = 'const' in schema ? [schema.const] : ((schema.enum ?? []) as readonly Json[])
  const isScalar = ['string', 'number', 'boolean'].includes(typeof only)
  const isFree = place === 'path' || place === 'body' || !required || others.length > 0
  return isFree || !isScalar || /[{}]/.test(String(only)) ? undefined : String(only)
}

/** A path variable that nothing declares is one all the same. */
function pathOf(path: string, parameters: readonly Input[]): string {
  const variable = (wire: string) => {
    const { name = inputName(wire), prefix = '' } = parameters.find((p) => p.in === 'path' && p.wire === wire) ?? {}
    return `${prefix}{{${name}}}`
  }
  const parts = path.replace(/[?#].*$/s, '').split(/(\{[^{}]+\})/)
  return parts.map((part) => (/^\{.+\}$/.test(part) ? variable(part.slice(1, -1)) : escaped(part))).join('')
}

/** What a URI can't hold as it is (RFC 3986 §3.3). */
const escaped = (part: string) => part.replace(/[^\x21-\x7e]+|["<>\\^`{|}]/g, encodeURIComponent)

/** A path that means another one, or ends the request line. */
const isStray = (path: string) =>
  /\p{Cc}|\p{Cs}/u.test(path) || path.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part))

function consumedInputs(parameters: readonly Input[], form: BodyForm | undefined): Raw {
  const entries = parameters.map((parameter) => {
    const { name, wire, in: place } = parameter
    const value = fixedOf(parameter) ?? (name === wire ? undefined : `{{${name}}}`)
    return place === 'path' || value === undefined ? [name, { in: place }] : [wire, { in: place, value }]
  })
  if (form?.contentType !== undefined) entries.push(['Content-Type', { in: 'header', value: form.contentType }])
  return entries.length === 0 ? {} : { inputParameters: Object.fromEntries(entries) }
}

const simple = ['string', 'number', 'integer', 'boolean', 'array', 'object']

/** The format has one type for each input; what may be of several is said by the companion. */
function typeOf({ type, enum: values }: JsonSchema): string {
  const types = [type].flat().filter((one): one is string => simple.includes(one as string))
  if (types[0] !== undefined) return types[0]
  return Array.isArray(values) && values.every((value) => typeof value !== 'string') ? 'number' : 'string'
}

const declared = ({ name, schema, description, required }: Input) =>
  [name, { type: typeOf(schema), description, ...(required ? {} : { required: false }) }] as const

const anything = ['string', 'number', 'boolean', 'object', 'array', 'null']

/** What the format does not say of an input. */
function fragmentOf({ name, in: place, schema }: Input): readonly (readonly [string, JsonSchema])[] {
  const { type, title: _, ...rest } = schema
  const isSimple = typeof type === 'string' && type !== 'null'
  // Where nothing tells the type, the schema decides alone; a parameter outside a body is a text.
  const own = type === undefined && place === 'body' ? { type: anything } : {}
  const fragment: Record<string, Json> = { ...(isSimple || type === undefined ? own : { type }), ...rest }
  return Object.keys(fragment).length === 0 ? [] : [[name, fragment]]
}

function descriptionOf({ summary, description, method, path, deprecated }: Operation, words: number): string {
  const [title, more] = [prose(summary, words), prose(description, words)]
  const isSaid = more.toLowerCase().startsWith(title.toLowerCase().replace(/\.$/, ''))
  const told = isSaid ? more : prose(`${/[.!?…]$/.test(title) ? title : `${title}.`} ${more}`, words)
  return `${told.trim() || `${method} ${path}.`}${deprecated ? ' Deprecated.' : ''}`
}

const semanticsOf = ({ method }: Operation) => ({
  safe: method === 'GET',
  idempotent: ['GET', 'PUT', 'DELETE'].includes(method),
})

/** Verbs after which something is gone. */
const losing = /(^|-)(delete|remove|destroy|purge|erase|wipe|drop|revoke|terminate|cancel)(-|$)/

function hintsOf({ method }: Operation, name: string): Raw {
  const idempotent = ['GET', 'PUT', 'DELETE'].includes(method)
  const destructive = method === 'DELETE' || (method !== 'GET' && losing.test(name))
  return { readOnly: method === 'GET', destructive, idempotent, openWorld: true }
}

/** Inputs that do not stand where a route looks for them by itself. */
function placesOf(inputs: readonly Input[], method: string): Readonly<Record<string, Raw>> {
  const inBody = ['POST', 'PUT', 'PATCH'].includes(method)
  const stray = inputs.filter(({ in: place, name, wire }) => {
    if (place === 'body') return !inBody || (wire === 'body' && name === 'body')
    return place !== 'path' && !(place === 'query' && !inBody)
  })
  return Object.fromEntries(
    stray.map(({ name, in: place, schema, description }) => [name, { in: place, type: typeOf(schema), description }]),
  )
}
