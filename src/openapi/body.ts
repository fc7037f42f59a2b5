/** A request body as inputs of a flow, and as the body that is made of them again. */

import type { JsonSchema } from '../plan.ts'
import type { Raw } from '../spec/raw.ts'
import type { RequestBody } from './description.ts'
import { type SchemaOptions, schemaOf } from './schemas.ts'

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
  readonly written: (named: (input: BodyInput) => string) => unknown
  /** A media type that has to be said. */
  readonly contentType?: string
}

/** More members than this are handed over as one object. */
const maxMembers = 60

/** Undefined = the format can't send it: bytes. */
export function bodyFormOf(body: RequestBody, options: SchemaOptions): BodyForm | undefined {
  const { mediaType } = body
  const schema = schemaOf(body.schema, options)
  if (/json\b/i.test(mediaType)) return jsonForm(body, schema)
  if (/^application\/x-www-form-urlencoded/i.test(mediaType)) return fieldsForm(body, schema, 'formUrlEncoded')
  if (/^multipart\/form-data/i.test(mediaType))
    return holdsBytes(schema) || holdsBytes(options.library.follow(body.schema).value as JsonSchema)
      ? undefined
      : fieldsForm(body, schema, 'multipartForm')
  if (/^text\/|[/+]xml\b/i.test(mediaType)) return textForm(body)
  return undefined
}

/** Members of an object are inputs of their own, unless what it may hold is decided by more than its members. */
function jsonForm(body: RequestBody, given: JsonSchema): BodyForm {
  const schema = flat(given)
  const contentType = /^application\/json\b/i.test(body.mediaType) ? {} : { contentType: body.mediaType }
  const inputs = isSpread(schema) ? membersOf(schema, body.required) : undefined
  if (inputs === undefined) {
    const whole = [{ schema: described(given, body), required: body.required }]
    return {
      inputs: whole,
      written: (named) => ({ type: 'json', data: whole.map(placeholder(named))[0] }),
      ...contentType,
    }
  }
  const data = (named: (input: BodyInput) => string) => dataOf(inputs, named)
  return { inputs, written: (named) => ({ type: 'json', data: data(named) }), ...contentType }
}

const placeholder = (named: (input: BodyInput) => string) => (input: BodyInput) => `{{${named(input)}}}`

const dataOf = (inputs: readonly BodyInput[], named: (input: BodyInput) => string): Raw =>
  Object.fromEntries(inputs.map((input) => [input.member ?? '', placeholder(named)(input)]))

const described = (schema: JsonSchema, { description }: RequestBody): JsonSchema =>
  description === '' || schema.description !== undefined ? schema : { ...schema, description }

function fieldsForm(body: RequestBody, given: JsonSchema, type: 'formUrlEncoded' | 'multipartForm'): BodyForm {
  const inputs = membersOf(flat(given), body.required)
  const parts = (named: (input: BodyInput) => string) =>
    inputs.map((input) => ({ name: input.member ?? '', value: placeholder(named)(input) }))
  const written = (named: (input: BodyInput) => string) =>
    inputs.length === 0 ? undefined : { type, data: type === 'multipartForm' ? parts(named) : dataOf(inputs, named) }
  return { inputs, written }
}

function textForm(body: RequestBody): BodyForm {
  const input = { schema: described({ type: 'string' }, body), required: body.required }
  const type = /xml/i.test(body.mediaType) ? 'xml' : 'text'
  return {
    inputs: [input],
    written: (named) => ({ type, data: placeholder(named)(input) }),
    contentType: body.mediaType,
  }
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

/** `allOf` of plain objects is one object. */
function flat(schema: JsonSchema): JsonSchema {
  const { allOf, ...own } = schema
  if (!Array.isArray(allOf)) return schema
  const parts = [own, ...(allOf as readonly JsonSchema[]).map(flat)]
  const known = ['type', 'properties', 'required', 'title', 'description', 'examples', 'additionalProperties']
  if (!parts.every((part) => Object.keys(part).every((key) => known.includes(key)))) return schema
  return {
    ...own,
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})),
    required: [...new Set(parts.flatMap(({ required }) => (required ?? []) as readonly string[]))],
  }
}

function holdsBytes(schema: JsonSchema | undefined): boolean {
  const members = Object.values((schema?.properties ?? {}) as Record<string, JsonSchema>)
  const isBytes = ({ format, contentMediaType, items }: JsonSchema): boolean =>
    format === 'binary' || contentMediaType !== undefined || (items !== undefined && isBytes(items as JsonSchema))
  return members.some((member) => typeof member === 'object' && member !== null && isBytes(member))
}
