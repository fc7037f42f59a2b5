/** `type: rest` -> routes: each operation with the place every input comes from (spec-servers §3). */

import type { OperationPlan, RestPlan, RoutePlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { limited } from './answer.ts'
import { compileForwards } from './forward.ts'
import { usedSpelling } from './infer.ts'
import type { Known } from './known.ts'
import { compileListen } from './listen.ts'
import { compileInline } from './operations.ts'
import { compileResponses } from './responses.ts'
import { type Place, placeParameters, segmentsOf } from './rest-parameters.ts'

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
  const forwards = compileForwards(surface, known)
  return {
    type: 'rest',
    ...compileListen(surface, known),
    routes,
    ...(forwards.length > 0 ? { forwards } : {}),
  }
}

function compileRoute(place: Place, flows: Flows, known: Known): RoutePlan | undefined {
  const { surface, resource, operation, pointer } = place
  const segments = segmentsOf(resource.path).map((s) =>
    'variable' in s ? { variable: usedSpelling(s.variable, operation.with) } : s,
  )
  const variables = segments.flatMap((s) => ('variable' in s ? [s.variable] : []))
  const flow = operation.ref === undefined ? undefined : known.flows.get(operation.ref)?.flow
  const declared = new Map([
    ...sharedParameters(surface, variables, flow),
    ...resource.inputParameters,
    ...operation.inputParameters,
  ])
  const inputs = declaredInputs(declared, variables, flow)
  const unit = { ...operation, inputParameters: inputs, own: operation.inputParameters.keys() }
  const whole =
    sharedFlow(operation, declared, inputs, flows, known) ??
    compileInline(unit, `${surface.namespace}.${place.name}`, surface.namespace, pointer, undefined, known)
  if (whole === undefined) return undefined
  const run = limited(whole, surface, place.name)
  const responses = compileResponses(operation, run, known, pointer)
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
    ...(responses.length > 0 ? { responses } : {}),
  }
}

/** Those of the whole surface may serve some operations only: not a path without the variable, nor another flow. */
function sharedParameters(
  { inputParameters }: doc.ExposesRest,
  variables: readonly string[],
  flow: doc.Flow | undefined,
): readonly (readonly [string, doc.ExposedInput])[] {
  const serves = (name: string, input: doc.ExposedInput) =>
    (input.in !== 'path' || variables.includes(name)) && (flow === undefined || flow.inputParameters.has(name))
  return [...inputParameters].filter(([name, input]) => serves(name, input))
}

/** A reference that only says where the flow's inputs come from runs the flow itself. */
function sharedFlow(
  operation: doc.ExposedOperation,
  declared: doc.Named<doc.ExposedInput>,
  inputs: doc.Named<doc.Input>,
  flows: Flows,
  known: Known,
): OperationPlan | undefined {
  const { ref } = operation
  if (ref === undefined || operation.with.size > 0 || operation.outputParameters !== undefined) return undefined
  const flow = known.flows.get(ref)?.flow
  const onlyPlaces =
    flow !== undefined &&
    [...inputs].every(([name, { pattern }]) => flow.inputParameters.has(name) && pattern === undefined) &&
    [...declared].every(([name, input]) => !asksForMore(input, flow.inputParameters.get(name)))
  return onlyPlaces ? flows.get(ref) : undefined
}

/** A path always has what its variables stand for, so only elsewhere does it matter that a value must be given. */
const asksForMore = (own: doc.ExposedInput, ofFlow: doc.Input | undefined) =>
  own.required === true && own.in !== 'path' && ofFlow?.required !== true

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
