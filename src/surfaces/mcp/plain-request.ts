/** Requests of revision 2026-07-28 that need no more looking at. */

import type { IncomingMessage } from 'node:http'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import { listKeys } from './offer.ts'

export const revision = '2026-07-28'

export interface PlainRequest {
  readonly id: string | number
  readonly method: string
  readonly params: {
    readonly name?: string
    readonly uri?: string
    readonly arguments?: Readonly<Record<string, unknown>>
    readonly cursor?: string
    readonly _meta: Carrier
  }
}

/**
 * A request that is in order beyond doubt (2026-07-28: the message, its envelope, its mirrored headers), else undefined.
 * What this does not know by name may be wrong in a way that only the SDK can tell.
 */
export function plainRequest(message: unknown, req: IncomingMessage): PlainRequest | undefined {
  if (!isObject(message) || !hasOnly(message, messageKeys)) return undefined
  const { jsonrpc, id, method, params } = message
  if (jsonrpc !== '2.0' || !isId(id) || typeof method !== 'string' || !isObject(params)) return undefined
  const shape = shapes.get(method)
  if (shape === undefined || !hasOnly(params, shape.keys)) return undefined
  const { _meta, arguments: args, cursor } = params
  if (!isObject(_meta) || !enveloped(_meta)) return undefined
  const name = shape.mirrored === undefined ? undefined : params[shape.mirrored]
  if (shape.mirrored !== undefined && typeof name !== 'string') return undefined
  if (!mirrored(req.headers, method, name)) return undefined
  if (cursor !== undefined && typeof cursor !== 'string') return undefined
  if (args !== undefined && !isObject(args)) return undefined
  return { id, method, params: params as PlainRequest['params'] }
}

/** What the parameters of a method may be, and which of them the header `Mcp-Name` says again. */
interface Shape {
  readonly keys: ReadonlySet<string>
  readonly mirrored?: 'name' | 'uri'
}

const named: Shape = { keys: new Set(['_meta', 'name', 'arguments']), mirrored: 'name' }
const page: Shape = { keys: new Set(['_meta', 'cursor']) }
const shapes: ReadonlyMap<string, Shape> = new Map([
  ['server/discover', { keys: new Set(['_meta']) }],
  ['tools/call', named],
  ['prompts/get', named],
  ['resources/read', { keys: new Set(['_meta', 'uri']), mirrored: 'uri' }],
  ...Object.keys(listKeys).map((method) => [method, page] as const),
])
const messageKeys = new Set(['jsonrpc', 'id', 'method', 'params'])
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
    (name === undefined || headers['mcp-name'] === name) &&
    jsonType.test(headers['content-type'] ?? '') &&
    accept.includes('application/json') &&
    accept.includes('text/event-stream')
  )
}
