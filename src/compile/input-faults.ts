/** ajv's errors in words a caller can act on: which field, what is wrong with it, what was probably meant. */

import type { ErrorObject } from 'ajv'
import type { InputFault } from '../errors.ts'
import type { JsonSchema } from '../plan.ts'
import { child, pointerKeys } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'

const maxFaults = 20

/** Input faults, one a field, in the order of the schema. */
export function explain(errors: readonly ErrorObject[], schema: JsonSchema): readonly InputFault[] {
  const faults = new Map<string, InputFault>()
  for (const error of errors) {
    const fault = faultOf(error, schema)
    if (!faults.has(fault.pointer)) faults.set(fault.pointer, fault)
    if (faults.size === maxFaults) break
  }
  return withoutMisspelt([...faults.values()])
}

/** A required field that is missing because it is misspelt is one fault: the unknown name with its suggestion. */
function withoutMisspelt(faults: readonly InputFault[]): readonly InputFault[] {
  const meant = new Set(
    faults.flatMap((f) => (f.hint?.startsWith('did you mean "') ? [f.hint.split('"')[1] ?? ''] : [])),
  )
  return faults.filter((f) => !(f.message === requiredMessage && meant.has(pointerKeys(f.pointer).at(-1) ?? '')))
}

const requiredMessage = 'is required'

function faultOf(error: ErrorObject, schema: JsonSchema): InputFault {
  const at = error.instancePath
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      return { pointer: child(at, String(params.missingProperty)), message: requiredMessage }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty)
      const known = at === '' ? Object.keys(schema.properties ?? {}) : []
      const near = nearest(name, known)
      const hint =
        near === undefined
          ? known.length > 0
            ? `known parameters: ${known.join(', ')}`
            : undefined
          : `did you mean "${near}"?`
      return { pointer: child(at, name), message: 'is not a known parameter', ...(hint === undefined ? {} : { hint }) }
    }
    case 'type':
      return { pointer: at, message: `must be ${article(String(params.type))}` }
    case 'enum':
      return {
        pointer: at,
        message: `must be one of ${(params.allowedValues as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`,
      }
    case 'const':
      return { pointer: at, message: `must be ${JSON.stringify(params.allowedValue)}` }
    case 'pattern':
      return { pointer: at, message: `must match ${String(params.pattern)}` }
    case 'format':
      return { pointer: at, message: `must be a valid ${formats[String(params.format)] ?? String(params.format)}` }
    case 'minLength':
      return {
        pointer: at,
        message: params.limit === 1 ? 'must not be empty' : `must have at least ${String(params.limit)} characters`,
      }
    case 'maxLength':
      return { pointer: at, message: `must have at most ${String(params.limit)} characters` }
    case 'minItems':
      return {
        pointer: at,
        message: params.limit === 1 ? 'must not be empty' : `must have at least ${String(params.limit)} entries`,
      }
    case 'maxItems':
      return { pointer: at, message: `must have at most ${String(params.limit)} entries` }
    case 'minimum':
      return { pointer: at, message: `must be at least ${String(params.limit)}` }
    case 'maximum':
      return { pointer: at, message: `must be at most ${String(params.limit)}` }
    case 'uniqueItems':
      return { pointer: at, message: `has the same entry twice (${String(params.j)} and ${String(params.i)})` }
    default:
      return { pointer: at, message: error.message ?? `does not fit "${error.keyword}"` }
  }
}

/** How a format is written, where its name does not say it. */
const formats: Readonly<Record<string, string>> = {
  date: 'date, written YYYY-MM-DD',
  time: 'time, written hh:mm:ss with its offset, such as 12:30:00Z',
  'date-time': 'date-time, such as 2026-01-31T12:30:00Z',
}

function article(types: string): string {
  const named: Readonly<Record<string, string>> = {
    integer: 'a whole number',
    array: 'a list',
    object: 'an object',
    boolean: 'true or false',
    null: 'null',
  }
  return types
    .split(',')
    .map((type) => named[type] ?? `a ${type}`)
    .join(' or ')
}
