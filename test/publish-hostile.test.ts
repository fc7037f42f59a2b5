/** Capabilities and facts as nobody should write them: the folder is sound all the same, or the fault is told. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { isInside } from '../src/artifacts/publish/digests.ts'
import { load, validate } from '../src/load.ts'
import { updateFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { pageOf } from './support/catalogue-page.ts'
import { apiCatalogFaults, llmsTxtFaults, securityTxtFaults } from './support/discovery-standards.ts'
import { exhaustive } from './support/sampled.ts'
import { writeCapability } from './support/serve.ts'
import { shared } from './support/shared.ts'

const schemaFile = shared('data/schemas/apisjson-0.23.yml')

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

interface Odd {
  readonly title: string
  readonly description: string
  readonly publisher: string
  readonly index: string
  readonly operations: readonly string[]
  readonly surfaces: readonly ('rest' | 'mcp')[]
  readonly apis: readonly string[]
}

const odd: fc.Arbitrary<Odd> = fc.record({
  title: prose,
  description: prose,
  publisher: short,
  index: prose.map((text) => `All of it. ${text}`.slice(0, 1000)),
  operations: fc.uniqueArray(operationName, { minLength: 1, maxLength: 3 }),
  surfaces: fc.constantFrom(['rest'], ['mcp'], ['rest', 'mcp']),
  apis: fc.constantFrom([], ['harbour'], ['harbour', 'sea']),
})

const api = (namespace: string) => ({
  type: 'http',
  namespace,
  description: `The API of a ${namespace}.`,
  baseUri: `https://${namespace}.test`,
  resources: { ships: { path: '/ships', operations: { list: { method: 'GET', description: 'All ships.' } } } },
})

function capabilityOf({ title, description, operations, surfaces, apis }: Odd) {
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

function factsOf({ publisher, index, apis, operations, surfaces }: Odd) {
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

async function loaded(capability: object, facts: object, files: Readonly<Record<string, string>> = {}) {
  const beside = { 'case.publish.yml': JSON.stringify(facts), ...files }
  return load(await writeCapability(JSON.stringify(capability), { files: beside }))
}

const parsed: readonly (readonly [RegExp, (text: string) => unknown])[] = [
  [/\.ya?ml$/, (text) => parse(text)],
  [/\.(json|jsonld)$|\/api-catalog$/, (text) => JSON.parse(text)],
]

const validIndex = async () => {
  if (schemaFile === undefined) return () => null
  const { $id: _, ...schema } = parse(await readFile(schemaFile, 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  const valid = ajv.compile(schema)
  return (index: unknown) => (valid(index) ? null : valid.errors)
}

/** Whatever stands in them, the pages have the structure that they always have. */
function pageFaults(page: string): readonly string[] {
  const headings = page.match(/^#+ .*$/gm) ?? []
  const known = /^# |^## (Run it|Before it is pushed|Operations|What is here|Who says so)$/
  const rows = page.split('\n').filter((line) => line.startsWith('|'))
  return [
    ...headings.slice(1).filter((line) => !known.test(line) || line.startsWith('# ')),
    ...rows.filter((row) => ![3, 4].includes((row.match(/(?<!\\)\|/g) ?? []).length)),
    ...(page.match(/<(?!dir>)[a-z!/].*/gi) ?? []),
  ]
}

describe('A folder of anything', () => {
  test('is sound: every file is read by its own format, and none stands outside', async () => {
    const faultsOf = await validIndex()
    await fc.assert(
      fc.asyncProperty(odd, async (one) => {
        const { files } = await publish(await loaded(capabilityOf(one), factsOf(one)))
        const folder = new Map(files.map(({ path, text }) => [path, text]))
        expect(new Set([...folder.keys()].map((path) => path.toLowerCase())).size).toBe(files.length)
        expect([...folder.keys()].filter((path) => !isInside(path))).toEqual([])
        for (const [path, text] of folder)
          for (const [ending, read] of parsed) if (ending.test(path)) expect(() => read(text)).not.toThrow()
        const at = (path: string) => folder.get(path) ?? ''
        const index = parse(at('apis.yml'))
        expect(faultsOf(index)).toBeNull()
        const urls = [...index.common, ...index.apis.flatMap(({ properties }: typeof index) => properties)]
        const inside = urls.flatMap(({ url = 'https:' }) => (/^https?:/.test(url) ? [] : [decodeURI(url)]))
        expect(inside.filter((path) => !folder.has(path))).toEqual([])
        expect(pageFaults(at('README.md'))).toEqual([])
        expect(at('SUBMISSION.md').match(/^#+ |<(?!dir>)[a-z!/]/gim)).toEqual(['# '])
        expect(llmsTxtFaults(at('llms/llms.txt'))).toEqual([])
        expect(securityTxtFaults(at('well-known/security.txt'), '2026-11-28T00:00:00Z')).toEqual([])
        expect(apiCatalogFaults(at('well-known/api-catalog'), 'https://harbour.test/well-known/api-catalog')).toEqual(
          [],
        )
        const page = pageOf('ships.yaml', at('capabilities/ships.yaml'))
        expect(page.operations).toHaveLength(one.surfaces.includes('rest') ? one.operations.length : 0)
      }),
      { numRuns: exhaustive ? 1000 : 40 },
    )
  }, 60_000)

  test('is written below its folder and nowhere else, and runs from there in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(odd, async (one) => {
        const above = await mkdtemp(join(tmpdir(), 'hostile-'))
        onTestFinished(() => rm(above, { recursive: true, force: true }))
        const out = join(above, 'a/b/out')
        await mkdir(join(above, 'a/b'), { recursive: true })
        const { files } = await publish(await loaded(capabilityOf(one), factsOf(one)))
        expect((await updateFolder(files, out)).written).toHaveLength(files.length)
        expect([await readdir(above), await readdir(join(above, 'a')), await readdir(join(above, 'a/b'))]).toEqual([
          ['a'],
          ['b'],
          ['out'],
        ])
        for (const path of ['capabilities/ships.yaml', 'ikanos/case.ikanos.yml']) {
          const { diagnostics } = await validate(join(out, path))
          expect(diagnostics.filter(({ code }) => /missing|unreadable|no-|unknown/.test(code))).toEqual([])
        }
      }),
      { numRuns: 15 },
    )
  }, 60_000)
})

