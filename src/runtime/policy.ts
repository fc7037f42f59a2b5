/** Who may run what, whatever surface it is called on. What kinds of callers there are is known at load. */

import { OperationError } from '../errors.ts'
import type { ForwardedPlan, OperationPlan, Plan, RolePlan } from '../plan.ts'
import type { Invoke } from './invoke.ts'
import type { Access, Refusal } from './principal.ts'

export interface Grants {
  /** Of a token. `role` = of tokens that give none. */
  readonly byScopes: (scopes: ReadonlySet<string>, role: string | undefined) => Access
  /** Of whoever has a role, with whatever credential. */
  readonly byRole: (role: string) => Access
}

/** By what name policy and roles speak of an operation. */
export function ruledBy({ flow, name }: OperationPlan): string {
  return flow ?? name
}

/** The operation behind what its caller may run. Where nobody is told apart it is what it was. */
export function restricted(operation: OperationPlan, grants: Grants | undefined, invoke: Invoke): Invoke {
  if (grants === undefined) return invoke
  return (input, call) => {
    const fault = lacking(operation, call?.principal?.access)
    return fault === undefined ? invoke(input, call) : Promise.reject(fault)
  }
}

/** The refusal of a caller who may not run an operation (for a token RFC 6750 §3.1). */
export function lacking(operation: OperationPlan, access: Access | undefined): OperationError | undefined {
  const refusal = access?.refusals.get(ruledBy(operation))
  return refusal && refused(refusal)
}

function refused({ message, scopes }: Refusal): OperationError {
  return new OperationError(scopes.length === 0 ? 'insufficient-role' : 'insufficient-scope', message, { scopes })
}

/** The refusal of a caller who may not have a request forwarded as it is. */
export function lackingForward(
  method: string,
  access: Access | undefined,
  { roles = [] }: Plan,
): OperationError | undefined {
  const { forwards } = access ?? everything
  if (forwards === 'all' || (forwards === 'reading' && (method === 'GET' || method === 'HEAD'))) return undefined
  const able = roles.filter((role) => role.forwards === 'all')
  return refused({
    message: `what is sent on as it is needs ${rolesText(able)}`,
    scopes: able[0]?.scopes.slice(0, 1) ?? [],
  })
}

/** Undefined where every caller may run everything. Sets are made once each, with the first caller that has them. */
export function createGrants({ operations, roles = [] }: Plan): Grants | undefined {
  const scoped = operations.flatMap(({ policy }) => policy?.scopes ?? [])
  if (scoped.length === 0 && roles.length === 0) return undefined
  const ruled = new Map(operations.map((operation) => [ruledBy(operation), operation]))
  const asked = new Set([...scoped, ...roles.flatMap(({ scopes }) => scopes)])
  const known = new Map<string, Access>()
  const once = (key: string, make: () => Omit<Access, 'key'>): Access => {
    const found = known.get(key) ?? { key, ...make() }
    if (known.size >= mostKnown) known.clear()
    known.set(key, found)
    return found
  }
  const named = (name: string) => roles.filter((role) => role.name === name)
  return {
    byRole: (name) => once(`role ${name}`, () => ofRoles(named(name), roles.map(withoutWays), ruled.keys())),
    byScopes: (scopes, role) => {
      const held = [...asked].filter((scope) => scopes.has(scope))
      return once(JSON.stringify([held, role]), () => {
        const given = roles.filter((one) => one.scopes.some((scope) => scopes.has(scope)))
        const own = given.length === 0 && role !== undefined ? named(role) : given
        const free = own.length === 0 && roles.every((one) => one.scopes.length === 0)
        const access = free ? everything : ofRoles(own, roles, ruled.keys())
        return { ...access, refusals: new Map([...access.refusals, ...withoutScopes(ruled, scopes)]) }
      })
    },
  }
}

/** Who has no token can't get one with other scopes. */
const withoutWays = (role: RolePlan): RolePlan => ({ ...role, scopes: [] })

/** Kinds of callers that are remembered. */
const mostKnown = 1000

const everything: Omit<Access, 'key'> = { roles: [], refusals: new Map(), forwards: 'all' }

function ofRoles(own: readonly RolePlan[], all: readonly RolePlan[], names: Iterable<string>): Omit<Access, 'key'> {
  const allowed = new Set(own.flatMap(({ operations }) => operations))
  const refusals = [...names].flatMap((name) => (allowed.has(name) ? [] : [[name, roleNeeded(name, all)] as const]))
  const is = (forwards: ForwardedPlan) => own.some((role) => role.forwards === forwards)
  return {
    roles: own.map(({ name }) => name),
    refusals: new Map(refusals),
    forwards: is('all') ? 'all' : is('reading') ? 'reading' : 'none',
  }
}

/** The role that may do least is the one to ask for. */
function roleNeeded(name: string, all: readonly RolePlan[]): Refusal {
  const able = all
    .filter(({ operations }) => operations.includes(name))
    .sort((a, b) => a.operations.length - b.operations.length)
  return { message: `"${name}" needs ${rolesText(able)}`, scopes: able.find(given)?.scopes.slice(0, 1) ?? [] }
}

const given = ({ scopes }: RolePlan) => scopes.length > 0

function rolesText(able: readonly RolePlan[]): string {
  if (able.length === 0) return 'a role that nobody has'
  return `the role ${able.map(({ name }) => `"${name}"`).join(' or ')}`
}

function* withoutScopes(ruled: ReadonlyMap<string, OperationPlan>, held: ReadonlySet<string>) {
  for (const [name, { policy: { scopes } = { scopes: [] } }] of ruled) {
    if (scopes.every((scope) => held.has(scope))) continue
    const needed = scopes.map((scope) => `"${scope}"`).join(' and ')
    yield [name, { message: `"${name}" needs a token with the scope ${needed}`, scopes }] as const
  }
}
