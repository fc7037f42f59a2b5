/** What runs but is not portable, not safe or not polite. */

import type { Definition } from './definition.ts'
import { knownNames, type UnknownName } from './names.ts'

export const style = {
  'unknown-version': {
    about: 'The version of the format is one that is known here.',
    severity: 'warning',
    message: (a: { key: string; version: string }) => `"${a.key}: ${a.version}" is no version that is known here`,
    hint: (a: { key: string }) =>
      `it is read like ${a.key === 'ikanos' ? '1.0.0-beta5' : '1.0.0-alpha2'}; say which it is, if that is what you mean`,
  },
  'not-portable': {
    about: 'A capability runs on the other engine too.',
    severity: 'warning',
    message: (a: { engine: string; detail: string }) => `${a.engine} does not take this: ${a.detail}`,
    hint: () => 'it runs here all the same; change it where the other engine matters',
  },
  'shared-namespace': {
    about: 'A namespace means one thing across sections.',
    severity: 'warning',
    message: (a: { name: string; first: string }) => `"${a.name}" is the namespace of something else already`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; other engines want each namespace once`,
  },
  'trailing-slash': {
    about: 'An address or a path does not end with a slash.',
    severity: 'warning',
    message: (a: { text: string }) => `"${a.text}" ends with a slash`,
    hint: () => 'leave it out: paths begin with one',
  },
  'query-in-path': {
    about: 'A query is declared as parameters.',
    severity: 'warning',
    message: () => 'the path holds a query',
    hint: () => 'declare its parameters with "in: query"',
  },
  'example-address': {
    about: 'An address to listen on is not one for examples.',
    severity: 'warning',
    message: () => 'the address is one for examples',
    hint: () => 'write the address to listen on, e.g. 127.0.0.1',
  },
  'example-base': {
    about: 'A base address is not one for examples.',
    severity: 'info',
    message: () => 'the base address is one for examples',
    hint: () => 'write the address of the API',
  },
  'contradicting-semantics': {
    about: 'Hints agree with the semantics of their flow.',
    severity: 'warning',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'say the same in both places, or only in the flow',
  },
  'method-semantics': {
    about: 'A method agrees with the semantics of its flow.',
    severity: 'info',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'a caller reads from the method what a repeat does',
  },
  'needless-authentication': {
    about: 'Credentials are asked for where they can be given.',
    severity: 'warning',
    message: () => 'nobody is asked for credentials over stdio',
    hint: () => 'remove "authentication", or serve over http',
  },
  'unencrypted-oauth2': {
    about: 'Tokens travel over https.',
    severity: 'warning',
    message: (a: { key: string }) => `"${a.key}" is not https, so tokens can be read on their way`,
    hint: () => 'write an https address',
  },
  'no-scopes': {
    about: 'A protected resource says its scopes.',
    severity: 'info',
    message: () => 'no scopes are asked for, so any token of the authorization server will do',
    hint: () => 'add "scopes: […]"',
  },
  'no-tags': {
    about: 'A capability has tags.',
    severity: 'info',
    message: () => 'the capability has no tags',
    hint: () => 'catalogs find it by them: add "tags: […]"',
  },
  'no-description': {
    about: 'What is exposed or consumed has a description.',
    severity: 'info',
    message: (a: { what: string }) => `${a.what} has no description`,
    hint: () => 'say what it is and when to use it',
  },
  'unsafe-markup': {
    about: 'A description holds nothing that runs.',
    severity: 'warning',
    message: (a: { found: string }) => `the text holds "${a.found}", which a page that shows it may run`,
    hint: () => 'descriptions are Markdown: leave code that runs out of them',
  },
  'second-control': {
    about: 'A capability has one control surface.',
    severity: 'warning',
    message: () => 'the capability has a control surface already',
    hint: () => 'only the first one governs scripts, and other engines take only one',
  },
  'unbound-identity': {
    about: 'The identity of a tunnel is a variable that is declared.',
    severity: 'warning',
    message: (a: UnknownName) => `the identity of the tunnel is {{${a.name}}}, which no bind declares`,
    hint: (a: UnknownName) => knownNames('variables', a),
  },
  'public-tunnel': {
    about: 'A tunnel leads to what can not be reached otherwise.',
    severity: 'info',
    message: () => 'a tunnel leads to an address that looks public',
    hint: () => 'a tunnel is for what can not be reached otherwise',
  },
  'plain-secret': {
    about: 'A secret is not written in plain text.',
    severity: 'warning',
    message: (a: { name: string }) => `${a.name} is a secret in plain text`,
    hint: () => 'declare a variable under "binds" and write {{VARIABLE}} here; then change the secret, which was seen',
  },
  'unused-consumes': {
    about: 'An API that is consumed is called.',
    severity: 'warning',
    message: (a: { namespace: string }) => `nothing calls "${a.namespace}"`,
    hint: () => 'remove it, or call one of its operations',
  },
  'unreachable-output': {
    about: 'An output can be answered.',
    severity: 'warning',
    message: (a: { name: string; why: string; remedy: string }) => `"${a.name}" is never answered: ${a.why}`,
    hint: (a: { remedy: string }) => a.remedy,
  },
} as const satisfies Record<string, Definition>
