/** Keeps web pages out of servers on this machine: DNS rebinding and cross-site calls (MCP security, Host and Origin). */

import type { IncomingMessage } from 'node:http'
import { OperationError } from '../errors.ts'
import { type Handler, sendProblem } from './http.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

/** Whether an address is reached from this machine only. */
export function isLoopback(address: string): boolean {
  return loopback.has(address)
}

/**
 * Refuses what a browser was tricked into sending. A surface on a loopback address answers to loopback host names only;
 * everywhere, an `Origin` must be the surface's own, or one that is `allowed`.
 */
export function guarded(
  handler: Handler,
  address: string,
  allowed: (origin: string) => boolean = () => false,
): Handler {
  const local = isLoopback(address)
  return (req, res) => {
    if (admits(req, local, allowed)) return handler(req, res)
    sendProblem(
      res,
      new OperationError('forbidden', 'this request comes from a web page of another origin, or names another host'),
    )
    return true
  }
}

function admits(req: IncomingMessage, local: boolean, allowed: (origin: string) => boolean): boolean {
  const { host, origin } = req.headers
  const hostName = nameOf(host ?? '')
  if (local && !loopback.has(hostName)) return false
  if (origin === undefined || allowed(origin)) return true
  if (!URL.canParse(origin)) return false
  const from = new URL(origin)
  return local ? loopback.has(from.hostname) : from.host === host
}

function nameOf(host: string): string {
  const port = host.lastIndexOf(':')
  return port > host.lastIndexOf(']') ? host.slice(0, port) : host
}
