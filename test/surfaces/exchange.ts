/** One HTTP exchange as the wire carries it: the target is not normalised and any header can be set, `Host` too. */

import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly bytes: Buffer
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they check
  readonly json: any
}

/** Sends one request to `base` with exactly this target, on a connection of its own. */
export function exchange(base: string, target: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined
  const content = raw ? body : JSON.stringify(body)
  const sent = {
    ...(raw ? {} : { 'content-type': 'application/json' }),
    ...(content === undefined ? {} : { 'content-length': String(Buffer.byteLength(content)) }),
    ...headers,
  }
  return new Promise<Reply>((resolve, reject) => {
    const outgoing = request(base, { method, path: target, agent: false, headers: mutable(sent) }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve(reply(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks))))
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(content)
  })
}

function mutable(headers: NonNullable<Sent['headers']>): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, typeof v === 'string' ? v : [...v]]))
}

function reply(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Reply {
  const text = bytes.toString('utf8')
  const isJson = /[/+]json/.test(headers['content-type'] ?? '') && text !== ''
  return { status, headers, text, bytes, json: isJson ? JSON.parse(text) : undefined }
}

/** Listens on a loopback port, a free one unless given, until the test ends or `atEnd` says; answers the address. */
export async function listen(
  listener: RequestListener,
  atEnd: (close: () => Promise<void>) => unknown = onTestFinished,
  port = 0,
): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  atEnd(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface Signal {
  readonly given: Promise<void>
  readonly give: () => void
}

/** Something that happens once, to be waited for. */
export function signal(): Signal {
  let give: () => void = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give: () => give() }
}
