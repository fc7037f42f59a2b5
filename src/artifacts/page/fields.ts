/** The inputs of an operation: what each is, where the route reads it, and the control to fill it in with. */

import type { Json, JsonSchema, OperationPlan, RoutePlan } from '../../plan.ts'
import { attributes, type Html, html } from './html.ts'
import type { Placed } from './request.ts'

/** An input of an operation. */
export interface Field {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
  /** Where the route reads it; absent = there is no route, or it is read at a place of the body that no form can fill. */
  readonly place?: Omit<Placed, 'value'>
}

type Parameter = RoutePlan['parameters'][number]

/** The inputs in the order they are declared, those the caller must give first. */
export function fieldsOf({ input }: OperationPlan, route?: RoutePlan): readonly Field[] {
  const { properties = {}, required } = input.schema
  const places = new Map(route?.parameters.map((p) => [p.name, p]))
  const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>).flatMap(([name, schema]) => {
    const parameter = places.get(name)
    if (route !== undefined && (parameter === undefined || parameter.in === 'constant')) return []
    const place = parameter && placeOf(parameter)
    const must = (Array.isArray(required) && required.includes(name)) || place?.in === 'path'
    return [{ name, schema, required: must, ...(place === undefined ? {} : { place }) }]
  })
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)]
}

function placeOf(parameter: Parameter): Field['place'] {
  if (parameter.in === 'constant') return undefined
  const { in: place, key } = parameter
  if (parameter.in !== 'body') return { in: place, key }
  if (parameter.whole === true) return { in: place, key, at: [] }
  if (parameter.path === undefined) return { in: place, key, at: [key] }
  const at = membersOf(parameter.path.source)
  return at && { in: place, key, at }
}

/** Names of the members that a path such as `$.order.id` goes through; undefined for any other path. */
function membersOf(path: string): readonly string[] | undefined {
  return /^\$(\.[A-Za-z_]\w*)+$/.test(path) ? path.split('.').slice(1) : undefined
}

/** How the text of a control becomes a value; `text` is left as it is. */
export type As = 'text' | 'number' | 'boolean' | 'lines' | 'numbers' | 'json' | 'any'

function asOf({ type, enum: values, items }: JsonSchema): As {
  if (Array.isArray(values)) return values.every((value) => typeof value === 'string') ? 'text' : 'json'
  switch (type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
      return asOfItems((items as JsonSchema | undefined)?.type)
    default:
      return type === undefined || Array.isArray(type) ? 'any' : 'json'
  }
}

function asOfItems(type: Json | undefined): As {
  if (type === 'string') return 'lines'
  return type === 'integer' || type === 'number' ? 'numbers' : 'json'
}

/** A control with its label and what is to be known of it; without a place, only what is to be known. */
export function fieldHtml(field: Field, id: string, example: Json | undefined): Html {
  const { name, schema, required } = field
  const place = field.place?.in === 'cookie' ? undefined : field.place
  const hint = [schema.description, boundsOf(schema), elsewhere(field)].filter(
    (text) => typeof text === 'string' && text !== '',
  )
  const label = html`<code>${name}</code> <span class="what">${typeOf(schema)}${required && ', required'}</span>`
  return html`<div class="field">
${place === undefined ? html`<p class="label">${label}</p>` : html`<label for="${id}">${label}</label>`}
${place !== undefined && control({ ...field, place }, id, example, hint.length > 0)}
${hint.length > 0 && html`<p class="hint" id="${id}-hint">${hint.join(' ')}</p>`}
</div>
`
}

/** No page may say which cookies its browser sends. */
function elsewhere({ place }: Field): string | undefined {
  return place?.in === 'cookie' ? `It is read from the cookie ${place.key}.` : undefined
}

type PlacedField = Field & { readonly place: NonNullable<Field['place']> }

