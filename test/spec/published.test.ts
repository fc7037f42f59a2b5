/** The published capability files that can run do: served, listed, and every operation called once against a stub. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import {
  type JsonSchema,
  type Plan,
  type RouteParameterPlan,
  type RoutePlan,
  type SurfacePlan,
  serve,
  validate,
} from '../../src/index.ts'
import { sampled } from '../support/sampled.ts'
import { shared } from '../support/shared.ts'

interface Published {
  readonly file: string
  readonly dialect: string
}

const catalog = shared('data/catalog')
const manifest: readonly Published[] =
  catalog === undefined ? [] : JSON.parse(readFileSync(join(catalog, 'MANIFEST.json'), 'utf8'))
const alpha = manifest.filter(({ dialect }) => /^(naftiko|ikanos):/.test(dialect))

/** At most this many operations of a surface are called: one file has hundreds of one kind. */
const maxCalls = 25

describe.skipIf(catalog === undefined)('A published capability that has no error', () => {
  test.concurrent.each(sampled(alpha, 3).map(({ file }) => file))(
    '%s answers each of its operations',
    { timeout: 60_000 },
    async (file) => {
      const { loaded } = await validate(join(catalog ?? '', file))
      if (loaded === undefined) return
      const upstream = await startRecorder()
      const { plan } = loaded
      const running = await serve(loaded.file, {
        ports: freePorts(plan),
        environment: Object.fromEntries(plan.binds.map(({ key }) => [key, 'made-up'])),
        upstreams: Object.fromEntries(plan.upstreams.map(({ namespace }) => [namespace, upstream.url])),
        drainMs: 100,
        // Nobody can be asked here.
        allowUnconfirmed: true,
      })
      try {
        const unheard: string[] = []
        for (const { plan: surface, url } of running.surfaces)
          unheard.push(...(await unanswered(surface, url, upstream)))
        expect(unheard).toEqual([])
      } finally {
        await running.close()
        await upstream.close()
      }
    },
  )
})

interface Recorder {
  readonly url: string
  readonly count: () => number
  readonly close: () => Promise<void>
}

async function startRecorder(): Promise<Recorder> {
  let count = 0
  const server = createServer((req, res) => {
    count += 1
    req.resume()
    req.on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  // A connection that is kept must not end under a call: on a busy machine seconds pass between two of them.
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count, close }
}

function freePorts({ surfaces }: Plan): Readonly<Record<string, number>> {
  const listening = surfaces.filter((s) => !(s.type === 'mcp' && s.transport === 'stdio'))
  return Object.fromEntries(listening.map(({ namespace }) => [namespace, 0]))
}

/** What was called and did not reach the upstream, with what the caller was told. */
async function unanswered(surface: SurfacePlan, url: string, upstream: Recorder): Promise<readonly string[]> {
  const closing: (() => Promise<void>)[] = []
  const calls =
    surface.type === 'rest'
      ? routesOf(surface.routes, url)
      : surface.type === 'mcp'
        ? await toolsOf(surface, url, closing)
        : []
  const unheard: string[] = []
  for (const [name, call] of calls) {
    const before = upstream.count()
    const told = await call()
    if (upstream.count() !== before + 1) unheard.push(`${surface.type} ${name}: ${told.slice(0, 300)}`)
  }
  await Promise.all(closing.map((close) => close()))
  return unheard
}

type Call = readonly [string, () => Promise<string>]

function routesOf(routes: readonly RoutePlan[], url: string): readonly Call[] {
  return routes.slice(0, maxCalls).map((route) => [`${route.method} ${route.path}`, () => request(route, url)] as const)
}

async function request(route: RoutePlan, origin: string): Promise<string> {
  const properties = (route.operation.input.schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const made = ({ name }: RouteParameterPlan) => madeUp(properties[name] ?? {})
  const placed = (where: RouteParameterPlan['in']) =>
    route.parameters.flatMap((p) => (p.in === where && 'key' in p ? [[p.key, p] as const] : []))
  const path = placed('path').reduce((so, [key, p]) => so.replace(`{${key}}`, text(made(p))), route.path)
  const query = new URLSearchParams(placed('query').map(([key, p]): [string, string] => [key, line(made(p))]))
  const headers = Object.fromEntries(placed('header').map(([key, p]) => [key, line(made(p))]))
  const whole = placed('body').find(([, p]) => 'whole' in p)
  const members = Object.fromEntries(placed('body').map(([key, p]) => [key, made(p)]))
  const body = whole === undefined ? members : made(whole[1])
  const answer = await fetch(`${origin}${path}${query.size > 0 ? `?${query}` : ''}`, {
    method: route.method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(placed('body').length === 0 ? {} : { body: JSON.stringify(body) }),
  })
  return `${answer.status} ${await answer.text()}`
}

const line = (value: unknown) => text(Array.isArray(value) ? value[0] : value)

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

async function toolsOf(
  { tools }: SurfacePlan & { readonly type: 'mcp' },
  url: string,
  closing: (() => Promise<void>)[],
): Promise<readonly Call[]> {
  const client = new Client({ name: 'published', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)))
  closing.push(() => client.close())
  const listed = (await client.listTools()).tools
  expect(listed.map(({ name }) => name)).toEqual(tools.map(({ name }) => name))
  return listed.slice(0, maxCalls).map(({ name, inputSchema }) => {
    const input = madeUp(inputSchema as JsonSchema) as Record<string, unknown>
    return [name, async () => JSON.stringify(await client.callTool({ name, arguments: input }))] as const
  })
}

/** A value that fits a schema of ours. */
function madeUp(schema: JsonSchema): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>).map(([n, s]) => [
          n,
          madeUp(s),
        ]),
      )
    case 'array':
      return ['one']
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return true
    default:
      return 'one'
  }
}
