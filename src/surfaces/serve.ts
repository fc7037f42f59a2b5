/** Listens: one server a surface, all open or none, closed without losing what is under way. */

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { StartError } from '../errors.ts'
import type { SurfacePlan } from '../plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { authenticated, noticeOf } from './authentication.ts'
import { controlHandler, type SurfaceState } from './control.ts'
import { type Handler, sendUnclaimed } from './http.ts'
import { mcpHandler } from './mcp/http.ts'
import { guarded } from './origin.ts'
import { restHandler } from './rest.ts'
import { skillHandler } from './skill.ts'

export interface ServeSurfacesOptions {
  /** Folder of the capability file. */
  readonly directory: string
  /** Version of this program, as the control surface tells it. */
  readonly version: string
  /** Other ports by namespace (the control surface is called `control`); 0 = any free one. */
  readonly ports?: Readonly<Record<string, number>>
  /** How long requests under way may take when closing, in milliseconds. Default 10,000. */
  readonly drainMs?: number
}

/** A surface that listens. */
export interface ServedSurface {
  readonly plan: SurfacePlan
  readonly url: string
}

export interface Served {
  readonly surfaces: readonly ServedSurface[]
  /** What the owner should know, one sentence each. */
  readonly notices: readonly string[]
  readonly close: () => Promise<void>
}

/** A server and the connections to it. */
interface Listening {
  readonly server: Server
  readonly connections: Set<Socket>
}

interface Prepared {
  readonly plan: SurfacePlan
  readonly handle: Handler
  readonly close?: () => Promise<void>
}

/** Opens every HTTP surface of a plan. A port that is taken closes what was opened and throws StartError. */
export async function serveSurfaces(runtime: Runtime, options: ServeSurfacesOptions): Promise<Served> {
  const plans = runtime.plan.surfaces.filter((plan) => !(plan.type === 'mcp' && plan.transport === 'stdio'))
  checkPorts(plans, options.ports ?? {})
  const states = new Map<SurfacePlan, SurfaceState>()
  const prepared = await Promise.all(plans.map((plan) => prepare(plan, runtime, states, options)))
  const listening: Listening[] = []
  const close = () => closeAll(listening, prepared, options.drainMs ?? 10_000)
  try {
    const surfaces: ServedSurface[] = []
    for (const { plan, handle } of prepared) {
      const server = createServer(
        { keepAliveTimeout: 30_000, requestTimeout: 60_000, headersTimeout: 20_000 },
        listener(handle, plan, runtime),
      )
      listening.push({ server, connections: connectionsTo(server) })
      const port = await listen(server, plan, options.ports?.[plan.namespace] ?? plan.port)
      states.set(plan, { type: plan.type, namespace: plan.namespace, port, started: true })
      surfaces.push({ plan, url: `http://${hostOf(plan.address)}:${port}` })
    }
    const notices = plans.flatMap((plan) => noticeOf(plan, runtime.context.binds) ?? [])
    return { surfaces, notices, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The guards stand in front of every surface, in this order: where from, who, then what. */
function listener(handle: Handler, plan: SurfacePlan, runtime: Runtime): RequestListener {
  const guardedHandle = guarded(authenticated(handle, plan, runtime.context), plan.address)
  return (req, res) => {
    if (!guardedHandle(req, res)) sendUnclaimed(res)
  }
}

async function prepare(
  plan: SurfacePlan,
  runtime: Runtime,
  states: Map<SurfacePlan, SurfaceState>,
  options: ServeSurfacesOptions,
): Promise<Prepared> {
  states.set(plan, { type: plan.type, namespace: plan.namespace, port: plan.port, started: false })
  switch (plan.type) {
    case 'rest':
      return { plan, handle: restHandler(plan, runtime) }
    case 'mcp':
      return { plan, ...mcpHandler(plan, runtime) }
    case 'skill':
      return { plan, handle: await skillHandler(plan, options.directory, runtime.context) }
    case 'control':
      return {
        plan,
        ...controlHandler(plan, {
          plan: runtime.plan,
          version: options.version,
          surfaces: () => [...states.values()],
          telemetry: runtime.context.telemetry,
          log: runtime.context.log,
          scripting: runtime.context.scripting,
        }),
      }
    default:
      return plan satisfies never
  }
}

function checkPorts(plans: readonly SurfacePlan[], ports: Readonly<Record<string, number>>) {
  const known = plans.map((plan) => plan.namespace)
  const stranger = Object.keys(ports).find((namespace) => !known.includes(namespace))
  if (stranger !== undefined)
    throw new StartError(`there is no surface "${stranger}" to give a port; there are ${known.join(', ')}`)
}

function listen(server: Server, plan: SurfacePlan, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(whyNot(error, plan, port))))
    server.listen(port, plan.address, () => resolve((server.address() as AddressInfo).port))
  })
}

function whyNot(error: NodeJS.ErrnoException, plan: SurfacePlan, port: number): string {
  const surface = `"${plan.namespace}" can't listen on ${plan.address}:${port}`
  if (error.code === 'EADDRINUSE')
    return `${surface}: the port is taken. Give it another one with --port ${plan.namespace}=<n>`
  if (error.code === 'EACCES') return `${surface}: this port needs more rights. Take one above 1023`
  return `${surface}: ${noAddress[error.code ?? ''] ?? error.code ?? error.message}`
}

const noAddress: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine does not have that address. Take 127.0.0.1, or one of its own',
  ENOTFOUND: 'there is no such host. Take 127.0.0.1, or an address of this machine',
  EAI_AGAIN: 'the host name could not be looked up. Take 127.0.0.1, or an address of this machine',
}

/** An address that stands for all of them is reached on this machine as localhost. */
function hostOf(address: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}

function connectionsTo(server: Server): Set<Socket> {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  return connections
}

/** No new connection, those that nothing is under way on closed, the others until the drain time is over. */
async function closeAll(listening: readonly Listening[], prepared: readonly Prepared[], drainMs: number) {
  const closed = listening.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())))
  const sweep = setInterval(() => listening.forEach(closeIdle), 20)
  const timer = setTimeout(() => {
    for (const { server } of listening) server.closeAllConnections()
  }, drainMs)
  listening.forEach(closeIdle)
  await Promise.all(prepared.map((surface) => surface.close?.()))
  await Promise.all(closed)
  clearTimeout(timer)
  clearInterval(sweep)
}

/** A connection that never asked for anything is not idle to node, though clients open such ones to have them ready. */
function closeIdle({ server, connections }: Listening) {
  server.closeIdleConnections()
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
}
