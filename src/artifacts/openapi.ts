/** A REST surface as an OpenAPI 3.1 document (spec-servers §9.2, its TS column: references resolved, faults described). */

import type { Json, JsonSchema, Plan, RestPlan, RouteParameterPlan, RoutePlan } from '../plan.ts'
import { firstSentence } from '../text/sentence.ts'
import { yamlText } from '../text/yaml.ts'
import { asksScopes, scopesOf, securityOf, securityScheme } from './openapi-security.ts'

export interface OpenapiOptions {
  /** Base addresses of the surface. Default: where the plan says that it listens, nothing for port 0. */
  readonly servers?: readonly string[]
}

type Members = Readonly<Record<string, Json>>

/** The OpenAPI 3.1 description of a REST surface of the plan, as YAML text. The same plan always gives the same text. */
export function openapi(plan: Plan, surface: RestPlan, options: OpenapiOptions = {}): string {
  const { name, title, description, version } = plan.capability
  const urls = options.servers ?? addressOf(surface)
  const value = {
    openapi: '3.1.0',
    info: { title, ...(description === '' ? {} : { description }), version },
    ...(urls.length > 0 ? { servers: urls.map((url) => ({ url })) } : {}),
    security: securityOf(surface),
    tags: [...new Set(surface.routes.map((route) => route.resource))].map((resource) => ({ name: resource })),
    paths: pathsOf(surface),
    components: componentsOf(surface),
  }
  return yamlText(value, `Generated from ${name}. Change the capability, then run "npm run generate".`)
}

/** A surface on every address is reached on this machine's own; a free port is not known before the start. */
function addressOf({ address, port }: RestPlan): readonly string[] {
  if (port === 0) return []
  const host = ['0.0.0.0', '::'].includes(address) ? 'localhost' : address.includes(':') ? `[${address}]` : address
  return [`http://${host}:${port}`]
}

/**
 * Routes by path. OpenAPI takes paths that differ only in the names of their variables for one, so the first route's
 * names stand for all; which name a variable has is not seen in a request.
 */
function pathsOf(surface: RestPlan): Members {
  const paths = new Map<string, Record<string, Json>>()
  const firsts = new Map<string, RoutePlan>()
  for (const route of surface.routes) {
    const shape = route.segments.map((s) => ('literal' in s ? s.literal : '{}')).join('/')
    const first = firsts.get(shape) ?? route
    firsts.set(shape, first)
    const item = paths.get(first.path) ?? {}
    item[route.method.toLowerCase()] = operationOf(route, variablesOf(first), surface)
    paths.set(first.path, item)
  }
  return Object.fromEntries(paths)
}

function operationOf(route: RoutePlan, variables: readonly string[], surface: RestPlan): Members {
  const { description, operation } = route
  const summary = operation.title ?? firstSentence(description)
  const parameters = [...pathParameters(route, variables), ...otherParameters(route)]
  const body = bodyOf(route)
  return {
    operationId: operationId(route, surface),
    tags: [route.resource],
    ...(summary === '' ? {} : { summary }),
    ...(description === '' || description === summary ? {} : { description }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: responsesOf(route, surface),
    ...(scopesOf(route, surface).length > 0 ? { security: securityOf(surface, route) } : {}),
  }
}

/** Names of operations are unique within a resource only; OpenAPI wants them unique in the whole document. */
function operationId({ name, resource }: RoutePlan, { routes }: RestPlan): string {
  return routes.filter((route) => route.name === name).length === 1 ? name : `${resource}.${name}`
}

const variablesOf = ({ segments }: RoutePlan) => segments.flatMap((s) => ('variable' in s ? [s.variable] : []))

/** Every variable of the path, also one that no input is read from. */
function pathParameters(route: RoutePlan, names: readonly string[]): readonly Members[] {
  const own = variablesOf(route)
  return [...new Set(names)].map((name) => {
    const key = own[names.indexOf(name)]
    const read = route.parameters.find((p) => p.in === 'path' && p.key === key)
    return parameterOf('path', name, true, read === undefined ? { type: 'string' } : inputOf(route, read.name))
  })
}

function otherParameters(route: RoutePlan): readonly Members[] {
  return route.parameters.flatMap((p) =>
    p.in === 'query' || p.in === 'header'
      ? [parameterOf(p.in, p.key, isRequired(route, p.name), inputOf(route, p.name))]
      : [],
  )
}

/** The description moves from the schema to the parameter, where tools look for it. An object is sent as JSON text. */
function parameterOf(place: 'path' | 'query' | 'header', name: string, required: boolean, input: JsonSchema): Members {
  const { description, ...schema } = input
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(required ? { required } : {}),
    ...(schema.type === 'object' ? { content: { 'application/json': { schema } } } : { schema }),
  }
}

