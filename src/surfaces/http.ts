/** What every HTTP surface shares: the shape of a handler, bounded body reading, one write an answer. */

import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import { problemOf } from './problem.ts'
import { requestId } from './request-id.ts'
import { told } from './told.ts'

/**
 * A surface as a plain function. Answers false, having done nothing, when the request is not its own, so that the same
 * function stands alone, beside others on one port, or mounted as middleware.
 */
export type Handler = (req: IncomingMessage, res: ServerResponse) => boolean

export const limits = {
  /** Largest request body, in bytes. */
  body: 1024 * 1024,
  /** Largest multipart form, in bytes. */
  form: 10 * 1024 * 1024,
  /** Largest body that is forwarded, in bytes. */
  forward: 100 * 1024 * 1024,
  /** Most parts of a form. */
  parts: 100,
  /** Longest name of a part, in bytes. */
  name: 200,
  /** Deepest nesting of a JSON body. */
  depth: 64,
  /** Longest request target, in bytes. */
  target: 8192,
} as const

const json = 'application/json; charset=utf-8'

/** Goes with bytes that are no page of ours, whatever they say they are. */
export const inert = ['x-content-type-options', 'nosniff', 'content-security-policy', "sandbox; default-src 'none'"]

/** Writes one answer with a body. */
export function send(
  res: ServerResponse,
  status: number,
  body: string | Buffer,
  type: string = json,
  extra: readonly string[] = none,
) {
  if (res.headersSent || res.destroyed) return
  const head = ['content-type', type, 'content-length', String(Buffer.byteLength(body)), ...extra]
  const before = told(res)
  if (before !== undefined) head.push(...before)
  res.writeHead(status, head)
  res.end(body)
}

/** The headers that were decided before, for answers that are not written by `send`. */
export function toldOf(res: ServerResponse): readonly string[] {
  return told(res) ?? none
}

const none: readonly string[] = []

export function sendJson(res: ServerResponse, status: number, value: unknown) {
  send(res, status, JSON.stringify(value))
}

/** Answers a fault as application/problem+json (RFC 9457). Anything that is no OperationError is a bug and says nothing. */
export function sendProblem(res: ServerResponse, error: unknown, extra: readonly string[] = none) {
  const { status, body, headers } = problemOf(error)
  const id = requestId(res)
  const told = id === undefined ? body : { ...body, request_id: id }
  send(res, status, JSON.stringify(told), 'application/problem+json', [...headers, ...extra])
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
  const bytes = await readBytes(req, limits.body)
  if (bytes.length === 0) return undefined
  if (type !== undefined && !isJson(type))
    throw new OperationError('unsupported-media-type', `the body must be application/json, not ${type.slice(0, 80)}`)
  return parseJson(utf8(bytes, type))
}

/** Whether a Content-Type is JSON, or one of the types that are JSON inside (RFC 6839). */
export function isJson(type: string): boolean {
  return type === 'application/json' || jsonType.test(type)
}

const jsonType = /^\s*(?:application\/json|[\w.!#$&^-]+\/[\w.!#$&^-]+\+json)\s*(?:;|$)/i

/** The text of a body. Another charset than UTF-8 is refused, and so is what is not UTF-8 though it should be. */
export function utf8(bytes: Buffer, type: string | undefined): string {
  const charset = type?.includes('charset') === true ? charsetShape.exec(type)?.[1]?.toLowerCase() : undefined
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset))
    throw new OperationError('unsupported-media-type', `the body must be UTF-8, not ${charset.slice(0, 40)}`)
  if (!isUtf8(bytes)) throw malformed('the body is not UTF-8')
  return bytes.toString('utf8')
}

const charsetShape = /;\s*charset\s*=\s*"?([^";\s]+)/i

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

/** Whether a request has a body (RFC 9112 §6). */
export function carriesBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
}

/** Reads a body as UTF-8 text within the limit. */
export async function readText(req: IncomingMessage): Promise<string> {
  return (await readBytes(req, limits.body)).toString('utf8')
}

/** Reads a body of at most so many bytes. */
export function readBytes(req: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > limit) return reject(tooLarge(req, limit))
    let first: Buffer | undefined
    let rest: Buffer[] | undefined
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) return reject(tooLarge(req, limit))
      if (first === undefined) first = chunk
      else if (rest === undefined) rest = [chunk]
      else rest.push(chunk)
    })
    req.on('end', () => {
      if (first === undefined) resolve(empty)
      else resolve(rest === undefined ? first : Buffer.concat([first, ...rest]))
    })
    req.on('error', reject)
  })
}

const empty = Buffer.alloc(0)

/** The connection can't be used again: what is still coming would be read as the next request. */
function tooLarge(req: IncomingMessage, limit: number): OperationError {
  req.pause()
  return new OperationError('payload-too-large', `the body is larger than ${limit} bytes`)
}
