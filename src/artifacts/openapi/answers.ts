/** What a route answers: results, problems, and how a caller says who it is. */

import type { Json, ResponsePlan, RestPlan, RoutePlan } from '../../plan.ts'
import { promisesTable } from '../../text/table.ts'
import { asksScopes, securityScheme } from '../openapi-security.ts'
import { approvalSchema, asksFirst, pendingAnswer, waits } from './approvals.ts'
import { isKeyed, looks, type Members, rehearses, schemaName } from './requests.ts'
import { dryRunSchema, nothingSentSchema, problemSchema } from './shapes.ts'

const faults = {
  InvalidInput: 'The request does not fit. `errors` names each fault by a JSON Pointer into the input.',
  Unauthenticated: 'A credential is needed, and none that fits was sent.',
  InsufficientScope: 'The token does not carry the scopes that this needs.',
  Changed: 'It has changed since it was read. Nothing was sent.',
  NotFound: 'The upstream does not have what was asked for.',
  OutcomeUnknown:
    'A call with this key was begun before a restart and nobody knows whether it was made, or the upstream has a conflict.',
  KeyReused: 'The key was used for another call, or the upstream does not take what was sent.',
  TooMany: 'This caller has asked more often than the surface allows. `Retry-After` says when the next one may come.',
  UpstreamFailed:
    'The upstream refused, was not reached or gave no readable answer. `retryable` says whether to repeat.',
  UpstreamTimeout: 'The upstream took too long. `retryable` says whether to repeat.',
  OtherProblem: 'Any other refusal or fault. `title` and `detail` say which.',
} as const

type Fault = keyof typeof faults

const schemaRef = { $ref: '#/components/schemas/Problem' }

const problem = (fault: Fault): Members => ({ $ref: `#/components/responses/${fault}` })

/** Every answer of a route by its status. */
export function responsesOf(route: RoutePlan, surface: RestPlan): Members {
  const answers: Record<string, Json> = {
    ...successesOf(route, surface),
    ...(asksFirst(route) ? { 202: pendingAnswer } : {}),
    400: problem('InvalidInput'),
    ...(surface.authentication === undefined ? {} : { 401: problem('Unauthenticated') }),
    ...(asksScopes(surface, [route]) ? { 403: problem('InsufficientScope') } : {}),
    ...(calls(route)
      ? { 404: problem('NotFound'), 502: problem('UpstreamFailed'), 504: problem('UpstreamTimeout') }
      : {}),
    ...(isKeyed(route) ? { 409: problem('OutcomeUnknown'), 422: problem('KeyReused') } : {}),
    ...(looks(route) ? { 412: problem('Changed') } : {}),
    ...(surface.rateLimit === undefined ? {} : { 429: problem('TooMany') }),
  }
  for (const response of route.responses ?? []) answers[response.status] = declaredOf(response)
  return { ...answers, default: problem('OtherProblem') }
}

/** What the capability says of an answer. A refusal is a problem, whatever else it is said to be. */
function declaredOf({ status, description, content }: ResponsePlan): Members {
  const bytes = { type: 'string', format: 'binary' }
  const described = content.map(
    ({ mediaType, binary, schema }) => [mediaType, { schema: binary === true ? bytes : (schema ?? {}) }] as const,
  )
  const types = Object.fromEntries(described)
  const problems = /^[45]/.test(status) ? { 'application/problem+json': { schema: schemaRef } } : types
  return {
    description: description ?? (/^[45]/.test(status) ? faults.OtherProblem : 'What the operation answers.'),
    ...(Object.keys(problems).length > 0 ? { content: problems } : {}),
  }
}

const calls = ({ operation: { run } }: RoutePlan) =>
  run.type === 'call' || (run.type === 'steps' && run.steps.some((step) => step.type === 'call'))

/** An answer that passes as it is may be empty, whatever its schema says of one that is not. */
function successesOf(route: RoutePlan, surface: RestPlan): Members {
  const { projection, binary } = route.operation.output
  const content =
    binary === undefined
      ? resultContent(route, surface)
      : { [binary.mediaType ?? '*/*']: { schema: { type: 'string', format: 'binary' } } }
  const declared = (route.responses ?? []).some(({ status }) => status.startsWith('2'))
  return {
    ...(declared ? {} : { 200: { description: 'What the operation answers.', ...limitHeaders(surface), content } }),
    ...(calls(route) && projection === undefined
      ? { 204: { description: 'Done. The upstream answered without content.' } }
      : {}),
    ...(binary !== undefined && route.method === 'GET' ? partsOf(content) : {}),
  }
}

