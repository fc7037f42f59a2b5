/** An input that can't stand where the capability puts it, told by its name. */

import { type InputFault, OperationError } from '../errors.ts'
import type { Value } from '../plan.ts'
import { child } from '../text/pointer.ts'

/** Names the inputs that are wrong; where a text of several is wrong only as a whole, all of them. */
export function refuse(from: Value, message: string, wrong: (input: Value) => boolean = () => true): OperationError {
  const inputs = inputsOf(from)
  const culprits = inputs.some(wrong) ? inputs.filter(wrong) : inputs
  const pointers = new Set(culprits.length > 0 ? culprits.map(({ name }) => child('', name)) : [''])
  const errors = [...pointers].map((pointer): InputFault => ({ pointer, message }))
  return new OperationError('invalid-input', 'the input does not fit', { errors })
}

/** Every input that a value takes something from. */
export function inputsOf(value: string | Value): readonly (Value & { readonly type: 'input' })[] {
  if (typeof value === 'string') return []
  switch (value.type) {
    case 'input':
      return [value]
    case 'text':
      return value.parts.flatMap(inputsOf)
    case 'array':
      return value.items.flatMap(inputsOf)
    case 'object':
      return value.members.flatMap(([, member]) => inputsOf(member))
    default:
      return []
  }
}

/** Percent-encodes a text. Throws for one that is not well-formed, naming the inputs it comes from. */
export function encode(from: Value, text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw refuse(from, 'is not well-formed text')
  }
}
