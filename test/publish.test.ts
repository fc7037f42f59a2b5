/** The folder for APIs.io, each artifact held against its own standard. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, load } from '../src/index.ts'
import { validate } from '../src/load.ts'
import { writeFolder } from '../src/publish.ts'
import { pageOf } from './support/catalogue-page.ts'
import { ensureBuilt, run } from './support/cli.ts'
import { redocly, spectral } from './support/linted.ts'
import { overlaid } from './support/overlay.ts'
import { described, type Folder, folder, given, published, text } from './support/published.ts'
import { shared } from './support/shared.ts'

const slug = 'nanonets-file-management'
const operations = [
  'approve-file',
  'assign-files',
  'delete-file',
  'get-file',
  'get-page',
  'list-files',
  'retry-exports',
  'unapprove-file',
  'update-fields',
]

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape is what they check
type Document = any

let files: Folder

beforeAll(async () => {
  files = await published()
})

describe('The index', () => {
  const schemaFile = shared('data/schemas/apisjson-0.23.yml')

  test.skipIf(schemaFile === undefined)('is valid under APIs.json 0.23', async () => {
    const { $id: _, ...schema } = parse(await readFile(schemaFile ?? '', 'utf8'))
    const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false })
    addFormats.default(ajv)
    const valid = ajv.compile(schema)
    valid(parse(await text('apis.yml')))
    expect(valid.errors).toBeNull()
  })

  test('has the API that is called and both surfaces, each with its pages and its capability', async () => {
    const { apis, url, tags } = parse(await text('apis.yml'))
    expect(apis.map(({ aid }: Document) => aid)).toEqual(['upstream', 'rest', 'mcp'].map((one) => `${slug}:${one}`))
    for (const api of apis) {
      expect(new URL(api.humanURL).protocol).toBe('https:')
      expect(api.properties.map(({ type }: Document) => type)).toContain('x-naftiko-capability')
    }
    expect(url).toMatch(/\/apis\.yml$/)
    expect(tags.length).toBeGreaterThanOrEqual(5)
  })

  test('leads to files that are there, as do the pages of the folder', async () => {
    const { apis, common } = parse(await text('apis.yml'))
    const listed = [...apis.flatMap(({ properties }: Document) => properties), ...common].flatMap(
      ({ url }: Document) => url ?? [],
    )
    const inside = listed.filter((url: string) => !/^https?:/.test(url))
    expect(inside.filter((url: string) => !files.has(url))).toEqual([])
    expect(new Set(inside).size).toBeGreaterThan(5)
    for (const [path, page] of files) {
      if (!/^[\w-]+\.md$|^llms\//.test(path)) continue
      const links = [...page.matchAll(/\]\((?!https?:|#)([^)\s]+)\)/g)].map(([, to = '']) =>
        normalize(join(dirname(path), to)),
      )
      expect({ path, missing: links.filter((to) => !files.has(to)) }).toEqual({ path, missing: [] })
    }
  })

  test('is spelt as the builder of APIs.io counts it where that is asked for', async () => {
    const { apis, common } = parse((await folder({ apisIo: true })).get('apis.yml') ?? '')
    expect(apis.map(({ properties }: Document) => properties[0].type)).toEqual(Array(3).fill('NaftikoCapability'))
    expect(common.find(({ type }: Document) => type === 'Skills').data[0].name).toMatch(/^nanonets-/)
  })

  test('says where folder and surfaces will be', async () => {
    const baseUrl = 'https://files.test/catalogue'
    const { url, apis } = parse((await folder({ baseUrl, servedAt: 'https://api.files.test' })).get('apis.yml') ?? '')
    expect(url).toBe(`${baseUrl}/apis.yml`)
    expect(apis.map(({ baseURL }: Document) => baseURL)).toEqual([
      'https://app.nanonets.com',
      'https://api.files.test',
      'https://api.files.test/mcp',
    ])
  })
})

describe('The capability', () => {
  test('gives a page with nine operations, nine tools and the skills', async () => {
    const path = `capabilities/${slug}.yaml`
    const found = pageOf(path, await text(path))
    expect(found.title).toBe('Nanonets File Management')
    expect(found.operations.map(({ name }) => name).sort()).toEqual(operations)
    expect([...found.tools].sort()).toEqual(operations)
    const declared = (await load(bundledCapability())).plan.surfaces.flatMap((s) =>
      s.type === 'skill' ? s.skills : [],
    )
    expect(found.skills).toEqual(declared.map(({ name }) => name))
    for (const skill of found.skills) expect(files.has(`skills/${skill}/SKILL.md`)).toBe(true)
  })

  test('is in lists wherever the builder looks, and short enough to be shown whole', () => {
    const looked = [...files].filter(([path]) => /^capabilities\/[^/]+\.yaml$/.test(path))
    for (const [path, one] of looked) {
      expect(() => pageOf(path, one)).not.toThrow()
      expect(Buffer.byteLength(one)).toBeLessThan(32 * 1024)
    }
    expect(looked).toHaveLength(1)
    const newer = files.get(`ikanos/${slug}.ikanos.yml`) ?? ''
    expect(() => pageOf('', newer)).toThrow(TypeError)
  })

  test('runs from the folder in both forms', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'published-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    await writeFolder(
      [...files].map(([path, one]) => ({ path, text: one })),
      directory,
    )
    for (const path of [`capabilities/${slug}.yaml`, `ikanos/${slug}.ikanos.yml`]) {
      const { loaded, diagnostics } = await validate(join(directory, path))
      expect(diagnostics).toEqual([])
      expect(loaded?.plan.operations.length).toBeGreaterThanOrEqual(operations.length)
    }
  })
})

describe('The description of the REST surface', () => {
  test('has neither an error nor a warning of Redocly and Spectral', async () => {
    const openapi = await text(`openapi/${slug}-openapi.yml`)
    expect(await redocly(openapi)).toEqual([])
    expect(await spectral(openapi)).toEqual([])
  })

  test('has an example of every operation that fits its schema', async () => {
    const { paths } = parse(await text(`openapi/${slug}-openapi.yml`))
    const { plan } = await load(bundledCapability())
    const { examples } = parse(await readFile(bundledCapability().replace('.ikanos.yml', '.publish.yml'), 'utf8'))
    const ajv = new Ajv2020({ strict: false })
    for (const { name, input, output } of plan.operations) {
      const example = examples[name]
      expect({ name, faults: input.validate(example.input) }).toEqual({ name, faults: [] })
      if (example.result === undefined) continue
      const valid = ajv.compile(output.schema ?? {})
      expect({ name, fits: valid(example.result), errors: valid.errors }).toEqual({ name, fits: true, errors: null })
    }
    const shown = Object.values(paths).flatMap((item: Document) => Object.values(item))
    const bare = shown.filter((one: Document) => !JSON.stringify(one).includes('"example":'))
    expect(bare.map(({ operationId }: Document) => operationId)).toEqual(['approvals.get'])
  })
})

describe.skipIf(described === undefined)('The description of the called API', () => {
  test('is published byte for byte', async () => {
    expect(await text(`openapi/${slug}-api-openapi.yml`)).toBe(await given())
  })

  test('is repaired by the overlay into a valid one with both paths of Verify, the reads and errors', async () => {
    const overlay = await text(`overlays/${slug}-overlay.yml`)
    expect(await redocly(overlay)).toEqual([])
    const repaired: Document = overlaid(parse(await given()), parse(overlay))
    const problems = await redocly(JSON.stringify(repaired), '/published/repaired.json')
    // Whose licence it is under nobody has said.
    expect(problems.filter((line) => !line.includes(' info-license: '))).toEqual([])
    const verify = Object.keys(repaired.paths).filter((path) => path.includes('/Verify/'))
    expect(verify).toHaveLength(2)
    const calls = Object.values(repaired.paths).flatMap((item: Document) => Object.values(item)) as Document[]
    expect(new Set(calls.map(({ operationId }) => operationId)).size).toBe(11)
    for (const { responses } of calls) expect(Object.keys(responses)).toEqual(['200', '401', '404', '429', '500'])
  })

  test('is made of what this capability calls, once repaired', async () => {
    const repaired: Document = overlaid(parse(await given()), parse(await text(`overlays/${slug}-overlay.yml`)))
    const known = Object.keys(repaired.paths).map((path) => path.replace(/\{\w+\}/g, '{}'))
    const { consumes } = (await load(bundledCapability())).document
    const called = consumes.flatMap(({ resources }) => [...resources.values()].map(({ path }) => path))
    const shapes = called.map((path) => path.replace(/\{\{\w+\}\}/g, '{}'))
    expect(shapes.filter((path) => !known.includes(path))).toEqual([])
    expect(shapes).toHaveLength(9)
  })
})

describe('The command', () => {
  test('writes the folder and says what is a stand-in', async () => {
    ensureBuilt()
    const directory = await mkdtemp(join(tmpdir(), 'publish-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const { code, stdout, stderr } = await run(['publish', '--out', directory])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^wrote \d+ files to /) })
    expect(stderr).toContain('stand-ins')
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toBe(
      (await folder({ openapi: undefined } as object)).get('README.md'),
    )
  })
})
