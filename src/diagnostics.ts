/** The catalogue of authoring faults: what can be wrong in a capability, and what its author is told. */

export type Severity = 'error' | 'warning' | 'info'

/** A place in a source file. Lines and columns count from 1; the pointer is an RFC 6901 JSON Pointer. */
export interface Location {
  readonly file: string
  readonly pointer: string
  readonly line: number
  readonly column: number
}

/** One authoring fault: data, never thrown. `frame` shows the lines around the place. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  readonly location: Location
  readonly frame?: string
}

interface Definition {
  readonly severity: Severity
  readonly message: (args: never) => string
  readonly hint?: (args: never) => string | undefined
}

/** "did you mean …" when there is a near name, else the list of known ones, bounded. */
function knownNames(what: string, args: { readonly nearest?: string | undefined; readonly known: readonly string[] }) {
  if (args.nearest !== undefined) return `did you mean "${args.nearest}"?`
  if (args.known.length === 0) return `there are no ${what} here`
  const shown = args.known.slice(0, 12).join(', ')
  return `known ${what}: ${shown}${args.known.length > 12 ? ', …' : ''}`
}

/** How a value of each type is written, by the words that name the type. */
const typeHints: Readonly<Record<string, string>> = {
  'a map': 'write it as indented "key: value" lines',
  'a list': 'start each entry with "- "',
  text: 'put it in quotes',
  'a whole number': 'write it without quotes and without a fraction',
  'a number': 'write it without quotes',
  'true or false': 'write true or false, without quotes',
}

interface UnknownName {
  readonly name: string
  readonly nearest?: string | undefined
  readonly known: readonly string[]
}

const mebibytes = (bytes: number) => `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`

