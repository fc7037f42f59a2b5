/** outputParameters -> a projection and the JSON Schema of what it answers (spec §2.7, §4.6). */

import type { Report } from '../diagnostics.ts'
import type { Json, JsonSchema, OutputPlan, Projection, Value } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { compileMapping, type JsonPath, JsonPathSyntaxError } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import { isEnvReference, strayPlaceholder } from '../text/template.ts'
import { compileText, type Scope } from './scope.ts'

/** Outputs of a call: the first one that is not null is the whole answer. No outputs: the upstream's answer as it is. */
export function compileOutputs(
  outputs: readonly doc.Output[],
  refinement: JsonSchema | undefined,
  report: Report,
  pointer: string,
): OutputPlan {
  const of = outputs.map((output, i) => compileOutput(output, report, child(pointer, i)))
  const [only] = of
  if (only === undefined) return refinement === undefined ? {} : { schema: refinement }
  const projection: Projection = of.length === 1 ? only : { type: 'first', of }
  if (isIdentity(projection)) return { schema: merge({ type: projection.as }, refinement) }
  return { projection, schema: merge(of.length === 1 ? rootSchema(only) : { anyOf: of.map(rootSchema) }, refinement) }
}

function isIdentity(projection: Projection): projection is Projection & { type: 'copy' } {
  return projection.type === 'copy' && isRoot(projection.path) && projection.as === 'object'
}

/** The whole document: `$`, and as published files write it, `$.`. */
function isRoot(path: JsonPath): boolean {
  return /^\s*\$\.?\s*$/.test(path.source)
}

export function compileOutput(output: doc.Output, report: Report, pointer: string): Projection {
  if (output.const !== undefined) return { type: 'literal', value: output.const }
  const mapping = output.mapping ?? (isPath(output.value) ? output.value : undefined)
  if (mapping === undefined && output.value !== undefined)
    return { type: 'literal', value: literal(output.value, output.type, report, child(pointer, 'value')) }
  const path =
    mapping === undefined
      ? undefined
      : compilePath(mapping, report, child(pointer, output.mapping === undefined ? 'value' : 'mapping'))
  switch (output.type) {
    case 'object':
      return objectOutput(output, path, report, pointer)
    case 'array': {
      const at = path ?? compileMapping('$')
      return output.items === undefined
        ? { type: 'copy', as: 'array', path: at }
        : arrayOutput(output.items, at, report, child(pointer, 'items'))
    }
    default: {
      const { maxLength } = output
      return {
        type: 'scalar',
        as: output.type,
        path: path ?? compileMapping('$'),
        ...(maxLength === undefined ? {} : { maxLength }),
      }
    }
  }
}

function objectOutput(
  output: doc.Output,
  path: ReturnType<typeof compileMapping> | undefined,
  report: Report,
  pointer: string,
): Projection {
  if (output.properties === undefined || output.properties.size === 0)
    return { type: 'copy', as: 'object', path: path ?? compileMapping('$') }
  const at = child(pointer, 'properties')
  const properties = [...output.properties].map(
    ([name, p]) => [name, compileOutput(p, report, child(at, name))] as const,
  )
  return path === undefined || isRoot(path) ? { type: 'object', properties } : { type: 'object', path, properties }
}

function arrayOutput(
  items: doc.Output,
  path: ReturnType<typeof compileMapping>,
  report: Report,
  pointer: string,
): Projection {
  const plain = items.mapping === undefined && items.value === undefined && items.const === undefined
  if (items.type === 'object' && plain && (items.properties?.size ?? 0) === 0)
    return { type: 'copy', as: 'array', path }
  return { type: 'array', path, items: compileOutput(items, report, pointer) }
}

function compilePath(source: string, report: Report, pointer: string): ReturnType<typeof compileMapping> {
  try {
    return compileMapping(source)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    // A placeholder in it is told by a rule of its own.
    if (strayPlaceholder(source) === undefined) report('bad-path', pointer, { detail: error.message })
    return compileMapping('$')
  }
}

