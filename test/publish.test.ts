/** The folder for APIs.io: its index, the capability in it, and what describes the APIs. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, load } from '../src/index.ts'
import { validate } from '../src/load.ts'
import { writeFolder } from '../src/publish/update.ts'
import { runWorkflow } from './support/arazzo.ts'
import { pageOf } from './support/catalogue-page.ts'
import { redocly, spectral } from './support/linted.ts'
import { overlaid } from './support/overlay.ts'
import {
  type Document,
  described,
  type Folder,
  folder,
  given,
  operations,
  published,
  slug,
  text,
} from './support/published.ts'
import { shared } from './support/shared.ts'
import { serveFlagship } from './surfaces/cases.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

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

  test('stands over files that lead to each other: workflows, overlay, skills, the policy of faults', async () => {
    const from = async (path: string, read: (one: Document) => readonly string[]) =>
      read(parse(await text(path))).map((to) => normalize(join(dirname(path), to)))
    const of = (start: string) => [...files.keys()].filter((path) => path.startsWith(start))
    const links = await Promise.all([
      ...of('arazzo/').map((path) => from(path, (one) => one.sourceDescriptions.map(({ url }: Document) => url))),
      from('skills/_index.yml', ({ skills }) => skills.map(({ file }: Document) => file)),
      from(`security/${slug}-vulnerability-disclosure.yml`, (one) => [one.securityTxt]),
      ...(described === undefined ? [] : [from(`overlays/${slug}-overlay.yml`, (one) => [one.extends])]),
    ])
    expect(links.flat().filter((path) => !files.has(path))).toEqual([])
    expect(links.flat().length).toBeGreaterThanOrEqual(9)
    const { source } = parse(await text(`lifecycle/${slug}-lifecycle.yml`))
    expect(files.has(source)).toBe(true)
  })

  test('says where folder and surfaces will be, and is spelt as the builder of APIs.io counts it, where asked to', async () => {
    const baseUrl = 'https://files.test/catalogue'
    const other = await folder({ baseUrl, servedAt: 'https://api.files.test', apisIo: true })
    const { url, apis, common } = parse(other.get('apis.yml') ?? '')
    expect(url).toBe(`${baseUrl}/apis.yml`)
    const addresses = ['https://app.nanonets.com', 'https://api.files.test', 'https://api.files.test/mcp']
    expect(apis.map(({ baseURL }: Document) => baseURL)).toEqual(addresses)
    expect(apis.map(({ properties }: Document) => properties[0].type)).toEqual(Array(3).fill('NaftikoCapability'))
    expect(common.find(({ type }: Document) => type === 'Skills').data[0].name).toMatch(/^nanonets-/)
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

  test('is in lists wherever the builder looks, and a tenth under what it shows', () => {
    const looked = [...files].filter(([path]) => /^capabilities\/[^/]+\.yaml$/.test(path))
    for (const [path, one] of looked) {
      expect(() => pageOf(path, one)).not.toThrow()
      expect(Buffer.byteLength(one)).toBeLessThan(0.9 * 32 * 1024)
    }
    expect(looked).toHaveLength(1)
    const newer = files.get(`ikanos/${slug}.ikanos.yml`) ?? ''
    expect(() => pageOf('', newer)).toThrow(TypeError)
  })

  test('says in short what the generated form says: a flow whose tool says it whole says its first sentence', async () => {
    expect(await text(`capabilities/${slug}.yaml`)).toMatch(
      /^# Written by .*, not by Nanonets \(method: declared\)\. For people: \.\.\/ikanos\/.*, which has what lists can't say: version, \w+/,
    )
    const whole = parse(await readFile(bundledCapability().replace('.ikanos.yml', '.yaml'), 'utf8'))
    const short = parse(await text(`capabilities/${slug}.yaml`))
    const { tools } = short.capability.exposes.find(({ type }: Document) => type === 'mcp')
    const flows: Document[] = short.capability.aggregates[0].functions
    for (const flow of flows) {
      const { description } = tools.find(({ ref }: Document) => ref === `files.${flow.name}`)
      expect(description.startsWith(flow.description)).toBe(true)
      flow.description = description
    }
    expect(short).toEqual(whole)
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
      const asks = loaded?.plan.operations.flatMap(({ name, confirmation }) =>
        confirmation === undefined ? [] : [name],
      )
      expect(asks).toEqual(['files.update-fields', 'files.delete-file'])
    }
  })
})

describe('The description of the REST surface', () => {
  test('has neither an error nor a warning of Redocly and Spectral', async () => {
    const openapi = await text(`openapi/${slug}-openapi.yml`)
    expect(await redocly(openapi)).toEqual([])
    const rules = await text(`rules/${slug}-rules.yml`)
    expect(await spectral(openapi, rules)).toEqual([])
    const careless = {
      openapi: '3.1.0',
      paths: { '/x/{id}': { delete: { operationId: 'X', parameters: [], responses: {} } } },
    }
    const found = (await spectral(JSON.stringify(careless), rules.replace(/^extends.*$/m, ''))).map(
      (line) => line.split(':')[0],
    )
    expect(found.sort()).toEqual([
      '1 other-refusals-are-described',
      '1 write-can-be-tried',
      '1 write-takes-key',
      '2 operation-id-is-a-name',
    ])
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

describe('The workflows', () => {
  const names = ['review-queue', 'correct-and-approve', 'recover-exports']
  const pathOf = (name: string) => `arazzo/${slug}-${name}-workflow.yml`

  test('have neither an error nor a warning of Redocly', async () => {
    for (const name of names) expect(await redocly(await text(pathOf(name)), `/published/${pathOf(name)}`)).toEqual([])
  })

  test('do against the sandbox what they say, and nobody has to be asked', async () => {
    const openapi = parse(await text(`openapi/${slug}-openapi.yml`))
    const { url, examples } = await serveFlagship()
    const { model_id, page_id, request_file_id } = examples
    const go = async (name: string, inputs: object) =>
      runWorkflow(parse(await text(pathOf(name))), openapi, url('rest'), { model_id, ...inputs })
    expect(await go('review-queue', { days: 7 })).toEqual({
      request_file_id: expect.stringMatching(/^[\w-]{36}$/),
      fields: expect.arrayContaining([expect.objectContaining({ label: expect.any(String) })]),
    })
    const [change] = examples.changes as unknown as readonly object[]
    const correction = { page_id, ...change, correction_key: 'correction-1', approval_key: 'approval-1' }
    expect(await go('correct-and-approve', correction)).toMatchObject({ approved: true })
    const retried = await go('recover-exports', { request_file_id, key: 'retry-1' })
    expect(retried).toEqual({ export_status: expect.any(String) })
  })

  test('never give a page id where a file is meant, nor the other way round', async () => {
    for (const name of names) {
      const { steps } = parse(await text(pathOf(name))).workflows[0]
      for (const { parameters, requestBody } of steps) {
        const given = parameters.map((one: Document) => [one.name, one.value])
        const ids = (requestBody?.payload.file_ids ?? []).map((value: string) => ['request_file_id', value])
        for (const [id, value] of [...given, ...ids].filter(([id]) => /_id$/.test(id)))
          expect(value).toMatch(new RegExp(`\\.${id}$`))
      }
    }
  })
})
