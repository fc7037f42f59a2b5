/** Schemas of OpenAPI 2.0 to 3.2 as JSON Schema without references, which is what the companion file holds. */

import type { Json, JsonSchema } from '../plan.ts'
import { isMap, list, type Raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import { prose } from './names.ts'
import type { Notes } from './notes.ts'

export interface SchemaOptions {
  readonly library: Library
  readonly notes: Notes
  /** Longest description, in characters. */
  readonly words: number
}

/** How deep and how large a schema may be; what is below is left open. */
const limits = { depth: 12, nodes: 400 } as const

interface Walk extends SchemaOptions {
  /** Places that stand around this one: one that comes again is a cycle. */
  readonly around: readonly string[]
  readonly depth: number
  readonly budget: { left: number }
}

/** A schema with its references in their places. A cycle is cut where it closes, and told. */
export function schemaOf(from: Located, options: SchemaOptions): JsonSchema {
  return converted(from, { ...options, around: [], depth: 0, budget: { left: limits.nodes } })
}

function converted(from: Located, walk: Walk): JsonSchema {
  const { value, base, passed } = walk.library.follow(from)
  if (!isMap(value)) return {}
  if (passed.some((place) => walk.around.includes(place))) return open('schemas that hold themselves, cut', value, walk)
  walk.budget.left--
  if (walk.depth >= limits.depth || walk.budget.left < 0) return open('schemas too large, cut', value, walk)
  const inner: Walk = { ...walk, around: [...walk.around, ...passed], depth: walk.depth + 1 }
  return members(value, base, inner)
}

function open(what: string, value: Raw, { notes }: Walk): JsonSchema {
  notes.add(what)
  const type = typeOf(value)
  return type === undefined ? {} : { type }
}

function members(value: Raw, base: string, walk: Walk): JsonSchema {
  const of = (inner: unknown) => converted({ value: inner, base }, walk)
  const type = typeOf(value)
  const schema: Record<string, Json> = {}
  if (type !== undefined) schema.type = type
  for (const key of ['title', 'description']) {
    const words = text(value[key])
    if (words !== undefined && words.trim() !== '') schema[key] = prose(words, walk.words)
  }
  for (const key of plain) if (value[key] !== undefined) schema[key] = value[key] as Json
  Object.assign(schema, enumOf(value), boundsOf(value), formatOf(value), patternOf(value, walk), examplesOf(value))
  for (const key of ['items', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'])
    if (isMap(value[key])) schema[key] = of(value[key])
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    const all = list(value[key]).filter(isMap)
    if (all.length > 0) schema[key] = all.map(of)
  }
  const more = value.additionalProperties
  if (typeof more === 'boolean') schema.additionalProperties = more
  else if (isMap(more) && Object.keys(more).length > 0) schema.additionalProperties = of(more)
  return { ...schema, ...propertiesOf(value, base, walk) }
}

/** Keywords that mean the same in every version, and hold no schema. */
const plain = [
  'const',
  'default',
  'minLength',
  'maxLength',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'dependentRequired',
]

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']

/** `nullable` is 3.0's null, `file` 2.0's bytes. Without a word, properties and items tell. */
function typeOf(value: Raw): string | string[] | undefined {
  const said = list(value.type).length > 0 ? list(value.type) : [value.type === 'file' ? 'string' : value.type]
  const known = said.filter((type): type is string => types.includes(type as string))
  if (known.length === 0) return isMap(value.properties) ? 'object' : isMap(value.items) ? 'array' : undefined
  const all = value.nullable === true ? [...new Set([...known, 'null'])] : known
  return all.length === 1 ? all[0] : all
}

/** Null has to be listed where it is allowed. */
function enumOf({ enum: values, nullable }: Raw): JsonSchema {
  const all = list(values) as readonly Json[]
  if (all.length === 0) return {}
  return { enum: nullable === true && !all.includes(null) ? [...all, null] : [...new Set(all)] }
}

/** An exclusive bound was a flag of the other one up to 3.0. */
function boundsOf(value: Raw): JsonSchema {
  const bounds: Record<string, Json> = {}
  for (const [plainKey, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const [bound, edge] = [value[plainKey], value[exclusive]]
    if (typeof edge === 'number') bounds[exclusive] = edge
    if (typeof bound === 'number') bounds[edge === true ? exclusive : plainKey] = bound
  }
  return bounds
}

const formats = [
  ...['date', 'time', 'date-time', 'duration', 'uri', 'uri-reference', 'uri-template', 'email', 'hostname', 'ipv4'],
  ...['ipv6', 'uuid', 'json-pointer', 'relative-json-pointer', 'regex', 'byte', 'int32', 'int64', 'float', 'double'],
]

/** Other formats are words for people. */
const formatOf = ({ format }: Raw): JsonSchema =>
  typeof format === 'string' && formats.includes(format) ? { format } : {}

function patternOf({ pattern }: Raw, { notes }: Walk): JsonSchema {
  if (typeof pattern !== 'string') return {}
  try {
    new RegExp(pattern, 'u')
    return { pattern }
  } catch {
    notes.add('patterns that JSON Schema does not take')
    return {}
  }
}

function examplesOf({ example, examples }: Raw): JsonSchema {
  const all = list(examples).length > 0 ? list(examples) : example === undefined ? [] : [example]
  const short = all.slice(0, 2).filter((one) => JSON.stringify(one).length <= 200) as Json[]
  return short.length === 0 ? {} : { examples: short }
}

/** What only an answer holds is none of a request's. */
function propertiesOf(value: Raw, base: string, walk: Walk): JsonSchema {
  const required = list(value.required).filter((name): name is string => typeof name === 'string')
  if (!isMap(value.properties)) return required.length === 0 ? {} : { required: [...new Set(required)] }
  const kept = Object.entries(value.properties).filter(([, of]) => !(isMap(of) && of.readOnly === true))
  const gone = Object.keys(value.properties).filter((name) => !kept.some(([own]) => own === name))
  const asked = [...new Set(required)].filter((name) => !gone.includes(name))
  return {
    ...(kept.length === 0
      ? {}
      : { properties: Object.fromEntries(kept.map(([name, of]) => [name, converted({ value: of, base }, walk)])) }),
    ...(asked.length === 0 ? {} : { required: asked }),
  }
}
