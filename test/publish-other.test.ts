/** Publishing any capability: what is carried, and what is refused with what to do. */

import { readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { load, validate } from '../src/load.ts'
import { updateFolder } from '../src/publish/update.ts'
import { publish } from '../src/publish.ts'
import { pageOf } from './support/catalogue-page.ts'
import { api, capabilityOf, factsOf, loaded, plain, publishedWith } from './support/odd-capability.ts'
import type { Document } from './support/published.ts'
import { sampled } from './support/sampled.ts'
import { writeCapability } from './support/serve.ts'
import { shared } from './support/shared.ts'
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

const others = shared('data')

describe.skipIf(others === undefined)('Capabilities of others', () => {
  const found = ['tutorial', 'catalog'].flatMap((folder) =>
    readdirSync(join(others ?? '', folder), { recursive: true, encoding: 'utf8' }).flatMap((path) =>
      /\.ya?ml$/.test(path) ? [join(folder, path)] : [],
    ),
  )

  test('run from their published folders as they run from their own', async () => {
    const root = await mkdtemp(join(tmpdir(), 'others-'))
    onTestFinished(() => rm(root, { recursive: true }))
    for (const folder of ['tutorial', 'catalog'])
      await cp(join(others ?? '', folder), join(root, folder), { recursive: true })
    let published = 0
    for (const path of sampled(found, 5)) {
      const file = join(root, path)
      const { loaded, diagnostics } = await validate(file)
      if (loaded === undefined) continue
      await writeFile(file.replace(/(\.ikanos)?\.ya?ml$/, '.publish.yml'), shipsFacts())
      const { files } = await publish(loaded, { allowLong: true })
      const out = await mkdtemp(join(root, 'out-'))
      await updateFolder(files, out)
      const told = new Set(diagnostics.map(({ code }) => code))
      const forms = files.filter(({ path }) => /^capabilities\/[^/]+\.yaml$|^ikanos\/[^/]+\.ikanos\.yml$/.test(path))
      for (const { path: form } of forms) {
        const again = await validate(join(out, form))
        expect({ path, form, new: again.diagnostics.filter(({ code }) => !told.has(code)) }).toEqual({
          path,
          form,
          new: [],
        })
        expect(again.loaded).toBeDefined()
      }
      published += 1
    }
    expect(published).toBeGreaterThan(5)
  }, 60_000)
})

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
