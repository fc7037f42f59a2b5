/**
 * What the MCP surface is measured against: `tools/call` of revision 2026-07-28 over node:http, with the same checks of
 * envelope and mirrored headers, ajv, and the same upstream call.
 */

import { createServer } from 'node:http'
import { createJob, readJson, send } from './job.mjs'
import { listen } from './side-channel.mjs'

const job = createJob(process.argv[2])
const revision = '2026-07-28'
const meta = { 'io.modelcontextprotocol/serverInfo': { name: 'bare', version: '1.0.0' } }

const server = createServer(async (req, res) => {
  let id = null
  try {
    const message = await readJson(req)
    id = message.id ?? null
    const fault = faultOf(message, req)
    if (fault !== undefined) return send(res, 400, JSON.stringify({ jsonrpc: '2.0', id, error: fault }))
    send(res, 200, JSON.stringify({ jsonrpc: '2.0', id, result: await call(message.params.arguments) }))
  } catch (error) {
    send(res, 400, JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32700, message: error.message } }))
  }
})

async function call(args) {
  try {
    const value = await job(args)
    const content = [{ type: 'text', text: JSON.stringify(value) }]
    return { resultType: 'complete', _meta: meta, content, structuredContent: value, isError: false }
  } catch (error) {
    return { resultType: 'complete', _meta: meta, content: [{ type: 'text', text: error.message }], isError: true }
  }
}

function faultOf({ jsonrpc, id, method, params }, { headers }) {
  if (jsonrpc !== '2.0' || (typeof id !== 'string' && typeof id !== 'number'))
    return { code: -32600, message: 'Invalid request' }
  if (method !== 'tools/call' || params?.name !== 'submit') return { code: -32602, message: 'Unknown tool' }
  const envelope = params._meta
  if (
    envelope?.['io.modelcontextprotocol/protocolVersion'] !== revision ||
    typeof envelope['io.modelcontextprotocol/clientCapabilities'] !== 'object'
  )
    return { code: -32602, message: 'Invalid envelope' }
  const { accept = '' } = headers
  const mirrored =
    headers['mcp-protocol-version'] === revision &&
    headers['mcp-method'] === method &&
    headers['mcp-name'] === params.name &&
    headers['content-type']?.startsWith('application/json') &&
    accept.includes('application/json') &&
    accept.includes('text/event-stream')
  return mirrored ? undefined : { code: -32020, message: 'Headers do not match the body' }
}

listen(server)