const plain: Odd = {
  title: 'Ships',
  description: 'Reads a ship.',
  publisher: 'A harbour',
  index: 'All ships.',
  operations: ['get-ship'],
  surfaces: ['rest', 'mcp'],
  apis: ['harbour'],
}

/** The paths and texts of what is published of a capability with other parts, other facts and files beside. */
async function published(parts: object, facts: object = {}, files: Readonly<Record<string, string>> = {}) {
  const { capability, ...rest } = capabilityOf(plain)
  const changed = { ...rest, capability: { ...capability, ...parts } }
  const made = await publish(await loaded(changed, { ...factsOf(plain), ...facts }, files))
  return new Map(made.files.map((file) => [file.path, file]))
}

const mcp = (more: object) => ({
  exposes: [{ type: 'mcp', namespace: 'ships-mcp', address: '127.0.0.1', port: 9090, description: 'Ships.', ...more }],
})
const withoutWorkflows = { workflows: undefined }
const skill = (location: string) => ({
  exposes: [
    {
      type: 'skill',
      namespace: 'ships-skill',
      port: 9091,
      skills: { 'find-ships': { description: 'Finds ships.', location } },
    },
  ],
})
const skillText = '---\nname: find-ships\ndescription: Finds ships.\n---\n\n# Ships\n'

