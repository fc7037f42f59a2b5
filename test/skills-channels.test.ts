/** One folder of skills for every client: the manifests beside it hold to each format, and say what the capability says. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, expect, it } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { writeArtifacts } from '../src/generate.ts'
import { bundledCapability, load, type McpPlan, type Plan } from '../src/index.ts'
import { writeCapability } from './support/serve.ts'
import { capabilityOf, thingTools } from './surfaces/cases.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))

let plan: Plan
let address = ''
beforeAll(async () => {
  plan = (await load(bundledCapability())).plan
  const mcp = plan.surfaces.find((s): s is McpPlan => s.type === 'mcp')
  address = `http://${mcp?.address}:${mcp?.port}/mcp`
})

const text = { type: 'string' }
const closed = (required: readonly string[], properties: object) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
})
const named = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 }
const person = closed(['name'], { name: { type: 'string', minLength: 1 }, email: text, url: text })
const about = {
  name: named,
  version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
  description: { type: 'string', minLength: 50 },
  author: person,
  homepage: text,
  repository: text,
  license: text,
  keywords: { type: 'array', items: named, uniqueItems: true },
}
const servers = (server: object) => ({ type: 'object', minProperties: 1, additionalProperties: server })
const http = (key: string, type?: string) =>
  closed([key, ...(type === undefined ? [] : ['type'])], {
    [key]: { type: 'string', pattern: '^http://127\\.0\\.0\\.1:\\d+/mcp$' },
    ...(type === undefined ? {} : { type: { const: type } }),
  })
const schemaId = (name: string) => ({ const: `https://agent-plugins.org/schemas/1.0.0/${name}.schema.json` })
const entry = closed(['name', 'source'], { ...about, source: { type: 'string', pattern: '^\\./' } })

/** What the text of each format asks for: Agent Plugins 1.0.0 §5 and §7.2, and the references of the clients. */
const formats: Readonly<Record<string, object>> = {
  'plugin.json': closed(['$schema', 'name'], { $schema: schemaId('plugin'), ...about, extensions: { type: 'object' } }),
  'mcp.json': closed(['$schema', 'mcpServers'], {
    $schema: schemaId('mcp'),
    mcpServers: servers(http('url', 'streamable-http')),
  }),
  '.claude-plugin/plugin.json': closed(['name', 'version', 'description'], {
    ...about,
    mcpServers: servers(http('url', 'http')),
  }),
  '.claude-plugin/marketplace.json': closed(['name', 'owner', 'plugins'], {
    name: { allOf: [named, { not: { pattern: '^(agent-skills$|anthropic-|claude-)' } }] },
    owner: person,
    description: text,
    plugins: { type: 'array', minItems: 1, items: entry },
  }),
  '.codex-plugin/plugin.json': closed(['name', 'version', 'description', 'skills'], {
    ...about,
    skills: { const: './skills/' },
    mcpServers: servers(http('url', 'http')),
  }),
  'gemini-extension.json': closed(['name', 'version'], { ...about, mcpServers: servers(http('httpUrl')) }),
}

it.each(Object.keys(formats))('%s holds to its format, is in the package, and says no secret', (path) => {
  const check = new Ajv2020({ strict: false }).compile(formats[path] ?? {})
  expect([check(manifest(path)), check.errors]).toEqual([true, null])
  expect(packageJson.files).toContain(path.split('/')[0])
  expect(readFileSync(join(root, path), 'utf8')).not.toMatch(/\$\{|_KEY|token|password/i)
})

it('every manifest has the name, version and server of the capability, and the version of the package', () => {
  const { name, version, description } = plan.capability
  expect(version).toBe(packageJson.version)
  const plugins = Object.keys(formats).filter((path) => /plugin\.json$|gemini/.test(path))
  for (const path of plugins) expect(manifest(path)).toMatchObject({ name, version, description })
  expect(manifest('.claude-plugin/marketplace.json').plugins).toMatchObject([{ name, version }])
  const told = Object.keys(formats).flatMap((path) => Object.values(manifest(path).mcpServers ?? {}) as object[])
  expect(told).toHaveLength(4)
  for (const server of told) expect(Object.values(server)).toContain(address)
})

it('the folder that they name holds every skill, one level deep', () => {
  const inside = readdirSync(join(root, 'skills'), { withFileTypes: true }).filter((one) => one.isDirectory())
  const declared = plan.surfaces.flatMap((s) => (s.type === 'skill' ? s.skills.map((one) => one.name) : []))
  expect(inside.map((one) => one.name).sort()).toEqual(declared.sort())
  for (const { name } of inside) expect(existsSync(join(root, 'skills', name, 'SKILL.md'))).toBe(true)
  expect(packageJson.files).toContain('skills')
})

it('a folder without plugin.json is no plugin; with one, what its author wrote of themselves stays', async () => {
  const location = 'file:///./skills/read-things'
  const description = 'Reads things. Use when a thing is asked for. Not for changing one.'
  const skills = { 'read-things': { description, license: 'MIT', location } }
  const exposes = [thingTools(), { type: 'skill', namespace: 'things-skill', port: 9091, skills }]
  const file = await writeCapability(capabilityOf(exposes))
  const written = async () => (await writeArtifacts(await load(file))).map(({ path }) => path)
  expect(await written()).not.toContain('mcp.json')
  const author = { name: 'Ann', url: 'https://example.com' }
  await writeFile(join(dirname(file), 'plugin.json'), JSON.stringify({ author, description: 'Old.' }))
  expect(await written()).toEqual(Object.keys(formats))
  const at = async (path: string) => JSON.parse(await readFile(join(dirname(file), path), 'utf8'))
  expect(await at('plugin.json')).toMatchObject({ author, description: 'Reads things.', license: 'MIT' })
  expect((await at('.claude-plugin/marketplace.json')).owner).toEqual(author)
  expect(await written()).toEqual([])
})
