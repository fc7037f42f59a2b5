/** What the fixtures of `capability.yaml` read: a few bytes, parts that name the next one, and nothing else. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A red dot: one pixel. */
export const image = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
)

/** A tenth of a millisecond of silence: one sample. */
const sound = Buffer.from('UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==', 'base64')

const bytes = new Map([
  ['/image', { type: 'image/png', body: image }],
  ['/sound', { type: 'audio/wav', body: sound }],
  ['/text', { type: 'text/plain', body: 'This is the content of the static text resource.' }],
  ['/document', { type: 'application/pdf', body: Buffer.from('%PDF-1.7\n%%EOF\n') }],
])

/** Starts the upstream on a free loopback port. */
export async function startUpstream() {
  const server = createServer((req, res) => {
    const { type, body } = bytes.get(req.url ?? '') ?? { type: 'application/json', body: valueAt(req.url ?? '') }
    res.writeHead(body === undefined ? 404 : 200, { 'content-type': type })
    res.end(body ?? JSON.stringify({ message: 'There is no such thing.' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

function valueAt(path: string): string | undefined {
  const [, kind, id] = /^\/(parts|data)\/(\w+)$/.exec(path) ?? []
  if (kind === 'data') return JSON.stringify({ id, data: `Data for ID: ${id}` })
  return kind === 'parts' ? JSON.stringify({ number: Number(id), next: Number(id) + 1 }) : undefined
}
