/** The other dialect: the same plan, valid for the engine it is written for, with its comments. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Converted, convertFile } from '../../src/convert.ts'
import { bundledCapability, CapabilityError, engines as formats, load } from '../../src/index.ts'
import { convert } from '../../src/spec/convert.ts'
import type { Dialect } from '../../src/spec/grammar/unit.ts'
import { tutorialFiles } from '../support/capabilities.ts'
import { formatCheck } from '../support/formats.ts'
import { sampled } from '../support/sampled.ts'
import { writeCapability } from '../support/serve.ts'
import { shared } from '../support/shared.ts'

const flagship = readFileSync(bundledCapability(), 'utf8')
const beside = join(dirname(bundledCapability()), 'scripts')
const scripts = Object.fromEntries(
  readdirSync(beside).map((name) => [`scripts/${name}`, readFileSync(join(beside, name), 'utf8')]),
)
const tutorial = shared('data/tutorial')
const schemas = shared('data/schemas')

/** What a plan says apart from the name of its format. */
async function planOf(text: string) {
  const { plan } = await load(await writeCapability(text, { files: scripts }), { allowUnsupported: true })
  return { ...JSON.parse(JSON.stringify(plan)), capability: undefined }
}

const to = (dialect: Dialect) => (text: string) => convert(text, dialect).text

describe('A capability in maps', () => {
  it('keeps its plan as lists, and as maps again', async () => {
    const lists = to('alpha2')(flagship.replace(/ {6}ttlMs.*\n {6}cacheScope.*\n/, ''))
    const plan = await planOf(flagship.replace(/ {6}ttlMs.*\n {6}cacheScope.*\n/, ''))
    expect(await planOf(lists)).toEqual(plan)
    expect(await planOf(to('beta5')(lists))).toEqual(plan)
  })

  it('keeps the plan of its resources and prompts, as lists and as maps again', async () => {
    const file = fileURLToPath(new URL('../plans/resources-and-prompts/capability.yaml', import.meta.url))
    // What the older dialect has no word for.
    const maps = readFileSync(file, 'utf8').replace(/ +(outputMediaType|maxBinarySize|binary): .*\n/g, '')
    const lists = to('alpha2')(maps)
    const plans = [maps, lists, to('beta5')(lists)].map(async (text) => {
      const { plan } = await load(file, { text })
      return { ...JSON.parse(JSON.stringify(plan)), capability: undefined }
    })
    const [first, ...others] = await Promise.all(plans)
    expect(others).toEqual([first, first])
    expect(lists).toMatch(/resources:\n +- name: guide\n.* prompts:\n +- name: recommend\n/s)
  })

  it('tells every key that the older dialect has no word for', () => {
    const left = convert(flagship, 'alpha2').notes.map((n) => n.pointer)
    expect(left).toEqual(['/info/version', '/capability/exposes/1/ttlMs', '/capability/exposes/1/cacheScope'])
  })

  it('is stable once it has been there and back', () => {
    const once = to('beta5')(to('alpha2')(flagship))
    expect(to('beta5')(to('alpha2')(once))).toBe(once)
  })
})

it('comments stay with what they speak of, in both directions', () => {
  const maps = `ikanos: 1.0.0-beta5
# about all
capability:
  consumes:
    - type: http
      namespace: shop
      baseUri: https://shop.test
      resources:
        # about the first
        one:
          path: /one # at its path
          operations:
            get: { method: GET }

        # about the second
        two:
          path: /two
          operations:
            get-two: { method: GET }
`
  const lists = to('alpha2')(maps)
  expect(lists).toContain('        # about the first\n        - name: one\n          path: /one # at its path\n')
  expect(lists).toContain('        # about the second\n        - name: two\n')
  expect(to('beta5')(lists)).toBe(maps)
})

describe('A published file', () => {
  const published = `naftiko: 1.0.0-alpha2
info: { label: Notes, description: Notes. }
binds:
  - namespace: env
    keys: { KEY: KEY }
capability:
  consumes:
    - type: http
      namespace: notes
      baseUri: https://notes.test
      authentication: { type: bearer, value: "{{env.KEY}}" }
      resources:
        - name: note
          path: /notes/{id}
          operations:
            - name: get-note
              method: GET
              inputParameters: [{ name: id, in: path }]
              outputParameters: [{ name: result, type: object, value: $. }]
  exposes:
    - type: mcp
      namespace: notes-mcp
      port: 9090
      tools:
        - name: get-note
          description: A note.
          inputParameters: [{ name: id, type: string, description: Its id. }]
          call: notes.get-note
          with: { id: tools.id }
          outputParameters: [{ type: object, mapping: $. }]
`

  it('becomes what the Java engine reads: placeholders, references, tokens, outputs', async () => {
    const { capability } = parse(to('beta5')(published)) as { capability: Record<string, never> }
    expect(capability).toMatchObject({
      consumes: [
        {
          authentication: { type: 'bearer', token: '{{env.KEY}}' },
          resources: { note: { path: '/notes/{{id}}', operations: { 'get-note': { method: 'GET' } } } },
        },
      ],
      exposes: [
        {
          tools: {
            'get-note': {
              with: { id: 'notes-mcp.id' },
              outputParameters: [{ type: 'object', mapping: '$.', properties: {} }],
            },
          },
        },
      ],
    })
    expect(await planOf(to('beta5')(published))).toEqual(await planOf(published))
  })
})

