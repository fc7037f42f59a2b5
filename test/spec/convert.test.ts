/** The other dialect: the same plan, valid for the engine it is written for, with its comments. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, load } from '../../src/index.ts'
import { convert } from '../../src/spec/convert.ts'
import type { Dialect } from '../../src/spec/grammar.ts'
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

describe.skipIf(schemas === undefined || tutorial === undefined)('Converted files', () => {
  const validator = (name: string) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true })
    ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
    return ajv.compile(JSON.parse(readFileSync(join(schemas ?? '', name), 'utf8')))
  }
  const steps = tutorial === undefined ? [] : readdirSync(tutorial).filter((f) => /^step-.*\.yml$/.test(f))

  it.each(steps)('%s comes back as what it was, and is valid', (file) => {
    const text = readFileSync(join(tutorial ?? '', file), 'utf8')
    const back = to('beta5')(to('alpha2')(text))
    expect(parse(back)).toEqual(parse(text))
  })

  it('the bundled capability is valid under both schemas', () => {
    const [alpha2, beta5] = [validator('naftiko-1.0.0-alpha2.json'), validator('ikanos-1.0.0-beta5.json')]
    const lists = to('alpha2')(flagship)
    expect([alpha2(parse(lists)), alpha2.errors]).toEqual([true, null])
    expect([beta5(parse(to('beta5')(lists))), beta5.errors]).toEqual([true, null])
  })
})
