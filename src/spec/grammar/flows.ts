/** The grammar of flows: steps, mappings, and the outputs of calls, steps and mocks (spec §4, §5). */

import { inputTypes, languages, ofCall, ofMock, ofSteps, outputTypes, runs, type Unit, type Units } from './unit.ts'

const mapped = { 'type!': outputTypes, mapping: 'text', const: 'given', value: 'text' } as const
const mappedScalar: Unit = { keys: mapped, one: ['mapping', 'value'] }
const orchestrated = { '@!': 'any / extended', 'type!': outputTypes } as const
const mock: Unit = { keys: { ...orchestrated, 'value!': 'text' } }
const output = { type: 'text', mapping: 'text', value: 'text', const: 'given' } as const

export const flows: Units = {
  aggregate: {
    keys: {
      'display|label|title!': 'text',
      'namespace|': 'kebab',
      '|namespace!': 'kebab',
      'flows|functions!': '<flow>+',
    },
  },
  flow: {
    keys: {
      '@!': 'kebab',
      'description!': 'text',
      'tags|': '[text]',
      semantics: 'semantics',
      'outputMediaType|': 'text',
      inputParameters: '<input>',
      ...runs,
      outputParameters: 'any / list',
    },
    any: [`call ${ofCall}`, `steps ${ofSteps}`, ofMock],
  },
  semantics: { keys: { safe: 'flag', idempotent: 'flag', cacheable: 'flag' } },
  input: { keys: { '@!': 'extended', 'type!': inputTypes, 'description!': 'text', required: 'flag' } },
  'step call': {
    keys: { '@!': 'kebab', 'type!': 'text', 'call!': 'reference', with: '{text or number}' },
  },
  'step lookup': {
    keys: {
      '@!': 'kebab',
      'type!': 'text',
      'index!': 'kebab',
      'match!': 'kebab',
      'lookupValue!': 'text',
      'outputParameters!': '[text]+',
    },
  },
  'step script': {
    keys: {
      '@!': 'kebab',
      'type!': 'text',
      'file!': 'word',
      language: languages,
      location: 'file',
      dependencies: '[word]+',
      with: '{text or number}',
    },
  },
  mapping: { keys: { 'target|targetName!': 'target', 'value!': 'text' } },
  'mapped string': mappedScalar,
  'mapped number': mappedScalar,
  'mapped boolean': mappedScalar,
  'mapped object': { keys: { ...mapped, 'properties!': '{mapped}' } },
  'mapped array': { keys: { ...mapped, 'items!': 'mapped' } },
  'orchestrated string': { keys: orchestrated },
  'orchestrated number': { keys: orchestrated },
  'orchestrated boolean': { keys: orchestrated },
  'orchestrated object': { keys: { ...orchestrated, 'properties!': '{orchestrated}' } },
  'orchestrated array': { keys: { ...orchestrated, 'items!': '<orchestrated>+' } },
  // Any output as it may be written here, for who rewrites one.
  output: { keys: { '@': 'any', ...output, properties: '{output}', items: 'output' } },
  namedOutput: { keys: { '@!': 'any', ...output, properties: '{namedOutput}', items: 'namedOutput' } },
  'mock string': mock,
  'mock number': mock,
  'mock boolean': mock,
}
