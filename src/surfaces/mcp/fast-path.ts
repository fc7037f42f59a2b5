/**
 * The plain requests of revision 2026-07-28 — discover, list, call — answered without the SDK's per-request server,
 * transport and web streams. It takes only what it can answer exactly as the SDK would; everything else, and everything
 * that is not quite right, goes to the SDK, so that there is one place where faults of the protocol are told.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { cancel, newCall } from '../../runtime/call.ts'
import { type MessagePoint, messagePoint } from '../../runtime/telemetry/points.ts'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import type { Telemetry } from '../../runtime/telemetry/telemetry.ts'
import { callerOf } from '../caller.ts'
import { send } from '../http.ts'
import { isOffered, type Lists, listKeys, type Offer } from './offer.ts'
import { carrierOf, contentOf, type Tools } from './tools.ts'

export const revision = '2026-07-28'

interface PlainRequest {
  readonly id: string | number
  readonly method: string
  readonly params: {
    readonly name?: unknown
    readonly arguments?: unknown
    readonly cursor?: string | undefined
    readonly _meta: Carrier
  }
}

/** Answers a parsed POST, or says it is not one of its own. */
export type FastPath = (message: unknown, req: IncomingMessage, res: ServerResponse) => boolean

export function fastPath(offer: Offer, telemetry: Telemetry | undefined): FastPath {
  const meta = `"_meta":${JSON.stringify({ 'io.modelcontextprotocol/serverInfo': offer.identity })}`
  const { ttlMs, cacheScope } = offer.hint
  const hints = `"ttlMs":${ttlMs},"cacheScope":${JSON.stringify(cacheScope)}`
  const complete = `"resultType":"complete",${meta}`
  const ready = new Map(readyLists(offer, complete, hints))
  const discover = discoverResult(offer, complete, hints)
  const points = new Map<string, MessagePoint>()
  if (telemetry !== undefined)
    for (const method of [...ready.keys(), 'server/discover']) points.set(method, messagePoint(telemetry, method))
  return (message, req, res) => {
    const request = plainRequest(message, req)
    if (request === undefined) return false
    const { method, params } = request
    if (method === 'tools/call') return callTool(request, complete, offer.tools, req, res)
    if (method !== 'server/discover' && params.name !== undefined) return false
    const result = method === 'server/discover' ? discover : ready.get(method)?.get(params.cursor)
    if (result === undefined) return false
    return observed(points.get(method), request, req, () => reply(res, request.id, result))
  }
}

/** Every page of every list that is offered, as text, by its cursor. */
function* readyLists({ lists, capabilities }: Offer, complete: string, hints: string) {
  for (const method of Object.keys(listKeys) as (keyof Lists)[]) {
    if (!isOffered(method, capabilities)) continue
    const pages = new Map<unknown, string>()
    let cursor: string | undefined
    do {
      const page = lists[method](cursor)
      const next = page?.nextCursor
      const more = next === undefined ? '' : `,"nextCursor":${JSON.stringify(next)}`
      pages.set(cursor, `{${complete},"${listKeys[method]}":${JSON.stringify(page?.items)}${more},${hints}}`)
      cursor = next
    } while (cursor !== undefined)
    yield [method as string, pages] as const
  }
}

function discoverResult({ capabilities, instructions }: Offer, complete: string, hints: string): string {
  const said = instructions === undefined ? '' : `,"instructions":${JSON.stringify(instructions)}`
  const can = JSON.stringify(capabilities)
  return `{${complete},"supportedVersions":["${revision}"],"capabilities":${can}${said},${hints}}`
}