type BodyParameter = RouteParameterPlan & { readonly in: 'body' }

function bodyOf(route: RoutePlan): Members | undefined {
  const parameters = route.parameters.filter((p): p is BodyParameter => p.in === 'body')
  if (parameters.length === 0) return undefined
  const required = parameters.some((p) => isRequired(route, p.name))
  return {
    ...(required ? { required } : {}),
    content: { 'application/json': { schema: bodySchema(route, parameters) } },
  }
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

const faults = {
  InvalidInput: 'The request does not fit. `errors` names each fault by a JSON Pointer into the input.',
  Unauthenticated: 'A credential is needed, and none that fits was sent.',
  InsufficientScope: 'The token does not carry the scopes that this needs.',
  NotFound: 'The upstream does not have what was asked for.',
  UpstreamFailed:
    'The upstream refused, was not reached or gave no readable answer. `retryable` says whether to repeat.',
  UpstreamTimeout: 'The upstream took too long. `retryable` says whether to repeat.',
  OtherProblem: 'Any other refusal or fault. `title` and `detail` say which.',
} as const

type Fault = keyof typeof faults

const schemaRef = { $ref: '#/components/schemas/Problem' }

const problem = (fault: Fault): Members => ({ $ref: `#/components/responses/${fault}` })

function responsesOf(route: RoutePlan, surface: RestPlan): Members {
  return {
    ...successesOf(route),
    400: problem('InvalidInput'),
    ...(surface.authentication === undefined ? {} : { 401: problem('Unauthenticated') }),
    ...(asksScopes(surface, [route]) ? { 403: problem('InsufficientScope') } : {}),
    ...(calls(route)
      ? { 404: problem('NotFound'), 502: problem('UpstreamFailed'), 504: problem('UpstreamTimeout') }
      : {}),
    default: problem('OtherProblem'),
  }
}

const calls = ({ operation: { run } }: RoutePlan) =>
  run.type === 'call' || (run.type === 'steps' && run.steps.some((step) => step.type === 'call'))

/** An answer that passes as it is may be empty, whatever its schema says of one that is not. */
function successesOf(route: RoutePlan): Members {
  const { schema, projection, binary } = route.operation.output
  const content =
    binary === undefined ? { 'application/json': { schema: schema ?? {} } } : { [binary.mediaType ?? '*/*']: {} }
  return {
    200: { description: 'What the operation answers.', content },
    ...(calls(route) && projection === undefined
      ? { 204: { description: 'Done. The upstream answered without content.' } }
      : {}),
  }
}

function componentsOf(surface: RestPlan): Members {
  const used: readonly Fault[] = [
    'InvalidInput',
    ...(surface.authentication === undefined ? [] : (['Unauthenticated'] as const)),
    ...(asksScopes(surface, surface.routes) ? (['InsufficientScope'] as const) : []),
    ...(surface.routes.some(calls) ? (['NotFound', 'UpstreamFailed', 'UpstreamTimeout'] as const) : []),
    'OtherProblem',
  ]
  const content = { 'application/problem+json': { schema: schemaRef } }
  const { authentication } = surface
  return {
    schemas: { Problem: problemSchema },
    responses: Object.fromEntries(used.map((fault) => [fault, { description: faults[fault], content }])),
    ...(authentication === undefined
      ? {}
      : { securitySchemes: { [authentication.type]: securityScheme(authentication, surface) } }),
  }
}

/** Field by field what `Problem` in surfaces/problem.ts says. */
const problemSchema: JsonSchema = {
  description: 'Problem details (RFC 9457).',
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Which kind of problem it is.' },
    title: { type: 'string', description: 'The kind of problem in words.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    detail: { type: 'string', description: 'What went wrong this time.' },
    errors: {
      description: 'The inputs that do not fit.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the input.' },
          detail: { type: 'string' },
          hint: { type: 'string' },
        },
        required: ['pointer', 'detail'],
      },
    },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    retry_after_seconds: { type: 'number', description: 'How long to wait before it.' },
    upstream: {
      description: 'The upstream call that failed.',
      type: 'object',
      properties: { operation: { type: 'string' }, status: { type: 'integer' } },
      required: ['operation'],
    },
  },
  required: ['type', 'title', 'status', 'detail'],
}
