/** The grammar of surfaces: REST, MCP, skills and control (spec-servers). */

import { inputTypes, languages, methods, ofCall, ofMock, ofSteps, runs, titled, type Units } from './unit.ts'

const listens = { address: 'host', authentication: 'authentication' } as const

export const exposes: Units = {
  'exposes rest': {
    keys: {
      'type!': 'text',
      ...listens,
      'port!': '1..65535',
      'namespace!': 'kebab',
      'maxBinarySize|': 'size',
      resources: '<exposedResource>+',
    },
  },
  'exposes mcp': {
    keys: {
      'type!': 'text',
      transport: '=http|stdio',
      ...listens,
      port: '1..65535',
      'namespace!': 'kebab',
      description: 'text',
      'maxBinarySize|': 'size',
      'ttlMs|': 'integer',
      'cacheScope|': '=public|private',
      'tools!': '<tool>+',
      resources: '<mcpResource>+',
      prompts: '<prompt>+',
    },
    one: ['port transport:=http', 'transport transport:=stdio -port'],
  },
  'exposes skill': {
    keys: {
      'type!': 'text',
      ...listens,
      'port!': '1..65535',
      'namespace!': 'kebab',
      description: 'text',
      'skills!': '<skill>+',
    },
  },
  'exposes control': {
    keys: {
      'type!': 'text',
      ...listens,
      'port!': '1..65535',
      management: 'management',
      observability: 'observability',
    },
  },
  exposedResource: {
    keys: {
      '@': 'kebab',
      ...titled,
      'path!': 'text',
      inputParameters: '<exposedInput>',
      operations: '<exposedOperation>+ / <exposedOperation>',
      forward: 'forward',
    },
    any: ['operations', 'forward'],
  },
  forward: { keys: { 'targetNamespace!': 'kebab', trustedHeaders: '[text]+' } },
  exposedOperation: {
    keys: {
      '@': 'kebab',
      ...titled,
      'method!': methods,
      inputParameters: '<exposedInput>',
      ref: 'reference',
      ...runs,
      outputParameters: 'any / list',
      'responses|': '{status: response}',
      'responseBinary|': 'responseBinary',
    },
    // beta5 looks into the outputs of an operation only where they are a list.
    any: [`@ steps ${ofSteps}`, 'ref', ofCall, 'outputParameters:unlisted /'],
    one: ['-responses', 'responses -responseBinary'],
  },
  exposedInput: {
    keys: {
      '@!': 'extended',
      'in!': '=query|header|path|cookie|body',
      'type!': inputTypes,
      'description!': 'text',
      pattern: 'text',
      value: 'text',
    },
  },
  response: { keys: { description: 'text', content: '{media: content}+' } },
  content: { keys: { binary: 'flag', schema: 'map' } },
  responseBinary: { keys: { 'mediaType!': 'media', status: '100..599', description: 'text' } },
  tool: {
    keys: {
      '@': 'kebab',
      ...titled,
      hints: 'hints',
      inputParameters: '<input>',
      ref: 'reference',
      ...runs,
      outputParameters: 'any / list',
    },
    any: [`@ description call ${ofCall}`, `@ description steps ${ofSteps}`, 'ref', `@ description ${ofMock}`],
  },
  hints: { keys: { readOnly: 'flag', destructive: 'flag', idempotent: 'flag', openWorld: 'flag' } },
  mcpResource: {
    keys: {
      '@!': 'kebab / extended',
      'display|label|title!': 'text',
      'description!': 'text',
      'uri!': 'text',
      mimeType: 'media',
      'binary|': 'flag',
      ...runs,
      outputParameters: 'list or map / list',
      location: 'file',
    },
    one: [`call -location ${ofCall}`, `steps -location ${ofSteps}`, 'location -call -steps'],
  },
  prompt: {
    keys: {
      '@!': 'kebab / extended',
      'display|label|title!': 'text',
      'description!': 'text',
      arguments: '<promptArgument> / <promptArgument>+',
      template: '[promptMessage]+',
      location: 'file',
    },
    one: ['template -location', 'location -template'],
  },
  promptArgument: {
    keys: { '@!': 'extended', 'display|label|title': 'text', 'description!': 'text', required: 'flag' },
  },
  promptMessage: { keys: { 'role!': '=user|assistant', 'content!': 'text' } },
  skill: {
    keys: {
      '@!': 'kebab',
      'description!': '..1024',
      license: 'text',
      compatibility: '..500',
      metadata: '{text}',
      'allowed-tools': '..1024',
      'argument-hint': 'text',
      'user-invocable': 'flag',
      'disable-model-invocation': 'flag',
      location: 'file',
      tools: '<skillTool>+',
    },
  },
  skillTool: {
    keys: { '@!': 'kebab', 'description!': 'text', from: 'action', instruction: 'text' },
    one: ['from', 'instruction'],
  },
  action: { keys: { 'sourceNamespace!': 'text', 'action!': 'text' } },
  management: {
    keys: {
      health: 'flag',
      info: 'flag',
      reload: 'flag',
      validate: 'flag',
      logs: 'flag or logs',
      scripting: 'scripting',
    },
  },
  logs: { keys: { 'level-control': 'flag', stream: 'flag', 'max-subscribers': '1..20' } },
  scripting: {
    keys: {
      enabled: 'flag',
      defaultLocation: 'file',
      defaultLanguage: languages,
      timeout: '1..',
      statementLimit: '1..',
      allowedLanguages: `[${languages}]`,
    },
  },
  observability: { keys: { enabled: 'flag', metrics: 'metrics', traces: 'traces', exporters: 'exporters' } },
  metrics: { keys: { local: 'localMetrics' } },
  localMetrics: { keys: { enabled: 'flag' } },
  traces: { keys: { sampling: 'share', propagation: '=w3c|b3', local: 'localTraces' } },
  localTraces: { keys: { enabled: 'flag', 'buffer-size': '10..10000' } },
  exporters: { keys: { otlp: 'otlp' } },
  otlp: { keys: { 'endpoint!': 'text' } },
}
