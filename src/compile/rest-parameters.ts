/** Where each input of a REST operation comes from (spec-servers §3.3). */

import type { Json, OperationPlan, ParameterType, RouteParameterPlan, SegmentPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { compileMapping, JsonPathSyntaxError } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import { isEnvReference } from '../text/template.ts'
import { checkBraces, fixedValue } from './consumes.ts'
import { writtenPlace } from './infer.ts'
import type { Known } from './known.ts'

/** A REST operation and where it stands. */
export interface Place {
  readonly surface: doc.ExposesRest
  readonly resourceName: string
  readonly resource: doc.ExposedResource
  readonly name: string
  readonly operation: doc.ExposedOperation
  readonly pointer: string
}

/** Where each input comes from: as declared, else from the path, else from the query or the body by the method. */
export function placeParameters(
  place: Place,
  declared: doc.Named<doc.ExposedInput>,
  variables: readonly string[],
  run: OperationPlan,
  known: Known,
): readonly RouteParameterPlan[] {
  const placed: RouteParameterPlan[] = []
  const properties = (run.input.schema.properties ?? {}) as Record<string, { readonly type?: Json }>
  const typeOf = (name: string) =>
    (typeof properties[name]?.type === 'string' ? properties[name].type : 'string') as ParameterType
  for (const [name, input] of declared)
    placed.push(declaredPlace(name, { ...input, type: typeOf(name) }, declared, place, known))
  const rest = Object.keys(properties).filter((name) => !declared.has(name))
  const inBody = ['POST', 'PUT', 'PATCH'].includes(place.operation.method)
  const places = new Map(rest.map((name) => [name, writtenPlace(name, place.operation)]))
  const wholeBody = [...places.values()].includes('whole')
  for (const name of rest) {
    const written = places.get(name)
    if (variables.includes(name)) placed.push({ in: 'path', key: name, name, as: typeOf(name) })
    else if (written === 'whole') placed.push({ in: 'body', key: name, name, whole: true })
    else if (written === 'body' || (inBody && written === undefined && !wholeBody))
      placed.push({ in: 'body', key: name, name })
    else placed.push({ in: 'query', key: name, name, as: typeOf(name) })
  }
  reportUnplaced(placed, variables, place, known)
  return placed
}

function declaredPlace(
  name: string,
  input: doc.ExposedInput,
  declared: doc.Named<doc.ExposedInput>,
  place: Place,
  known: Known,
): RouteParameterPlan {
  const { value } = input
  const isPath = typeof value === 'string' && value.startsWith('$') && !isEnvReference(value)
  if (value !== undefined && !isPath) {
    const at = child(declaration(place, name), 'value')
    return { in: 'constant', name, as: input.type, value: fixedValue(value, known.binds, known.report, at) }
  }
  if (input.in !== 'body') return { in: input.in, key: name, name, as: input.type }
  if (isPath) return { in: 'body', key: name, name, path: bodyPath(value, name, place, known) }
  const bodies = [...declared.values()].filter((i) => i.in === 'body')
  return bodies.length === 1 && name === 'body' && input.type === 'object'
    ? { in: 'body', key: name, name, whole: true }
    : { in: 'body', key: name, name }
}

function bodyPath(source: string, name: string, place: Place, known: Known) {
  try {
    return compileMapping(source)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    known.report('bad-path', child(declaration(place, name), 'value'), { detail: error.message })
    return compileMapping('$')
  }
}

/** A parameter said to be in the path that the path does not have. */
function reportUnplaced(
  placed: readonly RouteParameterPlan[],
  variables: readonly string[],
  place: Place,
  known: Known,
) {
  const { path } = place.resource
  const pathAt = child(child(child(place.surface.pointer, 'resources'), place.resourceName), 'path')
  const rest = segmentsOf(path).map((segment) => ('literal' in segment ? segment.literal : ''))
  if (!checkBraces(rest.join('/'), path, known.report, pathAt)) return
  for (const parameter of placed) {
    if (parameter.in !== 'path' || variables.includes(parameter.key)) continue
    known.report('unplaced-parameter', declaration(place, parameter.key), { name: parameter.key, path })
  }
}

/** Where a parameter is declared: with its operation, else with the resource, else with the surface. */
function declaration({ surface, resourceName, resource, operation, pointer }: Place, name: string): string {
  const ofResource = child(child(surface.pointer, 'resources'), resourceName)
  const above = resource.inputParameters.has(name) ? ofResource : surface.pointer
  return child(child(operation.inputParameters.has(name) ? pointer : above, 'inputParameters'), name)
}

/** Variables are written {{x}}, {x} or :x, as in consumed paths; the query of a request is no part of its route. */
export function segmentsOf(path: string): readonly SegmentPlan[] {
  const parts = path.replace(/\?.*$/s, '').split('/').slice(1)
  return parts.map((part) => {
    const [, double, single, colon] =
      /^(?:\{\{\s*([^\s{}]+)\s*\}\}|\{\s*([^\s{}]+)\s*\}|:([A-Za-z_][\w-]*))$/.exec(part) ?? []
    const variable = double ?? single ?? colon
    return variable === undefined ? { literal: part } : { variable }
  })
}
