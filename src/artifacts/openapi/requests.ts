/** What a request to a route holds: parameters and bodies. */

import type { Json, JsonSchema, RestPlan, RouteParameterPlan, RoutePlan } from '../../plan.ts'

export type Members = Readonly<Record<string, Json>>

/** Names of operations are unique within a resource only; OpenAPI wants them unique in the whole document. */
export function operationId({ name, resource }: RoutePlan, { routes }: RestPlan): string {
  return routes.filter((route) => route.name === name).length === 1 ? name : `${resource}.${name}`
}

/** Names of the variables of a path, in its order. */
export const variablesOf = ({ segments }: RoutePlan) => segments.flatMap((s) => ('variable' in s ? [s.variable] : []))

/** Every variable of the path, also one that no input is read from. */
export function pathParameters(route: RoutePlan, names: readonly string[]): readonly Members[] {
  const own = variablesOf(route)
  return [...new Set(names)].map((name) => {
    const key = own[names.indexOf(name)]
    const read = route.parameters.find((p) => p.in === 'path' && p.key === key)
    return parameterOf('path', name, true, read === undefined ? { type: 'string' } : inputOf(route, read.name))
  })
}

/** Parameters in query, headers and cookies. */
export function otherParameters(route: RoutePlan): readonly Members[] {
  const asked = [...(rehearses(route) ? [dryRun] : []), ...lookParameters(route), ...(isKeyed(route) ? [key] : [])]
  return [...declaredParameters(route), ...asked]
}

/** draft-ietf-httpapi-idempotency-key-header-07 §2.1. */
const key = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Makes the call once: the same key again is answered as the first call was, for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

/** Whether a request can be given a key, as `once` in runtime/once.ts decides it. */
export function isKeyed({ operation: { semantics, output, run }, parameters }: RoutePlan): boolean {
  const isOurs = !parameters.some((p) => p.in === 'header' && p.key.toLowerCase() === 'idempotency-key')
  return semantics.safe !== true && output.binary === undefined && run.type !== 'mock' && isOurs
}

const dryRun = {
  name: 'dry_run',
  in: 'query',
  description: 'Checks everything and answers the requests that would be sent upstream; sends none.',
  schema: { type: 'boolean' },
}

/** A capability that has a condition of its own means another one by it. */
function lookParameters(route: RoutePlan): readonly Members[] {
  const own = route.parameters.some((p) => p.in === 'header' && p.key.toLowerCase() === 'if-match')
  return looks(route) ? [check, ...(own ? [] : [ifMatch])] : []
}

const check = {
  name: 'check',
  in: 'query',
  description: 'Reads what is there first: sends nothing when it is so already, or gone.',
  schema: { type: 'boolean' },
}

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag of what was read: sends nothing when that has changed.',
  schema: { type: 'string' },
}

/** Whether a request can look before it writes, and ask for it: not where the capability has a parameter of that name. */
export function looks({ operation, method }: RoutePlan): boolean {
  const { input } = operation
  const has = Object.hasOwn((input.schema.properties ?? {}) as JsonSchema, check.name)
  return operation.check !== undefined && method !== 'GET' && !has
}

/** Whether a request can be tried without sending it: a write, unless the capability has a parameter of that name. */
export function rehearses({ operation, method }: RoutePlan): boolean {
  const { semantics, run, input } = operation
  const writes = semantics.safe !== true && method !== 'GET' && run.type !== 'mock'
  return writes && !Object.hasOwn((input.schema.properties ?? {}) as JsonSchema, dryRun.name)
}

function declaredParameters(route: RoutePlan): readonly Members[] {
  return route.parameters.flatMap((p) =>
    p.in === 'query' || p.in === 'header' || p.in === 'cookie'
      ? [parameterOf(p.in, p.key, isRequired(route, p.name), inputOf(route, p.name))]
      : [],
  )
}

/** The description moves from the schema to the parameter, where tools look for it. An object is sent as JSON text. */
function parameterOf(
  place: 'path' | 'query' | 'header' | 'cookie',
  name: string,
  required: boolean,
  input: JsonSchema,
): Members {
  const { description, ...schema } = input
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(required ? { required } : {}),
    ...(schema.type === 'object' ? { content: { 'application/json': { schema } } } : { schema }),
    ...(place === 'cookie' && schema.type === 'array' ? { explode: false } : {}),
  }
}

type BodyParameter = RouteParameterPlan & { readonly in: 'body' }

/** One schema for all the media types that an object can be sent as. */
export function bodyOf(route: RoutePlan, surface: RestPlan): Members | undefined {
  const parameters = bodyParameters(route)
  if (parameters.length === 0) return undefined
  const required = parameters.some((p) => isRequired(route, p.name))
  const schema = { $ref: `#/components/schemas/${schemaName(route, surface)}.body` }
  const types = mediaTypesOf(bodySchema(route, parameters))
  return { ...(required ? { required } : {}), content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

const bodyParameters = ({ parameters }: RoutePlan) => parameters.filter((p): p is BodyParameter => p.in === 'body')

/** What the schemas of a route are called: OpenAPI §4.8.7.1, letters, digits, `.`, `-` and `_`. */
export const schemaName = (route: RoutePlan, surface: RestPlan) => operationId(route, surface).replace(/[^\w.-]/g, '_')

/** The schemas of all bodies, by the names that `bodyOf` refers to. */
export function bodySchemas(surface: RestPlan): Members {
  const described = surface.routes.filter((route) => bodyParameters(route).length > 0)
  return Object.fromEntries(
    described.map((route) => [`${schemaName(route, surface)}.body`, bodySchema(route, bodyParameters(route))]),
  )
}

/** A form can only be an object. */
function mediaTypesOf({ type }: JsonSchema): readonly string[] {
  const forms = ['application/x-www-form-urlencoded', 'multipart/form-data']
  return ['application/json', ...(type === 'object' ? forms : [])]
}

/** Inputs read by a path leave the body open, as the surface does: what else stands in it is not looked at. */
function bodySchema(route: RoutePlan, parameters: readonly BodyParameter[]): JsonSchema {
  const whole = parameters.find((p) => p.whole === true)
  if (whole !== undefined) return inputOf(route, whole.name)
  const members = parameters.filter((p) => p.path === undefined)
  const reads = parameters.flatMap((p) => (p.path === undefined ? [] : [`${p.name} is read at ${p.path.source}.`]))
  const required = members.filter((p) => isRequired(route, p.name)).map((p) => p.key)
  return {
    type: 'object',
    ...(reads.length > 0 ? { description: reads.join(' ') } : {}),
    ...(members.length > 0
      ? { properties: Object.fromEntries(members.map((p) => [p.key, inputOf(route, p.name)])) }
      : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(reads.length > 0 ? {} : { additionalProperties: false }),
  }
}

function inputOf({ operation }: RoutePlan, name: string): JsonSchema {
  const { schema } = operation.input
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  return properties[name] ?? {}
}

function isRequired({ operation }: RoutePlan, name: string): boolean {
  const { required } = operation.input.schema
  return Array.isArray(required) && required.includes(name)
}
