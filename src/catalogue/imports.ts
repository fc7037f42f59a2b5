/** Whether what is imported is there. */

import type { Definition } from './definition.ts'
import { knownNames, type UnknownName } from './names.ts'

export const imports = {
  'import-not-found': {
    about: 'A file that is imported from exists.',
    severity: 'error',
    message: (a: { path: string }) => `there is no file "${a.path}" to import from`,
    hint: () => 'check the path, which is relative to the file that imports',
  },
  'idle-section': {
    about: 'What is written is run.',
    severity: 'warning',
    message: (a: { name: string }) => `"${a.name}" beside "capability" is not run: only imports read it`,
    hint: (a: { name: string }) => `write its entries under "capability.${a.name}"`,
  },
  'bad-import': {
    about: 'An import is from a file that can be imported from.',
    severity: 'error',
    message: (a: { from: string; detail: string }) => `can't import from "${a.from}": ${a.detail}`,
    hint: () => 'name the capability file that declares it, by its path relative to this file',
  },
  'unknown-import': {
    about: 'An import names an entry of its file.',
    severity: 'error',
    message: (a: UnknownName & { section: string; source: string }) =>
      `${a.source} has no "${a.name}" under "${a.section}"`,
    hint: (a: UnknownName) => knownNames('namespaces', a),
  },
  'import-cycle': {
    about: 'An import leads to an entry.',
    severity: 'error',
    message: (a: { chain: string }) => `this import leads back to itself: ${a.chain}`,
    hint: () => 'import it from the file that declares it',
  },
} as const satisfies Record<string, Definition>
