/** A REST surface as a collection of requests, for Postman (v2.1.0) and for those who read OpenCollection (1.0.0). */

import type { Json, Plan, RestPlan, RoutePlan } from '../plan.ts'
import { operationId } from './openapi/requests.ts'

type Members = Readonly<Record<string, Json>>

export interface CollectionOptions {
  /** Base address of the surface. */
  readonly url: string
  /** Inputs to fill requests with, by the name of an operation. Default: what stands in the schema as an example, or nothing. */
  readonly examples?: Readonly<Record<string, Members>>
}

/** One request, as far as both formats tell it. */
interface Request {
  readonly name: string
  readonly resource: string
  readonly description: string
  readonly method: string
  /** With `:name` where a variable stands. */
  readonly path: string
  readonly variables: readonly (readonly [name: string, value: string])[]
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** A collection that Postman imports. */
export function postmanCollection(plan: Plan, surface: RestPlan, options: CollectionOptions): Members {
  return {
    info: {
      name: plan.capability.title,
      description: plan.capability.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: grouped(surface, options, (request) => ({
      name: request.name,
      request: {
        method: request.method,
        description: request.description,
        header: [
          ...(request.body === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]),
          ...request.headers.map(([key, value]) => ({ key, value })),
        ],
        url: {
          raw: `{{baseUrl}}${request.path}${queryText(request)}`,
          host: ['{{baseUrl}}'],
          path: request.path.slice(1).split('/'),
          query: request.query.map(([key, value]) => ({ key, value })),
          variable: request.variables.map(([key, value]) => ({ key, value })),
        },
        ...(request.body === undefined
          ? {}
          : { body: { mode: 'raw', raw: request.body, options: { raw: { language: 'json' } } } }),
      },
      response: [],
    })).map(([name, item]) => ({ name, item })),
    variable: [{ key: 'baseUrl', value: options.url }],
  }
}

/** The same as an OpenCollection. */
export function openCollection(plan: Plan, surface: RestPlan, options: CollectionOptions): Members {
  return {
    opencollection: '1.0.0',
    info: { name: plan.capability.title, version: plan.capability.version },
    items: grouped(surface, options, (request) => ({
      info: { name: request.name, type: 'http' },
      http: {
        method: request.method,
        url: `${options.url}${request.path}`,
        params: [
          ...request.variables.map(([name, value]) => ({ name, value, type: 'path' })),
          ...request.query.map(([name, value]) => ({ name, value, type: 'query' })),
        ],
        ...(request.headers.length === 0 ? {} : { headers: request.headers.map(([name, value]) => ({ name, value })) }),
        ...(request.body === undefined ? {} : { body: { type: 'json', data: request.body } }),
      },
      docs: request.description,
    })).map(([name, items]) => ({ info: { name, type: 'folder' }, items })),
    bundled: true,
  }
}

/** Requests by the resource that they are about. */
function grouped(surface: RestPlan, options: CollectionOptions, to: (request: Request) => Members) {
  const resources = [...new Set(surface.routes.map(({ resource }) => resource))]
  const requests = surface.routes.map((route) => requestOf(route, surface, options))
  return resources.map((name) => [name, requests.filter(({ resource }) => resource === name).map(to)] as const)
}

function requestOf(route: RoutePlan, surface: RestPlan, { examples }: CollectionOptions): Request {
  const input = examples?.[route.operation.name] ?? {}
  const shown = (name: string) => (input[name] === undefined ? '' : String(input[name]))
  const inBody = route.parameters.flatMap((p) => (p.in === 'body' ? [[p.key, input[p.name] ?? null] as const] : []))
  return {
    name: operationId(route, surface),
    resource: route.resource,
    description: route.description,
    method: route.method,
    path: `/${route.segments.map((s) => ('literal' in s ? s.literal : `:${s.variable}`)).join('/')}`,
    variables: route.parameters.flatMap((p) => (p.in === 'path' ? [[p.key, shown(p.name)] as const] : [])),
    query: route.parameters.flatMap((p) => (p.in === 'query' ? [[p.key, shown(p.name)] as const] : [])),
    headers: headersOf(route, shown),
    ...(inBody.length > 0 ? { body: JSON.stringify(Object.fromEntries(inBody), null, 2) } : {}),
  }
}

/** Cookies are sent in one (RFC 6265 §4.2.1). */
function headersOf({ parameters }: RoutePlan, shown: (name: string) => string): Request['headers'] {
  const cookies = parameters.flatMap((p) => (p.in === 'cookie' ? [`${p.key}=${shown(p.name)}`] : []))
  const own = parameters.flatMap((p) => (p.in === 'header' ? [[p.key, shown(p.name)] as const] : []))
  return cookies.length === 0 ? own : [...own, ['Cookie', cookies.join('; ')]]
}

function queryText({ query }: Request): string {
  return query.length === 0 ? '' : `?${query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`
}
