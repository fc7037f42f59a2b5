/** Schemas of OpenAPI 2.0 to 3.2 as JSON Schema without references, which is what the companion file holds. */

import type { Json, JsonSchema } from '../plan.ts'
import { isMap, list, type Raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import { prose } from './names.ts'
import type { Notes } from './notes.ts'

export interface SchemaOptions {
  readonly library: Library
  readonly notes: Notes
  /** The operation that it is a schema of, for notes. */
  readonly place: string
  /** Longest description, in characters. */
  readonly words: number
  /** How large a schema may be, in schemas; what is beyond is left open. */
  readonly nodes: number
  /** What is written as bytes comes as base64. Default false: nothing is known of such a text. */
  readonly bytes?: boolean
}

/** How deep a schema may be; what is below is left open. */
const maxDepth = 12

interface Walk extends SchemaOptions {
  /** Places that stand around this one: one that comes again is a cycle. */
  readonly around: readonly string[]
  readonly depth: number
  readonly budget: Budget
}

interface Budget {
  /** Schemas that may still come. */
  left: number
  /** Schemas that were left open. */
  cuts: number
}

/** A schema with its references in their places. A cycle is cut where it closes, and told. */
export function schemaOf(from: Located, options: SchemaOptions): JsonSchema {
  return converted(from, { ...options, around: [], depth: 0, budget: { left: options.nodes, cuts: 0 } })
}

function converted(from: Located, walk: Walk): JsonSchema {
  const { value, base, passed } = walk.library.follow(from)
  if (!isMap(value)) return {}
  const again = passed.find((place) => walk.around.includes(place))
  if (again !== undefined) return open('schemas that hold themselves, cut', placeIn(walk.library, again), value, walk)
  walk.budget.left--
  if (walk.depth >= maxDepth || walk.budget.left < 0) return open('schemas too large, cut', walk.place, value, walk)
  const inner: Walk = { ...walk, around: [...walk.around, ...passed], depth: walk.depth + 1 }
  return members(value, base, inner)
}

/** Without the address of the description, or of its folder. */
const placeIn = ({ base }: Library, place: string) => place.replace(base, '').replace(new URL('.', base).href, '')

function open(what: string, where: string, value: Raw, { notes, budget }: Walk): JsonSchema {
  notes.add(what, where)
  budget.cuts++
  const type = typeOf(value)
  return type === undefined ? {} : { type }
}

type Convert = (schema: unknown) => JsonSchema

function members(value: Raw, base: string, walk: Walk): JsonSchema {
  const of: Convert = (inner) => converted({ value: inner, base }, walk)
  const type = typeOf(value)
  for (const key of unsaid)
    if (key in value) walk.notes.add('keywords of schemas that are not checked', `${key} of ${walk.place}`)
  return {
    ...(type === undefined ? {} : { type }),
    ...wordsOf(value, walk.words),
    ...Object.fromEntries(plain.filter((key) => isKept(key, value, walk)).map((key) => [key, value[key] as Json])),
    ...enumOf(value, walk),
    ...boundsOf(value),
    ...formatOf(value, walk),
    ...patternOf(value, walk),
    ...examplesOf(value),
    ...partsOf(value, of),
    ...exactOf(value, of, walk),
    ...propertiesOf(value, base, walk),
  }
}

/** Longest value that a schema holds, in characters. */
const maxValue = 20_000

function isKept(key: string, value: Raw, { notes, place }: Walk): boolean {
  if (value[key] === undefined) return false
  const isShort = typeof value[key] !== 'object' || JSON.stringify(value[key]).length <= maxValue
  if (!isShort) notes.add('values in schemas that are too long to be kept', `${key} of ${place}`)
  return isShort
}

function wordsOf(value: Raw, longest: number): JsonSchema {
  const said = ['title', 'description'].map((key) => [key, prose(text(value[key]) ?? '', longest)] as const)
  return Object.fromEntries(said.filter(([, words]) => words !== ''))
}

/** Schemas within a schema that only what it holds is measured by. */
function partsOf(value: Raw, of: Convert): JsonSchema {
  const schema: Record<string, Json> = {}
  for (const key of ['items', 'contains', 'propertyNames']) if (isMap(value[key])) schema[key] = of(value[key])
  for (const key of ['anyOf', 'allOf', 'prefixItems']) {
    const all = list(value[key]).filter(isMap)
    if (all.length > 0) schema[key] = all.map(of)
  }
  const more = value.additionalProperties
  if (typeof more === 'boolean') schema.additionalProperties = more
  else if (isMap(more) && Object.keys(more).length > 0) schema.additionalProperties = of(more)
  if (isMap(value.patternProperties)) schema.patternProperties = mapped(value.patternProperties, of)
  return schema
}

/** Keywords that the companion file has no word for. */
const unsaid = ['unevaluatedProperties', 'unevaluatedItems', 'dependentSchemas', '$dynamicRef']

const mapped = (schemas: Raw, of: Convert): JsonSchema =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, of(schema)]))

/** What a schema that was cut would decide wrongly: two that look alike now both fit, and `not` refuses too much. */
function exactOf(value: Raw, of: Convert, { budget }: Walk): JsonSchema {
  const cutIn = <T>(make: () => T): readonly [T, boolean] => {
    const before = budget.cuts
    return [make(), budget.cuts > before]
  }
  const [choices, isCut] = cutIn(() => list(value.oneOf).filter(isMap).map(of))
  const areTold = !isCut && new Set(choices.map((one) => JSON.stringify(one))).size === choices.length
  const deciding = ['not', 'if', 'then', 'else'].filter((key) => isMap(value[key]))
  const [conditions, areCut] = cutIn(() => Object.fromEntries(deciding.map((key) => [key, of(value[key])])))
  return {
    ...(choices.length === 0 ? {} : areTold ? { oneOf: choices } : value.anyOf === undefined ? { anyOf: choices } : {}),
    ...(areCut ? {} : conditions),
  }
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
function enumOf(value: Raw, walk: Walk): JsonSchema {
  const all = list(value.enum) as readonly Json[]
  if (all.length === 0 || !isKept('enum', value, walk)) return {}
  const { nullable } = value
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
function formatOf({ format, type, contentMediaType, contentEncoding }: Raw, { bytes }: Walk): JsonSchema {
  const isBytes = format === 'binary' || type === 'file' || contentMediaType === 'application/octet-stream'
  if (isBytes && contentEncoding === undefined && bytes === true) return { format: 'byte' }
  return typeof format === 'string' && formats.includes(format) ? { format } : {}
}

function patternOf({ pattern }: Raw, { notes, place }: Walk): JsonSchema {
  if (typeof pattern !== 'string') return {}
  try {
    new RegExp(pattern, 'u')
    return { pattern }
  } catch {
    notes.add('patterns that JSON Schema does not take', `${pattern} of ${place}`)
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
