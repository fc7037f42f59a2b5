/** The official SDK's server over what we offer: both protocol eras, HTTP and stdio. Loaded only when a request needs it. */

import { randomBytes } from 'node:crypto'
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  inputRequired,
  type McpRequestContext,
  ProtocolError,
  type RequestStateCodec,
  ResourceNotFoundError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { type Call, cancel, newCall } from '../../runtime/call.ts'
import type { Access, Principal } from '../../runtime/principal.ts'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import { rpcErrorOf } from '../problem.ts'
import { readCallMeta } from './call-meta.ts'
import { nameOf } from './client.ts'
import type { CompletionRef } from './completion.ts'
import { isOffered, type Lists, listKeys, type Offer } from './offer.ts'
import { filled } from './prompt-form.ts'
import { askedFor, type Tell, telling } from './telling.ts'
import { carrierOf, contentOf, type ToolClient } from './tool-call.ts'

/** Builds servers for the SDK's entries, one a request or connection; nothing is compiled or read here. */
export type BuildServer = (context: Serving) => Promise<Server>

export interface Serving extends Pick<McpRequestContext, 'era'> {
  /** URIs that a 2025 client wants to hear of; kept up to date. */
  readonly subscribed?: Set<string>
}

/** URIs of which one 2025 client may hear. */
const mostSubscribed = 1000

/** How long an answer to a question is waited for, in seconds. */
const questionSeconds = 600

/** Whose results say how long they may be kept. */
const cached = [...Object.keys(listKeys), 'resources/read', 'server/discover']

/** What is offered at the time of a request, to callers of a kind; sessions outlive a reload. */
export type Offered = (access?: Access) => Offer

export function serverFactory(now: Offered): BuildServer {
  const codec = createRequestStateCodec({
    key: randomBytes(32),
    ttlSeconds: questionSeconds,
    bind: (context) => `${context.mcpReq.method}\0${principalOf(context)?.subject ?? ''}`,
  })
  return async ({ era, subscribed = new Set() }) => {
    const { capabilities } = now()
    const server = await emptyServer(now, codec)
    for (const method of Object.keys(listKeys) as (keyof Lists)[]) serveList(server, method, now)
    const tell = era === 'legacy' ? askedFor(server) : telling
    serveTools(server, now, codec, tell)
    if (capabilities.resources !== undefined) serveResources(server, now, tell)
    if (capabilities.resources !== undefined && era === 'legacy') serveSubscriptions(server, now, subscribed)
    if (capabilities.prompts !== undefined) servePrompts(server, now)
    if (capabilities.completions !== undefined) serveCompletion(server, now)
    return server
  }
}

/** What servers of skills are made by, kept so that only the first one waits. */
let extension: Promise<typeof import('./skills-extension.ts')> | undefined

/** Loads what the servers of an offer are built with beside the SDK; undefined where it is nothing. */
export async function loadFor({ skills }: Offer) {
  if (skills.length > 0) extension ??= import('./skills-extension.ts')
  return skills.length > 0 ? extension : undefined
}

/** What a server says of itself; that of a surface with skills answers what is asked of them already. */
async function emptyServer(now: () => Offer, codec: RequestStateCodec): Promise<Server> {
  const offer = now()
  const { identity, capabilities, instructions, hint } = offer
  const options = {
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
    cacheHints: Object.fromEntries(cached.map((method) => [method, hint])),
    requestState: { verify: codec.verify },
  }
  return (await loadFor(offer))?.skilledServer(identity, options, now) ?? new Server(identity, options)
}

// The SDK's types are zod's; ours are the same wire shapes, read from the capability.

function serveList(server: Server, method: keyof Lists, now: Offered) {
  if (!isOffered(method, now().capabilities)) return
  server.setRequestHandler(method, async ({ params }, context) => {
    const page = now(principalOf(context)?.access).lists[method](params?.cursor)
    if (page === undefined) throw invalidParams('There is no such page. Ask for the list from its beginning.')
    const { items, nextCursor } = page
    return { [listKeys[method]]: [...items], ...(nextCursor === undefined ? {} : { nextCursor }) } as never
  })
}

function serveTools(server: Server, now: () => Offer, codec: RequestStateCodec, tell: Tell) {
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const { tools } = now()
    const { name } = params
    const answering = tools.call(name, params.arguments, {
      call: callOf(server, context, name, tell),
      carrier: carrierOf(params._meta, headersOf(context)),
      client: clientOf(server, context),
    })
    if (answering === undefined) throw invalidParams(`Unknown tool: ${name}`)
    const answer = await answering
    const { isError, structured, required, seen } = answer
    if (required !== undefined) {
      const { requests, state } = required
      const requestState = await codec.mint(state, context)
      return inputRequired({ inputRequests: requests as never, requestState }) as never
    }
    const result = {
      content: [...contentOf(answer, knowsLinks(server))],
      isError,
      ...(structured === undefined ? {} : { structuredContent: structured }),
      ...(seen === undefined ? {} : { _meta: { seen } }),
    }
    return server.projectCallToolResult(result as never, tools.outputSchema(name) as never)
  })
}

