/** The input of an operation from the words of a command line. */

import { StartError } from './errors.ts'
import type { OperationPlan } from './plan.ts'
import { coerce } from './text/coerce.ts'

type Input = Readonly<Record<string, unknown>>

/** A JSON object. Throws StartError on any other text. */
export function inputOfJson(text: string): Input {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input
  } catch {
    // Told below, together with JSON that is no object.
  }
  throw new StartError('--input must be a JSON object, e.g. --input \'{"id": "…"}\'')
}

/** `key=value` words as the types that the operation declares; a list is written a,b or as JSON. Throws StartError. */
export function inputOfWords(words: readonly string[], operation: OperationPlan): Input {
  const properties = operation.input.schema.properties as Readonly<Record<string, { readonly type?: unknown }>>
  return Object.fromEntries(
    words.map((word) => {
      const [, key, text] = /^([^=]+)=(.*)$/s.exec(word) ?? []
      if (key === undefined || text === undefined) throw new StartError(`"${word}" is not key=value`)
      return [key, valueOfWord(text, properties[key]?.type)]
    }),
  )
}

function valueOfWord(text: string, type: unknown): unknown {
  const value = coerce(type, text)
  return type === 'array' && typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value
}