/** draft-ietf-httpapi-ratelimit-headers, as surfaces/rate-limit.ts tells them on every answer. */
const headers = {
  RateLimit: {
    description: 'Requests that are left (r), and seconds until there are more (t).',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': { description: 'Requests (q) in a window of seconds (w).', schema: { type: 'string' } },
}

const retryAfter = { description: 'Seconds until the next request may come.', schema: { type: 'integer' } }

function limitHeaders({ rateLimit }: RestPlan): Members {
  const names = Object.keys(headers)
  return rateLimit === undefined
    ? {}
    : { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }
}

/** One schema for the forms that a result can be had in; a table has none. */
function resultContent(route: RoutePlan, surface: RestPlan): Members {
  const { schema } = route.operation.output
  const described = schema === undefined ? asItIs : { $ref: `#/components/schemas/${resultName(route, surface)}` }
  const either = rehearses(route)
    ? { anyOf: [described, ...others(route).map((name) => ({ $ref: `#/components/schemas/${name}` }))] }
    : described
  return {
    'application/json': { schema: either },
    'application/yaml': { schema: either },
    ...(promisesTable(schema) ? { 'text/csv': { schema: { type: 'string' } } } : {}),
  }
}

/** Nothing is known of an answer that passes as it is. */
const asItIs = { description: 'What the upstream answers.' }

/** What is answered where nothing was sent. */
function others(route: RoutePlan): readonly string[] {
  return ['DryRun', ...(looks(route) ? ['NothingSent'] : [])]
}

const resultName = (route: RoutePlan, surface: RestPlan) => `${schemaName(route, surface)}.result`

function resultSchemas(surface: RestPlan): Members {
  const described = surface.routes.flatMap((route) => {
    const { schema, binary } = route.operation.output
    const declared = (route.responses ?? []).some(({ status }) => status.startsWith('2'))
    return schema === undefined || binary !== undefined || declared
      ? []
      : [[resultName(route, surface), schema] as const]
  })
  return Object.fromEntries(described)
}

/** Whoever has the bytes decides conditions and ranges of them (RFC 9110 §13, §14). */
function partsOf(content: Members): Members {
  return {
    206: { description: 'The part that Range asks for.', content },
    304: { description: 'What the caller has is still what there is.' },
    416: { description: 'There is no such part.' },
  }
}

/** What the descriptions of routes refer to. */
export function componentsOf(surface: RestPlan, bodies: Members): Members {
  const used: readonly Fault[] = [
    'InvalidInput',
    ...(surface.authentication === undefined ? [] : (['Unauthenticated'] as const)),
    ...(asksScopes(surface, surface.routes) ? (['InsufficientScope'] as const) : []),
    ...(surface.routes.some(looks) ? (['Changed'] as const) : []),
    ...(surface.routes.some(calls) ? (['NotFound', 'UpstreamFailed', 'UpstreamTimeout'] as const) : []),
    ...(surface.routes.some(isKeyed) ? (['OutcomeUnknown', 'KeyReused'] as const) : []),
    ...(surface.rateLimit === undefined ? [] : (['TooMany'] as const)),
    'OtherProblem',
  ]
  const { authentication } = surface
  return {
    schemas: {
      Problem: problemSchema,
      ...(surface.routes.some(rehearses) ? { DryRun: dryRunSchema } : {}),
      ...(surface.routes.some(looks) ? { NothingSent: nothingSentSchema } : {}),
      ...(waits(surface) ? { Approval: approvalSchema } : {}),
      ...mapped(bodies, whole),
      ...mapped(resultSchemas(surface), whole),
    },
    responses: Object.fromEntries(used.map((fault) => [fault, refusalOf(fault, surface)])),
    ...(surface.rateLimit === undefined ? {} : { headers }),
    ...(authentication === undefined
      ? {}
      : { securitySchemes: { [authentication.type]: securityScheme(authentication, surface) } }),
  }
}

function refusalOf(fault: Fault, surface: RestPlan): Members {
  const content = { 'application/problem+json': { schema: schemaRef } }
  const told = limitHeaders(surface).headers as Members | undefined
  const more = fault === 'TooMany' ? { headers: { ...told, 'Retry-After': retryAfter } } : {}
  return { description: faults[fault], ...more, content }
}

/** Tools want to hear of every list that it may hold anything, though JSON Schema takes silence for that. */
function whole(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(whole)
  if (typeof schema !== 'object' || schema === null) return schema
  const { type } = schema as Members
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'))
  return { ...(isList && !('items' in schema) ? { items: {} } : {}), ...mapped(schema as Members, whole) }
}

const mapped = (members: Members, to: (value: Json) => Json): Members =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key, to(value)]))