/** Clients of older revisions refuse an answer with a block that they do not know. */
function knowsLinks(server: Server): boolean {
  return (server.getNegotiatedProtocolVersion() ?? '') >= '2025-06-18'
}

function clientOf(server: Server, { mcpReq }: ServerContext): ToolClient {
  const envelope: { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } | undefined = mcpReq.envelope
  const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {}
  const { elicitation } = declared
  // A client that names no mode means the form (2025-11-25, Elicitation).
  const asks = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)
  const { inputResponses: responses } = mcpReq
  return { asks, declared, state: mcpReq.requestState(), ...(responses === undefined ? {} : { responses }) }
}

function serveResources(server: Server, now: () => Offer, tell: Tell) {
  server.setRequestHandler('resources/read', async ({ params: { uri, _meta } }, context) => {
    const carrier = carrierOf(_meta, headersOf(context))
    const { resources } = now()
    const reading = resources.read(uri, { call: callOf(server, context, uri, tell), carrier })
    if (reading === undefined) throw new ResourceNotFoundError(uri)
    return { contents: [await told(reading)], ...(resources.isShared(uri) ? {} : { cacheScope: 'private' as const }) }
  })
}

/** Files change with a reload only, which `sdk-endpoint.ts` tells. */
function serveSubscriptions(server: Server, now: () => Offer, subscribed: Set<string>) {
  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    if (!now().resources.serves(uri)) throw new ResourceNotFoundError(uri)
    if (subscribed.size >= mostSubscribed && !subscribed.has(uri))
      throw invalidParams(`A client can subscribe to ${mostSubscribed} resources. Unsubscribe from others first.`)
    subscribed.add(uri)
    return {}
  })
  server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
    subscribed.delete(uri)
    return {}
  })
}

function servePrompts(server: Server, now: () => Offer) {
  server.setRequestHandler('prompts/get', async ({ params }, context) => {
    const { prompts } = now()
    const prompt = prompts.listed.find(({ name }) => name === params.name)
    if (prompt === undefined) throw invalidParams(`Unknown prompt: ${params.name}`)
    const { args, requests } = filled(prompt, params.arguments ?? {}, clientOf(server, context))
    if (requests !== undefined) return inputRequired({ inputRequests: requests as never }) as never
    const answer = await told(Promise.resolve().then(() => prompts.get(params.name, args)))
    return { ...answer } as never
  })
}

function serveCompletion(server: Server, now: Offered) {
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument } }, context) => {
    const completion = now(principalOf(context)?.access).complete(ref as CompletionRef, argument.name, argument.value)
    if (completion === undefined) throw invalidParams(`There is nothing called "${argument.name}" to complete.`)
    return { completion: { ...completion } }
  })
}

/** A fault of ours as the protocol tells it where a result can't. */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    const { code, message } = rpcErrorOf(error)
    throw new ProtocolError(code, message)
  }
}

function invalidParams(message: string): ProtocolError {
  return new ProtocolError(-32602, message)
}

/** None over stdio. */
function headersOf({ http }: ServerContext): Carrier {
  return Object.fromEntries(http?.req?.headers ?? [])
}

/** What the HTTP side knows of the caller comes back from the SDK as it was given (`http.ts`). */
function principalOf({ http }: ServerContext): Principal | undefined {
  return http?.authInfo?.extra?.principal as Principal | undefined
}

/** Ends with the request, and tells the client how far it is if it wants to hear. */
function callOf(server: Server, context: ServerContext, name: string, tell: Tell): Call {
  const call = newCall(undefined, principalOf(context))
  const { signal } = context.mcpReq
  if (signal.aborted) cancel(call)
  else signal.addEventListener('abort', () => cancel(call), { once: true })
  call.told = (event) => tell(context, name, event)
  const wrong = readCallMeta(context.mcpReq._meta, call)
  if (wrong !== undefined) throw invalidParams(wrong)
  call.from = () => ({ surface: 'mcp', ...nameOf(clientInfoOf(server, context)) })
  return call
}

function clientInfoOf(server: Server, { mcpReq }: ServerContext): unknown {
  const envelope: { readonly [CLIENT_INFO_META_KEY]?: unknown } | undefined = mcpReq.envelope
  return envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion()
}
