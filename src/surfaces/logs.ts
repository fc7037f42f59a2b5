/** `/logs` of the control surface: what is written, how much of it, and as it happens (spec-servers §6). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import type { LogsPlan } from '../plan.ts'
import { type Level, type Log, levels } from '../runtime/log.ts'
import { child } from '../text/pointer.ts'
import { type Handler, methodNotAllowed, pathOf, readJson, sendJson, sendProblem } from './http.ts'

/** There is one logger. */
const name = 'root'
/** A reader that lags behind by more is let go, in bytes. */
const maxBehind = 1024 * 1024
const heartbeatMs = 15_000

export interface LogsHandler {
  readonly handle: Handler
  /** Ends the streams. */
  readonly close: () => void
}

export function logsHandler(plan: LogsPlan | undefined, log: Log): LogsHandler {
  if (plan === undefined) return { handle: () => false, close: () => {} }
  const streams = new Set<ServerResponse>()
  const handle: Handler = (req, res) => {
    const path = pathOf(req)
    if (path === '/logs/stream' && plan.stream) stream(req, res, log, streams, plan.maxSubscribers)
    else if (path === '/logs' && plan.levels)
      only(req, res, 'GET', () => sendJson(res, 200, { loggers: [logger(log)] }))
    else if (path === `/logs/${name}` && plan.levels) void answerLogger(req, res, log)
    else return false
    return true
  }
  return {
    handle,
    close: () => {
      for (const one of streams) one.end()
    },
  }
}

function logger(log: Log) {
  return { name, level: log.level() }
}

function only(req: IncomingMessage, res: ServerResponse, method: string, answer: () => void) {
  if (req.method === method || (method === 'GET' && req.method === 'HEAD')) answer()
  else methodNotAllowed(res, method === 'GET' ? 'GET, HEAD' : method)
}

async function answerLogger(req: IncomingMessage, res: ServerResponse, log: Log) {
  if (req.method !== 'PUT' && req.method !== 'GET' && req.method !== 'HEAD')
    return methodNotAllowed(res, 'GET, HEAD, PUT')
  try {
    if (req.method === 'PUT') log.setLevel(levelOf(await readJson(req)))
    sendJson(res, 200, logger(log))
  } catch (error) {
    sendProblem(res, error)
  }
}

function levelOf(body: unknown): Level {
  const given = typeof body === 'object' && body !== null ? (body as { readonly level?: unknown }).level : undefined
  const level = levels.find((one) => one === given)
  if (level !== undefined) return level
  const message = `must be one of ${levels.join(', ')}`
  throw new OperationError('invalid-input', 'the body is {"level": …}', {
    errors: [{ pointer: child('', 'level'), message }],
  })
}

/** Server-sent events, one a line, until the reader goes (WHATWG HTML §9.2). */
function stream(
  req: IncomingMessage,
  res: ServerResponse,
  log: Log,
  streams: Set<ServerResponse>,
  maxSubscribers: number,
) {
  if (req.method !== 'GET') return methodNotAllowed(res, 'GET')
  if (streams.size >= maxSubscribers)
    return sendProblem(res, new OperationError('unavailable', `${maxSubscribers} readers follow the log already`))
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  res.write(': follows the log\n\n')
  streams.add(res)
  const stop = log.follow((line) => {
    if (res.writableLength > maxBehind) res.destroy()
    else res.write(`data: ${line.trimEnd()}\n\n`)
  })
  const heartbeat = setInterval(() => res.write(':\n\n'), heartbeatMs).unref()
  res.once('close', () => {
    clearInterval(heartbeat)
    stop()
    streams.delete(res)
  })
}
