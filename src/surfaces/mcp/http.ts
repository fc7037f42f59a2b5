/** MCP over Streamable HTTP: 2026-07-28 and the 2025 revisions on one endpoint (`/mcp`, and `/` where it is alone). */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeIncomingMessageLike } from '@modelcontextprotocol/node'
import { OperationError } from '../../errors.ts'
import type { McpPlan } from '../../plan.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type Caller, callerOf, challengeTo } from '../caller.ts'
import { type Handler, parseJson, pathOf, readText, send, sendProblem } from '../http.ts'
import { type FastPath, fastPath, revision } from './fast-path.ts'
import { identityOf } from './identity.ts'
import { createTools, type Tools } from './tools.ts'

/** Sessions of 2025 clients: how many at most, and how long one may stay silent, in milliseconds. */
const sessionLimits = { count: 1000, idleMs: 30 * 60 * 1000 } as const

export interface McpHandler {
  readonly handle: Handler
  /** Offers the tools of another plan from now on; sessions go on. */
  readonly update: (plan: McpPlan, runtime: Runtime) => void
  readonly close: () => Promise<void>
}

export interface McpHandlerOptions {
  /** Answer plain 2026-07-28 requests beside the SDK. Default true; off, every request goes through the SDK. */
  readonly fastPath?: boolean
}

export function mcpHandler(plan: McpPlan, runtime: Runtime, options: McpHandlerOptions = {}): McpHandler {
  let now = offered(plan, runtime, options)
  // What sessions hold on to, whatever is offered at the time.
  const tools: Tools = {
    get listed() {
      return now.tools.listed
    },
    outputSchema: (name) => now.tools.outputSchema(name),
    refusal: (name, principal) => now.tools.refusal(name, principal),
    call: (name, args, call) => now.tools.call(name, args, call),
  }
  let loading: Promise<SdkEndpoint> | undefined
  const sdk = () => {
    loading ??= sdkEndpoint(plan, runtime, tools)
    return loading
  }
  return {
    handle: (req, res) => {
      const path = pathOf(req)
      if (path !== '/mcp' && path !== '/') return false
      void serve(req, res, tools, now.fast, sdk)
      return true
    },
    update: (next, runtime) => {
      now = offered(next, runtime, options)
    },
    close: async () => {
      await (await loading)?.close()
    },
  }
}

function offered(plan: McpPlan, runtime: Runtime, options: McpHandlerOptions) {
  const tools = createTools(plan, runtime)
  const identity = identityOf(plan, runtime.plan)
  const fast: FastPath =
    options.fastPath === false ? () => false : fastPath(plan, identity, tools, runtime.context.telemetry)
  return { tools, fast }
}

/** Which addresses are those of MCP where another surface shares the port. */
export function ownsMcp(path: string): boolean {
  return path === '/mcp' || path === '/.well-known/oauth-protected-resource/mcp'
}

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  tools: Tools,
  fast: FastPath,
  sdk: () => Promise<SdkEndpoint>,
) {
  try {
    const message = req.method === 'POST' ? parseJson(await readText(req)) : undefined
    const fault = refusalOf(message, callerOf(req), tools)
    if (fault !== undefined) return sendProblem(res, fault, challengeTo(req, fault))
    if (!fast(message, req, res)) await (await sdk()).handle(req, res, message)
  } catch (error) {
    refuse(res, error)
  }
}