/** A static value starting like a path is one; "$19.99" is a price (spec §8, edge case 7). */
function isPath(value: doc.Output['value']): value is string {
  return typeof value === 'string' && /^\s*\$($|[.[])/.test(value)
}

/** What a value of each type must be, and whether a static one is. */
const typeRules: Readonly<Record<doc.Output['type'], readonly [rule: string, fits: (value: Json) => boolean]>> = {
  string: ['must be a text', (value) => typeof value === 'string'],
  number: ['must be a number', (value) => typeof value === 'number'],
  integer: ['must be a whole number', (value) => Number.isInteger(value)],
  boolean: ['must be true or false', (value) => typeof value === 'boolean'],
  array: ['is no list; write its entry under "items"', () => false],
  object: ['is no object; write its members under "properties"', () => false],
}

/** A static value as its type: most are written as text. */
function literal(value: string | number | boolean, type: doc.Output['type'], report: Report, pointer: string): Json {
  const typed = asType(value, type)
  const [rule, fits] = typeRules[type]
  if (!fits(typed)) report('wrong-value', pointer, { value: JSON.stringify(value), rule })
  return typed
}

function asType(value: string | number | boolean, type: doc.Output['type']): Json {
  if (typeof value !== 'string') return type === 'string' ? String(value) : value
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if ((type === 'number' || type === 'integer') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value)
  return value
}

/** Whether an output says a value of its own. A mapping says none: without a call it has nothing to map. */
export function isMock(output: doc.Output): boolean {
  const { type, value, mapping, items, properties } = output
  if (value !== undefined || output.const !== undefined) return true
  if (type === 'array' && items === undefined) return mapping === undefined
  return (items !== undefined && isMock(items)) || [...(properties?.values() ?? [])].some(isMock)
}

/** Whether an output takes anything from an answer. */
export function readsAnswer({ value, mapping, items, properties }: doc.Output): boolean {
  if (mapping !== undefined || isPath(value)) return true
  return (items !== undefined && readsAnswer(items)) || [...(properties?.values() ?? [])].some(readsAnswer)
}

/** Mock outputs: an object of the named values; templates see the inputs (spec §4.6; typed, our deviation). */
export function compileMock(
  outputs: readonly doc.Output[],
  scope: Scope,
  report: Report,
  pointer: string,
): { readonly value: Value; readonly output: OutputPlan } {
  const members: (readonly [string, Value])[] = []
  const properties: Record<string, Json> = {}
  outputs.forEach((output, i) => {
    const name = output.name ?? 'value'
    const value = mockValue(output, scope, report, child(pointer, output.name ?? i))
    if (value === undefined) return
    members.push([name, value])
    properties[name] = value.type === 'literal' || output.type === 'string' ? { type: output.type } : {}
  })
  return { value: { type: 'object', members }, output: { schema: { type: 'object', properties } } }
}

function mockValue(output: doc.Output, scope: Scope, report: Report, pointer: string): Value | undefined {
  if (output.const !== undefined) return { type: 'literal', value: output.const }
  if (typeof output.value === 'string' && (output.value.includes('{{') || isEnvReference(output.value))) {
    const value = compileText(output.value, scope, report, child(pointer, 'value'))
    // A lone placeholder keeps the type of its input, but a text is a text.
    return value.type === 'input' && output.type === 'string'
      ? { type: 'text', source: output.value, parts: [value] }
      : value
  }
  if (output.value !== undefined)
    return { type: 'literal', value: literal(output.value, output.type, report, child(pointer, 'value')) }
  if (output.type === 'array') {
    const item = output.items && mockValue(output.items, scope, report, child(pointer, 'items'))
    return { type: 'array', items: item === undefined ? [] : [item] }
  }
  const members = [...(output.properties ?? [])].flatMap(([name, p]) => {
    const value = mockValue(p, scope, report, child(child(pointer, 'properties'), name))
    return value === undefined ? [] : [[name, value] as const]
  })
  return members.length > 0 ? { type: 'object', members } : undefined
}

/** Schema of a whole answer: what is not there at all is a fault of the upstream, so the root is never null. */
function rootSchema(projection: Projection): JsonSchema {
  const schema = projectionSchema(projection)
  return Array.isArray(schema.type) ? { ...schema, type: schema.type[0] as string } : schema
}

/** Schema of a projected value. A path that finds nothing gives null, so everything below the root may be null. */
function projectionSchema(projection: Projection): JsonSchema {
  switch (projection.type) {
    case 'literal':
      return { const: projection.value }
    case 'scalar':
      return { type: [projection.as, 'null'] }
    case 'copy':
      return { type: [projection.as, 'null'] }
    case 'array':
      return { type: ['array', 'null'], items: projectionSchema(projection.items) }
    case 'object': {
      const properties = Object.fromEntries(projection.properties.map(([name, p]) => [name, projectionSchema(p)]))
      return { type: projection.path === undefined ? 'object' : ['object', 'null'], properties }
    }
    case 'first':
      return { anyOf: projection.of.map(projectionSchema) }
    default:
      return projection satisfies never
  }
}

/** Merges a refinement over a schema, object by object; the refinement wins. */
export function merge(schema: JsonSchema, refinement: JsonSchema | undefined): JsonSchema {
  if (refinement === undefined) return schema
  const merged: Record<string, Json> = { ...schema }
  for (const [key, value] of Object.entries(refinement)) {
    const before = merged[key]
    merged[key] = isSchema(before) && isSchema(value) ? merge(before, value) : value
  }
  return merged
}

function isSchema(value: Json | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
