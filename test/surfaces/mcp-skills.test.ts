/** Skills over MCP (SEP-2640) as the official client meets them: both eras over HTTP, and stdio. */

import { readdirSync, readFileSync } from 'node:fs'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { bundledCapability, openStdio, type Running, type SkillPlan } from '../../src/index.ts'
import { serveFile, writeCapability } from '../support/serve.ts'
import { lines } from '../support/surfaces.ts'
import { capabilityOf, environment, thingTools } from './cases.ts'
import { exchange } from './exchange.ts'
import { modern, post } from './mcp-messages.ts'

type AtEnd = (close: () => Promise<void>) => unknown
type Listening = ConstructorParameters<typeof Client>[1]

const info = { name: 'test', version: '1.0.0' }
const eras = [
  ['2026-07-28', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
  ['2025-11-25', {}],
] as const

async function connect(url: string, options: Listening, atEnd: AtEnd = onTestFinished) {
  const client = new Client(info, options)
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)))
  atEnd(() => client.close())
  return client
}

async function overStdio(file: string, options: Listening, atEnd: AtEnd) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
  const running = await openStdio(file, { sandbox: true }, streams)
  const client = new Client(info, options)
  await client.connect(lines(output, input))
  atEnd(async () => {
    await client.close()
    await running.ended
  })
  return client
}

const root = fileURLToPath(new URL('../../skills', import.meta.url))
const pathsOf = (skill: string) =>
  readdirSync(join(root, skill), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(root, skill).length + 1))
    .sort()
const skillNames = readdirSync(root, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  .sort()

let running: Running
let url: (surface: string) => string
let clients: ReadonlyMap<string, Client>
beforeAll(async () => {
  const served = await serveFile(bundledCapability(), { sandbox: true, atEnd: afterAll })
  running = served.running
  url = served.url
  const opened = eras.flatMap(([era, options]) => [
    [`HTTP, ${era}`, connect(url('mcp'), options, afterAll)] as const,
    [`stdio, ${era}`, overStdio(bundledCapability(), options, afterAll)] as const,
  ])
  clients = new Map(await Promise.all(opened.map(async ([name, client]) => [name, await client] as const)))
})

const ways = ['HTTP, 2026-07-28', 'HTTP, 2025-11-25', 'stdio, 2026-07-28', 'stdio, 2025-11-25']
const clientOf = (way: string) => clients.get(way) as Client

describe.each(ways)('a client of skills over %s', (way) => {
  it('lists and gets every skill of the flagship, and reads each file as it stands in its folder', async () => {
    const skills = new SkillsClient(clientOf(way))
    expect([skills.supported, skills.directoryRead]).toEqual([true, true])
    const listing = await skills.list()
    expect(listing.skills.map(({ frontmatter }) => frontmatter.name).sort()).toEqual(skillNames)
    if (way.endsWith('2026-07-28'))
      expect(listing).toMatchObject({ ttlMs: expect.any(Number), cacheScope: expect.any(String) })
    for (const skill of listing.skills) {
      const { name } = skill.frontmatter
      expect(skill.uri).toBe(`skill://${name}/SKILL.md`)
      expect((await skills.get(skill.uri)).skill).toEqual(skill)
      const listed = skill.resources === 'dynamic' ? [] : skill.resources.map(({ uri }) => uri)
      expect(listed).toEqual(
        pathsOf(name)
          .map((path) => `skill://${name}/${path}`)
          .sort(),
      )
      for (const path of pathsOf(name)) {
        const { bytes, verified } = await skills.read(skill, path)
        expect([path, verified, Buffer.from(bytes).equals(await readFile(join(root, name, path)))]).toEqual([
          path,
          true,
          true,
        ])
      }
    }
  })

  it('walks the folders of a skill', async () => {
    const skills = new SkillsClient(clientOf(way))
    const walk = async (uri: string): Promise<readonly string[]> => {
      const { resources } = await skills.readDirectory(uri)
      const below = resources.map(({ uri, mimeType }) => (mimeType === 'inode/directory' ? walk(uri) : [uri]))
      return (await Promise.all(below)).flat()
    }
    for (const name of skillNames)
      expect([...(await walk(`skill://${name}`))].sort()).toEqual(
        pathsOf(name).map((path) => `skill://${name}/${path}`),
      )
  })

  it('that knows nothing of skills finds them among the resources and in the instructions', async () => {
    const client = clientOf(way)
    const { resources } = await client.listResources()
    const uris = skillNames.map((name) => `skill://${name}/SKILL.md`)
    const listed = resources.filter(({ uri }) => uri.startsWith('skill://'))
    expect(listed.map(({ uri }) => uri).sort()).toEqual(uris)
    for (const { uri, name, description, mimeType, size } of listed) {
      const [contents] = (await client.readResource({ uri })).contents
      expect(contents).toEqual({
        uri,
        mimeType: 'text/markdown',
        text: readFileSync(join(root, name, 'SKILL.md'), 'utf8'),
      })
      expect([description, mimeType, size]).toEqual([
        declared(name).description,
        'text/markdown',
        Buffer.byteLength(contents && 'text' in contents ? contents.text : ''),
      ])
      expect(client.getInstructions()).toContain(uri)
    }
  })

  it('is told what there is not', async () => {
    const client = clientOf(way)
    const skills = new SkillsClient(client)
    const [name] = skillNames
    const asked = [
      ...['skill://nobody/SKILL.md', `skill://${name}`, `skill://${name}/../${name}/SKILL.md`].map((uri) =>
        skills.get(uri),
      ),
      ...['skill://nobody', `skill://${name}/SKILL.md`, `skill://${name}/..`, 'skill://'].map((uri) =>
        skills.readDirectory(uri),
      ),
      ...['', '/', '/../../package.json', '/%2e%2e/%2e%2e/package.json', '/SKILL.md%00', '/SKILL.md?x'].map((path) =>
        client.readResource({ uri: `skill://${name}${path}` }),
      ),
      skills.list({ cursor: 'of another list' }),
    ]
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: -32602 } })
  })
})

