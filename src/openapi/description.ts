/** One form for OpenAPI 2.0 to 3.2: operations with their parameters, bodies and answers, each found and located. */

import { isMap, list, type Raw, raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import type { Notes } from './notes.ts'
import { isAddedAnswer, isAddedParameter, isOwn, withoutRehearsals } from './own.ts'

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path' | 'cookie'
  readonly required: boolean
  readonly description: string
  readonly deprecated: boolean
  readonly schema: Located
}

export interface RequestBody {
  readonly mediaType: string
  readonly required: boolean
  readonly description: string
  readonly schema: Located
}

export interface Answer {
  readonly status: string
  readonly description: string
  /** Media type -> schema. */
  readonly content: ReadonlyMap<string, Located>
}

export interface Operation {
  readonly id: string | undefined
  readonly method: string
  readonly path: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly deprecated: boolean
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
  readonly answers: readonly Answer[]
  /** Absent = as the whole description says. */
  readonly security: readonly Raw[] | undefined
}

const taken = ['get', 'post', 'put', 'patch', 'delete']
const untaken = ['head', 'options', 'trace', 'query']

/** Every operation, in the order of the text. Parameters of a path count for each of its operations. */
export function operationsOf(library: Library, notes: Notes): readonly Operation[] {
  const { root, base } = library
  if (isMap(root.webhooks)) for (const _ of Object.keys(root.webhooks)) notes.add('webhooks')
  return Object.entries(raw(root.paths)).flatMap(([path, item]) => {
    const found = library.follow({ value: item, base })
    const at = raw(found.value)
    for (const method of untaken) if (method in at) notes.add('operations of HEAD, OPTIONS, TRACE and QUERY')
    for (const _ of Object.keys(raw(at.additionalOperations))) notes.add('operations of methods without a name')
    return taken.flatMap((method) =>
      isMap(at[method]) ? [operationOf(path, method, at, found.base, library, notes)] : [],
    )
  })
}

function operationOf(path: string, method: string, item: Raw, base: string, library: Library, notes: Notes): Operation {
  const own = raw(item[method])
  const isOld = text(library.root.swagger) !== undefined
  const isOurs = isOwn(library.root)
  const given = parametersOf([...list(item.parameters), ...list(own.parameters)], base, library)
  const callbacks = Object.keys(raw(own.callbacks))
  for (const _ of callbacks) notes.add('callbacks')
  return {
    id: text(own.operationId),
    method: method.toUpperCase(),
    path,
    tags: list(own.tags).filter((tag): tag is string => typeof tag === 'string'),
    summary: text(own.summary) ?? text(item.summary) ?? '',
    description: text(own.description) ?? text(item.description) ?? '',
    deprecated: own.deprecated === true,
    parameters: given
      .filter(({ value }) => !(isOurs && isAddedParameter(value)))
      .flatMap(({ value, base: at }) => parameterOf(value, at, notes)),
    body: isOld ? oldBody(given, own, library) : bodyOf(own.requestBody, base, library),
    answers: Object.entries(raw(own.responses))
      .filter(([status, answer]) => !(isOurs && isAddedAnswer(status, answer)))
      .map(([status, answer]) => answerOf(status, answer, base, own, library)),
    security: Array.isArray(own.security) ? own.security.filter(isMap) : undefined,
  }
}

interface Found {
  readonly value: Raw
  readonly base: string
}

/** The last of a name and place stands. */
function parametersOf(all: readonly unknown[], base: string, library: Library): readonly Found[] {
  const found = new Map<string, Found>()
  for (const one of all) {
    const { value, base: at } = library.follow({ value: one, base })
    if (isMap(value) && typeof value.name === 'string') found.set(`${value.in} ${value.name}`, { value, base: at })
  }
  return [...found.values()]
}

/** Headers that HTTP itself decides are no parameters (OpenAPI 3.1 §4.8.12.2). */
const ofHttp = ['accept', 'content-type', 'authorization']

function parameterOf(value: Raw, base: string, notes: Notes): readonly Parameter[] {
  const { name, in: place } = value
  if (place === 'querystring') notes.add('parameters that are a whole query')
  if (!['query', 'header', 'path', 'cookie'].includes(place as string)) return []
  if (place === 'header' && ofHttp.includes((name as string).toLowerCase())) return []
  if (isStyled(value)) notes.add('parameters written in a style that is not sent, as deepObject and lists with commas')
  const [content] = Object.values(raw(value.content))
  const schema = value.schema ?? raw(content).schema ?? (value.type === undefined ? {} : value)
  return [
    {
      name: name as string,
      in: place as Parameter['in'],
      required: value.required === true || place === 'path',
      description: text(value.description) ?? '',
      deprecated: value.deprecated === true,
      schema: { value: withExample(schema, value), base },
    },
  ]
}

