/** Protobuf -> JSON tree: the first message of a .proto file (spec §2.6). */

import protobuf from 'protobufjs'
import { StartError } from '../../errors.ts'

/** A reader of the first message of `schema`. Throws StartError for what is no .proto text, or holds no message. */
export function protobufReader(schema: string): (bytes: Buffer) => unknown {
  const message = firstMessage(schema)
  return (bytes) => {
    const object = message.toObject(message.decode(bytes), {
      enums: String,
      bytes: String,
      arrays: true,
      objects: true,
    })
    return JSON.parse(JSON.stringify(object, plain))
  }
}

/** A number that JSON readers would round is a text. */
function plain(_key: string, value: unknown): unknown {
  if (!isLong(value)) return value
  const number = value.toNumber()
  return Number.isSafeInteger(number) ? number : value.toString()
}

interface Long {
  readonly unsigned: boolean
  readonly toNumber: () => number
  readonly toString: () => string
}

function isLong(value: unknown): value is Long {
  return typeof value === 'object' && value !== null && '__isLong__' in value
}

function firstMessage(schema: string): protobuf.Type {
  try {
    const { root } = protobuf.parse(schema, { keepCase: true })
    root.resolveAll()
    const found = messagesOf(root)[0]
    if (found !== undefined) return found
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable'
    throw new StartError(`what it names is no .proto text: ${why}`, { cause })
  }
  throw new StartError('what it names holds no Protobuf message')
}

function messagesOf(space: protobuf.NamespaceBase): readonly protobuf.Type[] {
  return space.nestedArray.flatMap((entry) => {
    if (entry instanceof protobuf.Type) return [entry]
    return entry instanceof protobuf.Namespace ? messagesOf(entry) : []
  })
}
