/** Whether names and references lead somewhere. */

import type { Definition } from './definition.ts'
import { knownNames, type UnknownName } from './names.ts'

export const references = {
  'repeated-name': {
    about: 'A name is declared once.',
    severity: 'warning',
    message: (a: { name: string; what: string; first: string }) =>
      `two ${a.what} are called "${a.name}", and do not contradict each other`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; remove or rename one`,
  },
  'duplicate-name': {
    about: 'A name means one thing.',
    severity: 'error',
    message: (a: { name: string; what: string; first: string }) => `two ${a.what} are called "${a.name}"`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; rename one`,
  },
  'unknown-namespace': {
    about: 'A reference names a namespace that exists.',
    severity: 'error',
    message: (a: UnknownName) => `nothing has the namespace "${a.name}"`,
    hint: (a: UnknownName) => knownNames('namespaces', a),
  },
  'unknown-operation': {
    about: 'A call names an operation that exists.',
    severity: 'error',
    message: (a: UnknownName & { namespace: string }) => `"${a.namespace}" has no operation "${a.name}"`,
    hint: (a: UnknownName) => knownNames('operations', a),
  },
  'unknown-flow': {
    about: 'A reference names a flow that exists.',
    severity: 'error',
    message: (a: UnknownName) => `there is no flow "${a.name}"`,
    hint: (a: UnknownName) => knownNames('flows', a),
  },
  'unknown-role': {
    about: 'A reference names a role that the companion declares.',
    severity: 'error',
    message: (a: UnknownName) => `there is no role "${a.name}"`,
    hint: (a: UnknownName) => knownNames('roles', a),
  },
  'role-cycle': {
    about: 'Roles do not include each other in a circle.',
    severity: 'error',
    message: (a: { roles: readonly string[] }) => `roles include each other: ${a.roles.join(' > ')}`,
    hint: () => 'let the one that may do more include the one that may do less',
  },
  'unknown-action': {
    about: 'A skill names a tool or an operation that exists.',
    severity: 'error',
    message: (a: UnknownName & { namespace: string }) => `"${a.namespace}" exposes no tool or operation "${a.name}"`,
    hint: (a: UnknownName) => knownNames('actions', a),
  },
  'unknown-step': {
    about: 'A path names a step that ran before.',
    severity: 'error',
    message: (a: UnknownName) => `no step before this place is called "${a.name}"`,
    hint: (a: UnknownName) => knownNames('steps', a),
  },
  'unknown-parameter': {
    about: 'A placeholder names a parameter or a bind.',
    severity: 'error',
    message: (a: UnknownName) => `nothing is called "${a.name}" here`,
    hint: (a: UnknownName) =>
      a.known.length === 0
        ? 'declare it under "inputParameters", or as a variable under "binds"'
        : knownNames('parameters and binds', a),
  },
  'unfilled-placeholder': {
    about: 'A placeholder of a prompt names an argument.',
    severity: 'warning',
    message: (a: UnknownName) => `"{{${a.name}}}" stays as it is: no argument is called "${a.name}"`,
    hint: (a: UnknownName) =>
      a.known.length === 0 ? 'declare it under "arguments", if it is one' : knownNames('arguments', a),
  },
  'unused-parameter': {
    about: 'A parameter that is declared or given is sent.',
    severity: 'warning',
    message: (a: { name: string; why: string }) => `"${a.name}" is never sent: ${a.why}`,
    hint: (a: { nearest?: string | undefined }) =>
      a.nearest === undefined ? 'declare it where it should be used, or remove it' : `did you mean "${a.nearest}"?`,
  },
  'missing-parameter': {
    about: 'A parameter that an operation needs is supplied.',
    severity: 'error',
    message: (a: { name: string; operation: string }) => `nothing supplies "${a.name}", which "${a.operation}" needs`,
    hint: (a: { name: string }) =>
      `declare an input "${a.name}", or set it under "with", e.g. ${a.name}: "{{other_input}}"`,
  },
  'inferred-input': {
    about: 'An input that is used is declared.',
    severity: 'warning',
    message: (a: { name: string; why: string }) => `"${a.name}" is taken as an input: ${a.why}`,
    hint: (a: { name: string }) => `declare it under "inputParameters": ${a.name}`,
  },
  'unplaced-parameter': {
    about: 'A parameter of a path has its place in it.',
    severity: 'error',
    message: (a: { name: string; path: string }) =>
      `"${a.name}" is said to be in the path, but ${a.path} has no such variable`,
    hint: (a: { name: string }) => `write {{${a.name}}} into the path, or say where else it is, e.g. "in: query"`,
  },
} as const satisfies Record<string, Definition>
