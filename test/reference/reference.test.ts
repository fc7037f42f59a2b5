/** The reference names all there is, and says something of each. */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { diagnosticCodes } from '../../src/diagnostics.ts'
import { textsOf } from '../../src/reference/hints.ts'
import { keysOf, type Schema } from '../../src/reference/keys.ts'
import { referenceText, withBlocks } from '../../src/reference/reference.ts'
import { grammar } from '../../src/spec/grammar/grammar.ts'
import { problemKinds } from '../../src/surfaces/problem-kinds.ts'

const schemaOf = (name: string): Schema => JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))
const schemas = { runtime: schemaOf('runtime'), publish: schemaOf('publish') }
const text = referenceText(schemas)
const firstCells = [...text.matchAll(/^\| `?([^`|]+?)`? \|/gm)].map(([, cell]) => cell)

test('Every diagnostic and every code of a failed call has one row', () => {
  for (const code of [...diagnosticCodes, ...problemKinds().map(({ code }) => code)])
    expect(
      firstCells.filter((cell) => cell === code),
      code,
    ).toHaveLength(1)
})

test('Every keyword of the grammar stands in the table of keywords', () => {
  const keywords = text.slice(text.indexOf('## Keywords'), text.indexOf('## Companion'))
  const names = Object.values(grammar).flatMap(({ keys }) => Object.keys(keys))
  const written = names.flatMap((key) => key.replace('!', '').split('|').slice(0, 2)).filter((key) => !/^@?$/.test(key))
  expect(written.filter((name) => !keywords.includes(`\`${name}\``))).toEqual([])
})

test.each(['runtime', 'publish'] as const)('Every key of the %s schema has a type and a meaning', (name) => {
  const rows = keysOf(schemas[name])
  expect(rows.filter(({ type, meaning }) => type === '' || meaning === '').map(({ key }) => key)).toEqual([])
  const keys = JSON.stringify(schemas[name]).match(/"properties":/g) ?? []
  expect(rows.length).toBeGreaterThan(keys.length)
})

test('A key tells its type, its bounds, whether it is asked for, and what it is without being said', () => {
  const schema: Schema = {
    properties: {
      limits: {
        description: 'upstream -> its limits.',
        type: 'object',
        additionalProperties: {
          required: ['calls'],
          properties: {
            calls: { description: 'How many. Default 5.', type: 'integer', minimum: 1 },
            pause: { description: 'In seconds. Default: none.', type: ['boolean', 'number'], maximum: 9 },
          },
        },
      },
    },
  }
  expect(keysOf(schema)).toEqual([
    { key: 'limits', type: 'map', default: '', meaning: 'upstream -> its limits.' },
    { key: 'limits.<upstream>.calls', type: 'whole number, from 1', default: 'required', meaning: 'How many.' },
    {
      key: 'limits.<upstream>.pause',
      type: 'true or false or number, at most 9',
      default: 'none',
      meaning: 'In seconds.',
    },
  ])
})

test('What an author is told is shown with a stand-in for each name, in every way it can be told', () => {
  expect(
    textsOf((a: { nearest?: string; known: readonly string[] }) =>
      a.nearest === undefined ? `known: ${a.known.slice(0, 2).join(', ')}` : `did you mean "${a.nearest}"?`,
    ),
  ).toEqual(['did you mean "<nearest>"?', 'known: <known>'])
  expect(textsOf((a: { remedy: string }) => a.remedy)).toEqual([])
  expect(textsOf((a: { at: { deep: { text: string } } }) => a.at.deep.text)).toEqual([])
})

test('Only what stands between the two lines of a block is written, and a text without them stays', () => {
  const begin = '# Mine\n\n<!-- generated:errors -->'
  const written = withBlocks(`${begin}\nold\n<!-- /generated:errors -->\n\nMine too.\n`)
  expect(written.startsWith(`${begin}\n\n| code, `)).toBe(true)
  expect(written.endsWith('|\n\n<!-- /generated:errors -->\n\nMine too.\n')).toBe(true)
  expect(withBlocks(written)).toBe(written)
  expect(withBlocks('# Mine\n')).toBe('# Mine\n')
})