describe('A capability', () => {
  test('whose names differ only in what files can not have gets a file for each', async () => {
    const odd = { ...plain, operations: ['a/b', 'a:b', 'A-B', '-', '///', '読む'] }
    const { files } = await publish(await loaded(capabilityOf(odd), factsOf(odd)))
    const inputs = files.flatMap(({ path }) => /^json-schema\/(.*)-input\.json$/.exec(path)?.[1] ?? [])
    expect(inputs.sort()).toEqual(['A-B-3', 'a-b', 'a-b-2', 'operation', 'operation-2', '読む'])
  })

  test('that no catalogue would list is refused', async () => {
    const facts = { ...withoutWorkflows, upstream: undefined, mcp: undefined }
    const files = { 'skills/find-ships/SKILL.md': skillText }
    await expect(published(skill('file:///./skills/find-ships'), facts, files)).rejects.toThrow(
      'has neither a REST nor an MCP surface, and its publication file no "upstream"',
    )
  })

  test('that learns at start whom it calls says in its facts where that is', async () => {
    const binds = [{ namespace: 'env', keys: { HARBOUR: 'HARBOUR' } }]
    const consumes = [{ ...api('harbour'), baseUri: '{{HARBOUR}}' }]
    const { capability, ...rest } = capabilityOf(plain)
    const bound = { ...rest, binds, capability: { ...capability, consumes } }
    await expect(publish(await loaded(bound, factsOf(plain)))).rejects.toThrow('say it as upstream.baseURL')
    const facts = factsOf(plain)
    const upstream = { ...facts.upstream, baseURL: 'https://api.harbour.test' }
    const { files } = await publish(await loaded(bound, { ...facts, upstream }))
    const index = parse(files.find(({ path }) => path === 'apis.yml')?.text ?? '')
    expect(index.apis[0].baseURL).toBe('https://api.harbour.test')
  })

  test('takes along what it imports, runs and shows, and is refused where that stands elsewhere', async () => {
    const tools = { 'get-ship': { ref: 'ships.flow-0', description: 'Reads.' } }
    const prompts = { look: { description: 'Looks.', location: 'file:///./prompts/look.md' } }
    const resources = {
      pages: {
        name: 'pages',
        label: 'Pages',
        uri: 'docs://pages',
        description: 'Pages.',
        location: 'file:///./pages',
      },
    }
    const files = {
      'prompts/look.md': 'Look.',
      'pages/one.md': 'One.',
      'shared/sea.yml': JSON.stringify({ ikanos: '1.0.0-beta5', consumes: [api('sea')] }),
    }
    const consumes = (from: string) => [api('harbour'), { import: 'sea', from }]
    const parts = { ...mcp({ tools, prompts, resources }), consumes: consumes('./shared/sea.yml') }
    const made = await published(parts, withoutWorkflows, files)
    const carried = [...made.keys()].filter((path) => /^(capabilities|ikanos)\//.test(path))
    expect(carried).toEqual([
      'capabilities/pages/one.md',
      'capabilities/prompts/look.md',
      'capabilities/shared/sea.yml',
      'capabilities/ships.yaml',
      'ikanos/case.ikanos.yml',
      'ikanos/pages/one.md',
      'ikanos/prompts/look.md',
      'ikanos/shared/sea.yml',
    ])
    const beside = { ...files, 'sea.yaml': files['shared/sea.yml'] }
    await expect(published({ ...parts, consumes: consumes('./sea.yaml') }, withoutWorkflows, beside)).rejects.toThrow(
      'catalogues would take sea.yaml for a capability: move it into a folder',
    )
    const above = { ...prompts.look, location: 'file:///./../look.md' }
    const out = await mkdtemp(join(tmpdir(), 'above-'))
    onTestFinished(() => rm(out, { recursive: true }))
    await writeFile(join(out, 'look.md'), 'Look.')
    const absolute = { ...above, location: `file://${out}/look.md` }
    await expect(published(mcp({ tools, prompts: { look: absolute } }), withoutWorkflows, files)).rejects.toThrow(
      /look\.md can't be published with the capability: move it below/,
    )
  })

  test('finds its skills in the folder wherever they stood, and each file of theirs byte for byte', async () => {
    const files = { 'tasks/find-ships/SKILL.md': skillText }
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00])
    const exposes = [...mcp({ tools: { 'get-ship': { ref: 'ships.flow-0', description: 'Reads.' } } }).exposes]
    const parts = { exposes: [...exposes, ...skill('file:///./tasks/find-ships').exposes] }
    const { capability, ...rest } = capabilityOf(plain)
    const one = await loaded(
      { ...rest, capability: { ...capability, ...parts } },
      { ...factsOf(plain), ...withoutWorkflows },
      files,
    )
    await writeFile(join(one.directory, 'tasks/find-ships/icon.png'), bytes)
    const out = await mkdtemp(join(tmpdir(), 'skills-'))
    onTestFinished(() => rm(out, { recursive: true }))
    const made = await publish(one)
    await updateFolder(made.files, out)
    expect(await readFile(join(out, 'skills/find-ships/icon.png'))).toEqual(bytes)
    expect((await updateFolder(made.files, out)).written).toEqual([])
    for (const path of ['capabilities/ships.yaml', 'ikanos/case.ikanos.yml']) {
      const { loaded } = await validate(join(out, path))
      const [surface] = loaded?.plan.surfaces.filter(({ type }) => type === 'skill') ?? []
      expect(surface).toMatchObject({ skills: [{ location: 'file:///./../skills/find-ships' }] })
    }
  })
})