it('What is asked of skills over stdio is answered though the client closes its end at once', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
  const { ended } = await openStdio(bundledCapability(), { sandbox: true }, streams)
  input.end(`${JSON.stringify(modern('skills/list').body)}\n`)
  await ended
  const answers = String(output.read()).trim().split('\n')
  expect(answers.map((one) => JSON.parse(one).result.skills.length)).toEqual([skillNames.length])
})

function declared(name: string): SkillPlan {
  const surface = running.capability.plan.surfaces.find(({ type }) => type === 'skill')
  const skill = surface?.type === 'skill' ? surface.skills.find((one) => one.name === name) : undefined
  if (skill === undefined) throw new Error(`the capability declares no skill "${name}"`)
  return skill
}

it('The front matter of a skill is the same wherever it is told', async () => {
  const { skills } = await new SkillsClient(clientOf('HTTP, 2026-07-28')).list()
  const get = async (target: string) => exchange(url('skill'), target)
  const [catalog, index] = [(await get('/skills')).json, (await get('/.well-known/agent-skills/index.json')).json]
  const alpha2 = parse(await readFile(join(dirname(bundledCapability()), 'nanonets-file-management.yaml'), 'utf8'))
  const published = alpha2.capability.exposes.find(({ type }: { type: string }) => type === 'skill').skills
  for (const { frontmatter } of skills) {
    const { name, description, license, ...others } = frontmatter
    const file = (await get(`/skills/${name}/contents/SKILL.md`)).text
    expect(parse(file.split('\n---\n')[0] ?? '')).toEqual(frontmatter)
    const brief = catalog.skills.find((one: { name: string }) => one.name === name)
    expect(brief).toMatchObject({ name, description, license })
    const { tools: _, ...detail } = (await get(`/skills/${name}`)).json
    expect(detail).toEqual({ name, description, license, ...others })
    expect(index.skills.find((one: { name: string }) => one.name === name)).toMatchObject({ name, description })
    const { tools: __, location: ___, ...written } = published.find((one: { name: string }) => one.name === name)
    expect(written).toEqual({ name, description, license, ...others })
  }
  expect(skills).toHaveLength(catalog.count)
})

