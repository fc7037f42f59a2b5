/** Request bodies of 2.0 to 3.2 in one form. */

import { list, type Raw, raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import { isJson, isText } from './media-types.ts'
import { type Found, type Style, styleOf } from './parameters.ts'

export interface RequestBody {
  readonly mediaType: string
  readonly required: boolean
  readonly description: string
  readonly schema: Located
  /** How members of a form are written, where it is said. */
  readonly encoding: ReadonlyMap<string, Encoding>
}

export interface Encoding extends Style {
  /** Of its part in multipart/form-data. */
  readonly contentType?: string
}

const preferred: readonly ((mediaType: string) => boolean)[] = [
  (type) => /^application\/json(;|$)/i.test(type),
  isJson,
  (type) => /^application\/x-www-form-urlencoded/i.test(type),
  (type) => /^multipart\/form-data/i.test(type),
  isText,
]

/** The media type that a body is sent as, of those there are. */
export function chosen(mediaTypes: readonly string[]): string | undefined {
  for (const fits of preferred) {
    const found = mediaTypes.find(fits)
    if (found !== undefined) return found
  }
  return mediaTypes.includes('*/*') ? 'application/json' : mediaTypes[0]
}

/** Undefined = there is none. */
export function bodyOf(value: unknown, base: string, library: Library): RequestBody | undefined {
  if (value === undefined) return undefined
  const found = library.follow({ value, base })
  const body = raw(found.value)
  const content = raw(body.content)
  const mediaType = chosen(Object.keys(content))
  if (mediaType === undefined) return undefined
  const entry = library.follow({ value: content[mediaType] ?? content['*/*'], base: found.base })
  const { schema, encoding } = raw(entry.value)
  return {
    mediaType,
    required: body.required === true,
    description: text(body.description) ?? '',
    schema: { value: schema ?? {}, base: entry.base },
    encoding: new Map(Object.entries(raw(encoding)).map(([name, one]) => [name, encodingOf(raw(one))])),
  }
}

/** The first of several content types is the one that is said. */
function encodingOf(said: Raw): Encoding {
  const contentType = text(said.contentType)?.split(',')[0]?.trim()
  return { ...styleOf(said, 'body'), ...(contentType === undefined ? {} : { contentType }) }
}

/** 2.0: a body is a parameter, or many of a form. */
export function oldBody(given: readonly Found[], own: Raw, library: Library): RequestBody | undefined {
  const types = list(own.consumes ?? library.root.consumes).filter((one): one is string => typeof one === 'string')
  const body = given.find(({ value }) => value.in === 'body')
  if (body !== undefined) {
    const { value, base } = body
    return {
      mediaType: chosen(types) ?? 'application/json',
      required: value.required === true,
      description: text(value.description) ?? '',
      schema: { value: value.schema ?? {}, base },
      encoding: new Map(),
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
    encoding: new Map(fields.map(({ value }) => [String(value.name), styleOf(value, 'body')])),
  }
}

const urlEncoded = 'application/x-www-form-urlencoded'