describe('Facts', () => {
  const upstream = (file: string) => ({
    ...factsOf(plain).upstream,
    openapi: { file, source: 'https://harbour.test/openapi.yml', publisher: 'A harbour' },
  })

  test.each<[object, string | RegExp]>([
    [{ upstream: { ...factsOf(plain).upstream, namespace: 'harbor' } }, 'did you mean "harbour"?'],
    [
      { reversals: { 'ships.flow-0': { window: 'none', by: 'ships.flow-1', basis: 'inferred' } } },
      'flow "ships.flow-1"',
    ],
    [
      { terms: { Ship: { class: true, description: 'A ship.' }, imo: { of: 'Shop', description: 'Its number.' } } },
      '"Ship"',
    ],
    [{ reversals: { 'ships.flow-0': { window: 'none' } } }, 'missing key "basis"'],
    [{ claims: [{ says: 'It floats.' }] }, 'missing key "basis"'],
    [{ claims: [{ says: 'It floats.', basis: 'inferred' }] }, 'missing key "note"'],
    [{ upstream: { ...factsOf(plain).upstream, authentication: 'A key.' } }, 'as "upstream.authenticationSource"'],
    [{ rateLimitsNote: 'Often.' }, 'as "rateLimitsSource"'],
    [{ terms: { '@id': { description: 'Its id.' } } }, '@id'],
    [{ terms: { rdf: { description: 'A prefix.' } } }, 'rdf'],
    [{ index: { ...factsOf(plain).index, slug: '../up' } }, '"../up" may hold only'],
    [{ index: { ...factsOf(plain).index, name: '\n \n' } }, 'must not be blank'],
    [
      { publisher: { ...factsOf(plain).publisher, url: 'https://harbour.test/a b' } },
      '"https://harbour.test/a b" must match',
    ],
    [
      { publisher: { ...factsOf(plain).publisher, email: 'a@b\nExpires: 2000-01-01T00:00:00Z' } },
      '"a@b\\nExpires: 2000-01-01T00:00:00Z" must match',
    ],
    [{ publisher: { ...factsOf(plain).publisher, securityExpires: 'soon' } }, '"soon" must match'],
    [{ upstream: upstream('../x') }, '"../x" must match'],
  ])('like %j are refused', async (facts, fault) => {
    await expect(published({}, facts)).rejects.toThrow(fault)
  })

  test.each([
    ['..', '"openapi/.." is no path of a file on every system'],
    ['ships-openapi.yml', 'openapi/ships-openapi.yml and openapi/ships-openapi.yml would be one file'],
    ['Ships-OpenAPI.yml', /would be one file: rename/],
  ])('that call the description of the called API %j are refused', async (file, fault) => {
    const description = join(await mkdtemp(join(tmpdir(), 'openapi-')), 'openapi.yml')
    onTestFinished(() => rm(join(description, '..'), { recursive: true }))
    await writeFile(description, 'openapi: 3.0.3\n')
    const capability = await loaded(capabilityOf(plain), { ...factsOf(plain), upstream: upstream(file) })
    await expect(publish(capability, { openapi: description })).rejects.toThrow(fault)
  })
})
