/** What each dialect knows: the keys of every unit, which collections have names, what was renamed (spec §1–§5, A4.2). */

export type Dialect = 'alpha2' | 'beta5'

/** A unit of the format. */
export interface UnitGrammar {
  /** Keys that both dialects know by one name. */
  readonly keys: readonly string[]
  /** Keys that only one dialect knows. */
  readonly only?: Readonly<Partial<Record<Dialect, readonly string[]>>>
  /** Keys with another name in each dialect, and other spellings that published files use. */
  readonly renamed?: readonly Renamed[]
  readonly children?: Readonly<Record<string, Child>>
}

export interface Renamed {
  readonly alpha2: string
  readonly beta5: string
  readonly also?: readonly string[]
}

/**
 * What a key holds: one unit, a list of units, a map of units by name in both dialects, or a collection whose items are
 * named: a list of items with `name` in alpha2, a map in beta5. `unless` = a key of the unit above that makes it a plain
 * list in both (the mapped outputs of a call).
 */
export interface Child {
  readonly unit: string
  readonly form: 'one' | 'list' | 'map' | 'named'
  readonly unless?: readonly string[]
}

const title: Renamed = { alpha2: 'label', beta5: 'display', also: ['title'] }
const one = (unit: string): Child => ({ unit, form: 'one' })
const list = (unit: string): Child => ({ unit, form: 'list' })
const named = (unit: string): Child => ({ unit, form: 'named' })
const outputs: Child = { unit: 'output', form: 'named', unless: ['call', 'ref'] }
const runs = ['description', 'call', 'with', 'steps', 'mappings', 'outputParameters', 'inputParameters']
const runChildren = { steps: named('step'), mappings: list('mapping'), outputParameters: outputs, with: one('with') }
const listen = ['type', 'address', 'port', 'authentication']
const authentication = one('authentication')

