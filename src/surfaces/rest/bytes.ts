/** Answers of bytes: handed on while they come, with what HTTP knows about them (spec-servers §3.5). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RoutePlan } from '../../plan.ts'
import type { Sink } from '../../runtime/call.ts'
import { type Call, cancel } from '../../runtime/call.ts'
import { mediaTypeOf } from '../../runtime/formats/binary.ts'
import { inert, toldOf } from '../http.ts'

/** Runs an operation whose bytes go straight to the response. */
export type PassBytes = (req: IncomingMessage, res: ServerResponse, call: Call) => void

/** Decides at start how the bytes of a route pass; undefined for a route that answers none, or not as they come. */
export function bytesPassing(plan: RoutePlan): PassBytes | undefined {
  const { run, output } = plan.operation
  if (output.binary === undefined || run.type !== 'call') return undefined
  const mediaType = output.binary.mediaType ?? declaredBytes(plan)
  const reads = run.request.method === 'GET'
  return (req, res, call) => {
    const headers = reads ? conditionsOf(req) : []
    const sink = bytesSink(req, res, call, mediaType, headers.length > 0)
    call.passage = { sink, headers }
  }
}

/** The media type of bytes whose consumed operation names none: what a declared answer says. */
export function declaredBytes({ responses = [] }: RoutePlan): string | undefined {
  return responses.flatMap(({ content }) => content).find(({ binary }) => binary === true)?.mediaType
}

/** RFC 9110 §13.1, §14.2: whoever has the bytes decides them. A range is of GET only. */
const conditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since']
const ranges = ['range', 'if-range']

function conditionsOf(req: IncomingMessage): readonly string[] {
  const names = req.method === 'GET' ? [...conditions, ...ranges] : req.method === 'HEAD' ? conditions : []
  return names.flatMap((name) => {
    const value = req.headers[name]
    return typeof value === 'string' ? [name, value] : []
  })
}

/** What an upstream says about bytes that holds for the same bytes here. */
const about = new Set(
  'content-length content-encoding content-language content-range content-disposition accept-ranges etag last-modified cache-control expires age'.split(
    ' ',
  ),
)

function bytesSink(
  req: IncomingMessage,
  res: ServerResponse,
  call: Call,
  mediaType: string | undefined,
  conditional: boolean,
): Sink {
  let start: Start | undefined
  const write = ({ status, headers, resume, chunks }: Start, ended: boolean) => {
    start = undefined
    const kept = headers.flatMap((name, i) =>
      i % 2 === 0 && about.has(name.toLowerCase()) ? [name, headers[i + 1] ?? ''] : [],
    )
    const type = status === 304 ? [] : ['content-type', mediaTypeOf(mediaType, fieldOf(headers, 'content-type'))]
    const known = fieldOf(headers, 'content-length') !== undefined || !ended || status === 304
    const length = known ? [] : ['content-length', String(Buffer.concat(chunks).length)]
    res.on('drain', resume)
    res.writeHead(status, [...type, ...kept, ...length, ...inert, ...toldOf(res)])
    for (const chunk of chunks) res.write(chunk)
  }
  return {
    head: (status, headers, resume) => {
      if (!passes(status, headers, conditional)) return false
      start = { status, headers, resume, chunks: [], bytes: 0 }
      const isHead = req.method === 'HEAD'
      if (isHead || fieldOf(headers, 'content-length') !== undefined) write(start, false)
      if (!isHead) return true
      res.end()
      // The bytes are nobody's, and there may be many.
      cancel(call)
      return true
    },
    data: (chunk) => {
      if (start === undefined) return res.write(chunk)
      start.chunks.push(chunk)
      start.bytes += chunk.length
      if (start.bytes > heldBack) write(start, false)
      return true
    },
    end: () => {
      if (start !== undefined) write(start, true)
      res.end()
    },
  }
}

/** The start of an answer of unknown length is held back this long: a fault in it can still be told. In bytes. */
const heldBack = 16 * 1024

interface Start {
  readonly status: number
  readonly headers: readonly string[]
  readonly resume: () => void
  readonly chunks: Buffer[]
  bytes: number
}

/** Bytes, and what answers a condition or a range; an empty answer and a refusal are told as ever. */
function passes(status: number, headers: readonly string[], conditional: boolean): boolean {
  if (status === 200 || status === 203) return fieldOf(headers, 'content-length') !== '0'
  return conditional && (status === 206 || status === 304 || status === 412 || status === 416)
}

function fieldOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name)
  return at < 0 ? undefined : headers[at + 1]
}
