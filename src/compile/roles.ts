/** What callers of each role may run: as the companion says, else by what the name of the role has always meant. */

import type { BindPlan, ForwardedPlan, OperationPlan, RolePlan } from '../plan.ts'
import type { Companion, RolePolicy } from '../spec/companion.ts'

type Roles = Companion['roles']

/** What a role may run, as far as it is known. */
interface Allowed {
  readonly operations: ReadonlySet<string>
  readonly forwards: ForwardedPlan
}

const nothing: Allowed = { operations: new Set(), forwards: 'none' }

/** Undefined where the companion names no role. Names that lead nowhere are told by `rules/roles-known.ts`. */
export function compileRoles(
  { roles }: Companion,
  operations: readonly OperationPlan[],
): readonly RolePlan[] | undefined {
  if (roles.size === 0) return undefined
  const ruled = rulesOf(operations)
  return [...roles].map(([name, { scopes = [], tokens = [] }]) => {
    const { operations: allowed, forwards } = allowedTo(name, roles, ruled, [])
    return { name, operations: [...ruled.keys()].filter((one) => allowed.has(one)), forwards, scopes, tokens }
  })
}

/** The variables that roles are given by and that no bind declares: they are read from the environment. */
export function roleBinds({ roles }: Companion, declared: readonly BindPlan[]): readonly BindPlan[] {
  const known = new Set(declared.map(({ variable }) => variable))
  const wanted = new Set([...roles.values()].flatMap(({ tokens = [] }) => tokens))
  return [...wanted]
    .filter((variable) => !known.has(variable))
    .map((variable) => ({ namespace: 'roles', variable, key: variable, brought: true }))
}

/** Operations by the name that says what holds for them: a changed form of a flow is that flow. */
type Ruled = ReadonlyMap<string, readonly OperationPlan[]>

function rulesOf(operations: readonly OperationPlan[]): Ruled {
  const ruled = new Map<string, OperationPlan[]>()
  for (const operation of operations) {
    const name = operation.flow ?? operation.name
    ruled.set(name, [...(ruled.get(name) ?? []), operation])
  }
  return ruled
}

/** `above`: the roles that include this one, so that a circle ends. */
function allowedTo(name: string, roles: Roles, ruled: Ruled, above: readonly string[]): Allowed {
  if (above.includes(name)) return nothing
  const { flows, includes = [] } = roles.get(name) ?? {}
  const allowed = (other: string) => allowedTo(other, roles, ruled, [...above, name])
  const own = flows === undefined ? byName(name, roles, ruled, allowed) : stated(flows, ruled)
  return [own, ...includes.map(allowed)].reduce(both)
}

function byName(name: string, roles: Roles, ruled: Ruled, allowed: (role: string) => Allowed): Allowed {
  switch (name) {
    case 'reader':
      return stated('safe', ruled)
    case 'reviewer':
      return both(allowed('reader'), { operations: harmless(roles.get('approver'), ruled), forwards: 'none' })
    case 'approver':
      return allowed('reviewer')
    case 'admin':
      return stated('all', ruled)
    default:
      return nothing
  }
}

function stated(flows: NonNullable<RolePolicy['flows']>, ruled: Ruled): Allowed {
  if (flows === 'all') return { operations: new Set(ruled.keys()), forwards: 'all' }
  if (flows === 'safe')
    return { operations: named(ruled, ({ semantics }) => semantics.safe === true), forwards: 'reading' }
  return { operations: new Set(flows), forwards: 'none' }
}

/** What does no harm twice and loses nothing; what approves is known by nothing but that the approver names it. */
function harmless(approver: RolePolicy | undefined, ruled: Ruled): ReadonlySet<string> {
  const approves = Array.isArray(approver?.flows) ? approver.flows : []
  return named(
    ruled,
    ({ flow, name, semantics, confirmation }) =>
      semantics.idempotent === true && confirmation === undefined && !approves.includes(flow ?? name),
  )
}

function named(ruled: Ruled, is: (operation: OperationPlan) => boolean): ReadonlySet<string> {
  return new Set([...ruled].flatMap(([name, operations]) => (operations.every(is) ? [name] : [])))
}

const more: readonly ForwardedPlan[] = ['none', 'reading', 'all']

function both(one: Allowed, other: Allowed): Allowed {
  return {
    operations: new Set([...one.operations, ...other.operations]),
    forwards: more[Math.max(more.indexOf(one.forwards), more.indexOf(other.forwards))] ?? 'none',
  }
}