describe('What the dialect asks for and a capability does not say', () => {
  const text = `ikanos: 1.0.0-beta5
capability:
  exposes:
    - type: mcp
      namespace: ships
      port: 9090
      tools:
        get-ship:
          description: A ship.
          inputParameters: { imo: { type: string } }
          outputParameters: { imo: { type: string, value: '{{imo}}' } }
`

  it('is told at its place, by the name it has in the source', async () => {
    const { diagnostics } = await convertFile(await writeCapability(text), 'alpha2')
    expect(diagnostics.map(({ code, message, location }) => [code, location.line, message])).toEqual([
      ['not-carried', 10, '1.0.0-alpha2 does not take this: "description" is asked for here'],
    ])
  })

  it('is a name in each part of an output of steps in the older dialect, which is left out again', () => {
    const steps = text.replace(
      /outputParameters.*/,
      'steps: { one: { type: call, call: a.b } }\n          outputParameters: { hull: { type: object, properties: { beam: { type: number } } } }',
    )
    const lists = to('alpha2')(steps)
    expect(parse(lists).capability.exposes[0].tools[0].outputParameters).toEqual([
      { name: 'hull', type: 'object', properties: { beam: { name: 'beam', type: 'number' } } },
    ])
    expect(parse(to('beta5')(lists))).toEqual(parse(steps))
  })
})

describe.skipIf(schemas === undefined || tutorial === undefined)('Converted files', () => {
  const steps = tutorial === undefined ? [] : readdirSync(tutorial).filter((f) => /^step-.*\.yml$/.test(f))

  it.each(steps)('%s comes back as what it was, and is valid', (file) => {
    const text = readFileSync(join(tutorial ?? '', file), 'utf8')
    const back = to('beta5')(to('alpha2')(text))
    expect(parse(back)).toEqual(parse(text))
  })

  it('the bundled capability is valid under both schemas', () => {
    const [beta5, alpha2] = formats.map((format) => formatCheck(schemas ?? '', format))
    const lists = to('alpha2')(flagship)
    expect([alpha2?.(parse(lists)), beta5?.(parse(to('beta5')(lists)))]).toEqual([true, true])
  })

  it.each([
    ['beta5', 'ikanos-1.0.0-beta5'],
    ['alpha2', 'naftiko-1.0.0-alpha2'],
  ] as const)(
    'are valid as %s, or it is told what that dialect does not take',
    async (dialect, format) => {
      const fits = formatCheck(schemas ?? '', format)
      const files = [...tutorialFiles().map(({ name }) => name), ...sampled(published(), 30), bundledCapability()]
      const found = { carried: 0, told: 0 }
      for (const file of files) {
        const { text, diagnostics } = await convertFile(file, dialect).catch(refused)
        const isLeft = diagnostics.some(({ message }) => message.includes('does not take this'))
        if (text !== '') expect([file, fits(parse(text))]).toEqual([file, !isLeft])
        found[diagnostics.length === 0 ? 'carried' : 'told']++
      }
      expect(found.carried).toBeGreaterThanOrEqual(tutorialFiles().length)
      expect(found.told).toBeGreaterThan(0)
    },
    60_000,
  )
})

/** The catalog's files in the older dialect. */
function published(): readonly string[] {
  const catalog = shared('data/catalog')
  if (catalog === undefined) return []
  const manifest: readonly { file: string; dialect: string }[] = JSON.parse(
    readFileSync(join(catalog, 'MANIFEST.json'), 'utf8'),
  )
  return manifest.filter(({ dialect }) => dialect.includes('alpha')).map(({ file }) => join(catalog, file))
}

/** What can't be read as a capability is not converted. */
function refused(error: unknown): Converted {
  if (!(error instanceof CapabilityError)) throw error
  return { text: '', diagnostics: error.diagnostics }
}

describe('Any capability in maps', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const text = fc
    .string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
    .filter((t) => !/[{}]/.test(t) && t.trim() === t)
  const input = fc.record({ type: fc.constantFrom('string', 'integer', 'boolean'), description: text })
  const output = fc.record({ type: fc.constant('string'), value: text })
  const some = <T>(value: fc.Arbitrary<T>) =>
    fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true })
  const tool = fc.record({ description: text, inputParameters: some(input), outputParameters: some(output) })
  const capability = fc
    .record({ display: text, namespace: name, tools: some(tool) })
    .map(({ display, namespace, tools }) => ({
      ikanos: '1.0.0-beta5',
      info: { display, description: 'Any.' },
      capability: { exposes: [{ type: 'mcp', namespace, port: 3001, tools }] },
    }))

  it('is what it was after it has been lists, with its order, and then stays as it is', () => {
    fc.assert(
      fc.property(capability, (value) => {
        const there = to('alpha2')(stringify(value))
        const back = to('beta5')(there)
        expect(JSON.stringify(parse(back))).toBe(JSON.stringify(value))
        expect(to('beta5')(to('alpha2')(back))).toBe(back)
      }),
      { numRuns: 60 },
    )
  })
})
