import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

/** Who starts a program over stdio needs no credentials for it (ikanos-mcp-auth-stdio-conflict). */
export const needlessAuthentication: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'exposes'))
    if (value.transport === 'stdio' && 'authentication' in value)
      report('needless-authentication', child(pointer, 'authentication'), {})
}
