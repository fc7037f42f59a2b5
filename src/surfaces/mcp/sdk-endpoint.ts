/**
 * MCP over HTTP by the official SDK, the hybrid: its modern entry for enveloped requests, a map of sessions for clients
 * that open with `initialize`. Loaded with the first request that needs it.
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type NodeIncomingMessageLike,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node'
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server'
import { callerOf } from '../caller.ts'
import { send } from '../http.ts'
import { type Connection, changesOf, publish, tellConnection } from './changes.ts'
import type { Offer } from './offer.ts'
import { revision } from './plain-request.ts'
import { createReplay } from './replay.ts'
import type { Resources } from './resources.ts'
import { type Offered, serverFactory } from './server.ts'

/** Sessions of 2025 clients: how many at most, and how long one may stay silent, in milliseconds. */
const sessionLimits = { count: 1000, idleMs: 30 * 60 * 1000 } as const

/** How long a 2025 client whose connection broke is to wait before it asks for the rest, in milliseconds. */
const retryInterval = 1000

export interface SdkEndpoint {
  readonly handle: (req: IncomingMessage, res: ServerResponse, message: unknown) => Promise<void>
  /** Tells who listens what is offered now that was not before, and the other way round. */
  readonly changed: (before: Offer, after: Offer) => void
  readonly close: () => Promise<void>
}

export function sdkEndpoint(now: Offered): SdkEndpoint {
  const build = serverFactory(now)
  const modern = createMcpHandler(build, { legacy: 'reject' })
  const modernHandler = toNodeHandler(modern)
  const sessions = new Map<string, Session>()
  const calls = new Set<Promise<void>>()
  let isClosed = false
  const replay = createReplay()
  const open = async (subject: string) => {
    evict(sessions)
    const subscribed = new Set<string>()
    const wants = (uri: string) => subscribed.has(uri)
    const server = await build({ era: 'legacy', subscribed })
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: replay(),
      retryInterval,
      onsessioninitialized: (id) => void sessions.set(id, { transport, server, wants, subject, usedAt: Date.now() }),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await server.connect(transport)
    return transport
  }
  return {
    handle: async (req, res, message) => {
      if (isClosed) return closing(res)
      if (isAnswered(message)) remember(calls, res)
      // Without a message only the header says which era asks; the newer one has nothing to GET or DELETE.
      const legacy =
        message === undefined
          ? req.headers['mcp-protocol-version'] !== revision
          : await isLegacyRequest(await toWebRequest(req as NodeIncomingMessageLike, message), message)
      const subject = identify(req)
      if (!legacy && req.method === 'TRACE') return noTrace(res)
      if (!legacy) return modernHandler(req as NodeIncomingMessageLike, res, heeding(message, now().resources))
      const id = req.headers['mcp-session-id']
      const session = typeof id === 'string' ? sessions.get(id) : undefined
      if (id !== undefined && session?.subject !== subject) return noSession(res)
      if (session !== undefined) session.usedAt = Date.now()
      await (session?.transport ?? (await open(subject))).handleRequest(req, res, message)
    },
    changed: (before, after) => {
      const changes = changesOf(before, after)
      publish(modern.notify, changes)
      for (const session of sessions.values()) tellConnection(session, changes)
    },
    close: async () => {
      // The SDK cuts off what it still answers.
      while (calls.size > 0) await Promise.all(calls)
      isClosed = true
      await Promise.all([modern.close(), ...[...sessions.values()].map(({ transport }) => transport.close())])
    },
  }
}

interface Message {
  readonly method?: unknown
  readonly params?: { readonly notifications?: { readonly resourceSubscriptions?: unknown } }
}

/** Whether it has an answer that ends: all but what is listened to. */
function isAnswered(message: unknown): boolean {
  return message !== undefined && (message as Message | null)?.method !== 'subscriptions/listen'
}

/** A URI that nobody serves can't be listened to, which the SDK then says by what it acknowledges. */
function heeding(message: unknown, { serves }: Resources): unknown {
  const { method, params } = (message ?? {}) as Message
  const uris = params?.notifications?.resourceSubscriptions
  if (method !== 'subscriptions/listen' || !Array.isArray(uris)) return message
  const resourceSubscriptions = [...new Set(uris)].filter((uri) => typeof uri !== 'string' || serves(uri))
  return {
    ...(message as object),
    params: { ...params, notifications: { ...params?.notifications, resourceSubscriptions } },
  }
}

/** Keeps an answer under way in a set until it is given or its client has gone. */
function remember(underWay: Set<Promise<void>>, res: ServerResponse) {
  // It may have gone while its message was looked at, and closes no second time.
  if (res.closed) return
  const answered = new Promise<void>((resolve) => res.once('close', resolve))
  underWay.add(answered)
  void answered.then(() => underWay.delete(answered))
}

interface Session extends Connection {
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

/** What still comes over a connection that is kept while the server stops: it may be sent to its successor. */
function closing(res: ServerResponse) {
  const error = { code: -32603, message: 'This server is stopping; the same request may be repeated.' }
  send(res, 503, JSON.stringify({ jsonrpc: '2.0', id: null, error }), 'application/json', ['connection', 'close'])
}

/** A web request, which the SDK makes of each, can't have this method. It says the same of others. */
function noTrace(res: ServerResponse) {
  const error = { code: -32000, message: 'Method not allowed.' }
  send(res, 405, JSON.stringify({ jsonrpc: '2.0', error, id: null }), 'application/json', ['allow', 'POST'])
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
