/** Whether a file can be read at all. */

import type { Definition } from './definition.ts'

const mebibytes = (bytes: number) => `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`

export const reading = {
  'file-not-found': {
    about: 'A file that is named exists.',
    severity: 'error',
    message: (a: { path: string }) => `there is no file "${a.path}"`,
    hint: (a: { near?: string }) =>
      a.near === undefined
        ? 'check the path, which is relative to where the command runs'
        : `did you mean "${a.near}"?`,
  },
  'file-too-large': {
    about: 'A file is small enough to be read whole.',
    severity: 'error',
    message: (a: { bytes: number; limit: number }) =>
      `the file has ${mebibytes(a.bytes)}; the limit is ${mebibytes(a.limit)}`,
    hint: () => 'split the capability into several files',
  },
  'yaml-syntax': {
    about: 'A capability is YAML.',
    severity: 'error',
    message: (a: { detail: string }) => `not readable as YAML: ${a.detail}`,
    hint: (a: { remedy: string }) => a.remedy,
  },
  'too-deep': {
    about: 'A capability is not nested without end.',
    severity: 'error',
    message: (a: { limit: number }) => `nested deeper than ${a.limit} levels`,
    hint: () => 'a capability never needs this depth; flatten it',
  },
  'not-a-capability': {
    about: 'A file that is checked is a capability.',
    severity: 'error',
    message: (a: { found: string }) => `not a capability: ${a.found}`,
    hint: () =>
      'a capability starts with "ikanos: 1.0.0-beta5" (or "naftiko: 1.0.0-alpha2") and has a "capability" section',
  },
} as const satisfies Record<string, Definition>
