/** How a caller asks, over REST and MCP of both eras, and what it is told. */

import { Agent, request } from 'node:http'

const revision = '2026-07-28'
const accepting = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const clientInfo = { name: 'soak', version: '1.0.0' }
const _meta = {
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
}

const routes = {
  'list-files': ({ model_id, days }) => ['GET', `${model_id}/files?days=${days}`],
  'get-file': ({ model_id, request_file_id }) => ['GET', `${model_id}/files/${request_file_id}`],
  'get-page': ({ model_id, page_id }) => ['GET', `${model_id}/pages/${page_id}`],
  'approve-file': ({ model_id, request_file_id }) => ['POST', `${model_id}/files/${request_file_id}/approve`],
  'unapprove-file': ({ model_id, request_file_id }) => ['POST', `${model_id}/files/${request_file_id}/unapprove`],
  'delete-file': ({ model_id, request_file_id }) => ['DELETE', `${model_id}/files/${request_file_id}`],
  'update-fields': ({ model_id, page_id, ...body }) => ['PATCH', `${model_id}/pages/${page_id}`, body],
  'assign-files': ({ model_id, ...body }) => ['POST', `${model_id}/assignments`, body],
  'retry-exports': ({ model_id, ...body }) => ['POST', `${model_id}/export-retries`, body],
}

function overRest() {
  return {
    name: 'REST',
    ask: async (web, { flow, input, key }) => {
      const [method, path, body] = routes[flow](input)
      const headers = {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': `"${key}"` }),
      }
      const answer = await web.send('rest', { method, path: `/v1/models/${path}`, headers, body })
      return toldOverRest(answer)
    },
  }
}

function overMcp2026() {
  return {
    name: 'MCP 2026-07-28',
    ask: async (web, { flow, input, key }) => {
      const headers = {
        ...accepting,
        'mcp-protocol-version': revision,
        'mcp-method': 'tools/call',
        'mcp-name': flow,
      }
      const own = key === undefined ? _meta : { ..._meta, 'idempotency-key': key }
      const body = message('tools/call', { _meta: own, name: flow, arguments: input })
      return toldOverMcp(await web.send('mcp', { method: 'POST', path: '/mcp', headers, body }))
    },
  }
}

/** Has a session, and opens another one where that is not known any more. */
function overMcp2025() {
  let session
  const open = async (web) => {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }
    const answer = await web.send('mcp', post(accepting, message('initialize', params)))
    if (answer.status !== 200) return undefined
    return { 'mcp-protocol-version': '2025-11-25', ...sessionOf(answer) }
  }
  return {
    name: 'MCP 2025-11-25',
    ask: async (web, { flow, input, key }) => {
      session ??= await open(web)
      if (session === undefined) return { what: 'lost', detail: 'no session' }
      const own = key === undefined ? {} : { _meta: { 'idempotency-key': key } }
      const body = message('tools/call', { ...own, name: flow, arguments: input })
      const answer = await web.send('mcp', post({ ...accepting, ...session }, body))
      if (answer.status !== 404) return toldOverMcp(answer)
      session = undefined
      return { what: 'lost', detail: 'the session is gone' }
    },
  }
}

const post = (headers, body) => ({ method: 'POST', path: '/mcp', headers, body })

function sessionOf({ headers }) {
  const id = headers['mcp-session-id']
  return id === undefined ? {} : { 'mcp-session-id': id }
}

/** Makers of ways, in turn for the callers. */
export const ways = [overRest, overMcp2026, overMcp2025]

let serial = 0

function message(method, params) {
  serial += 1
  return { jsonrpc: '2.0', id: serial, method, params }
}

/**
 * What an answer says of a write: `done`, `refused` (it was not made), `again` (it was not made, and may be repeated),
 * `pending` (it waits for a person), `unknown`, or `broken`: something that no caller may ever see.
 */