function reply(res: ServerResponse, id: string | number, result: string): boolean {
  send(res, 200, `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, 'application/json')
  return true
}

function observed(
  point: MessagePoint | undefined,
  request: PlainRequest,
  req: IncomingMessage,
  run: () => boolean,
): boolean {
  const span = point?.begin(carrierOf(request.params._meta, req.headers))
  const done = run()
  if (span !== undefined) point?.end(span, false)
  return done
}

function callTool(
  { id, params }: PlainRequest,
  complete: string,
  tools: Tools,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  if (params.cursor !== undefined) return false
  if (!tools.isPlain(params.name as string, params._meta.progressToken !== undefined)) return false
  const call = newCall(undefined, callerOf(req)?.principal)
  const carrier = carrierOf(params._meta, req.headers)
  const answering = tools.call(params.name as string, params.arguments, { call, carrier })
  if (answering === undefined) return false
  res.on('close', () => {
    if (!res.writableFinished) cancel(call)
  })
  void answering.then((answer) => {
    const { isError, json } = answer
    const structured = json === undefined ? '' : `,"structuredContent":${json}`
    reply(res, id, `{${complete},"content":${JSON.stringify(contentOf(answer))}${structured},"isError":${isError}}`)
  })
  return true
}

/**
 * A request that is in order beyond doubt (2026-07-28: the message, its envelope, its mirrored headers), else undefined.
 * What this does not know by name may be wrong in a way that only the SDK can tell.
 */
function plainRequest(message: unknown, req: IncomingMessage): PlainRequest | undefined {
  if (!isObject(message) || !hasOnly(message, messageKeys)) return undefined
  const { jsonrpc, id, method, params } = message
  if (jsonrpc !== '2.0' || !isId(id) || typeof method !== 'string') return undefined
  if (!isObject(params) || !hasOnly(params, paramKeys)) return undefined
  const { _meta, name, arguments: args, cursor } = params
  if (!isObject(_meta) || !enveloped(_meta) || !mirrored(req.headers, method, name)) return undefined
  if (cursor !== undefined && typeof cursor !== 'string') return undefined
  if (args !== undefined && !isObject(args)) return undefined
  return { id, method, params: { name, arguments: args, cursor, _meta } }
}

const messageKeys = new Set(['jsonrpc', 'id', 'method', 'params'])
const paramKeys = new Set(['_meta', 'name', 'arguments', 'cursor'])
const envelopeKeys = new Set([
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientInfo',
  'io.modelcontextprotocol/clientCapabilities',
  'progressToken',
  'traceparent',
  'tracestate',
  'baggage',
])
const clientKeys = new Set(['name', 'version', 'title', 'description', 'websiteUrl'])
const capabilityKeys = new Set(['roots', 'sampling', 'elicitation', 'context', 'tools', 'form', 'url', 'listChanged'])

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(value: Record<string, unknown>, keys: ReadonlySet<string>): boolean {
  for (const key in value) if (!keys.has(key)) return false
  return true
}

function enveloped(meta: Record<string, unknown>): boolean {
  if (!hasOnly(meta, envelopeKeys)) return false
  const client = meta['io.modelcontextprotocol/clientInfo']
  const { progressToken } = meta
  return (
    (progressToken === undefined || isId(progressToken)) &&
    meta['io.modelcontextprotocol/protocolVersion'] === revision &&
    areCapabilities(meta['io.modelcontextprotocol/clientCapabilities']) &&
    (client === undefined || isClientInfo(client))
  )
}

/** Objects of objects with the names we know; the one flag among them is a boolean. */
function areCapabilities(value: unknown): boolean {
  if (!isObject(value) || !hasOnly(value, capabilityKeys)) return false
  for (const key in value)
    if (key === 'listChanged' ? typeof value[key] !== 'boolean' : !areCapabilities(value[key])) return false
  return true
}

function isClientInfo(client: unknown): boolean {
  if (!isObject(client) || !hasOnly(client, clientKeys)) return false
  for (const key in client) if (typeof client[key] !== 'string') return false
  return 'name' in client && 'version' in client
}

const jsonType = /^application\/json(?:;\s*charset=utf-8)?$/i

function mirrored(headers: IncomingMessage['headers'], method: string, name: unknown): boolean {
  const accept = headers.accept ?? ''
  return (
    headers['mcp-protocol-version'] === revision &&
    headers['mcp-method'] === method &&
    (method !== 'tools/call' || (typeof name === 'string' && headers['mcp-name'] === name)) &&
    jsonType.test(headers['content-type'] ?? '') &&
    accept.includes('application/json') &&
    accept.includes('text/event-stream')
  )
}
