import type { Exposes } from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import type { Rule } from './rule.ts'

/** What gives a role is asked for somewhere: else its callers are nobody, and everybody may call all there is. */
export const rolesGiven: Rule = ({ document, companion, reportCompanion }) => {
  const asked = document.exposes
    .filter(({ type }) => type !== 'control')
    .map(({ authentication }) => authentication?.type)
  const ways = { scopes: ['oauth2'], tokens: ['bearer', 'apikey'] } as const
  for (const [name, role] of companion.roles)
    for (const way of ['scopes', 'tokens'] as const) {
      const types: readonly Asked[] = ways[way]
      if (role[way] === undefined || asked.some((type) => types.includes(type))) continue
      reportCompanion('unchecked-role', child(child('/roles', name), way), {
        role: name,
        way,
        types: types.map(String),
      })
    }
}

type Asked = NonNullable<Exposes['authentication']>['type'] | undefined
