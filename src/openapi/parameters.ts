/** Parameters of 2.0 to 3.2 in one form, each found and located. */

import { isMap, type Raw, raw, text } from '../spec/raw.ts'
import type { Library, Located } from './library.ts'
import type { Notes } from './notes.ts'

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header' | 'path' | 'cookie'
  readonly required: boolean
  readonly description: string
  readonly deprecated: boolean
  readonly schema: Located
  readonly style: Style
}

/** How a value is written (OpenAPI 3.1 §4.8.12.6). */
export interface Style {
  readonly style: string
  readonly explode: boolean
  /** It is written as one of this media type, not by a style. */
  readonly mediaType?: string
}

export interface Found {
  readonly value: Raw
  readonly base: string
}

/** The last of a name and place stands. */
export function parametersOf(all: readonly unknown[], base: string, library: Library): readonly Found[] {
  const found = new Map<string, Found>()
  for (const one of all) {
    const { value, base: at } = library.follow({ value: one, base })
    if (isMap(value) && typeof value.name === 'string') found.set(`${value.in} ${value.name}`, { value, base: at })
  }
  return [...found.values()]
}

/** Headers that HTTP itself decides are no parameters (OpenAPI 3.1 §4.8.12.2). */
const ofHttp = ['accept', 'content-type', 'authorization']

/** One parameter, or many where it is a whole query. `place` = the operation that takes it, for notes. */
export function parameterOf(found: Found, library: Library, notes: Notes, place: string): readonly Parameter[] {
  const { value, base } = found
  const [name, at] = [String(value.name), value.in]
  if (at === 'querystring') return wholeQuery(found, library, notes, place)
  if (at !== 'query' && at !== 'header' && at !== 'path' && at !== 'cookie') return []
  if (at === 'header' && ofHttp.includes(name.toLowerCase())) return []
  if (value.allowReserved === true)
    notes.add('parameters whose reserved characters are percent-encoded all the same', `${name} of ${place}`)
  const [[mediaType, entry] = []] = Object.entries(raw(value.content))
  const content = library.follow({ value: entry ?? {}, base })
  const own = value.schema ?? (value.type === undefined ? {} : value)
  const located =
    mediaType === undefined ? { value: own, base } : { ...content, value: raw(content.value).schema ?? {} }
  return [
    {
      name,
      in: at,
      required: value.required === true || at === 'path',
      description: text(value.description) ?? '',
      deprecated: value.deprecated === true,
      schema: { value: withExample(located.value, value), base: located.base },
      style: { ...styleOf(value, at), ...(mediaType === undefined ? {} : { mediaType }) },
    },
  ]
}

/** A form is the members of an object; nothing else is a query of parameters (OpenAPI 3.2 §4.12). */
function wholeQuery({ value, base }: Found, library: Library, notes: Notes, place: string): readonly Parameter[] {
  const form = library.follow({ value: raw(value.content)['application/x-www-form-urlencoded'] ?? {}, base })
  const schema = library.follow({ value: raw(form.value).schema ?? {}, base: form.base })
  const members = Object.entries(raw(raw(schema.value).properties))
  if (members.length === 0) notes.add('parameters that are a whole query', `${String(value.name)} of ${place}`)
  const needed = raw(schema.value).required
  return members.map(([name, member]) => ({
    name,
    in: 'query',
    required: value.required === true && Array.isArray(needed) && needed.includes(name),
    description: '',
    deprecated: false,
    schema: { value: member, base: schema.base },
    style: { style: 'form', explode: true },
  }))
}

const separated: Readonly<Record<string, string>> = {
  ssv: 'spaceDelimited',
  tsv: 'tabDelimited',
  pipes: 'pipeDelimited',
}

/** What is not said is the default of the place; a list of 2.0 has commas unless it says otherwise. */
export function styleOf({ style, explode, collectionFormat, type }: Raw, place: Parameter['in'] | 'body'): Style {
  const usual = place === 'path' || place === 'header' ? 'simple' : 'form'
  const isOld = type !== undefined && style === undefined
  if (isOld && collectionFormat !== 'multi')
    return { style: separated[String(collectionFormat)] ?? usual, explode: type !== 'array' }
  const said = text(style) ?? usual
  return { style: said, explode: typeof explode === 'boolean' ? explode : said === 'form' || said === 'cookie' }
}

/** An example of a parameter is one of its schema; the description of the parameter stands elsewhere. */
function withExample(schema: unknown, { example, examples }: Raw): unknown {
  const { description: _, required, ...rest } = raw(schema)
  const kept = Array.isArray(required) ? { ...rest, required } : rest
  const [shown] = isMap(examples) ? Object.values(examples).map((one) => raw(one).value) : []
  const one = example ?? shown
  return one === undefined ? kept : { ...kept, example: one }
}
