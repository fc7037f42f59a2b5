/** The folder for APIs.io, each artifact held against its own standard. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import jsonld from 'jsonld'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, load, packageInfo } from '../src/index.ts'
import { validate } from '../src/load.ts'
import { writeFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { runWorkflow } from './support/arazzo.ts'
import { pageOf } from './support/catalogue-page.ts'
import { ensureBuilt, program } from './support/cli.ts'
import { kinScore } from './support/kin.ts'
import { redocly, spectral } from './support/linted.ts'
import { overlaid } from './support/overlay.ts'
import { type Document, described, type Folder, folder, given, published, slug, text } from './support/published.ts'
import { writeCapability } from './support/serve.ts'
import { shared } from './support/shared.ts'
import { ships, shipsFacts } from './support/ships.ts'
import { serveFlagship } from './surfaces/cases.ts'

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

describe('The other artifacts', () => {
  test('say who says so, and what they say of the provider has a source', async () => {
    const said = [...files].filter(
      ([path]) => /^[\w-]+\/.*\.ya?ml$/.test(path) && !/^(capabilities|ikanos|openapi)\//.test(path),
    )
    for (const [path, one] of said)
      expect({ path, declared: /method: declared|not by the provider/.test(one) }).toEqual({ path, declared: true })
    const { limits } = parse(await text(`rate-limits/${slug}-rate-limits.yml`))
    const { plans } = parse(await text(`plans/${slug}-plans.yml`))
    for (const { source } of [...limits, ...plans]) expect(source).toMatch(/^https:\/\/(docs\.)?nanonets\.com\//)
  })

  test('are the tools that the program serves', async () => {
    const { tools } = parse(await text(`mcp/${slug}-mcp.yml`))
    ensureBuilt()
    const client = new Client({ name: 'probe', version: '1.0.0' })
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [program, 'mcp', '--sandbox'], stderr: 'ignore' }),
    )
    onTestFinished(() => client.close())
    const served = (await client.listTools()).tools.map(({ name, description }) => ({ name, description }))
    expect(tools.map(({ name, description }: Document) => ({ name, description }))).toEqual(served)
  })

  test('describe the server as the package that is installed', async () => {
    const entry = JSON.parse(await text('mcp/server.json'))
    const { name, version } = packageInfo()
    expect(entry.version).toBe(version)
    expect(entry.packages).toEqual([
      expect.objectContaining({ identifier: name, version, transport: { type: 'stdio' } }),
    ])
  })

  test('are JSON Schemas that their examples fit', async () => {
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    const { examples } = parse(await readFile(bundledCapability().replace('.ikanos.yml', '.publish.yml'), 'utf8'))
    const schemas = [...files].filter(([path]) => path.startsWith('json-schema/'))
    expect(schemas).toHaveLength(12)
    for (const [path, one] of schemas) {
      const [, id = '', part] = /([\w-]+)-(input|result)\.json$/.exec(path) ?? []
      const { input, result } = examples[`files.${id}`]
      const valid = ajv.compile(JSON.parse(one))
      expect({ path, fits: valid(part === 'input' ? input : result), errors: valid.errors }).toEqual({
        path,
        fits: true,
        errors: null,
      })
    }
  })

  test('expand as JSON-LD, with every member of a result known', async () => {
    const document = JSON.parse(await text(`json-ld/${slug}-context.jsonld`))
    const meanings = await jsonld.expand(document)
    expect(meanings.filter((one) => one['http://www.w3.org/2000/01/rdf-schema#comment'] === undefined)).toEqual([])
    const { response } = JSON.parse(await text('examples/list-files.json'))
    const [file] = response.body.files
    const [expanded] = await jsonld.expand({ '@context': document['@context'], ...file })
    expect(Object.keys(expanded ?? {})).toHaveLength(Object.keys(file).length)
  })

  test('are collections with a request for each operation', async () => {
    const postman = JSON.parse(await text(`collections/${slug}.postman_collection.json`))
    const item = {
      type: 'object',
      required: ['request'],
      properties: {
        name: { type: 'string' },
        request: { type: 'object', required: ['method', 'url', 'header'] },
        response: { type: 'array' },
      },
    }
    const group = {
      type: 'object',
      required: ['item'],
      properties: { name: { type: 'string' }, item: { type: 'array', items: item } },
    }
    const info = { type: 'object', required: ['name', 'schema'] }
    const valid = new Ajv2020().compile({
      type: 'object',
      required: ['info', 'item'],
      properties: { info, item: { type: 'array', items: group } },
    })
    valid(postman)
    expect(valid.errors).toBeNull()
    const requests = postman.item.flatMap((one: Document) => one.item)
    expect(requests.map(({ name }: Document) => name).sort()).toEqual(operations)
    for (const { request } of requests) {
      const named = request.url.path.filter((part: string) => part.startsWith(':')).map((part: string) => part.slice(1))
      expect(request.url.variable.map(({ key, value }: Document) => [key, value !== ''])).toEqual(
        named.map((key: string) => [key, true]),
      )
    }
    const open = JSON.parse(await text(`collections/${slug}.opencollection.json`))
    expect(
      open.items
        .flatMap(({ items }: Document) => items)
        .map(({ info }: Document) => info.name)
        .sort(),
    ).toEqual(operations)
  })

  test('are found where machines look', async () => {
    const { linkset } = JSON.parse(await text('well-known/api-catalog'))
    const { url } = parse(await text('apis.yml'))
    const hrefs = linkset.flatMap(({ anchor: _, ...relations }: Document) =>
      Object.values(relations)
        .flat()
        .map((one: Document) => one.href),
    )
    const base = url.replace('apis.yml', '')
    const inside = hrefs.flatMap((href: string) => (href.startsWith(base) ? [href.slice(base.length)] : []))
    expect(inside).toHaveLength(6)
    expect(inside.filter((path: string) => !files.has(path))).toEqual([])
  })
})

/** What the rubric would give points for, and why it is honest to go without. */
const missed: Readonly<Record<string, string>> = {
  base_url_per_api: 'nobody hosts the surfaces; they run where their user is',
  apis_json_self_hosted: 'the address is a stand-in until somebody pushes the folder',
  maintainer_present: 'so is the e-mail address',
  openapi_version: 'the description of the called API is 3.0.3 and untouched',
  servers_resolvable: 'the REST surface is on the machine of whoever runs it',
  error_responses_documented: 'the untouched description has no refusals; the overlay adds them',
  examples_present: 'it has no examples either',
  components_reuse: 'nor schemas',
  security_schemes: 'the REST surface listens on one machine only, and asks for no credential there',
  security_applied: 'as before',
  webhooks_or_callbacks: 'nothing calls back',
  resource_lifecycle: 'no file is made here: it is uploaded elsewhere',
  Roadmap: 'nobody has promised anything',
  'Support|HelpCenter|Community': 'there is no address for support but that of the maintainers',
  FinOps: 'what a call costs is not documented',
  Compliance: 'the program has no certificate; those of the provider are not ours to show',
  TrustCenter: 'as before',
  agent_idempotency: 'the called API has no keys; the REST surface has',
  agent_error_semantics: 'the untouched description has no refusals',
  agent_card: 'no agent is served',
  agent_rate_limit_signal: 'no limit is set by default, so no header tells of one',
}