function control(field: PlacedField, id: string, example: Json | undefined, hinted: boolean): Html {
  const { name, schema, required, place } = field
  const as = asOf(schema)
  const common = {
    id,
    name,
    required,
    'data-in': place.in,
    'data-key': place.key === name ? undefined : place.key,
    'data-at': place.at === undefined || place.at.join('.') === place.key ? undefined : place.at.join('.'),
    'data-as': as === 'text' ? undefined : as,
    'aria-describedby': hinted ? `${id}-hint` : undefined,
  }
  const value = example === undefined ? '' : written(example, as)
  const values = as === 'boolean' ? [true, false] : schema.enum
  if (Array.isArray(values)) return choice(values, as, common, value)
  if (as === 'lines' || as === 'numbers' || as === 'json' || as === 'any')
    return html`<textarea${attributes({ ...common, rows: Math.min(8, value.split('\n').length + 1), spellcheck: 'false', placeholder: placeholderOf(schema, as) })}>
${value}</textarea>`
  const more = { value: value || undefined, placeholder: placeholderOf(schema, as) }
  return html`<input${attributes({ ...common, ...limits(schema, as), ...more })}>`
}

function choice(
  values: readonly Json[],
  as: As,
  common: Readonly<Record<string, string | boolean | undefined>>,
  value: string,
) {
  const options = values.map((one) => {
    const text = written(one, as)
    return html`<option${attributes({ selected: text === value })}>${text}</option>`
  })
  return html`<select${attributes(common)}><option value="">${common.required ? 'choose …' : 'not given'}</option>${options}</select>`
}

/** A value as it stands in the control. */
function written(value: Json, as: As): string {
  if ((as === 'lines' || as === 'numbers') && Array.isArray(value)) return value.join('\n')
  if (typeof value === 'string' && as !== 'json') return value
  return JSON.stringify(value)
}

const inputTypes: Readonly<Record<string, string>> = { date: 'date', email: 'email', uri: 'url' }

/** What a browser checks before it sends. Patterns are left to the server: theirs is another dialect. */
function limits(schema: JsonSchema, as: As) {
  const number = (value: Json | undefined) => (typeof value === 'number' ? value : undefined)
  if (as === 'number')
    return {
      type: 'number',
      min: number(schema.minimum),
      max: number(schema.maximum),
      step: schema.type === 'integer' ? 1 : 'any',
    }
  return { type: inputTypes[String(schema.format)] ?? 'text', maxlength: number(schema.maxLength) }
}

function placeholderOf({ examples, default: fallback }: JsonSchema, as: As): string | undefined {
  const shown = Array.isArray(examples) ? examples[0] : fallback
  if (shown !== undefined) return written(shown, as)
  return as === 'lines' || as === 'numbers' ? 'one a line' : as === 'json' ? 'JSON' : undefined
}

/** The type in words. */
function typeOf(schema: JsonSchema): string {
  const { type, format, items } = schema
  if (typeof format === 'string' && type === 'string') return format
  if (type === 'string') return 'text'
  const of = (items as JsonSchema | undefined)?.type
  if (type === 'array') return typeof of === 'string' ? `list of ${of}s` : 'list'
  return Array.isArray(type) ? type.join(' or ') : typeof type === 'string' ? type : 'any value'
}

/** The bounds that the control does not show by itself. */
function boundsOf({ minimum, maximum, minItems, maxItems, default: fallback }: JsonSchema): string | undefined {
  const bounds = [
    rangeOf(minimum, maximum, ''),
    rangeOf(minItems, maxItems, ' items'),
    fallback === undefined ? undefined : `default ${JSON.stringify(fallback)}`,
  ].filter((bound) => bound !== undefined)
  return bounds.length > 0 ? `(${bounds.join(', ')})` : undefined
}

function rangeOf(from: Json | undefined, to: Json | undefined, what: string): string | undefined {
  if (from !== undefined && to !== undefined) return `${from} to ${to}${what}`
  if (from !== undefined) return `at least ${from}${what}`
  return to === undefined ? undefined : `at most ${to}${what}`
}