export function toldOverRest({ status, text }) {
  if (status === 202) return { what: 'pending', detail: parsed(text)?.approval }
  if (status >= 200 && status < 300) return { what: 'done', detail: String(status) }
  const problem = parsed(text)
  const code = /^urn:capability:problem:(.+)$/.exec(problem?.type)?.[1]
  const detail = `${status} ${code ?? text.slice(0, 200)}`
  if (code === undefined || code === 'internal' || code === 'key-reused') return { what: 'broken', detail }
  if (isDoubtful(problem.detail)) return { what: 'unknown', detail }
  const upstream = problem.upstream?.status
  return { what: verdictOf(upstream, problem.retryable === true, isKnown(code)), detail, upstream }
}

const unsure = ['upstream-unreachable', 'upstream-timeout', 'upstream-unreadable', 'upstream-refused']
const unsureToo = ['unmappable-output', 'cancelled', 'outcome-unknown', 'unavailable', 'script-failed']
const isKnown = (code) => !unsure.includes(code) && !unsureToo.includes(code)

/** A tool result says the same in words. */
export function toldOverMcp({ status, text }) {
  if (status === 503) return { what: 'lost', detail: 'the server is stopping' }
  const found = parsed(text.startsWith('{') ? text : lastEvent(text))
  const { result, error } = found ?? {}
  if (result === undefined)
    return { what: 'broken', detail: `${status} ${JSON.stringify(error) ?? text.slice(0, 200)}` }
  const said = result.content?.[0]?.text ?? ''
  const detail = said.split('\n', 1)[0].slice(0, 100)
  if (result.isError !== true) return { what: 'done', detail: 'ok' }
  if (/^(Internal error|Key used before)/.test(said)) return { what: 'broken', detail }
  if (said.startsWith('Approval needed')) return { what: 'pending', detail: /\bap_\w+/.exec(said)?.[0] }
  if (isDoubtful(said)) return { what: 'unknown', detail }
  const upstream = Number(/\((\d{3}) from "/.exec(said)?.[1] ?? Number.NaN)
  const sure = /^(Invalid input|Refused|Not allowed|Declined|Approval needed)/.test(said)
  return {
    what: verdictOf(upstream, /may be repeated/.test(said), sure && !/^Refused by/.test(said)),
    detail,
    upstream,
  }
}

/** A refusal of what was sent again after a try without an answer. */
const isDoubtful = (said) => /it may have been made/.test(said)

const lastEvent = (text) => text.slice(text.lastIndexOf('data:') + 5)

function verdictOf(upstream, retryable, known) {
  if (retryable) return 'again'
  if (known) return 'refused'
  return upstream >= 400 && upstream < 500 && upstream !== 408 ? 'refused' : 'unknown'
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Longer than any call may take: who has no answer by then hangs. */
export const patienceMs = 60_000

/**
 * Connections to surfaces whose addresses may change. `send` answers `{ status, headers, text }`, and throws `Lost` where
 * there is none, with `why` = `gone` (the connection), `left` (the caller went, after `leaveMs`) or `hung`.
 */
export function createWeb(addresses, heard) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4096 })
  const sendOnce = (surface, { method, path, headers, body }, leaveMs) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }
      const options = { method, path, agent, headers: { ...headers, ...length } }
      let why = 'gone'
      const outgoing = request(addresses()[surface] + path, options, (incoming) => {
        const chunks = []
        incoming.on('data', (chunk) => chunks.push(chunk))
        incoming.on('error', (error) => reject(new Lost(why, error)))
        incoming.on('end', () => {
          const answer = { status: incoming.statusCode, headers: incoming.headers, text: String(Buffer.concat(chunks)) }
          heard(answer)
          resolve(answer)
        })
      })
      const timer = setTimeout(() => {
        why = leaveMs === undefined ? 'hung' : 'left'
        outgoing.destroy()
      }, leaveMs ?? patienceMs)
      outgoing.on('error', (error) => reject(new Lost(why, error)))
      outgoing.on('close', () => {
        clearTimeout(timer)
        reject(new Lost(why))
      })
      outgoing.end(text)
    })
  return {
    leaving: (leaveMs) => ({ send: (surface, sent) => sendOnce(surface, sent, leaveMs) }),
    close: () => agent.destroy(),
  }
}

/** An answer that did not come. */
export class Lost extends Error {
  constructor(why, cause) {
    super(why, { cause })
    this.why = why
  }
}
