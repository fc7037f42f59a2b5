/** What a parameter is on the wire: one value, a list in one text, or each member of an object by itself. */

import type { Json, JsonSchema } from '../plan.ts'
import { isJson } from './media-types.ts'
import type { Parameter, Style } from './parameters.ts'
import { flat, kindsOf } from './shapes.ts'

/** One value that is sent. */
export interface Wire {
  /** Its name where it is sent. */
  readonly wire: string
  readonly schema: JsonSchema
  readonly required: boolean
  readonly description: string
}

export interface Written extends Wire {
  readonly in: Parameter['in'] | 'body'
  readonly style: Style
}

/** Told of what is written in another way than it is described, or not at all. */
type Tell = (what: string, name: string) => void

/** The values that a parameter, or a member of a form, is sent as. None = no style that is known writes it. */
export function wiresOf(parameter: Written, tell: Tell): readonly Wire[] {
  const { style, schema, wire } = parameter
  if (parameter.in !== 'path' && /^$|[{}\s]/.test(wire)) {
    tell('parameters of a name that the format can not say', wire)
    return []
  }
  const kinds = kindsOf(schema)
  const { mediaType, explode } = style
  if (mediaType !== undefined) return [asContent(parameter, mediaType, kinds, tell)]
  if (kinds.has('object')) return objectWires(parameter, kinds, tell)
  if (!kinds.has('array')) return [parameter]
  const inner = kindsOf((schema.items ?? {}) as JsonSchema)
  if (style.style === 'deepObject') {
    if ([...inner].some(isParted)) return none(wire, tell)
    tell('lists whose style says nothing of lists, sent as name[]', wire)
    return [{ ...parameter, wire: `${wire}[]` }]
  }
  const isRepeated = explode && (parameter.in === 'query' || parameter.in === 'body')
  if (inner.has('object')) tell('objects in lists, each sent as JSON', wire)
  if (isRepeated) return [parameter]
  if (style.style === 'matrix' && explode) return none(wire, tell)
  return [asText(parameter, separatorOf(style), tell)]
}

/** What stands before a value in a path (RFC 6570 §3.2.5, §3.2.7). */
export function prefixOf({ style }: Style, name: string): string {
  return style === 'label' ? '.' : style === 'matrix' ? `;${name}=` : ''
}

function none(wire: string, tell: Tell): readonly Wire[] {
  tell('parameters that can not be written in their style', wire)
  return []
}

const separators: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' }

const separatorOf = ({ style, explode }: Style) => separators[style] ?? (style === 'label' && explode ? '.' : ',')

const named: Readonly<Record<string, string>> = { ',': 'commas', ' ': 'blanks', '|': 'bars', '\t': 'tabs', '.': 'dots' }

/** A list that is one text: the caller writes it. */
function asText({ wire, schema, required, description }: Wire, separator: string, tell: Tell): Wire {
  tell('lists that are sent as one text, its separators percent-encoded', wire)
  const { enum: values } = (schema.items ?? {}) as JsonSchema
  const some = Array.isArray(values) && values.length <= 12 ? ` Any of ${values.join(', ')}.` : ''
  const joined = (given: Json | undefined) => (Array.isArray(given) ? given.join(separator) : given)
  const examples = Array.isArray(schema.examples) ? { examples: schema.examples.map(joined) as Json[] } : {}
  const usual = schema.default === undefined ? {} : { default: joined(schema.default) as Json }
  return {
    wire,
    schema: { type: 'string', ...usual, ...examples },
    required,
    description: `${described(description)}Several with ${named[separator]} between.${some}`,
  }
}

const described = (words: string) => (words === '' ? '' : /[.!?…]$/.test(words) ? `${words} ` : `${words}. `)

/** A value of a media type of its own: JSON writes itself but for lists and texts, which the caller writes. */
function asContent(wire: Wire, mediaType: string, kinds: ReadonlySet<string>, tell: Tell): Wire {
  const [kind] = kinds
  const writesItself = isJson(mediaType) && kinds.size === 1 && kind !== 'array' && kind !== 'string'
  if (writesItself) return wire
  tell('parameters that the caller writes as what they are', `${wire.wire}, ${mediaType},`)
  const { required, description } = wire
  return {
    wire: wire.wire,
    schema: { type: 'string' },
    required,
    description: `${described(description)}As ${mediaType}.`,
  }
}

/** The members of an object, each with its own name or as name[member]; what may be a value instead is one too. */
function objectWires(parameter: Written, kinds: ReadonlySet<string>, tell: Tell): readonly Wire[] {
  const { style, wire, schema, in: place } = parameter
  const isDeep = style.style === 'deepObject'
  const isSpread = isDeep || (style.explode && style.style === 'form' && (place === 'query' || place === 'body'))
  if (!isSpread) return place === 'path' ? none(wire, tell) : [pairs(parameter, tell)]
  const choices = (schema.anyOf ?? schema.oneOf ?? []) as readonly JsonSchema[]
  const objects = [schema, ...choices].map(flat)
  if (objects.some(({ additionalProperties: more }) => more !== undefined && more !== false))
    tell('members without names of objects that are sent in parts, left out', wire)
  const members = objects.flatMap((one) => Object.entries((one.properties ?? {}) as Record<string, JsonSchema>))
  const needed = objects.flatMap((one) => (one.required ?? []) as readonly string[])
  const isOne = kindsOf(schema).size === 1
  const wires = members.flatMap(([name, member]): readonly Wire[] => {
    const full = isDeep ? `${wire}[${name}]` : name
    const { description = '', ...rest } = member
    const required = isOne && parameter.required && needed.includes(name)
    const one = { wire: full, schema: rest, required, description: String(description) }
    const inner = kindsOf(member)
    if (![...inner].some(isParted)) return wiresOf({ ...one, in: place, style: single }, tell)
    if (!isDeep) return none(full, tell)
    if (inner.has('object')) tell('objects whose style says nothing of objects within, sent as name[a][b]', full)
    return wiresOf({ ...one, in: place, style }, tell)
  })
  const values = choices.filter((choice) => ![...kindsOf(choice)].some(isParted))
  const value = values.length === 1 ? values[0] : typed([...kinds].find((kind) => !isParted(kind)))
  const alone: readonly Wire[] = value === undefined ? [] : [{ ...parameter, schema: value, required: false }]
  return wires.length + alone.length === 0 ? none(wire, tell) : [...alone, ...wires]
}

const single: Style = { style: 'form', explode: true }

const isParted = (kind: string) => kind === 'object' || kind === 'array'

const typed = (type: string | undefined): JsonSchema | undefined => (type === undefined ? undefined : { type })

function pairs(parameter: Written, tell: Tell): Wire {
  const { wire, required, description } = parameter
  const separator = separatorOf(parameter.style)
  tell('objects that are sent as one text', wire)
  const words = `${described(description)}Names and values in turn with ${named[separator]} between.`
  return { wire, schema: { type: 'string' }, required, description: words }
}
