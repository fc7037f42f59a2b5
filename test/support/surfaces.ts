/** Every way to call an operation, each told in the same words: a value, nothing, or a fault. */

import { type IncomingMessage, request } from 'node:http'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { call, faultText, type OpenOptions, OperationError, type RoutePlan, serveStdio } from '../../src/index.ts'
import type { ContentBlock } from '../../src/surfaces/mcp/content.ts'
import { problemOf } from '../../src/surfaces/problem.ts'
import { serveFile } from './serve.ts'
import type { Ending } from './upstream.ts'

/** What is called, in which capability file. */
export interface Call {
  readonly file: string
  /** Name of the flow, and of the REST operation and the MCP tool that refer to it. */
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** The file declares port 0 for every surface. */
  readonly options: OpenOptions & { readonly atEnd: NonNullable<Ending['atEnd']> }
}

/** A fault as a surface tells it. What a surface does not tell is absent. */
export interface Fault {
  readonly type: 'fault'
  readonly title: string
  /** Everything the caller can read. */
  readonly text: string
  readonly pointers: readonly string[]
  readonly retryable: boolean
  readonly status?: number
  readonly retryAfterSeconds?: number
}

/** `status` where the surface has one. */
export type Answer =
  | { readonly type: 'value'; readonly value: unknown; readonly status?: number }
  | { readonly type: 'nothing' }
  | Fault

export type Surface = (call: Call) => Promise<Answer>

const client = { name: 'scenarios', version: '1.0.0' }
/** Somebody sits at every client, and says yes to what it asks. */
const capabilities = { elicitation: { form: {} } }
const old = { capabilities }
const modern = { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } } as const
const yes = { action: 'accept', content: { confirm: true } } as const

/** The surfaces by name. */
export const surfaces: Readonly<Record<string, Surface>> = {
  REST: overRest,
  'MCP 2026-07-28': (c) =>
    overMcp(c, agreeing(new Client(client, modern)), (url) => new StreamableHTTPClientTransport(url)),
  'MCP 2025': (c) => overMcp(c, agreeing(new Client(client, old)), (url) => new StreamableHTTPClientTransport(url)),
  'MCP of a classic client': (c) => overMcp(c, agreeingClassic(), (url) => new ClassicTransport(url)),
  'MCP on stdio': (c) => overStdio(c, agreeing(new Client(client, modern))),
  call: directly,
}

async function directly({ file, operation, input, options }: Call): Promise<Answer> {
  try {
    const { text, value, status, binary } = await call(file, operation, input, options)
    if (binary !== undefined)
      return { type: 'value', value: bytesOf(binary.mediaType, binary.bytes.toString('base64')), status }
    return text === undefined ? { type: 'nothing' } : { type: 'value', value, status }
  } catch (error) {
    if (!(error instanceof OperationError)) throw error
    const { body, status } = problemOf(error)
    return { ...faultOfText(faultText(error)), title: body.title, status, retryable: error.retryable }
  }
}

/** Bytes as every surface tells them, in one form. */
function bytesOf(mediaType: string, base64: string) {
  return { mediaType, base64 }
}

// REST

async function overRest({ file, operation, input, options }: Call): Promise<Answer> {
  const { running, url } = await serveFile(file, { ...options, ports: {} })
  const routes = running.capability.plan.surfaces.flatMap((surface) => (surface.type === 'rest' ? surface.routes : []))
  const route = routes.find(({ name }) => name === operation)
  if (route === undefined) throw new Error(`no route is called "${operation}"`)
  const answer = await send(url('rest'), requestOf(route, input))
  if (answer.status >= 400) return problem(answer)
  if (answer.status === 204) return { type: 'nothing' }
  const type = answer.headers['content-type'] ?? ''
  const value = type.startsWith('application/json')
    ? JSON.parse(answer.text)
    : bytesOf(type, answer.bytes.toString('base64'))
  return { type: 'value', value, status: answer.status }
}

interface RestRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The request that carries an input to where the route reads it. A name it does not know goes where the others go. */
export function requestOf(route: RoutePlan, input: Readonly<Record<string, unknown>>): RestRequest {
  const places = new Map(route.parameters.map((p) => [p.name, p]))
  const elsewhere = route.parameters.some((p) => p.in === 'body') ? 'body' : 'query'
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  const body: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    const place = places.get(name)?.in ?? elsewhere
    if (place === 'body') body[name] = value
    if (place === 'header') headers[name] = asText(value)
    if (place === 'cookie')
      headers.cookie = `${headers.cookie ?? 'other=1'}; ${name}=${encodeURIComponent(asText(value))}`
    if (place === 'query') for (const one of [value].flat()) query.append(name, asText(one))
  }
  const path = route.path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(asText(input[name])))
  const hasBody = elsewhere === 'body'
  return {
    method: route.method,
    path: query.size === 0 ? path : `${path}?${query}`,
    headers: hasBody ? { ...headers, 'content-type': 'application/json' } : headers,
    body: hasBody ? JSON.stringify(body) : undefined,
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

interface RestAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly bytes: Buffer
}