const catalogue = {
  // read
  'file-not-found': {
    severity: 'error',
    message: (a: { path: string }) => `there is no file "${a.path}"`,
    hint: () => 'check the path, which is relative to where the command runs',
  },
  'file-too-large': {
    severity: 'error',
    message: (a: { bytes: number; limit: number }) =>
      `the file has ${mebibytes(a.bytes)}; the limit is ${mebibytes(a.limit)}`,
    hint: () => 'split the capability into several files',
  },
  'yaml-syntax': {
    severity: 'error',
    message: (a: { detail: string }) => `not readable as YAML: ${a.detail}`,
    hint: (a: { detail: string }) =>
      a.detail.startsWith('Nested mappings')
        ? 'put a text that holds a colon and a blank in quotes: "…: …"'
        : 'check indentation, quotes and colons around this place',
  },
  'too-deep': {
    severity: 'error',
    message: (a: { limit: number }) => `nested deeper than ${a.limit} levels`,
    hint: () => 'a capability never needs this depth; flatten it',
  },
  'not-a-capability': {
    severity: 'error',
    message: (a: { found: string }) => `not a capability: ${a.found}`,
    hint: () =>
      'a capability starts with "ikanos: 1.0.0-beta5" (or "naftiko: 1.0.0-alpha2") and has a "capability" section',
  },
  // schema
  'unknown-key': {
    severity: 'error',
    message: (a: UnknownName) => `unknown key "${a.name}"`,
    hint: (a: UnknownName) => knownNames('keys', a),
  },
  'missing-key': {
    severity: 'error',
    message: (a: { name: string }) => `missing key "${a.name}"`,
    hint: (a: { name: string }) => `add "${a.name}:" here`,
  },
  'wrong-type': {
    severity: 'error',
    message: (a: { expected: string; found: string }) => `expected ${a.expected}, found ${a.found}`,
    hint: (a: { expected: string; found: string }) => (a.found === 'nothing' ? undefined : typeHints[a.expected]),
  },
  'wrong-value': {
    severity: 'error',
    message: (a: { value: string; rule: string }) => `${a.value} ${a.rule}`,
  },
  'wrong-choice': {
    severity: 'error',
    message: (a: UnknownName) => `"${a.name}" is not one of the values allowed here`,
    hint: (a: UnknownName) => knownNames('values', a),
  },
  'read-as': {
    severity: 'warning',
    message: (a: { found: string; meant: string }) => `${a.found} is read as ${a.meant}`,
    hint: () => 'other programs may not read it so; write what is meant',
  },
  'unsupported-authentication': {
    severity: 'error',
    message: (a: { kind: string }) => `authentication of the kind "${a.kind}" can't be done`,
    hint: () => 'there are basic, bearer, apikey, digest and oauth2; put a gateway that signs requests in between',
  },
  // link
  'repeated-name': {
    severity: 'warning',
    message: (a: { name: string; what: string; first: string }) =>
      `two ${a.what} are called "${a.name}", and do not contradict each other`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; remove or rename one`,
  },
  'duplicate-name': {
    severity: 'error',
    message: (a: { name: string; what: string; first: string }) => `two ${a.what} are called "${a.name}"`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; rename one`,
  },
  'unknown-namespace': {
    severity: 'error',
    message: (a: UnknownName) => `nothing has the namespace "${a.name}"`,
    hint: (a: UnknownName) => knownNames('namespaces', a),
  },
  'unknown-operation': {
    severity: 'error',
    message: (a: UnknownName & { namespace: string }) => `"${a.namespace}" has no operation "${a.name}"`,
    hint: (a: UnknownName) => knownNames('operations', a),
  },
  'unknown-flow': {
    severity: 'error',
    message: (a: UnknownName) => `there is no flow "${a.name}"`,
    hint: (a: UnknownName) => knownNames('flows', a),
  },
  'unknown-action': {
    severity: 'error',
    message: (a: UnknownName & { namespace: string }) => `"${a.namespace}" exposes no tool or operation "${a.name}"`,
    hint: (a: UnknownName) => knownNames('actions', a),
  },
  'unknown-step': {
    severity: 'error',
    message: (a: UnknownName) => `no step before this place is called "${a.name}"`,
    hint: (a: UnknownName) => knownNames('steps', a),
  },
  'unknown-parameter': {
    severity: 'error',
    message: (a: UnknownName) => `nothing is called "${a.name}" here`,
    hint: (a: UnknownName) => knownNames('parameters and binds', a),
  },
  'unused-parameter': {
    severity: 'warning',
    message: (a: { name: string; why: string }) => `"${a.name}" is never sent: ${a.why}`,
    hint: (a: { nearest?: string | undefined }) =>
      a.nearest === undefined ? 'declare it where it should be used, or remove it' : `did you mean "${a.nearest}"?`,
  },
  'missing-parameter': {
    severity: 'error',
    message: (a: { name: string; operation: string }) => `nothing supplies "${a.name}", which "${a.operation}" needs`,
    hint: (a: { name: string }) =>
      `declare an input "${a.name}", or set it under "with", e.g. ${a.name}: "{{other_input}}"`,
  },
  'inferred-input': {
    severity: 'warning',
    message: (a: { name: string; why: string }) => `"${a.name}" is taken as an input: ${a.why}`,
    hint: (a: { name: string }) => `declare it under "inputParameters": ${a.name}`,
  },
  'unplaced-parameter': {
    severity: 'error',
    message: (a: { name: string; path: string }) =>
      `"${a.name}" is said to be in the path, but ${a.path} has no such variable`,
    hint: (a: { name: string }) => `write {{${a.name}}} into the path, or say where else it is, e.g. "in: query"`,
  },
  // import
  'import-not-found': {
    severity: 'error',
    message: (a: { path: string }) => `there is no file "${a.path}" to import from`,
    hint: () => 'check the path, which is relative to the file that imports',
  },
  'idle-section': {
    severity: 'warning',
    message: (a: { name: string }) => `"${a.name}" beside "capability" is not run: only imports read it`,
    hint: (a: { name: string }) => `write its entries under "capability.${a.name}"`,
  },
  'bad-import': {
    severity: 'error',
    message: (a: { from: string; detail: string }) => `can't import from "${a.from}": ${a.detail}`,
    hint: () => 'name the capability file that declares it, by its path relative to this file',
  },
  'unknown-import': {
    severity: 'error',
    message: (a: UnknownName & { section: string; source: string }) =>
      `${a.source} has no "${a.name}" under "${a.section}"`,
    hint: (a: UnknownName) => knownNames('namespaces', a),
  },
  'import-cycle': {
    severity: 'error',
    message: (a: { chain: string }) => `this import leads back to itself: ${a.chain}`,
    hint: () => 'import it from the file that declares it',
  },
  // meaning
  unsupported: {
    severity: 'error',
    message: (a: { what: string }) => `${a.what} not supported yet`,
    hint: () => 'remove it, or pass --allow-unsupported to go on without it',
  },
  'not-carried': {
    severity: 'warning',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'check whether the converted file still says what you mean',
  },
  'bad-template': {
    severity: 'error',
    message: (a: { detail: string }) => `bad template: ${a.detail}`,
    hint: () => 'a placeholder is written {{name}}',
  },
  'bad-step-path': {
    severity: 'error',
    message: (a: { value: string }) => `"${a.value}" is no path to the output of a step`,
    hint: () => 'write it like $.step-name.member',
  },
  'bad-path': {
    severity: 'error',
    message: (a: { detail: string }) => `bad JSONPath: ${a.detail}`,
    hint: () => 'a path is written like $.items[0].name (RFC 9535)',
  },
  'bad-body': {
    severity: 'error',
    message: (a: { detail: string }) => `bad JSON body: ${a.detail}`,
    hint: () => 'write the JSON with placeholders as values: {"id": "{{id}}", "tags": {{tags}}}',
  },
  'bad-pattern': {
    severity: 'error',
    message: (a: { detail: string }) => `bad pattern: ${a.detail}`,
    hint: () => 'a pattern is a regular expression as JavaScript reads it, with the u flag',
  },
  'bad-address': {
    severity: 'error',
    message: (a: { value: string; detail: string }) => `"${a.value}" is no usable base address: ${a.detail}`,
    hint: () => 'write it like https://api.example.com/v1, with no trailing slash',
  },
  'no-address': {
    severity: 'warning',
    message: (a: { namespace: string; value: string }) =>
      a.value === ''
        ? `"${a.namespace}" has no base address`
        : `nothing says what stands for the braces in "${a.value}"`,
    hint: (a: { namespace: string }) => `write the address, or give it at start: --upstream ${a.namespace}=<url>`,
  },
  unbound: {
    severity: 'error',
    message: (a: { variable: string; key: string; location: string | undefined }) =>
      a.location === undefined
        ? `the environment variable ${a.key} has no value`
        : `${a.location} has no value for "${a.key}"`,
    hint: (a: { key: string; location: string | undefined }) =>
      a.location === undefined ? `set it before the start: ${a.key}=… capability serve` : `add "${a.key}" to that file`,
  },
  'missing-schema': {
    severity: 'error',
    message: (a: { path: string }) => `there is no schema file "${a.path}"`,
    hint: () => 'check the path, which is relative to the file it stands in',
  },
  'no-tunnel': {
    severity: 'warning',
    message: (a: { namespace: string }) =>
      `"${a.namespace}" is called without the tunnel, as "fallback: direct" allows`,
    hint: () => 'remove "tunnel", or run this capability where the tunnel ends',
  },
  'missing-credential': {
    severity: 'error',
    message: (a: { namespace: string; id: string; secret: string }) =>
      `nothing says which client "${a.namespace}" is called as`,
    hint: (a: { id: string; secret: string }) => `declare the binds ${a.id} and ${a.secret}`,
  },
  'bytes-in-step': {
    severity: 'error',
    message: (a: { operation: string }) => `"${a.operation}" answers bytes, which no later step can read`,
    hint: () => 'call it by a tool or a route of its own, which passes the bytes on',
  },
  'unmapped-binary': {
    severity: 'warning',
    message: (a: { operation: string }) => `"${a.operation}" answers bytes, which are passed on as they are`,
    hint: () => 'remove outputParameters here, or say another outputRawFormat there',
  },
  'nothing-to-do': {
    severity: 'error',
    message: (a: { name: string }) =>
      `"${a.name}" has no ref, no call and no output values, so there is nothing to run`,
    hint: () => 'add "ref", "call", or outputParameters with values',
  },
  'nothing-answered': {
    severity: 'error',
    message: (a: { name: string }) => `"${a.name}" has steps, but nothing says what it answers`,
    hint: () => 'add "mappings", or a call step: the answer of the last one is the answer',
  },
  'script-refused': {
    severity: 'error',
    message: (a: { why: string }) => `this script is not run: ${a.why}`,
    hint: () => 'scripts run in JavaScript ("language: javascript"), in a sandbox without files and network',
  },
  'script-unreadable': {
    severity: 'error',
    message: (a: { file: string; detail: string }) => `the script "${a.file}" can't be run: ${a.detail}`,
    hint: () => '"location" is a folder, e.g. file:///./scripts beside the capability; "file" is a path below it',
  },
  'ignored-call': {
    severity: 'warning',
    message: (a: { name: string }) => `"${a.name}" has a call and steps; only the steps run`,
    hint: () => 'remove "call", or make it a step',
  },
  'nothing-exposed': {
    severity: 'error',
    message: () => 'the capability exposes nothing',
    hint: () => 'add a rest, mcp, skill or control entry under "exposes"',
  },
  'only-imported': {
    severity: 'warning',
    message: () => 'the capability exposes nothing, so others can import it and it can not run by itself',
    hint: () => 'to serve it, add a rest, mcp, skill or control entry under "exposes"',
  },
  'ambiguous-route': {
    severity: 'error',
    message: (a: { route: string; first: string }) => `another operation already answers ${a.route}`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; give one of them another method or path`,
  },
  'duplicate-port': {
    severity: 'error',
    message: (a: { port: number; other: string }) => `port ${a.port} is already taken by "${a.other}"`,
    hint: () => 'give each surface a port of its own',
  },
  'open-address': {
    severity: 'warning',
    message: (a: { address: string }) =>
      `listens on ${a.address}, so other machines can call it without authentication`,
    hint: () => 'add "authentication", or bind to 127.0.0.1',
  },
  // lint
  'not-portable': {
    severity: 'warning',
    message: (a: { engine: string; detail: string }) => `${a.engine} does not take this: ${a.detail}`,
    hint: () => 'it runs here all the same; change it where the other engine matters',
  },
  'shared-namespace': {
    severity: 'warning',
    message: (a: { name: string; first: string }) => `"${a.name}" is the namespace of something else already`,
    hint: (a: { first: string }) => `the first one is in ${a.first}; other engines want each namespace once`,
  },
  'trailing-slash': {
    severity: 'warning',
    message: (a: { text: string }) => `"${a.text}" ends with a slash`,
    hint: () => 'leave it out: paths begin with one',
  },
  'query-in-path': {
    severity: 'warning',
    message: () => 'the path holds a query',
    hint: () => 'declare its parameters with "in: query"',
  },
  'example-address': {
    severity: 'warning',
    message: () => 'the address is one for examples',
    hint: () => 'write the address to listen on, e.g. 127.0.0.1',
  },
  'example-base': {
    severity: 'info',
    message: () => 'the base address is one for examples',
    hint: () => 'write the address of the API',
  },
  'contradicting-semantics': {
    severity: 'warning',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'say the same in both places, or only in the flow',
  },
  'method-semantics': {
    severity: 'info',
    message: (a: { detail: string }) => a.detail,
    hint: () => 'a caller reads from the method what a repeat does',
  },
  'needless-authentication': {
    severity: 'warning',
    message: () => 'nobody is asked for credentials over stdio',
    hint: () => 'remove "authentication", or serve over http',
  },
  'unencrypted-oauth2': {
    severity: 'warning',
    message: (a: { key: string }) => `"${a.key}" is not https, so tokens can be read on their way`,
    hint: () => 'write an https address',
  },
  'no-scopes': {
    severity: 'info',
    message: () => 'no scopes are asked for, so any token of the authorization server will do',
    hint: () => 'add "scopes: […]"',
  },
  'no-tags': {
    severity: 'info',
    message: () => 'the capability has no tags',
    hint: () => 'catalogs find it by them: add "tags: […]"',
  },
  'no-description': {
    severity: 'info',
    message: (a: { what: string }) => `${a.what} has no description`,
    hint: () => 'say what it is and when to use it',
  },
  'unsafe-markup': {
    severity: 'warning',
    message: (a: { found: string }) => `the text holds "${a.found}", which a page that shows it may run`,
    hint: () => 'descriptions are Markdown: leave code that runs out of them',
  },
  'public-tunnel': {
    severity: 'info',
    message: () => 'a tunnel leads to an address that looks public',
    hint: () => 'a tunnel is for what can not be reached otherwise',
  },
  'plain-secret': {
    severity: 'warning',
    message: (a: { name: string }) => `"${a.name}" is a secret in plain text`,
    hint: () => 'declare a variable under "binds" and write {{VARIABLE}} here; then change the secret, which was seen',
  },
  'unused-consumes': {
    severity: 'info',
    message: (a: { namespace: string }) => `nothing calls "${a.namespace}"`,
    hint: () => 'remove it, or call one of its operations',
  },
  'unreachable-output': {
    severity: 'warning',
    message: (a: { key: string; type: string }) => `"${a.key}" is never answered: the output is of type ${a.type}`,
    hint: (a: { key: string }) => `make it "type: ${a.key === 'items' ? 'array' : 'object'}", or remove it`,
  },
} as const satisfies Record<string, Definition>

export type DiagnosticCode = keyof typeof catalogue

type MessageArgs<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]['message']> extends [infer A] ? A : object
type HintArgs<C extends DiagnosticCode> = (typeof catalogue)[C] extends { hint: (args: infer A) => string | undefined }
  ? unknown extends A
    ? object
    : A
  : object
export type DiagnosticArgs<C extends DiagnosticCode> = MessageArgs<C> & HintArgs<C>

export const diagnosticCodes = Object.keys(catalogue) as readonly DiagnosticCode[]

export const severityOf = (code: DiagnosticCode): Severity => catalogue[code].severity

/** A diagnostic of the catalogue at a place; the code fixes severity, message and hint. */
export function diagnostic<C extends DiagnosticCode>(
  code: C,
  location: Location,
  args: DiagnosticArgs<C>,
  frame?: string,
): Diagnostic {
  const definition: Definition = catalogue[code]
  const hint = definition.hint?.(args as never)
  return {
    code,
    severity: definition.severity,
    message: definition.message(args as never),
    ...(hint === undefined ? {} : { hint }),
    location,
    ...(frame === undefined ? {} : { frame }),
  }
}

/** How a phase reports a fault at a JSON Pointer of the document it works on. */
export type Report = <C extends DiagnosticCode>(code: C, pointer: string, args: DiagnosticArgs<C>) => void

/** Sorts by file, then by place, so that a reader meets faults in the order of the text. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      a.location.file.localeCompare(b.location.file) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column,
  )
}

/** One diagnostic as a person reads it: place, severity, code, message, code frame, hint. */
export function formatDiagnostic(d: Diagnostic): string {
  const { file, line, column } = d.location
  const head = `${file}:${line}:${column} ${d.severity} ${d.code}: ${d.message}`
  const frame = d.frame === undefined ? '' : `\n${d.frame}`
  return d.hint === undefined ? head + frame : `${head}${frame}\n  hint: ${d.hint}`
}
