/** What the support table says of keywords is so: those that it calls inert change no plan, those beside them do. */

import { expect, test } from 'vitest'
import { validate } from '../../src/load.ts'
import { placesOf } from '../../src/reference/places.ts'
import { grammar } from '../../src/spec/grammar/grammar.ts'
import { rowsOf } from '../../src/spec/grammar/notation.ts'
import { inertKeywords } from '../../src/spec/inert.ts'
import { writeCapability } from '../support/serve.ts'

const titled = (what: string) => ({ display: `Shown ${what}`, tags: [what], description: `What it is, ${what}.` })

/** Every keyword there is that could be for readers only. */
const capability = {
  ikanos: '1.0.0-beta5',
  info: {
    display: 'Things',
    description: 'Things of a shop.',
    tags: ['shop'],
    version: '1.0.0',
    created: '2026-01-31',
    modified: '2026-02-28',
    stakeholders: [{ role: 'owner', fullName: 'Ann Example', email: 'ann@example.com' }],
  },
  binds: [{ namespace: 'env', description: 'Of the shop.', location: 'file:///./binds.yml', keys: { KEY: 'key' } }],
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'shop',
        description: 'The shop.',
        baseUri: 'https://shop.example.com',
        tunnel: { type: 'ziti', service: 'shop', identity: '{{KEY}}', fallback: 'direct' },
        authentication: { type: 'bearer', token: '{{KEY}}' },
        resources: {
          things: {
            ...titled('of a resource'),
            path: '/things',
            operations: {
              list: { ...titled('of a call'), method: 'GET', outputRawFormat: 'binary', outputMediaType: 'text/csv' },
            },
          },
        },
      },
      { from: './rates.yml', import: 'rates', description: 'What things cost.' },
    ],
    aggregates: [
      {
        display: 'Things',
        namespace: 'things',
        flows: {
          list: {
            description: 'Lists things.',
            tags: ['read'],
            semantics: { safe: true },
            outputMediaType: 'text/csv',
            call: 'shop.list',
          },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 8080,
        resources: {
          things: {
            ...titled('of a route'),
            path: '/things',
            operations: { list: { ...titled('of an operation'), method: 'GET', call: 'shop.list' } },
          },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        description: 'Things for agents.',
        port: 9090,
        tools: { list: { display: 'Lists things', tags: ['agents'], call: 'shop.list' } },
      },
      {
        type: 'skill',
        namespace: 'skill',
        description: 'Skills of things.',
        port: 9091,
        skills: { 'read-things': { description: 'Reads things. Use when asked.', license: 'MIT' } },
      },
    ],
  },
}

/** What another file consumes. */
const imported = {
  ikanos: '1.0.0-beta5',
  consumes: [{ type: 'http', namespace: 'rates', baseUri: 'https://rates.example.com' }],
}

const files = { 'binds.yml': 'key: x', 'rates.yml': JSON.stringify(imported) }

async function planOf(value: object): Promise<string | undefined> {
  const { loaded } = await validate(await writeCapability(value, { files }))
  return loaded && JSON.stringify(loaded.plan)
}

/** The value without what stands at a pointer. */
function without(pointer: string): object {
  const copy = structuredClone(capability)
  const keys = pointer.slice(1).split('/')
  const last = keys.pop() ?? ''
  delete (keys.reduce<unknown>((at, key) => (at as Keys)[key], copy) as Record<string, unknown>)[last]
  return copy
}

type Keys = Readonly<Record<string, unknown>>

const at = (pointer: string) =>
  pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((node, key) => (node as Keys)[key], capability)

const consumed = '/capability/consumes/0'
const places = [
  ['info', '/info'],
  ['binding', '/binds/0'],
  ['import', '/capability/consumes/1'],
  ['consumes', consumed],
  ['consumedResource', `${consumed}/resources/things`],
  ['consumedOperation', `${consumed}/resources/things/operations/list`],
  ['aggregate', '/capability/aggregates/0'],
  ['flow', '/capability/aggregates/0/flows/list'],
  ['exposedResource', '/capability/exposes/0/resources/things'],
  ['exposedOperation', '/capability/exposes/0/resources/things/operations/list'],
  ['exposes mcp', '/capability/exposes/1'],
  ['tool', '/capability/exposes/1/tools/list'],
  ['exposes skill', '/capability/exposes/2'],
] as const

test.each(places)('Of the keywords of "%s" those change nothing that the table calls inert', async (unit, pointer) => {
  const whole = await planOf(capability)
  const keys = Object.keys(at(pointer) as Keys)
  const plans = await Promise.all(keys.map((key) => planOf(without(`${pointer}/${key}`))))
  const inert = keys.filter((_, i) => plans[i] === whole)
  expect(inert.sort()).toEqual([...(inertKeywords[unit] ?? [])].sort())
})

test('Inert keywords are keywords, and units of which all are inert stand nowhere else than below one', () => {
  const named = Object.entries(inertKeywords)
  const known = (unit: string) => (rowsOf(unit) ?? []).flatMap(({ spellings }) => spellings)
  expect(named.flatMap(([unit, keys]) => keys.filter((key) => !known(unit).includes(key)))).toEqual([])
  expect(named.map(([unit]) => unit).filter((unit) => !places.some(([placed]) => placed === unit))).toEqual([
    'person',
    'tunnel',
  ])
})

test('Every unit of the grammar stands somewhere in a capability, but for the two that only its rewriting needs', () => {
  const placed = placesOf()
  const notations = ['output', 'namedOutput']
  const units = new Set(Object.keys(grammar).map((name) => name.split(' ')[0] ?? ''))
  expect([...units].filter((unit) => !placed.has(unit))).toEqual(notations)
  expect(placed.get('root')).toBe('')
  expect(placed.get('consumedOperation')).toBe('consumes[].resources.<name>.operations.<name>')
  expect(placed.get('orchestrated')).toBe('aggregates[].flows.<name>.outputParameters.<name>')
})
