/** A real upstream on a free loopback port: records every request and answers a script. */

import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { onTestFinished } from 'vitest'

/** A request that is expected and how it is answered. */
export interface Exchange {
  readonly request: {
    readonly method: string
    /** With its query, percent-encoded as on the wire. */
    readonly path: string
    /** JSON, compared deeply; absent = any body, or none. */
    readonly body?: unknown
  }
  readonly response: ScriptedResponse
}

/** Status 200 without a body unless said otherwise. */
export interface ScriptedResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
  /** Bytes that are no UTF-8 text. */
  readonly base64?: string
  /** Waits this long before the answer. Prefer `hang`: a test should not depend on time. */
  readonly delayMs?: number
  /** Waits until so many requests have arrived. */
  readonly afterRequests?: number
  /** Closes the connection in place of an answer, or after `json` or `text` when `headers` promise a longer body. */
  readonly reset?: true
  /** Never answers. */
  readonly hang?: true
}

/** A request as it arrived. `body` is its text, '' when there was none. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case; a header that came more than once holds all its values, joined by ', '. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** When what was opened is closed. */
export interface Ending {
  /** Default: `onTestFinished`, which knows one test at a time. Concurrent tests pass the one of their context. */
  readonly atEnd?: (close: () => Promise<void>) => void
}

export interface StubUpstream {
  /** Base address, without a trailing slash. */
  readonly url: string
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly RecordedRequest[]
  /** The requests the script did not foresee; they were answered 599. */
  readonly unexpected: readonly RecordedRequest[]
  readonly close: () => Promise<void>
}

/**
 * Starts an upstream that closes when the test ends. Of the exchanges that fit a request the first one not used yet
 * answers, else the last one, so a script may say "503, then 200" and an exchange may serve any number of calls.
 */
export async function startUpstream(
  exchanges: readonly Exchange[] = [],
  { atEnd = onTestFinished }: Ending = {},
): Promise<StubUpstream> {
  const requests: RecordedRequest[] = []
  const unexpected: RecordedRequest[] = []
  const used = new Set<Exchange>()
  const arrivals = new EventEmitter()
  const arrived = async (count: number) => {
    while (requests.length < count) await once(arrivals, 'request')
  }
  const server = createServer(async (req, res) => {
    const request = await record(req)
    requests.push(request)
    arrivals.emit('request')
    const fitting = exchanges.filter((exchange) => fits(exchange, request))
    const exchange = fitting.find((e) => !used.has(e)) ?? fitting.at(-1)
    if (exchange === undefined) unexpected.push(request)
    else used.add(exchange)
    const response = exchange?.response ?? surprise(request, exchanges)
    await arrived(response.afterRequests ?? 0)
    answer(response, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  atEnd(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, unexpected, close }
}

async function record(req: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(req.headersDistinct).map(([name, values]) => [name, values?.join(', ')]),
  )
  return { method: req.method ?? '', path: req.url ?? '', headers, body: Buffer.concat(chunks).toString() }
}

function fits({ request }: Exchange, { method, path, body }: RecordedRequest): boolean {
  if (request.method !== method || request.path !== path) return false
  return request.body === undefined || isDeepStrictEqual(parsed(body), request.body)
}

/** A body as JSON, or as the text it is. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function surprise({ method, path, body }: RecordedRequest, exchanges: readonly Exchange[]): ScriptedResponse {
  const expected = exchanges.map(({ request }) => `${request.method} ${request.path}`)
  return {
    status: 599,
    json: { message: `unexpected ${method} ${path} ${body}; the script has ${expected.join(', ') || 'nothing'}` },
  }
}

function answer(response: ScriptedResponse, res: ServerResponse) {
  if (response.hang === true) return
  if (response.delayMs === undefined) write(response, res)
  else setTimeout(() => write(response, res), response.delayMs)
}

function write({ status = 200, headers = {}, json, text, base64, reset }: ScriptedResponse, res: ServerResponse) {
  const said = text ?? (json === undefined ? '' : JSON.stringify(json))
  const body = base64 === undefined ? said : Buffer.from(base64, 'base64')
  if (reset === true && body === '') return res.destroy()
  res.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
  if (reset === true) res.write(body, () => res.destroy())
  else res.end(body)
}