const markdown = (name: string, says = `Shows ${name}.`) =>
  `---\nname: ${name}\ndescription: ${says}\n---\n\n# ${name}\n`

function skillsOf(names: readonly string[], more: object = {}) {
  const skill = (name: string) => ({ description: `Shows ${name}.`, location: `file:///./skills/${name}` })
  return {
    type: 'skill',
    namespace: 'things-skill',
    port: 0,
    skills: Object.fromEntries(names.map((name) => [name, skill(name)])),
    ...more,
  }
}

const files = {
  'skills/first/SKILL.md': markdown('first'),
  'skills/first/data/pixel.bin': '\0',
  'skills/second/SKILL.md': markdown('second'),
  'skills/bare/notes.md': 'No skill file.\n',
  'others/first/SKILL.md': markdown('first', 'Shows another.'),
}

async function served(exposes: readonly object[], more: Readonly<Record<string, string | Buffer>> = {}) {
  const file = await writeCapability(capabilityOf(exposes), { files })
  for (const [path, content] of Object.entries(more)) await writeFile(join(dirname(file), path), content)
  const { url, running } = await serveFile(file, { environment })
  return { url: (name = 'mcp') => url(name), running, file }
}

const discover = async (url: string) => (await post(url, modern('server/discover'))).json.result

describe('a surface', () => {
  it('of a capability whose skills have no SKILL.md knows nothing of skills', async () => {
    const { url } = await served([thingTools(), skillsOf(['bare'])])
    const resources = { listChanged: true, subscribe: true }
    expect((await discover(url())).capabilities).toEqual({ logging: {}, tools: { listChanged: true }, resources })
    expect((await post(url(), modern('skills/list'))).json.error.code).toBe(-32601)
    for (const [, options] of eras) {
      const client = await connect(url(), options)
      expect(new SkillsClient(client).supported).toBe(false)
    }
  })

  it('declares the extension, and keeps what it is told for as long as the surface says', async () => {
    const { url } = await served([thingTools(), skillsOf(['first'])])
    const { capabilities, instructions, ttlMs, cacheScope } = await discover(url())
    expect(capabilities.resources).toEqual({ listChanged: true, subscribe: true })
    expect(capabilities.extensions).toEqual({ 'io.modelcontextprotocol/skills': { directoryRead: true } })
    expect(instructions).toBe(
      'Before a task that a skill describes, read its SKILL.md among the resources: skill://first/SKILL.md.',
    )
    for (const [method, params] of [
      ['skills/list', {}],
      ['skills/get', { uri: 'skill://first/SKILL.md' }],
      ['resources/read', { uri: 'skill://first/SKILL.md' }],
      ['resources/directory/read', { uri: 'skill://first' }],
    ] as const) {
      const message = modern(method, params)
      const headers = 'uri' in params ? { ...message.headers, 'mcp-name': params.uri } : message.headers
      const { result } = (await post(url(), { ...message, headers })).json
      expect([method, result.resultType, result.ttlMs, result.cacheScope]).toEqual([
        method,
        'complete',
        ttlMs,
        cacheScope,
      ])
    }
  })

  it('answers bytes that are no text as such', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0])
    const { url } = await served([thingTools(), skillsOf(['first'])], { 'skills/first/data/pixel.bin': bytes })
    const skills = new SkillsClient(await connect(url(), eras[0][1]))
    const { skill } = await skills.get('skill://first/SKILL.md')
    expect(Buffer.from((await skills.read(skill, 'data/pixel.bin')).bytes)).toEqual(bytes)
  })

  it('offers two skills of one name at two addresses, and one skill of two surfaces once', async () => {
    const first = { first: { description: 'Shows another.', location: 'file:///./others/first' } }
    const { url } = await served([
      thingTools(),
      skillsOf(['first', 'second']),
      skillsOf(['second'], { namespace: 'more-skill' }),
      skillsOf([], { namespace: 'other-skill', skills: first }),
    ])
    const skills = new SkillsClient(await connect(url(), eras[0][1]))
    const listed = (await skills.list()).skills
    expect(listed.map(({ uri, frontmatter }) => [uri, frontmatter.description])).toEqual([
      ['skill://first/SKILL.md', 'Shows first.'],
      ['skill://second/SKILL.md', 'Shows second.'],
      ['skill://other-skill/first/SKILL.md', 'Shows another.'],
    ])
    for (const skill of listed) expect((await skills.read(skill)).verified).toBe(true)
  })

  it('that asks for no credential leaves out the skills that do, and says so', async () => {
    const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
    const guarded = skillsOf(['first'], { authentication })
    const open = skillsOf(['second'], { namespace: 'open-skill' })
    const tools = { ...thingTools(), namespace: 'guarded-mcp', port: 9093, authentication }
    const { url, running } = await served([thingTools(), tools, guarded, open])
    expect(running.notices).toEqual([
      '"things-mcp" does not offer the skills of "things-skill": it asks for no credential, and they do',
    ])
    const namesOf = async (url: string, headers: Record<string, string> = {}) => {
      const message = modern('skills/list')
      const reply = await post(url, { ...message, headers: { ...message.headers, ...headers } })
      return reply.json.result.skills.map((one: { uri: string }) => one.uri)
    }
    expect(await namesOf(url('things-mcp'))).toEqual(['skill://second/SKILL.md'])
    const headers = { authorization: `Bearer ${environment.INBOUND_SECRET}` }
    expect(await namesOf(url('guarded-mcp'), headers)).toEqual(['skill://first/SKILL.md', 'skill://second/SKILL.md'])
  })

  it('leaves out a skill that the SDK can not read, and says why when asked for it', async () => {
    const text = '---\nname: first\ndescription: &said Shows first.\n---\n'
    const { url } = await served([thingTools(), skillsOf(['first', 'second'])], { 'skills/first/SKILL.md': text })
    const skills = new SkillsClient(await connect(url(), eras[0][1]))
    expect((await skills.list()).skills.map(({ uri }) => uri)).toEqual(['skill://second/SKILL.md'])
    await expect(skills.get('skill://first/SKILL.md')).rejects.toThrow('anchors, aliases and tags are not supported')
  })
})

