/** Whether what is written can run, and runs as it is meant. */

import type { Definition } from './definition.ts'

/** What an `outputSchema` is, by the format. */
const schemaHints = {
  html: 'it is a CSS selector of tables, or of what holds them, e.g. "table.prices"',
  avro: 'it is a file with one Avro schema in JSON, e.g. {"type": "record", "name": …, "fields": […]}',
  protobuf: 'it is a .proto file with a message, the first of which is the answer',
} as const

export const meaning = {
  unsupported: {
    about: 'A keyword is one that is run.',
    severity: 'error',
    message: (a: { what: string }) => `${a.what} not supported yet`,
    hint: () => 'remove it, or pass --allow-unsupported to go on without it',
  },
  'not-carried': {
    about: 'A conversion carries what a file says.',
    severity: 'warning',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'check whether the converted file still says what you mean',
  },
  'bad-template': {
    about: 'A template is well-formed.',
    severity: 'error',
    message: (a: { detail: string }) => `bad template: ${a.detail}`,
    hint: () => 'a placeholder is written {{name}}',
  },
  'stray-placeholder': {
    about: 'A placeholder stands where something fills it in.',
    severity: 'error',
    message: (a: { text: string; what: string }) => `"${a.text}" has no value here: ${a.what} is known at load`,
    hint: () => 'write it out; placeholders stand in base addresses, paths, parameters, bodies, credentials and "with"',
  },
  'bad-step-path': {
    about: 'A mapping is a path into the output of a step.',
    severity: 'error',
    message: (a: { value: string }) => `"${a.value}" is no path to the output of a step`,
    hint: () => 'write it like $.step-name.member',
  },
  'bad-path': {
    about: 'A JSONPath is well-formed.',
    severity: 'error',
    message: (a: { detail: string }) => `bad JSONPath: ${a.detail}`,
    hint: () => 'a path is written like $.items[0].name (RFC 9535)',
  },
  'bad-body': {
    about: 'A body of JSON is well-formed.',
    severity: 'error',
    message: (a: { detail: string }) => `bad JSON body: ${a.detail}`,
    hint: () => 'write the JSON with placeholders as values: {"id": "{{id}}", "tags": {{tags}}}',
  },
  'bad-pattern': {
    about: 'A pattern is a regular expression.',
    severity: 'error',
    message: (a: { detail: string }) => `bad pattern: ${a.detail}`,
    hint: () => 'a pattern is a regular expression as JavaScript reads it, with the u flag',
  },
  'bad-address': {
    about: 'A base address is an http or https address.',
    severity: 'error',
    message: (a: { value: string; detail: string }) => `"${a.value}" is no usable base address: ${a.detail}`,
    hint: () => 'write it like https://api.example.com/v1, with no trailing slash',
  },
  'no-address': {
    about: 'A base address is known.',
    severity: 'warning',
    message: (a: { namespace: string; value: string }) =>
      a.value === ''
        ? `"${a.namespace}" has no base address`
        : `nothing says what stands for the braces in "${a.value}"`,
    hint: (a: { namespace: string }) => `write the address, or give it at start: --upstream ${a.namespace}=<url>`,
  },
  unbound: {
    about: 'A variable has a value at start.',
    severity: 'error',
    message: (a: { variable: string; key: string; location: string | undefined }) =>
      a.location === undefined
        ? `the environment variable ${a.key} has no value`
        : `${a.location} has no value for "${a.key}"`,
    hint: (a: { key: string; location: string | undefined }) =>
      a.location === undefined ? `set it before the start: ${a.key}=… capability serve` : `add "${a.key}" to that file`,
  },
  'missing-schema': {
    about: 'A schema file that is named exists.',
    severity: 'error',
    message: (a: { path: string }) => `there is no schema file "${a.path}"`,
    hint: () => 'check the path, which is relative to the file it stands in',
  },
  'bad-schema': {
    about: 'The schema of an answer can be read.',
    severity: 'error',
    message: (a: { detail: string }) => `bad outputSchema: ${a.detail}`,
    hint: (a: { format: 'html' | 'avro' | 'protobuf' }) => schemaHints[a.format],
  },
  'no-tunnel': {
    about: 'What is called by a tunnel is called by it.',
    severity: 'warning',
    message: (a: { namespace: string }) =>
      `"${a.namespace}" is called without the tunnel, as "fallback: direct" allows`,
    hint: () => 'remove "tunnel", or run this capability where the tunnel ends',
  },
  'missing-credential': {
    about: 'A client of OAuth 2.0 has its credentials.',
    severity: 'error',
    message: (a: { namespace: string; use: string; id: string; secret: string }) =>
      `nothing says which client "${a.namespace}" ${a.use}`,
    hint: (a: { id: string; secret: string }) => `declare the binds ${a.id} and ${a.secret}`,
  },
  'bytes-in-step': {
    about: 'A step answers what later steps can read.',
    severity: 'error',
    message: (a: { operation: string }) => `"${a.operation}" answers bytes, which no later step can read`,
    hint: () => 'call it by a tool or a route of its own, which passes the bytes on',
  },
  'unmapped-binary': {
    about: 'Outputs are declared where they can be mapped.',
    severity: 'warning',
    message: (a: { operation: string }) => `"${a.operation}" answers bytes, which are passed on as they are`,
    hint: () => 'remove outputParameters here, or say another outputRawFormat there',
  },
  'nothing-to-do': {
    about: 'A unit has something to run.',
    severity: 'error',
    message: (a: { name: string }) =>
      `"${a.name}" has no ref, no call and no output values, so there is nothing to run`,
    hint: () => 'add "ref", "call", or outputParameters with values',
  },
  'nothing-answered': {
    about: 'A unit with steps has an answer.',
    severity: 'error',
    message: (a: { name: string }) => `"${a.name}" has steps, but nothing says what it answers`,
    hint: () => 'add "mappings", or a call step: the answer of the last one is the answer',
  },
  'script-refused': {
    about: 'A script is allowed to run.',
    severity: 'error',
    message: (a: { why: string }) => `this script is not run: ${a.why}`,
    hint: () =>
      'scripts run in JavaScript, and in Python where it is installed, in a sandbox without files and network',
  },
  'scripts-off': {
    about: 'Scripts are switched on.',
    severity: 'warning',
    message: () => 'scripts are switched off, so every step that is one fails',
    hint: () => 'remove it, or switch scripts on while serving: PUT /scripting {"enabled": true} here',
  },
  'script-unreadable': {
    about: 'A script can be read and parsed.',
    severity: 'error',
    message: (a: { file: string; detail: string }) => `the script "${a.file}" can't be run: ${a.detail}`,
    hint: () => '"location" is a folder, e.g. file:///./scripts beside the capability; "file" is a path below it',
  },
  'ignored-call': {
    about: 'A unit has a call or steps.',
    severity: 'warning',
    message: (a: { name: string }) => `"${a.name}" has a call and steps; only the steps run`,
    hint: () => 'remove "call", or make it a step',
  },
  'ignored-by-ref': {
    about: 'What refers to a flow has no run of its own.',
    severity: 'warning',
    message: (a: { key: string }) => `"${a.key}" beside "ref" does not run: the flow of the "ref" does`,
    hint: (a: { key: string }) => `remove "${a.key}", or "ref"`,
  },
  'nothing-exposed': {
    about: 'A capability exposes something.',
    severity: 'error',
    message: () => 'the capability exposes nothing',
    hint: () => 'add a rest, mcp, skill or control entry under "exposes"',
  },
  'only-imported': {
    about: 'A capability can run by itself.',
    severity: 'warning',
    message: () => 'the capability exposes nothing, so others can import it and it can not run by itself',
    hint: () => 'to serve it, add a rest, mcp, skill or control entry under "exposes"',
  },
  'ignored-key': {
    about: 'What is written does something where it stands.',
    severity: 'warning',
    message: (a: { key: string; beside: string }) => `"${a.key}" does nothing beside "${a.beside}"`,
    hint: (a: { key: string; beside: string }) => `remove "${a.key}", or "${a.beside}"`,
  },
  'unsafe-resource': {
    about: 'To read a resource changes nothing.',
    severity: 'error',
    message: (a: { name: string; methods: string }) =>
      `reading "${a.name}" sends ${a.methods}, which may change something`,
    hint: () => 'clients read resources without asking anybody; make it a tool',
  },
  'contradicting-binary': {
    about: 'What a resource says of its answer is what it answers.',
    severity: 'warning',
    message: (a: { binary: boolean; answers: string }) =>
      `"binary: ${a.binary}", but what is called answers ${a.answers}`,
    hint: () => 'the consumed operation decides, by its "outputRawFormat"; say the same here, or nothing',
  },
  'duplicate-uri': {
    about: 'A URI is that of one resource.',
    severity: 'error',
    message: (a: { uri: string; first: string }) => `another resource is already read at ${a.uri}`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; give one of them another URI`,
  },
  'shadowed-resource': {
    about: 'A resource stands outside of the folders of others.',
    severity: 'warning',
    message: (a: { uri: string; folder: string }) => `a file of "${a.folder}" may have the URI ${a.uri} too`,
    hint: () => 'give one of them another URI: which of two is read depends on the files',
  },
  'unreadable-location': {
    about: 'A location can be read.',
    severity: 'error',
    message: (a: { location: string; detail: string }) => `"${a.location}" can't be read: ${a.detail}`,
    hint: (a: { near?: string }) =>
      a.near === undefined ? 'file:///./x is beside the file that it is written in' : `did you mean "${a.near}"?`,
  },
  'ambiguous-route': {
    about: 'A method and a path are answered by one operation.',
    severity: 'error',
    message: (a: { route: string; first: string }) => `another operation already answers ${a.route}`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; give one of them another method or path`,
  },
  'duplicate-port': {
    about: 'Two surfaces of one type do not answer at the same addresses.',
    severity: 'error',
    message: (a: { port: number; other: string }) => `port ${a.port} is already taken by "${a.other}"`,
    hint: () => 'give each surface of this type a port of its own',
  },
  'shared-port': {
    about: 'A surface has a port of its own.',
    severity: 'warning',
    message: (a: { port: number; other: string }) => `port ${a.port} is the one of "${a.other}" too`,
    hint: () => 'they share it here; other engines want a port for each',
  },
  'open-address': {
    about: 'Who can be reached by others asks who calls.',
    severity: 'warning',
    message: (a: { address: string }) =>
      `listens on ${a.address}, so other machines can call it without authentication`,
    hint: () => 'add "authentication", or bind to 127.0.0.1',
  },
  'unchecked-scopes': {
    about: 'The scopes of an operation are asked for wherever it can be called.',
    severity: 'warning',
    message: (a: { flow: string; surfaces: readonly string[] }) =>
      `"${a.flow}" can be called without these scopes on ${a.surfaces.map((name) => `"${name}"`).join(' and ')}`,
    hint: () => 'scopes are asked of tokens: give each of these surfaces "authentication" of type oauth2',
  },
  'unchecked-role': {
    about: 'What gives a role is asked for by a surface.',
    severity: 'warning',
    message: (a: { role: string; way: string }) =>
      `nobody gets the role "${a.role}" by its ${a.way}: no surface asks for them`,
    hint: (a: { types: readonly string[] }) => `give a surface "authentication" of type ${a.types.join(' or ')}`,
  },
  'untrusted-header': {
    about: 'A header that is trusted is one that can be forwarded.',
    severity: 'warning',
    message: (a: { header: string }) => `"${a.header}" is never forwarded: it belongs to one connection`,
    hint: () => 'remove it; the length and the host of a forwarded request are made anew',
  },
  'unanswered-type': {
    about: 'A declared media type is one that is answered.',
    severity: 'warning',
    message: (a: { mediaType: string; answers: string }) =>
      `"${a.mediaType}" is never answered: the operation answers ${a.answers}`,
    hint: () => 'describe what it answers; bytes need "outputRawFormat: binary" where the operation is consumed',
  },
} as const satisfies Record<string, Definition>
