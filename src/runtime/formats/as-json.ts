/** An answer in any format -> the same answer in JSON, so that what follows knows one format only (spec §2.6). */

import { OperationError } from '../../errors.ts'
import type { OperationPlan } from '../../plan.ts'
import type { UpstreamAnswer } from '../message.ts'
import type { Read } from './formats.ts'

/**
 * Throws `upstream-unreadable` for bytes that are not of the format. A write that was accepted and whose answer nobody
 * maps is done whatever the answer looks like: it is answered as if there were none.
 */
export function asJson(operation: OperationPlan, answer: UpstreamAnswer, format: string, read: Read): UpstreamAnswer {
  const { bytes } = answer
  if (bytes === undefined || operation.output.binary !== undefined) return answer
  const mapped = operation.output.projection !== undefined
  // An empty text is a text, but 204 says that there is none.
  const none = bytes.length === 0 && (format !== 'text' || answer.status === 204)
  if (none && !mapped) return answer
  try {
    return { ...answer, text: JSON.stringify(read(bytes, answer.contentType)) }
  } catch (cause) {
    if (!mapped && operation.semantics.safe !== true) return answer
    throw unreadable(operation, format, cause)
  }
}

const names: Readonly<Record<string, string>> = {
  yaml: 'YAML',
  html: 'HTML',
  markdown: 'Markdown',
  avro: 'of the Avro schema',
  protobuf: 'of the Protobuf schema',
  text: 'text',
}

function unreadable(operation: OperationPlan, format: string, cause: unknown): OperationError {
  const why = cause instanceof Error ? reasonOf(cause) : ''
  const message = `the answer to "${operation.name}" is not ${names[format] ?? format.toUpperCase()}${why}`
  return new OperationError('upstream-unreadable', message, { cause })
}

/** The first line of what the library says, without what it quotes from the answer. */
function reasonOf({ message }: Error): string {
  const [line = ''] = message.split('\n')
  return line === '' || line.length > 120 ? '' : `: ${line.replace(/:$/, '')}`
}