/** A caller without the scopes of a tool is told so by HTTP, where clients look for it (2026-07-28, Authorization). */
function refusalOf(message: unknown, caller: Caller | undefined, tools: Tools): OperationError | undefined {
  if (caller === undefined) return undefined
  for (const one of Array.isArray(message) ? message : [message]) {
    const { method, params } = (one ?? {}) as {
      readonly method?: unknown
      readonly params?: { readonly name?: unknown }
    }
    if (method !== 'tools/call') continue
    const fault = tools.refusal(String(params?.name), caller.principal)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Faults before the protocol: too large, not JSON (JSON-RPC 2.0 §5.1). */
function refuse(res: ServerResponse, error: unknown) {
  const known = error instanceof OperationError
  const tooLarge = known && error.code === 'payload-too-large'
  const [status, code] = tooLarge ? [413, -32600] : known ? [400, -32700] : [500, -32603]
  const message = known ? error.message : 'Internal error'
  send(
    res,
    status,
    JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
    'application/json',
    tooLarge ? ['connection', 'close'] : [],
  )
}

interface SdkEndpoint {
  readonly handle: (req: IncomingMessage, res: ServerResponse, message: unknown) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * The hybrid: the SDK's modern entry for enveloped requests, a map of sessions for clients that open with `initialize`.
 * Loaded with the first request that needs it.
 */
async function sdkEndpoint(plan: McpPlan, runtime: Runtime, tools: Tools): Promise<SdkEndpoint> {
  const [sdk, node, { serverFactory }] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('@modelcontextprotocol/node'),
    import('./server.ts'),
  ])
  const build = serverFactory(plan, identityOf(plan, runtime.plan), tools)
  const modern = sdk.createMcpHandler(build, { legacy: 'reject' })
  const modernHandler = node.toNodeHandler(modern)
  const sessions = new Map<string, Session>()
  const calls = new Set<Promise<void>>()
  const open = async (subject: string) => {
    evict(sessions)
    const transport = new node.NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, { transport, subject, usedAt: Date.now() }),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await build().connect(transport)
    return transport
  }
  return {
    handle: async (req, res, message) => {
      // Without a message only the header says which era asks; the newer one has nothing to GET or DELETE.
      const legacy =
        message === undefined
          ? req.headers['mcp-protocol-version'] !== revision
          : await sdk.isLegacyRequest(await node.toWebRequest(req as NodeIncomingMessageLike, message), message)
      if (isCall(message)) remember(calls, res)
      const subject = identify(req)
      if (!legacy) return modernHandler(req as NodeIncomingMessageLike, res, message)
      const id = req.headers['mcp-session-id']
      const session = typeof id === 'string' ? sessions.get(id) : undefined
      if (id !== undefined && session?.subject !== subject) return noSession(res)
      if (session !== undefined) session.usedAt = Date.now()
      await (session?.transport ?? (await open(subject))).handleRequest(req, res, message)
    },
    close: async () => {
      // The SDK cuts off what it still answers.
      await Promise.all(calls)
      await Promise.all([modern.close(), ...[...sessions.values()].map(({ transport }) => transport.close())])
    },
  }
}

const isCall = (message: unknown) => (message as { readonly method?: unknown } | undefined)?.method === 'tools/call'

/** Keeps an answer under way in a set until it is given or its client has gone. */
function remember(underWay: Set<Promise<void>>, res: ServerResponse) {
  const answered = new Promise<void>((resolve) => res.once('close', resolve))
  underWay.add(answered)
  void answered.then(() => underWay.delete(answered))
}

interface Session {
  readonly transport: {
    close(): Promise<void>
    handleRequest(req: IncomingMessage, res: ServerResponse, body?: unknown): Promise<void>
  }
  /** Whose it is: nobody else's token opens it. */
  readonly subject: string
  usedAt: number
}

/** Hands the caller to the SDK, which passes `auth` through, without the token. Answers who it is; '' = nobody is asked. */
function identify(req: IncomingMessage): string {
  const principal = callerOf(req)?.principal
  if (principal === undefined) return ''
  const { subject, scopes } = principal
  Object.assign(req, { auth: { token: '', clientId: subject, scopes: [...scopes], extra: { principal } } })
  return subject
}

/** The client then opens a new session (2025-11-25, Session Management). */
function noSession(res: ServerResponse) {
  const error = { code: -32001, message: 'There is no such session. Open one with initialize.' }
  send(res, 404, JSON.stringify({ jsonrpc: '2.0', id: null, error }), 'application/json')
}

/** Silent sessions go first, then the one silent for longest. */
function evict(sessions: Map<string, Session>) {
  const now = Date.now()
  const bySilence = [...sessions].sort(([, a], [, b]) => a.usedAt - b.usedAt)
  for (const [id, session] of bySilence) {
    if (now - session.usedAt < sessionLimits.idleMs && sessions.size < sessionLimits.count) return
    sessions.delete(id)
    void session.transport.close()
  }
}
