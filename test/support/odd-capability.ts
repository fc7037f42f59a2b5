/** Capabilities and facts as nobody should write them. */

import fc from 'fast-check'
import { load } from '../../src/load.ts'
import { publish } from '../../src/publish.ts'
import { writeCapability } from './serve.ts'

/** Texts that some format or page would take for something of its own. */
const hostile = [
  'A "quoted" name, it\'s one: yes # no',
  'Two\nlines\r\nand three',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what it is about
  '${{ secrets.KEY }} and {{title}} and {% raw %}',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '| a | b |\n| --- | --- |',
  '# A heading\n\n## Another\n\n- a list\n> a quote',
  '[here](javascript:alert(1)) ![x](http://harbour.test/x.png)',
  '```\nfence',
  '--- \n...\n---',
  'bell \u0007 and nul \u0000 and escape \u001b[31m',
  'separators \u2028 \u2029 \u0085 \ufeff',
  'right \u202e to left',
  'ファイル管理',
  'مراجعة الملفات',
  '🗂️'.repeat(40),
  'a'.repeat(900),
  ' ',
  'null',
  '*alias',
  '!!tag',
  '1. first',
  '=1+1',
  '../../../etc/passwd',
  'C:\\CON',
]

const prose = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  fc.string({ unit: 'grapheme', minLength: 1 }),
)
const short = prose.map((text) => [...`${text} name`].slice(0, 20).join(''))
const operationName = fc.oneof(
  fc.constantFrom(
    'get-ship',
    'Get-Ship',
    '../../get',
    '..',
    '.git',
    'a/b',
    'a\\b',
    'CON',
    '読む',
    'get ship',
    'x:y',
    'ß',
    '-',
  ),
  fc.string({ minLength: 1, maxLength: 20 }),
)

export interface Odd {
  readonly title: string
  readonly description: string
  readonly publisher: string
  readonly index: string
  readonly operations: readonly string[]
  readonly surfaces: readonly ('rest' | 'mcp')[]
  readonly apis: readonly string[]
}

/** Any of them. */
export const odd: fc.Arbitrary<Odd> = fc.record({
  title: prose,
  description: prose,
  publisher: short,
  index: prose.map((text) => `All of it. ${text}`.slice(0, 1000)),
  operations: fc.uniqueArray(operationName, { minLength: 1, maxLength: 3 }),
  surfaces: fc.constantFrom(['rest'], ['mcp'], ['rest', 'mcp']),
  apis: fc.constantFrom([], ['harbour'], ['harbour', 'sea']),
})

export const api = (namespace: string) => ({
  type: 'http',
  namespace,
  description: `The API of a ${namespace}.`,
  baseUri: `https://${namespace}.test`,
  resources: { ships: { path: '/ships', operations: { list: { method: 'GET', description: 'All ships.' } } } },
})

export function capabilityOf({ title, description, operations, surfaces, apis }: Odd) {
  const flows = operations.map((_, i) => [
    `flow-${i}`,
    {
      description,
      inputParameters: { imo: { type: 'string', description } },
      ...(apis[0] === undefined
        ? { outputParameters: { name: { type: 'string', value: 'Nova' } } }
        : { call: `${apis[0]}.list`, outputParameters: [{ type: 'string', mapping: '$.name' }] }),
    },
  ])
  const rest = {
    type: 'rest',
    namespace: 'ships-rest',
    address: '127.0.0.1',
    port: 8080,
    resources: Object.fromEntries(
      operations.map((name, i) => [
        `r${i}`,
        {
          path: `/ships${i}`,
          description,
          operations: {
            [name]: {
              method: 'POST',
              ref: `ships.flow-${i}`,
              inputParameters: { imo: { in: 'body', type: 'string', description } },
            },
          },
        },
      ]),
    ),
  }
  const mcp = {
    type: 'mcp',
    namespace: 'ships-mcp',
    address: '127.0.0.1',
    port: 9090,
    description,
    tools: Object.fromEntries(operations.map((_, i) => [`tool-${i}`, { ref: `ships.flow-${i}`, description }])),
  }
  return {
    ikanos: '1.0.0-beta5',
    info: { display: title, description, version: '0.1.0', tags: [title] },
    capability: {
      ...(apis.length === 0 ? {} : { consumes: apis.map(api) }),
      aggregates: [{ display: title, namespace: 'ships', flows: Object.fromEntries(flows) }],
      exposes: surfaces.map((type) => ({ rest, mcp })[type]),
    },
  }
}

export function factsOf({ publisher, index, apis, operations, surfaces }: Odd) {
  const date = '2026-11-24'
  const [operation = ''] = surfaces.includes('rest') ? operations : []
  const step = { id: 'one', operation, description: index, with: { imo: '$inputs.imo' } }
  return {
    index: { slug: 'ships', name: publisher, description: index, created: date, modified: date },
    publisher: {
      name: publisher,
      url: 'https://harbour.test',
      email: 'ships@harbour.test',
      securityExpires: '2027-06-01T00:00:00Z',
    },
    mcp: { registryName: 'test.harbour/ships', checked: date, note: index },
    deprecation: index,
    examples: { 'ships.flow-0': { input: { imo: publisher } } },
    ...(operation === ''
      ? {}
      : { workflows: { look: { summary: publisher, description: index, inputs: {}, steps: [step] } } }),
    ...(apis[0] === undefined
      ? {}
      : { upstream: { namespace: apis[0], name: publisher, description: index, humanURL: 'https://harbour.test' } }),
  }
}

/** One with nothing odd. */
export const plain: Odd = {
  title: 'Ships',
  description: 'Reads a ship.',
  publisher: 'A harbour',
  index: 'All ships.',
  operations: ['get-ship'],
  surfaces: ['rest', 'mcp'],
  apis: ['harbour'],
}

export async function loaded(capability: object, facts: object, files: Readonly<Record<string, string>> = {}) {
  const beside = { 'case.publish.yml': JSON.stringify(facts), ...files }
  return load(await writeCapability(JSON.stringify(capability), { files: beside }))
}

/** The paths and texts of what is published of a capability with other parts, other facts and files beside. */
export async function publishedWith(parts: object, facts: object = {}, files: Readonly<Record<string, string>> = {}) {
  const { capability, ...rest } = capabilityOf(plain)
  const changed = { ...rest, capability: { ...capability, ...parts } }
  const made = await publish(await loaded(changed, { ...factsOf(plain), ...facts }, files))
  return new Map(made.files.map((file) => [file.path, file]))
}