/** A list entry that is an import or an inline unit, told apart by `import`. */
export const grammar: Readonly<Record<string, UnitGrammar>> = {
  root: {
    keys: ['info', 'binds', 'capability'],
    only: { beta5: ['consumes', 'exposes', 'aggregates'] },
    renamed: [{ alpha2: 'naftiko', beta5: 'ikanos' }],
    children: {
      info: one('info'),
      binds: list('binding'),
      capability: one('capability'),
      consumes: list('consumes'),
      exposes: list('exposes'),
      aggregates: list('aggregate'),
    },
  },
  info: {
    keys: ['description', 'tags', 'created', 'modified', 'stakeholders'],
    only: { beta5: ['version'] },
    renamed: [title],
  },
  import: { keys: ['import', 'as', 'description'], renamed: [{ alpha2: 'location', beta5: 'from' }] },
  binding: { keys: ['namespace', 'description', 'location', 'keys'] },
  capability: {
    keys: ['binds', 'consumes', 'aggregates', 'exposes'],
    children: {
      binds: list('binding'),
      consumes: list('consumes'),
      aggregates: list('aggregate'),
      exposes: list('exposes'),
    },
  },
  consumes: {
    keys: ['type', 'namespace', 'description', 'baseUri', 'inputParameters', 'authentication', 'resources'],
    only: { beta5: ['tunnel'] },
    children: { inputParameters: named('consumedInput'), authentication, resources: named('consumedResource') },
  },
  consumedResource: {
    keys: ['description', 'path', 'inputParameters', 'operations'],
    only: { beta5: ['tags'] },
    renamed: [title],
    children: { inputParameters: named('consumedInput'), operations: named('consumedOperation') },
  },
  consumedOperation: {
    keys: ['description', 'method', 'inputParameters', 'body', 'outputRawFormat', 'outputSchema', 'outputParameters'],
    only: { beta5: ['tags', 'maxBinarySize', 'outputMediaType'] },
    renamed: [title],
    children: { inputParameters: named('consumedInput'), outputParameters: named('consumedOutput') },
  },
  consumedInput: { keys: ['in', 'value'] },
  consumedOutput: { keys: ['type', 'value'] },
  authentication: {
    keys: [
      'type',
      'username',
      'password',
      'authorizationServerUri',
      'resource',
      'scopes',
      'audience',
      'tokenEndpoint',
      'tokenValidation',
    ],
    renamed: [
      { alpha2: 'token', beta5: 'token' },
      { alpha2: 'key', beta5: 'key', also: ['name'] },
      { alpha2: 'value', beta5: 'value' },
      { alpha2: 'placement', beta5: 'placement', also: ['in'] },
    ],
  },
  aggregate: {
    keys: ['namespace'],
    renamed: [title, { alpha2: 'functions', beta5: 'flows' }],
    children: { flows: named('flow') },
  },
  flow: {
    keys: ['semantics', ...runs],
    only: { beta5: ['tags', 'outputMediaType'] },
    children: { inputParameters: named('input'), ...runChildren },
  },
  input: { keys: ['type', 'description', 'required'] },
  with: { keys: ['*'] },
  step: {
    keys: [
      'type',
      'call',
      'with',
      'index',
      'match',
      'lookupValue',
      'outputParameters',
      'file',
      'language',
      'location',
      'dependencies',
    ],
    children: { with: one('with') },
  },
  mapping: { keys: ['value'], renamed: [{ alpha2: 'targetName', beta5: 'target' }] },
  output: {
    keys: ['type', 'mapping', 'value', 'const', 'properties', 'items'],
    children: { properties: { unit: 'output', form: 'map' }, items: one('output') },
  },
  'exposes rest': {
    keys: [...listen, 'namespace', 'resources'],
    only: { beta5: ['maxBinarySize'] },
    children: { authentication, resources: named('exposedResource') },
  },
  'exposes mcp': {
    keys: [...listen, 'namespace', 'description', 'transport', 'tools', 'resources', 'prompts'],
    only: { beta5: ['maxBinarySize', 'ttlMs', 'cacheScope'] },
    children: { authentication, tools: named('tool'), resources: named('mcpResource'), prompts: named('prompt') },
  },
  'exposes skill': {
    keys: [...listen, 'namespace', 'description', 'skills'],
    children: { authentication, skills: named('skill') },
  },
  'exposes control': { keys: [...listen, 'management', 'observability'], children: { authentication } },
  exposedResource: {
    keys: ['description', 'path', 'inputParameters', 'operations', 'forward'],
    only: { beta5: ['tags'] },
    renamed: [title],
    children: { inputParameters: named('exposedInput'), operations: named('exposedOperation') },
  },
  mcpResource: {
    keys: ['description', 'uri', 'mimeType', 'location', ...runs],
    only: { beta5: ['binary'] },
    renamed: [title],
    children: runChildren,
  },
  exposedOperation: {
    keys: ['method', 'ref', ...runs],
    only: { beta5: ['tags', 'responses', 'responseBinary'] },
    renamed: [title],
    children: { inputParameters: named('exposedInput'), ...runChildren },
  },
  exposedInput: { keys: ['in', 'type', 'description', 'pattern', 'value'] },
  tool: {
    keys: ['ref', 'hints', ...runs],
    only: { beta5: ['tags'] },
    renamed: [title],
    children: { inputParameters: named('input'), ...runChildren },
  },
  prompt: {
    keys: ['description', 'template', 'location', 'arguments'],
    renamed: [title],
    children: { arguments: named('promptArgument') },
  },
  promptArgument: { keys: ['description', 'required'], renamed: [title] },
  skill: {
    keys: [
      'description',
      'license',
      'compatibility',
      'metadata',
      'allowed-tools',
      'argument-hint',
      'user-invocable',
      'disable-model-invocation',
      'location',
      'tools',
    ],
    children: { tools: named('skillTool') },
  },
  skillTool: { keys: ['description', 'from', 'instruction'] },
}