function isStyled({ style, explode, collectionFormat, in: place, schema, type }: Raw): boolean {
  if (place !== 'query') return style !== undefined && style !== 'simple' && style !== 'form'
  const isList = type === 'array' || raw(schema).type === 'array'
  if (collectionFormat !== undefined) return isList && collectionFormat !== 'multi'
  return (style !== undefined && style !== 'form') || (explode === false && isList)
}

/** An example of a parameter is one of its schema; the description of the parameter stands elsewhere. */
function withExample(schema: unknown, { example, in: place }: Raw): unknown {
  if (!isMap(schema)) return {}
  if (place === undefined) return schema
  const { description: _, required, ...rest } = schema
  const kept = Array.isArray(required) ? { ...rest, required } : rest
  return example === undefined ? kept : { ...kept, example }
}

const preferred = [
  /^application\/json\b/i,
  /^[\w.-]+\/[\w.-]*\+?json\b/i,
  /^application\/x-www-form-urlencoded/i,
  /^multipart\/form-data/i,
  /[/+]xml\b/i,
  /^text\//i,
]

/** The media type that a body is sent as, of those there are. */
function chosen(mediaTypes: readonly string[]): string | undefined {
  for (const shape of preferred) {
    const found = mediaTypes.find((type) => shape.test(type))
    if (found !== undefined) return found
  }
  return mediaTypes.includes('*/*') ? 'application/json' : mediaTypes[0]
}

function bodyOf(value: unknown, base: string, library: Library): RequestBody | undefined {
  if (value === undefined) return undefined
  const found = library.follow({ value, base })
  const body = raw(found.value)
  const content = raw(body.content)
  const mediaType = chosen(Object.keys(content))
  if (mediaType === undefined) return undefined
  const entry = library.follow({ value: content[mediaType] ?? content['*/*'], base: found.base })
  const schema = raw(entry.value).schema ?? {}
  return {
    mediaType,
    required: body.required === true,
    description: text(body.description) ?? '',
    schema: { value: schema, base: entry.base },
  }
}

/** 2.0: a body is a parameter, or many of a form. */
function oldBody(given: readonly Found[], own: Raw, library: Library): RequestBody | undefined {
  const types = list(own.consumes ?? library.root.consumes).filter((one): one is string => typeof one === 'string')
  const body = given.find(({ value }) => value.in === 'body')
  if (body !== undefined) {
    const { value, base } = body
    return {
      mediaType: chosen(types) ?? 'application/json',
      required: value.required === true,
      description: text(value.description) ?? '',
      schema: { value: value.schema ?? {}, base },
    }
  }
  const fields = given.filter(({ value }) => value.in === 'formData')
  const [first] = fields
  if (first === undefined) return undefined
  const holdsFile = fields.some(({ value }) => value.type === 'file')
  const properties = fields.map(({ value: { name, required: _, ...schema } }) => [
    name,
    schema.type === 'file' ? { ...schema, format: 'binary' } : schema,
  ])
  const required = fields.flatMap(({ value }) => (value.required === true ? [value.name] : []))
  const isMultipart = holdsFile || (types.includes('multipart/form-data') && !types.includes(urlEncoded))
  return {
    mediaType: isMultipart ? 'multipart/form-data' : urlEncoded,
    required: required.length > 0,
    description: '',
    schema: { value: { type: 'object', properties: Object.fromEntries(properties), required }, base: first.base },
  }
}

const urlEncoded = 'application/x-www-form-urlencoded'

function answerOf(status: string, answer: unknown, base: string, own: Raw, library: Library): Answer {
  const found = library.follow({ value: answer, base })
  const value = raw(found.value)
  const schemaOf = (schema: unknown) => (isOwn(library.root) ? withoutRehearsals(schema) : schema)
  const old = list(own.produces ?? library.root.produces).filter((one): one is string => typeof one === 'string')
  const content =
    value.schema === undefined
      ? Object.entries(raw(value.content)).map(([type, entry]) => [type, schemaOf(raw(entry).schema)] as const)
      : [[chosen(old) ?? 'application/json', value.schema] as const]
  return {
    status,
    description: text(value.description) ?? '',
    content: new Map(content.map(([type, schema]) => [type, { value: schema ?? {}, base: found.base }])),
  }
}
