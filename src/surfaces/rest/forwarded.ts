/** A forwarded answer, handed on while it comes. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sink } from '../../runtime/call.ts'
import type { Forwarder } from '../../runtime/forward.ts'
import { inert, toldOf } from '../http.ts'

/** Headers of one connection (RFC 9110 §7.6.1), and what an upstream must not say in the name of this server. */
const held = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authentication-info', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'date', 'via', 'x-request-id'],
  ...['set-cookie', 'set-cookie2', 'alt-svc', 'strict-transport-security', 'public-key-pins', 'clear-site-data'],
  ...['content-security-policy', 'x-content-type-options', 'refresh'],
])

interface From {
  readonly to: Forwarder
  /** What stands before the forwarded part of the path here. */
  readonly prefix: string
}

/** Writes an answer to a response at the pace at which the caller reads. */
export function responseSink(req: IncomingMessage, res: ServerResponse, from: From): Sink {
  return {
    head: (status, headers, resume) => {
      if ((status === 401 || status === 407) && from.to.hasCredential) return false
      res.on('drain', resume)
      res.writeHead(status, [...passing(headers, from), ...inert, ...toldOf(res)])
      return true
    },
    data: (chunk) => req.method === 'HEAD' || res.write(chunk),
    end: () => void res.end(),
  }
}

function passing(headers: readonly string[], from: From): string[] {
  const names = headers.filter((_, i) => i % 2 === 0)
  const connection = names.flatMap((name, i) => (isConnection(name) ? listed(headers[i * 2 + 1] ?? '') : []))
  const dropped = new Set([...held, ...connection])
  return names.flatMap((name, i) => {
    const [lower, value] = [name.toLowerCase(), headers[i * 2 + 1] ?? '']
    if (dropped.has(lower) || lower.startsWith('access-control-')) return []
    return [name, lower === 'location' || lower === 'content-location' ? addressHere(value, from) : value]
  })
}

const isConnection = (name: string) => name.toLowerCase() === 'connection'
const listed = (value: string) => value.split(',').map((name) => name.trim().toLowerCase())

/** An address below the base of the API is reached through this server; every other one stays as it is. */
function addressHere(value: string, { to, prefix }: From): string {
  const base = `${to.origin}${to.basePath}`
  if (!URL.canParse(value, to.origin)) return value
  const { origin, pathname, search, hash } = new URL(value, to.origin)
  const below = pathname === to.basePath || pathname.startsWith(`${to.basePath}/`)
  if (`${origin}${to.basePath}` !== base || !below) return value
  return `${prefix}${pathname.slice(to.basePath.length)}${search}${hash}` || '/'
}
