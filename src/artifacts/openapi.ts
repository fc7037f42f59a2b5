/** A REST surface as an OpenAPI 3.1 document (spec-servers §9.2, its TS column: references resolved, faults described). */

import type { ForwardPlan, Json, Plan, RestPlan, RoutePlan } from '../plan.ts'
import { firstSentence } from '../text/sentence.ts'
import { yamlText } from '../text/yaml.ts'
import { componentsOf, responsesOf } from './openapi/answers.ts'
import { statusItem, statusPath, statusShape, waits } from './openapi/approvals.ts'
import { bodyOf, bodySchemas, operationId, otherParameters, pathParameters, variablesOf } from './openapi/requests.ts'
import { scopesOf, securityOf } from './openapi-security.ts'

export interface OpenapiOptions {
  /** Base addresses of the surface. Default: where the plan says that it listens, nothing for port 0. */
  readonly servers?: readonly string[]
}

type Members = Readonly<Record<string, Json>>

/** The OpenAPI 3.1 description of a REST surface of the plan, as YAML text. The same plan always gives the same text. */
export function openapi(plan: Plan, surface: RestPlan, options: OpenapiOptions = {}): string {
  const { name } = plan.capability
  const comment = `Generated from ${name}. Change the capability, then run "capability generate".`
  return yamlText(openapiValue(plan, surface, options), comment)
}

/** The same description as a value. */
export function openapiValue(plan: Plan, surface: RestPlan, options: OpenapiOptions = {}): Members {
  const { title, description, version } = plan.capability
  const urls = options.servers ?? addressOf(surface)
  return {
    openapi: '3.1.0',
    info: { title, ...(description === '' ? {} : { description }), version },
    ...(urls.length > 0 ? { servers: urls.map((url) => ({ url })) } : {}),
    security: securityOf(surface),
    tags: tagsOf(surface).map((name) => ({ name })),
    paths: pathsOf(surface),
    components: componentsOf(surface, bodySchemas(surface)),
  }
}

function tagsOf(surface: RestPlan): readonly string[] {
  const { routes, forwards = [] } = surface
  const own = [...routes, ...forwards].map(({ resource }) => resource)
  return [...new Set([...own, ...(waits(surface) ? ['approvals'] : [])])]
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
  for (const forward of surface.forwards ?? []) {
    const item = paths.get(forward.path) ?? {}
    for (const method of forwardedMethods(forward)) item[method] ??= forwardOf(forward, method)
    paths.set(forward.path, item)
  }
  if (waits(surface) && !firsts.has(statusShape)) paths.set(statusPath, { ...statusItem })
  return Object.fromEntries(paths)
}

const describedMethods = ['get', 'post', 'put', 'patch', 'delete']

function forwardedMethods({ methods }: ForwardPlan): readonly string[] {
  return describedMethods.filter((method) => methods?.some((one) => one.toLowerCase() === method) ?? true)
}

/** OpenAPI has no path variable that may hold slashes, so the words say it. */
function forwardOf({ resource, description, path, upstream, open }: ForwardPlan, method: string): Members {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name)
  const parameters = names.map((name) => ({
    name,
    in: 'path',
    ...(open && name === 'path' ? { description: 'May hold slashes.' } : {}),
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId: `${resource}.${method}`,
    tags: [resource],
    summary: `Goes to "${upstream}" as it is.`,
    ...(description === '' ? {} : { description }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === 'get' || method === 'delete' ? {} : { requestBody: { content: { '*/*': {} } } }),
    responses: { default: { description: `What "${upstream}" answers, or a problem.`, content: { '*/*': {} } } },
  }
}

function operationOf(route: RoutePlan, variables: readonly string[], surface: RestPlan): Members {
  const { description, operation } = route
  const summary = operation.title ?? firstSentence(description)
  const parameters = [...pathParameters(route, variables), ...otherParameters(route)]
  const body = bodyOf(route, surface)
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
