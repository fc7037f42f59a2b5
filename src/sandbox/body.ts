import type { IncomingMessage } from 'node:http'
import { badRequest } from './call.ts'
import { Refusal } from './refusal.ts'

/** Largest request body, in bytes. */
// assumption: body-limit-is-413
export const bodyLimit = 5 * 1024 * 1024

/** Whether a request announces a body. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length']
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

function tooLarge(): Refusal {
  return new Refusal(413, 'Body too large', `A body may have ${bodyLimit} bytes at most`)
}

/**
 * Reads a body. One that is too large is read to its end without being kept: a client that is still sending would
 * otherwise lose the answer to a connection reset.
 */
export function readBody(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bodyLimit) chunks.push(chunk)
      else chunks.length = 0
    })
    req.on('end', () => (size > bodyLimit ? reject(tooLarge()) : resolve(Buffer.concat(chunks).toString('utf8'))))
    req.on('error', reject)
  })
}

/** Reads a body as JSON. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(text === '' ? 'A JSON body is required' : 'The body is not valid JSON')
  }
}