describe.each(eras)('a reload, to a client of %s,', (_, options) => {
  it('offers the skills as they are then, and tells who listens', async () => {
    const { url, running, file } = await served([thingTools(), skillsOf(['first'])])
    let tell: (uris: readonly string[]) => void = () => {}
    const told = new Promise<readonly string[]>((resolve) => {
      tell = resolve
    })
    const onChanged = (_: unknown, found: readonly { uri: string }[] | null) =>
      tell((found ?? []).map(({ uri }) => uri))
    const client = await connect(url(), { ...options, listChanged: { resources: { onChanged, debounceMs: 0 } } })
    const skills = new SkillsClient(client)
    const before = (await skills.list()).skills
    const text = await readFile(file, 'utf8')
    const more = ',"second":{"description":"Shows second.","location":"file:///./skills/second"}'
    await writeFile(file, text.replace(/("first": \{[^}]*\})/, `$1${more}`))
    await writeFile(join(dirname(file), 'skills/first/more.md'), 'More.\n')
    await symlink('more.md', join(dirname(file), 'skills/first/link.md'))
    expect(await running.reload()).toEqual([])
    expect(await told).toEqual(['skill://first/SKILL.md', 'skill://second/SKILL.md'])
    const after = (await skills.list()).skills
    expect([before.length, after.length]).toEqual([1, 2])
    const [first] = after
    if (first === undefined) throw new Error('the first skill is listed still')
    expect(Buffer.from((await skills.read(first, 'more.md')).bytes).toString()).toBe('More.\n')
    expect(first.resources).toHaveLength(3)
  })
})
