/** The load generator: keep-alive connections, one request under way on each, every input unique, every answer checked. */

import { Pool } from 'undici'

let serial = 0

function document() {
  serial += 1
  return {
    document_id: `doc-${serial}`,
    amount: serial / 100,
    currency: 'EUR',
    urgent: serial % 2 === 0,
    labels: ['bench', `batch-${serial % 1000}`],
  }
}

const mapped = {
  id: '3d9c4a75-78d5-4a06-afd5-4e3b07172d80',
  state: 'queued',
  score: 0.93,
  pages: [
    { number: 0, label: 'invoice' },
    { number: 1, label: 'terms' },
  ],
  request: 'b2f1c0de-5d1c-4f4e-9c38-2f7f5f0f6a10',
}
const mappedText = JSON.stringify(mapped)

/** A REST call, and what its answer must be. */
export function restCall() {
  const body = document()
  return {
    request: {
      method: 'POST',
      path: `/v1/models/model-${serial % 1000}/documents`,
      headers: ['content-type', 'application/json', 'accept', 'application/json', 'authorization', 'Bearer bench'],
      body: JSON.stringify(body),
    },
    fits: (text) => text === mappedText,
  }
}

/** The same call to the upstream itself. */
export function upstreamCall() {
  return { ...restCall(), fits: (text) => text.startsWith('{"status":"ok"') }
}

const revision = '2026-07-28'
const accepting = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream']
const _meta = {
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
const structured = `"structuredContent":${mappedText}`

/** A message of revision 2026-07-28, or of a 2025 session. What its answer must hold is told by `holds`. */
function message(method, params, session, holds) {
  const own =
    session === undefined
      ? ['mcp-protocol-version', revision, 'mcp-method', method, ...(params.name ? ['mcp-name', params.name] : [])]
      : ['mcp-protocol-version', '2025-11-25', 'mcp-session-id', session]
  serial += 1
  const id = `"id":${serial}`
  const whole = session === undefined ? { _meta, ...params } : params
  return {
    request: {
      method: 'POST',
      path: '/mcp',
      headers: [...accepting, ...own],
      body: JSON.stringify({ jsonrpc: '2.0', id: serial, method, params: whole }),
    },
    fits: (text) => text.includes(id) && holds.every((part) => text.includes(part)),
  }
}

const answered = [structured, '"isError":false']

/** The same call as an MCP tool call, of a tool by this name; of a 2025 session where there is one. */
export function mcpCall(name = 'submit', session = undefined) {
  const params = { name, arguments: { model_id: 'model-1', ...document() } }
  return message('tools/call', params, session, answered)
}

/** A page of `tools/list`, known by the name of its last tool. */
export function mcpPage({ cursor, last }, session) {
  return message('tools/list', cursor === undefined ? {} : { cursor }, session, [`"name":"${last}"`])
}

/** Opens a session as a 2025 client does and answers its id. */
export async function openSession(url) {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } }
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params })
  const answer = await fetch(`${url}/mcp`, { method: 'POST', headers, body })
  await answer.text()
  return answer.headers.get('mcp-session-id')
}

/** Every page of `tools/list`: its cursor and the name of its last tool. */
export async function pagesAt(url) {
  const pages = []
  let cursor
  do {
    const { request } = mcpPage({ cursor }, undefined)
    const headers = Object.fromEntries(pairs(request.headers))
    const { result } = await (await fetch(`${url}/mcp`, { method: 'POST', headers, body: request.body })).json()
    pages.push({ cursor, last: result.tools.at(-1).name })
    cursor = result.nextCursor
  } while (cursor !== undefined)
  return pages
}

function* pairs(list) {
  for (let i = 0; i < list.length; i += 2) yield [list[i], list[i + 1]]
}

/** Sends one call and rejects unless the answer is the right one. `dispatch` because a cheap generator loads better. */
function send(pool, { request, fits }) {
  return new Promise((resolve, reject) => {
    let status = 0
    let text = ''
    pool.dispatch(request, {
      onConnect() {},
      onHeaders(code) {
        status = code
        return true
      },
      onData(chunk) {
        text += chunk.toString('utf8')
        return true
      },
      onComplete() {
        if (status === 200 && fits(text)) resolve()
        else reject(new Error(`${request.path}: wrong answer ${status} ${text.slice(0, 300)}`))
      },
      onError: reject,
    })
  })
}

/** A generator for one target at one number of connections; `run` keeps all of them busy and counts the answers. */
export function createLoad(url, makeCall, connections) {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const busy = async (isOver, count) => {
    while (!isOver()) {
      await send(pool, makeCall())
      count()
    }
  }
  const run = async (over) => {
    let calls = 0
    const started = performance.now()
    const isOver = () => over(calls, performance.now() - started)
    const count = () => {
      calls += 1
    }
    await Promise.all(Array.from({ length: connections }, () => busy(isOver, count)))
    return { calls, ms: performance.now() - started }
  }
  return { run, close: () => pool.close() }
}
