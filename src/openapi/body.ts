/** A request body as inputs of a flow, and as the body that is made of them again. */

import type { JsonSchema } from '../plan.ts'
import type { Raw } from '../spec/raw.ts'
import { isJson, isText } from './media-types.ts'
import type { RequestBody } from './request-body.ts'
import { type SchemaOptions, schemaOf } from './schemas.ts'
import { flat, kindsOf } from './shapes.ts'
import { type Wire, wiresOf } from './wires.ts'

/** An input that a body is made of. */
export interface BodyInput {
  /** Its name where it is sent; absent = it is the whole body. */
  readonly member?: string
  readonly schema: JsonSchema
  readonly required: boolean
}

export interface BodyForm {
  readonly inputs: readonly BodyInput[]
  /** The body as the format writes it. `named` = the name that an input was given. */
  readonly written: (named: Named) => unknown
  /** A media type that has to be said. */
  readonly contentType?: string
}

type Named = (input: BodyInput) => string

/** More members than this are handed over as one object. */
const maxMembers = 60

/** Undefined = the format can't send it. */
export function bodyFormOf(body: RequestBody, options: SchemaOptions): BodyForm | undefined {
  const { mediaType } = body
  if (isJson(mediaType)) return jsonForm(body, schemaOf(body.schema, options))
  if (/^application\/x-www-form-urlencoded/i.test(mediaType)) return fieldsForm(body, options)
  if (/^multipart\/form-data/i.test(mediaType)) return partsForm(body, options)
  if (isText(mediaType)) return textForm(body, { type: 'string' })
  return /^multipart\/|^$/i.test(mediaType) ? undefined : textForm(body, { type: 'string', format: 'byte' })
}

/** Members of an object are inputs of their own, unless what it may hold is decided by more than its members. */
function jsonForm(body: RequestBody, given: JsonSchema): BodyForm {
  const schema = flat(given)
  const contentType = /^application\/json\b/i.test(body.mediaType) ? {} : { contentType: body.mediaType }
  const inputs = isSpread(schema) ? membersOf(schema, body.required) : undefined
  if (inputs === undefined) {
    const whole = { schema: described(given, body), required: body.required }
    return { inputs: [whole], written: (named) => ({ type: 'json', data: placeholder(whole, named) }), ...contentType }
  }
  return { inputs, written: (named) => ({ type: 'json', data: dataOf(inputs, named) }), ...contentType }
}

const placeholder = (input: BodyInput, named: Named) => `{{${named(input)}}}`

const dataOf = (inputs: readonly BodyInput[], named: Named): Raw =>
  Object.fromEntries(inputs.map((input) => [input.member ?? '', placeholder(input, named)]))

const described = (schema: JsonSchema, { description }: RequestBody): JsonSchema =>
  description === '' || schema.description !== undefined ? schema : { ...schema, description }

/** Members are written as their encoding says; an object without one is its members (OpenAPI 3.1 §4.8.15). */
function fieldsForm(body: RequestBody, options: SchemaOptions): BodyForm {
  const { notes, place } = options
  const members = membersOf(flat(schemaOf(body.schema, options)), body.required)
  const all = members.flatMap(({ member = '', schema: { description = '', ...schema }, required }) => {
    const style = body.encoding.get(member) ?? { style: 'form', explode: true }
    const given = { wire: member, schema, required, description: String(description), in: 'body', style } as const
    return wiresOf(given, (what, name) => notes.add(what, `${name} of ${place}`)).map(field)
  })
  return formOf(
    kept(all, ({ member = '' }) => notes.add(`members of forms beyond ${maxMembers}`, `${member} of ${place}`)),
  )
}

/** What is needed, and the least deep of the rest. */
function kept(all: readonly BodyInput[], left: (input: BodyInput) => void): readonly BodyInput[] {
  if (all.length <= maxMembers) return all
  const depth = ({ member = '', required }: BodyInput) => (required ? -1 : member.split('[').length)
  const first = new Set([...all].sort((a, b) => depth(a) - depth(b)).slice(0, maxMembers))
  for (const input of all) if (!first.has(input) && !input.required) left(input)
  return all.filter((input) => first.has(input) || input.required)
}

function formOf(inputs: readonly BodyInput[]): BodyForm {
  return {
    inputs,
    written: (named) => (inputs.length === 0 ? undefined : { type: 'formUrlEncoded', data: dataOf(inputs, named) }),
  }
}

const field = ({ wire, schema, required, description }: Wire): BodyInput => ({
  member: wire,
  schema: description === '' ? schema : { ...schema, description },
  required,
})

/** A list is a part each, an object is one of JSON, and bytes are a file (OpenAPI 3.1 §4.8.15). */
function partsForm(body: RequestBody, options: SchemaOptions): BodyForm {
  const inputs = membersOf(flat(schemaOf(body.schema, { ...options, bytes: true })), body.required)
  const part = (input: BodyInput, named: Named) => {
    const { member = '', schema } = input
    const said = body.encoding.get(member)?.contentType
    const contentType = said ?? (isFile(schema) ? 'application/octet-stream' : typeOfPart(schema))
    return {
      name: member,
      value: placeholder(input, named),
      ...(isFile(schema) ? { filename: member } : {}),
      ...(contentType === undefined || contentType.includes('*') ? {} : { contentType }),
    }
  }
  return {
    inputs,
    written: (named) =>
      inputs.length === 0 ? undefined : { type: 'multipartForm', data: inputs.map((input) => part(input, named)) },
  }
}

const isFile = ({ format, items }: JsonSchema): boolean =>
  format === 'byte' || (items !== undefined && isFile(items as JsonSchema))

const typeOfPart = (schema: JsonSchema) => (kindsOf(schema).has('object') ? 'application/json' : undefined)

function textForm(body: RequestBody, schema: JsonSchema): BodyForm {
  const input = { schema: described(schema, body), required: body.required }
  // In a body of type `xml` the input would be a text within it.
  const contentType = body.mediaType.includes('*') ? 'application/octet-stream' : body.mediaType
  return { inputs: [input], written: (named) => ({ type: 'text', data: placeholder(input, named) }), contentType }
}

function membersOf(schema: JsonSchema, needed: boolean): readonly BodyInput[] {
  const required = new Set((schema.required ?? []) as readonly string[])
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([member, of]) => ({
    member,
    schema: of,
    required: needed && required.has(member),
  }))
}

function isSpread(schema: JsonSchema): boolean {
  const members = Object.keys((schema.properties ?? {}) as JsonSchema)
  const decided = ['oneOf', 'anyOf', 'allOf', 'not', 'if', 'patternProperties', 'minProperties', 'dependentRequired']
  const open = schema.additionalProperties === true || typeof schema.additionalProperties === 'object'
  const plain = members.every((name) => !/[{}]/.test(name))
  return plain && !open && members.length > 0 && members.length <= maxMembers && !decided.some((key) => key in schema)
}
