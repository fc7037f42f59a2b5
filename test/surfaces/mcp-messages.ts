/** MCP messages as clients write them: revision 2026-07-28 with its envelope and mirrored headers, and the 2025 ones. */

import { exchange, type Reply } from './exchange.ts'

export const revision = '2026-07-28'

export const envelope = {
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export const accepting = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** A request of revision 2026-07-28 that is in order. */
export function modern(method: string, params: Readonly<Record<string, unknown>> = {}, id: unknown = 1): Message {
  const { name = params.uri } = params
  return {
    headers: {
      ...accepting,
      'mcp-protocol-version': revision,
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': mirrored(name) } : {}),
    },
    body: { jsonrpc: '2.0', id, method, params: { _meta: envelope, ...params } },
  }
}

/** As a header can hold it (2026-07-28, Streamable HTTP). */
function mirrored(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`
}

/** A read of revision 2026-07-28. */
export function reading(uri: unknown, more: object = {}): Message {
  return modern('resources/read', { uri, ...more })
}

/** A tool call of revision 2026-07-28. */
export function toolCall(name: string, args: unknown, id: unknown = 1): Message {
  return modern('tools/call', { name, arguments: args }, id)
}

/** Posts a message to the endpoint. */
export function post(url: string, { headers, body }: Message): Promise<Reply> {
  return exchange(url, '/mcp', { method: 'POST', headers, body })
}

/** A message of a 2025 client; the session's id and revision once there are some. */
export function classic(body: object, session?: { readonly id: string; readonly revision: string }): Message {
  const own = session === undefined ? {} : { 'mcp-session-id': session.id, 'mcp-protocol-version': session.revision }
  return { headers: { ...accepting, ...own }, body: { jsonrpc: '2.0', ...body } }
}

export function initialize(protocolVersion = '2025-11-25'): Message {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1.0.0' } }
  return classic({ id: 0, method: 'initialize', params })
}

/** The message in an answer: a JSON body, or the last data event of a stream. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they check
export function messageIn(reply: Reply): any {
  if (reply.json !== undefined) return reply.json
  const data = reply.text.split('\n').filter((line) => line.startsWith('data:') && line.length > 6)
  return data.length === 0 ? undefined : JSON.parse((data.at(-1) ?? '').slice(5))
}
