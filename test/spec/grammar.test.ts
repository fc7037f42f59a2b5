/** The grammar of the two published formats takes what their JSON Schemas take, and refuses what they refuse. */

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { convert } from '../../src/spec/convert.ts'
import { grammar } from '../../src/spec/grammar/grammar.ts'
import { rowsOf } from '../../src/spec/grammar/notation.ts'
import type { Dialect } from '../../src/spec/grammar/unit.ts'
import { notPortable } from '../../src/spec/portable.ts'
import { breakagesOf, oddBreakagesOf } from '../support/breakages.ts'
import { capabilityFile, ownFiles, tutorialFiles } from '../support/capabilities.ts'
import { formatCheck } from '../support/formats.ts'
import { sampled } from '../support/sampled.ts'
import { shared } from '../support/shared.ts'

const schemas = shared('data/schemas')
const formats = { beta5: 'ikanos-1.0.0-beta5', alpha2: 'naftiko-1.0.0-alpha2' } as const

describe.skipIf(schemas === undefined).each(['beta5', 'alpha2'] as const)('The grammar of %s', (dialect) => {
  const fits = schemas === undefined ? () => false : formatCheck(schemas, formats[dialect])

  /** Where the grammar and the schema differ about a value. */
  function differences(what: string, value: unknown): readonly string[] {
    const misfits = notPortable(value, dialect)
    if ((misfits.length === 0) === fits(value)) return []
    const told = misfits.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')
    return [`${what}: ${told === '' ? 'only the schema refuses it' : `only the grammar refuses it: ${told}`}`]
  }

  it('takes the file of every key, as the schema does', () => {
    expect([fits(everyKey(dialect)), notPortable(everyKey(dialect), dialect)]).toEqual([true, []])
  })

  it('agrees about every key, with each key and value broken in every way', () => {
    const value = everyKey(dialect)
    const broken = [...breakagesOf(value), ...oddBreakagesOf(value)]
    expect(broken.length).toBeGreaterThan(3000)
    expect(sampled(broken, 72).flatMap((b) => differences(b.what, b.broken()))).toEqual([])
  }, 120_000)

  it('agrees about units that say in several ways what they do', () => {
    const variants = unitVariants(dialect)
    expect(variants.length).toBeGreaterThan(1000)
    expect(variants.flatMap(([what, value]) => differences(what, value))).toEqual([])
  }, 120_000)

  it('agrees about the tutorial and our own files, whole and with each key and value broken', () => {
    const files = [...tutorialFiles(), ...ownFiles()]
    expect(files.flatMap(({ name, value }) => differences(name, value))).toEqual([])
    const converted = files.map(({ name, text }) => ({
      name,
      value: parse(convert(text, dialect).text, { merge: true }),
    }))
    expect(converted.flatMap(({ name, value }) => differences(name, value))).toEqual([])
    const sound = converted.filter(({ value }) => fits(value))
    expect(sound.length).toBeGreaterThan(15)
    const broken = sound.flatMap(({ name, value }) =>
      breakagesOf(value).map((b) => ({ ...b, what: `${name} ${b.what}` })),
    )
    expect(sampled(broken, 186).flatMap((b) => differences(b.what, b.broken()))).toEqual([])
  }, 240_000)
})

it('The grammar has no key that the file of every key lacks', () => {
  const dialects = ['beta5', 'alpha2'] as const
  const stands = new Set(JSON.stringify(dialects.map(everyKey)).match(/"[\w-]+"(?=:)/g))
  const rows = Object.keys(grammar).flatMap((unit) => rowsOf(unit) ?? [])
  const keys = rows.flatMap(({ names }) => Object.values(names)).filter((key) => key !== '@')
  expect(keys.filter((key) => !stands.has(`"${key}"`))).toEqual([])
})

/** In the older format only APIs are imported, and a file with a capability has no other sections of its own. */
function everyKey(dialect: Dialect): object {
  const file = capabilityFile(fileURLToPath(new URL('portable/every-key.yaml', import.meta.url)))
  if (dialect === 'beta5') return file.value
  const { consumes, binds, ...rest } = parse(convert(file.text, dialect).text)
  const capability = { ...rest.capability, consumes: [...rest.capability.consumes, ...consumes] }
  return { ...rest, binds: binds.slice(0, 1), capability }
}

/** Files of one unit that runs something each, with every choice of what it may say. */
function unitVariants(dialect: Dialect): readonly (readonly [string, object])[] {
  const [version, title, flows] =
    dialect === 'beta5'
      ? [{ ikanos: '1.0.0-beta5' }, 'display', 'flows']
      : [{ naftiko: '1.0.0-alpha2' }, 'label', 'functions']
  const named = (unit: object, name: object = { name: 'it' }) =>
    dialect === 'beta5' ? { it: unit } : [{ ...name, ...unit }]
  const exposed = (part: object) => ({ ...version, capability: { exposes: [{ port: 1, namespace: 'a', ...part }] } })
  const files: Readonly<Record<string, (unit: object) => object>> = {
    flow: (unit) => {
      const aggregates = [{ [title]: 'A', namespace: 'a', [flows]: named(unit) }]
      return {
        ...version,
        capability: { aggregates, consumes: [{ type: 'http', namespace: 'b', baseUri: 'http://b' }] },
      }
    },
    tool: (unit) => exposed({ type: 'mcp', tools: named(unit) }),
    'tool without a name': (unit) => exposed({ type: 'mcp', tools: named(unit, {}) }),
    operation: (unit) =>
      exposed({ type: 'rest', resources: named({ path: '/', operations: named({ method: 'GET', ...unit }) }) }),
    'operation without a name': (unit) =>
      exposed({ type: 'rest', resources: named({ path: '/', operations: named({ method: 'GET', ...unit }, {}) }) }),
    resource: (unit) =>
      exposed({ type: 'mcp', tools: named({ ref: 'a.b' }), resources: named({ [title]: 'A', uri: 'a://b', ...unit }) }),
  }
  return choices(named({ type: 'call', call: 'a.b' })).flatMap((unit) =>
    Object.entries(files).map(([what, file]) => [`${what} ${JSON.stringify(unit)}`, file(unit)] as const),
  )
}

function choices(steps: unknown): readonly object[] {
  const parts = { description: 'It.', ref: 'a.b', call: 'a.b', steps, location: 'file:///x' }
  const said = Object.entries(parts).reduce<readonly object[]>(
    (all, [key, v]) => all.flatMap((c) => [c, { ...c, [key]: v }]),
    [{}],
  )
  const text = { type: 'string' }
  const lists = [[], [{ ...text, mapping: '$.a' }], [{ ...text, name: 'a' }], [{ ...text, name: 'a', value: 'x' }]]
  const maps = [{}, { a: text }, { a: { ...text, value: 'x' } }]
  return said.flatMap((unit) => [
    unit,
    ...[...lists, ...maps].map((outputParameters) => ({ ...unit, outputParameters })),
  ])
}