describe('The Kin score', () => {
  test.skipIf(described === undefined)(
    'is at least 85, and 80 of 117 for agents, and what is missed has a reason',
    () => {
      const score = kinScore(files)
      expect(score.missed.map(({ id }) => id).sort()).toEqual(Object.keys(missed).sort())
      expect(score.composite).toBeGreaterThanOrEqual(85)
      expect(score.readiness).toBeGreaterThanOrEqual(80)
    },
  )

  test('falls when artifacts are taken away', () => {
    const bare = new Map([...files].filter(([path]) => !/^(mcp|rules|openapi|json-ld)\//.test(path)))
    const [whole, less] = [kinScore(files), kinScore(bare)]
    expect(less.composite).toBeLessThan(whole.composite - 20)
    expect(less.readiness).toBeLessThan(whole.readiness - 30)
  })
})

describe('Any other capability', () => {
  const published = async (text: string | undefined, capability = ships) => {
    const file = await writeCapability(capability, text === undefined ? {} : { files: { 'case.publish.yml': text } })
    return (await publish(await load(file))).files
  }

  test('is published with what it has and no more', async () => {
    const made = await published(shipsFacts())
    expect(made.map(({ path }) => path)).toEqual([
      'README.md',
      'SUBMISSION.md',
      'apis.yml',
      'authentication/ships-authentication.yml',
      'capabilities/ships.yaml',
      'ikanos/case.ikanos.yml',
      'images/icon.svg',
      'llms/llms.txt',
      'provenance.json',
    ])
    const { apis, url } = parse(made.find(({ path }) => path === 'apis.yml')?.text ?? '')
    expect(url).toBe('https://harbour.test/apis.yml')
    expect(apis.map(({ name, baseURL }: Document) => [name, baseURL])).toEqual([
      ['Ships, MCP', 'http://127.0.0.1:9090/mcp'],
    ])
  })

  test('is started by its file, with no sandbox, and is no entry of the MCP Registry', async () => {
    const mcp = 'mcp: { registryName: org.harbour/ships, checked: "2026-11-24", note: Started. }'
    const of = async (capability: string) => {
      const made = await published(shipsFacts(mcp), capability)
      return new Map(made.map(({ path, text }) => [path, text]))
    }
    const folder = await of(ships)
    expect(folder.get('README.md')).toContain(
      '```sh\nnpx nanonets-file-management serve ikanos/case.ikanos.yml\nnpx nanonets-file-management mcp ikanos/case.ikanos.yml   # for',
    )
    const { server, remote } = parse(folder.get('mcp/ships-mcp.yml') ?? '')
    expect([server.install, remote.url]).toEqual([
      'npx nanonets-file-management mcp ikanos/case.ikanos.yml',
      'http://127.0.0.1:9090/mcp',
    ])
    expect([...folder.keys()].filter((path) => /server\.json/.test(path))).toEqual([])
    expect(folder.get('apis.yml')).not.toMatch(/Sandbox|server\.json/)
    const stdio = await of(ships.replace('port: 9090', 'transport: stdio'))
    expect(parse(stdio.get('mcp/ships-mcp.yml') ?? '').remote).toBeUndefined()
    expect(parse(stdio.get('apis.yml') ?? '').apis[0].baseURL).toBe('https://harbour.test/README.md')
  })

  test('is in lists for catalogues whatever its own file is called, and only in lists where its author wrote it so', async () => {
    const file = await writeCapability('', { files: { 'ships.yml': ships, 'ships.publish.yml': shipsFacts() } })
    const made = async (name: string) => {
      const { files } = await publish(await load(join(dirname(file), name)))
      return new Map(files.map(({ path, text }) => [path, text]))
    }
    const mapped = await made('ships.yml')
    const listed = mapped.get('capabilities/ships.yaml') ?? ''
    expect(pageOf('', listed).tools).toEqual(['get-ship'])
    expect(mapped.get('ikanos/ships.ikanos.yml')).toBe(ships)
    await writeFile(join(dirname(file), 'ships.yaml'), listed)
    const again = await made('ships.yaml')
    expect(again.get('capabilities/ships.yaml')).toBe(listed)
    expect([...again.keys()].filter((path) => path.startsWith('ikanos/'))).toEqual([])
  })

  test('is refused when APIs.io would show its beginning only, with what to do', async () => {
    const long = ships.replace('Reads a ship.', `Reads a ship. ${'It is read again. '.repeat(2000)}`)
    const file = await writeCapability(long, { files: { 'case.publish.yml': shipsFacts() } })
    const capability = await load(file)
    await expect(publish(capability)).rejects.toThrow(
      /^capabilities\/ships\.yaml would be 36\d{3} bytes, and APIs\.io shows 32768 of a file: shorten its descriptions \(the most is in aggregates ships, 36\d{3} bytes\), publish it as two capabilities, or let it be cut with --allow-long$/,
    )
    const { files } = await publish(capability, { allowLong: true })
    expect(files.map(({ path }) => path)).toContain('capabilities/ships.yaml')
  })

  test('is refused with what is wrong in its facts', async () => {
    await expect(published(undefined)).rejects.toThrow(/there is no .*case\.publish\.yml/)
    await expect(published(shipsFacts('plan: []'))).rejects.toThrow('unknown key "plan"')
    const reversals = (flow: string) => shipsFacts(`reversals: { ${flow}: { window: none, basis: declared } }`)
    await expect(published(reversals('ships.get-shop'))).rejects.toThrow('did you mean "ships.get-ship"?')
    const step = '{ id: one, operation: get-ship, description: Reads., with: {} }'
    const workflow = `{ summary: Look., description: Looks., inputs: {}, steps: [${step}] }`
    await expect(published(shipsFacts(`workflows: { look: ${workflow} }`))).rejects.toThrow('REST operation "get-ship"')
  })
})
