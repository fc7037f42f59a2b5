/** Who calls, and what they may run. */

import type { ForwardedPlan } from '../plan.ts'

/** Who calls, as far as policies ask. A call without one comes from a place that everything is allowed to. */
export interface Principal {
  /** The same for every credential of the same caller. */
  readonly subject: string
  readonly scopes: ReadonlySet<string>
  /** Absent = everything. */
  readonly access?: Access
}

/** What callers of one kind may run: one object for all of them. */
export interface Access {
  /** Tells kinds apart, also across a reload. */
  readonly key: string
  /** The roles by name. */
  readonly roles: readonly string[]
  /** Why not, by what rules an operation (`ruledBy`); what is not here they may run. */
  readonly refusals: ReadonlyMap<string, Refusal>
  readonly forwards: ForwardedPlan
}

/** Why somebody may not. */
export interface Refusal {
  readonly message: string
  /** What a token should have carried; empty = a token of another kind does not help. */
  readonly scopes: readonly string[]
}
