/** The parts of a multipart form (RFC 7578), within limits. */

import type { IncomingHttpHeaders } from 'node:http'
import { Busboy } from '@fastify/busboy'
import { OperationError } from '../../errors.ts'
import { limits } from '../http.ts'

/** One field of a form as it came. */
export interface Field {
  readonly name: string
  readonly bytes: Buffer
  readonly isFile: boolean
}

/** Every part in the order of the body. Rejects with an OperationError for a body that is no form, or too much of one. */
export function partsOf(headers: IncomingHttpHeaders, body: Buffer): Promise<readonly Field[]> {
  return new Promise((resolve, reject) => {
    const fields: Field[] = []
    const parser = parserOf(headers)
    parser.on('file', (name, stream, filename, _encoding, type) => {
      if (typeof name !== 'string' || name === '') reject(malformed('a part without a name'))
      const chunks: Buffer[] = []
      const isFile = filename !== undefined || type === 'application/octet-stream'
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => fields.push({ name, bytes: Buffer.concat(chunks), isFile }))
      stream.on('error', () => reject(malformed('a part that is cut off')))
    })
    parser.on('partsLimit', () => reject(tooMany()))
    parser.on('filesLimit', () => reject(tooMany()))
    parser.on('error', (error) => reject(malformed(error instanceof Error ? error.message : 'unreadable')))
    parser.on('finish', () => resolve(fields))
    parser.end(body)
  })
}

/** Every part is read as bytes, so that text which is not UTF-8 is found rather than replaced. */
function parserOf(headers: IncomingHttpHeaders) {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      isPartAFile: () => true,
      limits: {
        parts: limits.parts,
        files: limits.parts,
        fieldNameSize: limits.name,
        headerPairs: 20,
        headerSize: 8192,
      },
    })
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'unreadable')
  }
}

function malformed(what: string): OperationError {
  return new OperationError('invalid-input', `the body is no multipart form: ${what}`)
}

function tooMany(): OperationError {
  return new OperationError('payload-too-large', `the form has more than ${limits.parts} parts`)
}
