/** Publishing any capability: what is carried, and what is refused with what to do. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { load, validate } from '../src/load.ts'
import { updateFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { pageOf } from './support/catalogue-page.ts'
import { api, capabilityOf, factsOf, loaded, plain } from './support/odd-capability.ts'
import type { Document } from './support/published.ts'
import { writeCapability } from './support/serve.ts'
import { ships, shipsFacts } from './support/ships.ts'

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

/** The paths and texts of what is published of a capability with other parts, other facts and files beside. */
async function publishedWith(parts: object, facts: object = {}, files: Readonly<Record<string, string>> = {}) {
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
    await expect(publishedWith(skill('file:///./skills/find-ships'), facts, files)).rejects.toThrow(
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
    const made = await publishedWith(parts, withoutWorkflows, files)
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
    await expect(
      publishedWith({ ...parts, consumes: consumes('./sea.yaml') }, withoutWorkflows, beside),
    ).rejects.toThrow('catalogues would take sea.yaml for a capability: move it into a folder')
    const above = { ...prompts.look, location: 'file:///./../look.md' }
    const out = await mkdtemp(join(tmpdir(), 'above-'))
    onTestFinished(() => rm(out, { recursive: true }))
    await writeFile(join(out, 'look.md'), 'Look.')
    const absolute = { ...above, location: `file://${out}/look.md` }
    await expect(publishedWith(mcp({ tools, prompts: { look: absolute } }), withoutWorkflows, files)).rejects.toThrow(
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
    await expect(publishedWith({}, facts)).rejects.toThrow(fault)
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
