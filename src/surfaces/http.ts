/** What every HTTP surface shares: the shape of a handler, bounded body reading, one write an answer. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import { problemOf } from './problem.ts'

/**
 * A surface as a plain function. Answers false, having done nothing, when the request is not its own, so that the same
 * function stands alone, beside others on one port, or mounted as middleware.
 */
export type Handler = (req: IncomingMessage, res: ServerResponse) => boolean

export const limits = {
  /** Largest request body, in bytes. */
  body: 1024 * 1024,
  /** Deepest nesting of a JSON body. */
  depth: 64,
  /** Longest request target, in bytes. */
  target: 8192,
} as const

const json = 'application/json; charset=utf-8'

/** Writes one answer with a body. */
export function send(
  res: ServerResponse,
  status: number,
  body: string | Buffer,
  type: string = json,
  extra: readonly string[] = none,
) {
  if (res.headersSent || res.destroyed) return
  res.writeHead(status, ['content-type', type, 'content-length', String(Buffer.byteLength(body)), ...extra])
  res.end(body)
}

const none: readonly string[] = []

export function sendJson(res: ServerResponse, status: number, value: unknown) {
  send(res, status, JSON.stringify(value))
}

/** Answers a fault as application/problem+json (RFC 9457). Anything that is no OperationError is a bug and says nothing. */
export function sendProblem(res: ServerResponse, error: unknown, extra: readonly string[] = none) {
  const { status, body, headers } = problemOf(error)
  send(res, status, JSON.stringify(body), 'application/problem+json', [...headers, ...extra])
}

/** Answers what no handler has claimed. */
export function sendUnclaimed(res: ServerResponse) {
  sendProblem(res, new OperationError('not-found', 'there is nothing at this address'))
}

export function methodNotAllowed(res: ServerResponse, allow: string) {
  sendProblem(res, new OperationError('method-not-allowed', `this address answers ${allow}`), ['allow', allow])
}

/** The path of a request target, undecoded and without its query. */
export function pathOf(req: IncomingMessage): string {
  const url = req.url ?? '/'
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

/**
 * Reads a JSON body within the limits; undefined when there is none. Rejects with an OperationError. Behind a body parser
 * of another framework it takes what that one has read.
 */
export async function readJson(req: IncomingMessage & { readonly body?: unknown }): Promise<unknown> {
  if (req.readableEnded) return req.body
  const type = req.headers['content-type']
  const text = await readText(req)
  if (text === '') return undefined
  if (type !== undefined && !isJson(type))
    throw new OperationError('unsupported-media-type', `the body must be application/json, not ${type.slice(0, 80)}`)
  return parseJson(text)
}

function isJson(type: string): boolean {
  return type === 'application/json' || /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i.test(type)
}

/** Parses JSON that nests no deeper than the limit. */
export function parseJson(text: string): unknown {
  if (tooDeep(text)) throw malformed(`the body nests deeper than ${limits.depth} levels`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(`the body is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

function malformed(message: string): OperationError {
  return new OperationError('invalid-input', message)
}

function tooDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (quoted) {
      if (c === 92) i++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 123 || c === 91) {
      if (++depth > limits.depth) return true
    } else if (c === 125 || c === 93) depth--
  }
  return false
}

/** Reads a body as UTF-8 text within the limit. */
export function readText(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > limits.body) return reject(tooLarge(req))
    let first: Buffer | undefined
    let rest: Buffer[] | undefined
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limits.body) return reject(tooLarge(req))
      if (first === undefined) first = chunk
      else if (rest === undefined) rest = [chunk]
      else rest.push(chunk)
    })
    req.on('end', () => {
      if (first === undefined) resolve('')
      else resolve(rest === undefined ? first.toString('utf8') : Buffer.concat([first, ...rest]).toString('utf8'))
    })
    req.on('error', reject)
  })
}

/** The connection can't be used again: what is still coming would be read as the next request. */
function tooLarge(req: IncomingMessage): OperationError {
  req.pause()
  return new OperationError('payload-too-large', `the body is larger than ${limits.body} bytes`)
}
