/** `type: rest` -> routes: each operation with the place every input comes from (spec-servers §3). */

import type {
  Json,
  OperationPlan,
  ParameterType,
  RestPlan,
  RouteParameterPlan,
  RoutePlan,
  SegmentPlan,
} from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { compileMapping, JsonPathSyntaxError } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import { isEnvReference } from '../text/template.ts'
import { limited } from './answer.ts'
import { checkBraces, fixedValue } from './consumes.ts'
import { usedSpelling, writtenPlace } from './infer.ts'
import { compileListen } from './listen.ts'
import { compileInline, type Known } from './operations.ts'

/** Compiled flows by `namespace.flow`, shared by every unit that refers to them without changing anything. */
export type Flows = ReadonlyMap<string, OperationPlan>

export function compileRest(surface: doc.ExposesRest, flows: Flows, known: Known): RestPlan {
  const resources = child(surface.pointer, 'resources')
  const routes = [...surface.resources].flatMap(([resourceName, resource]) => {
    const at = child(resources, resourceName)
    return [...resource.operations].flatMap(([name, operation]) => {
      const pointer = child(child(at, 'operations'), name)
      const route = compileRoute({ surface, resourceName, resource, name, operation, pointer }, flows, known)
      return route === undefined ? [] : [route]
    })
  })
  reportAmbiguous(surface, known)
  return { type: 'rest', ...compileListen(surface, known), routes }
}

interface Place {
  readonly surface: doc.ExposesRest
  readonly resourceName: string
  readonly resource: doc.ExposedResource
  readonly name: string
  readonly operation: doc.ExposedOperation
  readonly pointer: string
}

function compileRoute(place: Place, flows: Flows, known: Known): RoutePlan | undefined {
  const { surface, resource, operation, pointer } = place
  const segments = segmentsOf(resource.path).map((s) =>
    'variable' in s ? { variable: usedSpelling(s.variable, operation.with) } : s,
  )
  const variables = segments.flatMap((s) => ('variable' in s ? [s.variable] : []))
  const declared = new Map([...resource.inputParameters, ...operation.inputParameters])
  const flow = operation.ref === undefined ? undefined : known.flows.get(operation.ref)?.flow
  const inputs = declaredInputs(declared, variables, flow)
  const unit = { ...operation, inputParameters: inputs, own: operation.inputParameters.keys() }
  const whole =
    sharedFlow(operation, inputs, flows, known) ??
    compileInline(unit, `${surface.namespace}.${place.name}`, surface.namespace, pointer, undefined, known)
  if (whole === undefined) return undefined
  const run = limited(whole, surface, place.name)
  const parameters = placeParameters(place, declared, variables, run, known)
  return {
    name: place.name,
    resource: place.resourceName,
    description: operation.description ?? run.description,
    method: operation.method,
    path: `/${segments.map((s) => ('variable' in s ? `{${s.variable}}` : s.literal)).join('/')}`,
    segments,
    parameters,
    operation: run,
  }
}

/** A reference that only says where the flow's inputs come from runs the flow itself. */
function sharedFlow(
  operation: doc.ExposedOperation,
  inputs: doc.Named<doc.Input>,
  flows: Flows,
  known: Known,
): OperationPlan | undefined {
  const { ref } = operation
  if (ref === undefined || operation.with.size > 0 || operation.outputParameters !== undefined) return undefined
  const flow = known.flows.get(ref)?.flow
  const onlyPlaces =
    flow !== undefined &&
    [...inputs].every(([name, { pattern }]) => flow.inputParameters.has(name) && pattern === undefined)
  return onlyPlaces ? flows.get(ref) : undefined
}

/** REST parameters as inputs. A path variable that is not declared is required, and a text unless the flow says else. */
function declaredInputs(
  declared: doc.Named<doc.ExposedInput>,
  variables: readonly string[],
  flow: doc.Flow | undefined,
): doc.Named<doc.Input> {
  const inputs = new Map<string, doc.Input>()
  for (const variable of variables)
    inputs.set(variable, { type: 'string', ...flow?.inputParameters.get(variable), required: true })
  for (const [name, input] of declared) {
    const { type, description, pattern } = input
    inputs.set(name, {
      type,
      ...(description === undefined ? {} : { description }),
      ...(pattern === undefined ? {} : { pattern }),
      required: input.required ?? input.in === 'path',
    })
  }
  return inputs
}

/** Where each input comes from: as declared, else from the path, else from the query or the body by the method. */
function placeParameters(
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
  if (input.in !== 'body') return { in: input.in as 'path' | 'query' | 'header', key: name, name, as: input.type }
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

/** Where a parameter is declared: with its operation, else with the resource. */
function declaration({ surface, resourceName, operation, pointer }: Place, name: string): string {
  const at = operation.inputParameters.has(name) ? pointer : child(child(surface.pointer, 'resources'), resourceName)
  return child(child(at, 'inputParameters'), name)
}

/** Variables are written {{x}}, {x} or :x, as in consumed paths; the query of a request is no part of its route. */
function segmentsOf(path: string): readonly SegmentPlan[] {
  const parts = path.replace(/\?.*$/s, '').split('/').slice(1)
  return parts.map((part) => {
    const [, double, single, colon] =
      /^(?:\{\{\s*([^\s{}]+)\s*\}\}|\{\s*([^\s{}]+)\s*\}|:([A-Za-z_][\w-]*))$/.exec(part) ?? []
    const variable = double ?? single ?? colon
    return variable === undefined ? { literal: part } : { variable }
  })
}

/** Two operations that the same request would reach: same method, same literals, variables in the same places. */
function reportAmbiguous(surface: doc.ExposesRest, known: Known) {
  const seen = new Map<string, string>()
  for (const [resourceName, resource] of surface.resources) {
    const shape = segmentsOf(resource.path)
      .map((s) => ('literal' in s ? `/${s.literal}` : '/{}'))
      .join('')
    for (const [name, { method }] of resource.operations) {
      const route = `${method} ${shape}`
      const pointer = child(child(child(child(surface.pointer, 'resources'), resourceName), 'operations'), name)
      const first = seen.get(route)
      if (first === undefined) seen.set(route, pointer)
      else known.report('ambiguous-route', pointer, { route: `${method} ${resource.path}`, first })
    }
  }
}
