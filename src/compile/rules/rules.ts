/** Rules over a whole document, one a file. Each reports what it finds; the order is the order of this list. */

import { companionNames } from './companion-names.ts'
import { exposesSomething } from './exposes-something.ts'
import { mirroredInputs } from './mirrored-inputs.ts'
import { namespacesUnique } from './namespaces-unique.ts'
import { openAddress } from './open-address.ts'
import { patternsCompile } from './patterns-compile.ts'
import { placeholders } from './placeholders.ts'
import { portsUnique } from './ports-unique.ts'
import { refRunsAlone } from './ref-runs-alone.ts'
import { rolesGiven } from './roles-given.ts'
import { rolesKnown } from './roles-known.ts'
import type { Rule } from './rule.ts'
import { scopesChecked } from './scopes-checked.ts'

export const rules: readonly Rule[] = [
  exposesSomething,
  namespacesUnique,
  portsUnique,
  openAddress,
  companionNames,
  patternsCompile,
  mirroredInputs,
  refRunsAlone,
  placeholders,
  scopesChecked,
  rolesKnown,
  rolesGiven,
]
