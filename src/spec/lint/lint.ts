/** The rules of style and meaning (spec §7), one a file. What the schema or the compiler finds is not told here again. */

import type { Report } from '../../diagnostics.ts'
import { secondControl } from './controls.ts'
import { descriptions } from './descriptions.ts'
import { exampleAddress } from './examples.ts'
import { unsafeMarkup } from './markup.ts'
import { sharedNamespace } from './namespaces.ts'
import { needlessAuthentication } from './needless-authentication.ts'
import { oauth2 } from './oauth2.ts'
import { unreachableOutput } from './outputs.ts'
import { queryInPath } from './queries.ts'
import type { LintRule } from './rule.ts'
import { plainSecret } from './secrets.ts'
import { contradictingSemantics } from './semantics.ts'
import { trailingSlash } from './slashes.ts'
import { boundIdentity, tunnels } from './tunnels.ts'
import { unusedConsumes } from './unused.ts'
import { unknownVersion } from './versions.ts'

const rules: readonly LintRule[] = [
  unknownVersion,
  sharedNamespace,
  trailingSlash,
  queryInPath,
  exampleAddress,
  contradictingSemantics,
  needlessAuthentication,
  oauth2,
  descriptions,
  unsafeMarkup,
  secondControl,
  tunnels,
  boundIdentity,
  plainSecret,
  unusedConsumes,
  unreachableOutput,
]

/** Runs every rule over a value that fits the schema. */
export function lint(value: unknown, report: Report) {
  for (const rule of rules) rule(value, report)
}
