/** A plan as callers of a kind see it. */

import { reserved } from '../narrow.ts'
import type { Plan, SurfacePlan } from '../plan.ts'
import type { Access } from '../runtime/principal.ts'

/** What they may run, and what is described of it. */
export function visibleTo(plan: Plan, { refusals, forwards }: Access): Plan {
  return reserved(plan, (name) => !refusals.has(name), forwards)
}

/** The same surface in another form of the plan. */
export function sameIn<S extends SurfacePlan>({ surfaces }: Plan, own: S): S {
  const found = surfaces.find(({ type, namespace }) => type === own.type && namespace === own.namespace)
  return (found as S | undefined) ?? own
}
