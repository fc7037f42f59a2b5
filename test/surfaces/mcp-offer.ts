/** An MCP surface with resources and prompts over one small API, served until the test ends. */

import { onTestFinished } from 'vitest'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import type { McpPlan, Plan, PromptPlan, ResourcePlan } from '../../src/plan.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { serveSurfaces } from '../../src/surfaces/serve.ts'
import { writeCapability } from '../support/serve.ts'
import { type Ending, type Exchange, type StubUpstream, startUpstream } from '../support/upstream.ts'
import { environment } from './cases.ts'

type Named<T> = Readonly<Record<string, T>>

/** As a capability says it. */
export interface Said {
  readonly display: string
  readonly description: string
  readonly uri?: string
  readonly mimeType?: string
  readonly location?: string
  readonly call?: string
  readonly arguments?: Named<{ readonly description: string; readonly required?: boolean }>
  readonly template?: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
}

export interface Offered {
  readonly resources?: Named<Said>
  readonly prompts?: Named<Said>
  readonly surface?: object
  /** Beside those of the API. */
  readonly tools?: object
  /** The name of one that is not there. */
  readonly leftOut?: string
  /** Of the aggregate `things`. */
  readonly flows?: object
}

const id = { id: { in: 'path' } }
const input = { id: { type: 'string', description: 'Which.' } }

/** `GET /things/{id}`, its picture and its note; a tool for each. */
export function capabilityWith({ surface, tools, flows }: Offered): object {
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Things', description: 'Reads things.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { INBOUND_SECRET: 'INBOUND_SECRET' } }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: 'http://127.0.0.1:9',
          resources: {
            thing: {
              path: '/things/{{id}}',
              operations: { 'get-thing': { method: 'GET', inputParameters: id } },
            },
            list: { path: '/things', operations: { 'list-things': { method: 'GET' } } },
            picture: {
              path: '/things/{{id}}/picture',
              operations: { 'get-picture': { method: 'GET', inputParameters: id, outputRawFormat: 'binary' } },
            },
            page: {
              path: '/pages/{{number}}',
              operations: { 'get-page': { method: 'GET', inputParameters: { number: { in: 'path' } } } },
            },
          },
        },
      ],
      ...(flows === undefined ? {} : { aggregates: [{ display: 'Things', namespace: 'things', flows }] }),
      exposes: [
        {
          type: 'mcp',
          namespace: 'things-mcp',
          address: '127.0.0.1',
          port: 0,
          ttlMs: 5000,
          cacheScope: 'public',
          tools: {
            'get-thing': { description: 'Reads one thing.', inputParameters: input, call: 'api.get-thing' },
            'list-things': { description: 'Reads all.', call: 'api.list-things' },
            'get-picture': { description: 'Its picture.', inputParameters: input, call: 'api.get-picture' },
            'get-page': {
              description: 'Reads a page.',
              inputParameters: { number: { type: 'integer', description: 'Which.' } },
              call: 'api.get-page',
            },
            ...tools,
          },
          ...surface,
        },
      ],
    },
  }
}

/** The plan with what is offered beside tools. */
function planWith(plan: Plan, { resources = {}, prompts = {}, leftOut }: Offered): Plan {
  const surfaces = plan.surfaces.map((surface) => {
    if (surface.type !== 'mcp') return surface
    const tools = surface.tools.filter(({ name }) => name !== leftOut)
    return { ...surface, tools, resources: resourcesOf(surface, resources), prompts: promptsOf(prompts) }
  })
  return { ...plan, surfaces }
}

function resourcesOf({ tools }: McpPlan, said: Named<Said>): readonly ResourcePlan[] {
  return Object.entries(said).map(([name, { display, description, uri = '', mimeType, location, call = '' }]) => {
    const described = { name, title: display, description, uri, ...(mimeType === undefined ? {} : { mimeType }) }
    if (location !== undefined) return { ...described, type: 'static', location, maxBytes: 1000 }
    const tool = tools.find((one) => call.endsWith(`.${one.name}`))
    if (tool === undefined) throw new Error(`no tool calls ${call}`)
    const parts = uri.split(/(\{\w+\})/).map((part) => (part.startsWith('{') ? { input: part.slice(1, -1) } : part))
    return { ...described, type: 'dynamic', parts, operation: tool.operation }
  })
}

function promptsOf(said: Named<Said>): readonly PromptPlan[] {
  return Object.entries(said).map(([name, { display, description, arguments: args = {}, template = [] }]) => ({
    name,
    title: display,
    description,
    arguments: Object.entries(args).map(([name, { description, required = true }]) => ({
      name,
      description,
      required,
    })),
    messages: template.map(({ role, content }) => ({
      role,
      parts: content
        .split(/(\{\{\w+\}\})/)
        .map((part) => (part.startsWith('{{') ? { argument: part.slice(2, -2) } : part)),
    })),
  }))
}

export interface ServedOffer {
  /** Address of the surface. */
  readonly url: string
  readonly folder: string
  readonly upstream: StubUpstream
  /** Serves what is there now, of the files too. */
  readonly reload: (offered?: Offered) => Promise<void>
  /** Opens it once more, for another transport. */
  readonly opened: (offered?: Offered) => Promise<OpenedOffer>
}

export interface OpenedOffer {
  readonly plan: McpPlan
  readonly runtime: Runtime
  readonly directory: string
}

export interface Around extends Ending {
  readonly api?: readonly Exchange[]
  /** In place of an upstream that answers `api`. */
  readonly upstream?: string
  readonly files?: Readonly<Record<string, string>>
  readonly companion?: object
}

/** Serves it on a free port until the test ends. */
export async function serveOffer(offered: Offered, around: Around = {}): Promise<ServedOffer> {
  const { api = [], files, companion, atEnd = onTestFinished } = around
  const upstream = await startUpstream(api, { atEnd })
  const capability = await load(await writeCapability(capabilityWith(offered), { files, companion, atEnd }))
  const { directory } = capability
  const opening = async (now: Offered) => {
    const changed = { ...capability, plan: planWith(capability.plan, now) }
    const { runtime, close } = await open(changed, {
      environment,
      telemetry: true,
      upstreams: { api: around.upstream ?? upstream.url },
    })
    atEnd(close)
    return runtime
  }
  const served = await serveSurfaces(await opening(offered), { directory, version: '0.0.0', drainMs: 1000 })
  atEnd(served.close)
  return {
    url: served.surfaces().find(({ plan }) => plan.type === 'mcp')?.url ?? '',
    folder: directory,
    upstream,
    reload: async (now = offered) => served.replace(await opening(now)),
    opened: async (now = offered) => {
      const runtime = await opening(now)
      return { runtime, plan: runtime.plan.surfaces[0] as McpPlan, directory }
    },
  }
}
