/** The faults of steps, told as such. */

import { OperationError } from '../errors.ts'
import type { StepPlan } from '../plan.ts'

/** A fault as one of a step. What was sent before decides, too, whether the whole may be repeated. */
export function named(step: StepPlan, error: unknown, repeatable: boolean): unknown {
  if (!(error instanceof OperationError)) return error
  const { code, errors, upstream, retryAfterSeconds, message, cause } = error
  const retryable = error.retryable && repeatable
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  const options = { ...(upstream === undefined ? {} : { upstream }), ...wait, retryable, cause }
  // No input is to blame: the value that does not fit came from a step before.
  if (code === 'invalid-input' && errors.every(({ pointer }) => pointer === ''))
    return new OperationError(
      'unmappable-output',
      `step "${step.name}" can't be sent: a value taken from an earlier step ${errors[0]?.message ?? 'does not fit'}`,
      options,
    )
  return new OperationError(code, `step "${step.name}": ${message}`, { errors, ...options })
}

/** What a script throws may hold whatever was handed to it. */
export function masked(error: unknown, mask: (text: string) => string): unknown {
  if (!(error instanceof OperationError)) return error
  const { code, message, retryable } = error
  const errors = error.errors.map((fault) => ({
    pointer: mask(fault.pointer),
    message: mask(fault.message),
    ...(fault.hint === undefined ? {} : { hint: mask(fault.hint) }),
  }))
  return new OperationError(code, mask(message), { retryable, errors })
}

/** The fault of a script. What it refuses is its caller's to mend; once something was written, that can't be all of it. */
export function scriptFault(step: StepPlan, error: unknown, wrote: boolean, repeatable: boolean): unknown {
  if (!(error instanceof OperationError) || error.code !== 'invalid-input') return named(step, error, repeatable)
  const { errors } = error
  return wrote
    ? new OperationError('rejected', `step "${step.name}": it was too late to refuse this`, { errors })
    : error
}
