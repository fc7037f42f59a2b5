/** What must hold before an operation runs, whatever surface it was called on. */

import { OperationError } from '../errors.ts'
import type { PolicyPlan } from '../plan.ts'
import type { Invoke } from './execute.ts'

/** Who calls, as far as policies ask. A call without one comes from a place that everything is allowed to. */
export interface Principal {
  /** The same for every token of the same caller. */
  readonly subject: string
  readonly scopes: ReadonlySet<string>
}

/** The operation behind its policy. Without one it is what it was. */
export function restricted(name: string, policy: PolicyPlan | undefined, invoke: Invoke): Invoke {
  if (policy === undefined) return invoke
  return (input, call) => {
    const fault = lacking(name, policy, call?.principal)
    return fault === undefined ? invoke(input, call) : Promise.reject(fault)
  }
}

/** The refusal of a caller whose token does not carry the scopes of an operation (RFC 6750 §3.1). */
export function lacking(
  name: string,
  policy: PolicyPlan | undefined,
  principal: Principal | undefined,
): OperationError | undefined {
  if (policy === undefined || principal === undefined) return undefined
  const { scopes } = policy
  if (scopes.every((scope) => principal.scopes.has(scope))) return undefined
  const needed = scopes.map((scope) => `"${scope}"`).join(' and ')
  return new OperationError('insufficient-scope', `"${name}" needs a token with the scope ${needed}`, { scopes })
}