/** Sends a path as it stands; `fetch` would resolve its dots. */
export function send(origin: string, { method, path, headers, body }: RestRequest): Promise<RestAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    const sending = request({ hostname, port, method, path, headers, agent: false }, async (res) => {
      const chunks: Buffer[] = []
      for await (const chunk of res) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      resolve({ status: res.statusCode ?? 0, headers: res.headers, text: bytes.toString(), bytes })
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

/** RFC 9457, and the header that repeats when to come again. */
function problem({ status, headers, text }: RestAnswer): Fault {
  if (headers['content-type'] !== 'application/problem+json') throw new Error(`a fault that is no problem: ${text}`)
  const said = JSON.parse(text)
  if (said.status !== status) throw new Error(`status ${status} tells ${said.status}`)
  if (String(said.retry_after_seconds) !== String(headers['retry-after'])) throw new Error(`Retry-After: ${text}`)
  return {
    type: 'fault',
    title: said.title,
    text,
    pointers: (said.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
    retryable: said.retryable ?? false,
    status,
    ...(said.retry_after_seconds === undefined ? {} : { retryAfterSeconds: said.retry_after_seconds }),
  }
}

// MCP

function agreeing(client: Client): Client {
  client.setRequestHandler('elicitation/create', async () => yes)
  return client
}

function agreeingClassic(): ClassicClient {
  const classic = new ClassicClient(client, old)
  classic.setRequestHandler(ElicitRequestSchema, async () => yes)
  return classic
}

/** What the clients of both packages have in common. */
interface McpClient<T> {
  connect(transport: T): Promise<void>
  listTools(): Promise<unknown>
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

async function overMcp<T>(to: Call, client: McpClient<T>, transport: (url: URL) => T): Promise<Answer> {
  const { url } = await serveFile(to.file, { ...to.options, ports: {} })
  return useTool(to, client, transport(new URL('/mcp', url('mcp'))))
}

async function overStdio(to: Call, client: McpClient<Transport>): Promise<Answer> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const serving = serveStdio(to.file, to.options, { input, output } as unknown as Parameters<typeof serveStdio>[2])
  const [answer] = await Promise.all([useTool(to, client, lines(output, input)), serving])
  return answer
}

/** Lists first, as hosts do: from then on the client checks what the tool answers against its `outputSchema`. */
async function useTool<T>({ operation, input }: Call, client: McpClient<T>, transport: T): Promise<Answer> {
  await client.connect(transport)
  try {
    await client.listTools()
    return toolAnswer((await client.callTool({ name: operation, arguments: { ...input } })) as ToolResult)
  } finally {
    await client.close()
  }
}

/** MCP over a pair of streams: one JSON-RPC message a line. */
export function lines(from: Readable, to: Writable): Transport {
  let rest = ''
  const transport: Transport = {
    start: async () => {
      from.on('data', (chunk: Buffer) => {
        const pieces = (rest + chunk.toString()).split('\n')
        rest = pieces.pop() ?? ''
        for (const piece of pieces) transport.onmessage?.(JSON.parse(piece))
      })
    },
    send: async (message) => void to.write(`${JSON.stringify(message)}\n`),
    close: async () => {
      to.end()
      transport.onclose?.()
    },
  }
  return transport
}

interface ToolResult {
  readonly content: readonly ContentBlock[]
  readonly isError?: boolean
  readonly structuredContent?: unknown
}

function toolAnswer({ content, isError, structuredContent }: ToolResult): Answer {
  const [block] = content
  if (block?.type === 'resource')
    return {
      type: 'value',
      value: bytesOf(block.resource.mimeType ?? '', 'blob' in block.resource ? block.resource.blob : ''),
    }
  if (block?.type === 'image' || block?.type === 'audio')
    return { type: 'value', value: bytesOf(block.mimeType, block.data) }
  const text = block?.type === 'text' ? block.text : ''
  if (isError === true) return faultOfText(text)
  if (text.startsWith('Done: ')) return { type: 'nothing' }
  const value = JSON.parse(text)
  const same = [JSON.stringify(value), JSON.stringify({ result: value })]
  // A 2025 client can only be given an object, so any other value comes to it as `result`.
  if (structuredContent !== undefined && !same.includes(JSON.stringify(structuredContent)))
    throw new Error(`the text says ${text}, structuredContent ${JSON.stringify(structuredContent)}`)
  return { type: 'value', value }
}

/** A fault from its plain text, as tools and the command line tell it. */
function faultOfText(text: string): Fault {
  const wait = /^Wait (\d+) seconds/m.exec(text)?.[1]
  return {
    type: 'fault',
    title: text.split(/:/)[0] ?? '',
    text,
    pointers: [...text.matchAll(/^- (\S+)/gm)].map((match) => match[1] ?? ''),
    retryable: text.includes('may be repeated'),
    ...(wait === undefined ? {} : { retryAfterSeconds: Number(wait) }),
  }
}
