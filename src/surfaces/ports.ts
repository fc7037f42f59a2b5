/** Ports: one server an address and port, shared by all who listen there, closed without losing what is under way. */

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { StartError } from '../errors.ts'
import { pathOf, sendUnclaimed } from './http.ts'

/** Who answers at a port. */
export interface Tenant {
  readonly namespace: string
  /** Asked where several share a port, in their order; alone, it gets every request. */
  readonly owns: (path: string) => boolean
  readonly answer: RequestListener
}

export interface Port {
  /** The real one, where any free one was asked for. */
  readonly number: number
}

export interface Place {
  readonly address: string
  /** 0 = any free one. */
  readonly port: number
  /** Who wants it, for the message when it can't be had. */
  readonly namespace: string
}

export interface Ports {
  /** The port at a place, opened when nobody has it yet. Throws StartError. */
  readonly open: (place: Place) => Promise<Port>
  /**
   * Everything that `owner` answers from now on, in one step; ports it had before and has no longer are let go. Resolves
   * when those that nobody uses are closed: idle connections at once, others when they are answered or `drainMs` is over.
   */
  readonly assign: (owner: object, tenants: ReadonlyMap<Port, readonly Tenant[]>, drainMs: number) => Promise<void>
}

interface OpenPort extends Port {
  readonly key: string
  readonly server: Server
  readonly connections: Set<Socket>
  readonly tenants: Map<object, readonly Tenant[]>
  /** Replaced as a whole, so that each request meets one state of affairs. */
  answer: RequestListener
}

export function createPorts(): Ports {
  const all = new Map<string, OpenPort>()
  const opening = async (place: Place): Promise<OpenPort> => {
    const port: { -readonly [K in keyof OpenPort]: OpenPort[K] } = {
      number: 0,
      key: '',
      server: createServer({ keepAliveTimeout: 30_000, requestTimeout: 60_000, headersTimeout: 20_000 }),
      connections: new Set(),
      tenants: new Map(),
      answer: (_, res) => sendUnclaimed(res),
    }
    port.server.on('request', (req: IncomingMessage, res: ServerResponse) => port.answer(req, res))
    port.server.on('connection', (socket: Socket) => {
      port.connections.add(socket)
      socket.once('close', () => port.connections.delete(socket))
    })
    port.number = await listen(port.server, place)
    port.key = keyOf(place.address, port.number)
    all.set(port.key, port)
    return port
  }
  return {
    open: async (place) => all.get(keyOf(place.address, place.port)) ?? opening(place),
    assign: async (owner, tenants, drainMs) => {
      const left: OpenPort[] = []
      for (const port of all.values()) {
        const own = tenants.get(port) ?? []
        if (own.length > 0) port.tenants.set(owner, own)
        else port.tenants.delete(owner)
        // What still comes over the connections of a port that closes is answered by whoever was there.
        if (port.tenants.size === 0) left.push(port)
        else port.answer = shared([...port.tenants.values()].flat())
      }
      for (const port of left) all.delete(port.key)
      await closeAll(left, drainMs)
    },
  }
}

const keyOf = (address: string, port: number) => (port === 0 ? '' : `${address} ${port}`)

/** One tenant gets everything; of several, the first one that owns the path. */
function shared(tenants: readonly Tenant[]): RequestListener {
  const [only] = tenants
  if (only === undefined) return (_, res) => sendUnclaimed(res)
  if (tenants.length === 1) return only.answer
  return (req, res) => {
    const path = pathOf(req)
    const owner = tenants.find(({ owns }) => owns(path))
    if (owner === undefined) sendUnclaimed(res)
    else owner.answer(req, res)
  }
}

function listen(server: Server, place: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(whyNot(error, place))))
    server.listen(place.port, place.address, () => resolve((server.address() as AddressInfo).port))
  })
}

function whyNot(error: NodeJS.ErrnoException, { namespace, address, port }: Place): string {
  const surface = `"${namespace}" can't listen on ${address}:${port}`
  if (error.code === 'EADDRINUSE')
    return `${surface}: the port is taken. Give it another one with --port ${namespace}=<n>`
  if (error.code === 'EACCES') return `${surface}: this port needs more rights. Take one above 1023`
  return `${surface}: ${noAddress[error.code ?? ''] ?? error.code ?? error.message}`
}

const noAddress: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine does not have that address. Take 127.0.0.1, or one of its own',
  ENOTFOUND: 'there is no such host. Take 127.0.0.1, or an address of this machine',
  EAI_AGAIN: 'the host name could not be looked up. Take 127.0.0.1, or an address of this machine',
}

/** No new connection, those that nothing is under way on closed, the others until the drain time is over. */
async function closeAll(ports: readonly OpenPort[], drainMs: number) {
  const closed = ports.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())))
  const sweep = setInterval(() => ports.forEach(closeIdle), 20)
  const timer = setTimeout(() => {
    for (const { server } of ports) server.closeAllConnections()
  }, drainMs)
  ports.forEach(closeIdle)
  await Promise.all(closed)
  clearTimeout(timer)
  clearInterval(sweep)
}

/** A connection that never asked for anything is not idle to node, though clients open such ones to have them ready. */
function closeIdle({ server, connections }: OpenPort) {
  server.closeIdleConnections()
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
}
