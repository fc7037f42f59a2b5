import type { RolePolicy } from '../../spec/companion.ts'
import { child } from '../../text/pointer.ts'
import { unknownName } from '../scope.ts'
import { flowsOf, inlineNames } from './companion-names.ts'
import type { Rule, RuleInput } from './rule.ts'

/** Roles speak of flows and roles that exist, in no circle, and each of them says what it may run. */
export const rolesKnown: Rule = (input) => {
  const { document, companion, reportCompanion: report } = input
  const { roles, surfaces } = companion
  const flows = [...flowsOf(document).keys(), ...document.exposes.flatMap(inlineNames)]
  for (const [name, role] of roles) {
    const at = child('/roles', name)
    const named = Array.isArray(role.flows) ? role.flows : []
    for (const [i, flow] of named.entries())
      if (!flows.includes(flow)) report('unknown-flow', child(child(at, 'flows'), i), unknownName(flow, flows))
    for (const [i, other] of (role.includes ?? []).entries()) checkRole(other, child(child(at, 'includes'), i), input)
    if (role.flows === undefined && role.includes === undefined && !byName.includes(name))
      report('missing-key', at, { name: 'flows' })
  }
  for (const [name, { role }] of surfaces)
    if (role !== undefined) checkRole(role, child(child('/surfaces', name), 'role'), input)
  checkCircles(input)
}

/** Roles whose names say what they may run. */
const byName: readonly string[] = ['reader', 'reviewer', 'approver', 'admin']

function checkRole(name: string, at: string, { companion: { roles }, reportCompanion }: RuleInput) {
  if (!roles.has(name)) reportCompanion('unknown-role', at, unknownName(name, [...roles.keys()]))
}

/** Told once, where the circle is met first. */
function checkCircles({ companion: { roles }, reportCompanion }: RuleInput) {
  const told = new Set<string>()
  const follow = (name: string, above: readonly string[]) => {
    if (told.has(name)) return
    const from = above.indexOf(name)
    if (from >= 0) {
      const circle = above.slice(from)
      for (const one of circle) told.add(one)
      reportCompanion('role-cycle', child('/roles', circle.at(-1) ?? name), { roles: [...circle, name] })
      return
    }
    for (const other of includedIn(name, roles.get(name))) follow(other, [...above, name])
  }
  for (const name of roles.keys()) follow(name, [])
}

/** What a role includes by its name counts too. */
function includedIn(name: string, role: RolePolicy | undefined): readonly string[] {
  const { flows, includes = [] } = role ?? {}
  if (flows !== undefined) return includes
  return [...includes, ...(name === 'reviewer' ? ['reader'] : name === 'approver' ? ['reviewer'] : [])]
}
