/** Routes by specificity: a literal segment beats a variable, whatever the order of declaration (spec-servers §3.2). */

import type { RoutePlan } from '../plan.ts'

interface Branch<T> {
  readonly literals: Map<string, Branch<T>>
  variable: Branch<T> | undefined
  readonly routes: Map<string, T>
}

/** What a path leads to: the routes by method, and the values of the variables in their order, undecoded. */
export interface Match<T> {
  readonly routes: ReadonlyMap<string, T>
  readonly values: readonly string[]
}

export interface Router<T> {
  readonly match: (path: string) => Match<T> | undefined
}

/** A tree of the segments of all routes, built once. */
export function createRouter<T extends { readonly plan: RoutePlan }>(routes: readonly T[]): Router<T> {
  const root = branch<T>()
  for (const route of routes) add(root, route)
  return {
    match: (path) => {
      const values: string[] = []
      const found = walk(root, path.split('/'), 1, values)
      return found === undefined ? undefined : { routes: found.routes, values }
    },
  }
}

function branch<T>(): Branch<T> {
  return { literals: new Map(), variable: undefined, routes: new Map() }
}

function add<T extends { readonly plan: RoutePlan }>(root: Branch<T>, route: T) {
  let at = root
  for (const segment of route.plan.segments) {
    if ('variable' in segment) {
      at.variable ??= branch()
      at = at.variable
      continue
    }
    const next = at.literals.get(segment.literal) ?? branch<T>()
    at.literals.set(segment.literal, next)
    at = next
  }
  at.routes.set(route.plan.method, route)
}

/** Depth first, literals before variables; an empty segment is no value. */
function walk<T>(at: Branch<T>, parts: readonly string[], index: number, values: string[]): Branch<T> | undefined {
  if (index === parts.length) return at.routes.size > 0 ? at : undefined
  const part = parts[index] ?? ''
  const literal = at.literals.get(part)
  const found = literal && walk(literal, parts, index + 1, values)
  if (found !== undefined || at.variable === undefined || part === '') return found
  values.push(part)
  const below = walk(at.variable, parts, index + 1, values)
  if (below === undefined) values.pop()
  return below
}
