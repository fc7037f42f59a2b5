import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { artifactsOf, staleArtifacts, writeArtifacts } from '../src/generate.ts'
import { type LoadedCapability, load } from '../src/load.ts'
import { writeCapability } from './support/serve.ts'
import { capabilityOf, thingRoutes, thingTools } from './surfaces/cases.ts'

const capabilities = fileURLToPath(new URL('../capabilities/', import.meta.url))
const name = 'nanonets-file-management'

/** The flagship as it stands in the repository, with its skills, in a folder of its own. */
async function copied(): Promise<LoadedCapability> {
  const root = await mkdtemp(join(tmpdir(), 'artifacts-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const directory = join(root, 'capabilities')
  await cp(join(capabilities, 'scripts'), join(directory, 'scripts'), { recursive: true })
  await cp(join(capabilities, '../skills'), join(root, 'skills'), { recursive: true })
  for (const file of [`${name}.ikanos.yml`, `${name}.runtime.yml`]) {
    await copyFile(join(capabilities, file), join(directory, file))
  }
  return load(join(directory, `${name}.ikanos.yml`))
}

test('What is generated from the flagship is what stands beside it', async () => {
  const stale = await staleArtifacts(await load(join(capabilities, `${name}.ikanos.yml`)))
  const messages = stale.map(({ path }) => `capabilities/${path} is stale — run "npm run generate"`)
  expect(messages).toEqual([])
})

test('The flagship gives its older form and an OpenAPI description, the same in every folder', async () => {
  const capability = await copied()
  const artifacts = await artifactsOf(capability)
  expect(artifacts.slice(0, 2).map(({ path }) => path)).toEqual([`${name}.yaml`, 'openapi.yaml'])
  for (const { path } of artifacts.slice(2)) expect(path).toMatch(/^\.\.\/skills\//)
  expect(await artifactsOf(await copied())).toEqual(artifacts)
  for (const { text } of artifacts.slice(0, 2)) expect(text).toMatch(/^# Generated from nanonets-file-management/)
})

test('The older form names the file that refines both', async () => {
  const [older] = await artifactsOf(await copied())
  expect(older?.text.split('\n').slice(0, 2)).toEqual([
    `# Generated from ${name}.ikanos.yml for APIs.io. Change that file, then run "capability generate".`,
    `# What neither form can say stands in ${name}.runtime.yml, which refines both.`,
  ])
})

test('Only what differs from the disk is stale, and writing it makes it fresh', async () => {
  const capability = await copied()
  expect((await staleArtifacts(capability)).map(({ path }) => path)).toEqual([`${name}.yaml`, 'openapi.yaml'])
  expect((await writeArtifacts(capability)).map(({ path }) => path)).toEqual([`${name}.yaml`, 'openapi.yaml'])
  expect(await staleArtifacts(capability)).toEqual([])
  await writeFile(join(capability.directory, 'openapi.yaml'), 'openapi: 3.1.0\n')
  expect((await writeArtifacts(capability)).map(({ path }) => path)).toEqual(['openapi.yaml'])
  expect(await readFile(join(capability.directory, 'openapi.yaml'), 'utf8')).toContain('list-files')
  expect((await readdir(capability.directory)).length).toBe(5)
})

test('A capability in the older form is not written over by its own copy', async () => {
  const capability = await copied()
  await writeArtifacts(capability)
  const older = await load(join(capability.directory, `${name}.yaml`))
  const [first, ...skills] = (await artifactsOf(older)).map(({ path }) => path)
  expect(first).toBe('openapi.yaml')
  for (const path of skills) expect(path).toMatch(/^\.\.\/skills\//)
})

test('Two capabilities in a folder have each their own OpenAPI description', async () => {
  const capability = await copied()
  await writeFile(join(capability.directory, 'other.ikanos.yml'), 'ikanos: 1.0.0-beta5\n')
  const paths = (await artifactsOf(capability)).map(({ path }) => path)
  expect(paths.filter((path) => path.endsWith('openapi.yaml'))).toEqual([`${name}.openapi.yaml`])
})

const skill = '../skills/nanonets-delete-documents'

const drifts = [
  [`${skill}/SKILL.md`, 'permanently and safely', 'quickly'],
  ['../skills/nanonets-recover-exports/SKILL.md', '| read |', '| write |'],
  [`${skill}/references/tools.md`, 'Not a page_id', 'Or a page_id'],
  [`${skill}/scripts/run.mjs`, 'const tolerated = 3', 'const tolerated = 300'],
  [`${skill}/scripts/calls.json`, '"DELETE"', '"POST"'],
  ['../skills/_index.yml', 'delete-file', 'drop-file'],
  ['../skills/skills.lock.json', 'sha256:', 'sha1:'],
] as const

test('What is generated of a skill and changed by hand is found and undone: description, table, reference, script, lock', async () => {
  const capability = await copied()
  const before = await writeArtifacts(capability)
  const texts = drifts.map(([path]) => readFile(join(capability.directory, path), 'utf8'))
  for (const [i, [path, from, to]] of drifts.entries()) {
    const text = (await texts[i]) ?? ''
    expect(text).toContain(from)
    await writeFile(join(capability.directory, path), text.replace(from, to))
  }
  const stale = (await writeArtifacts(capability)).map(({ path }) => path)
  expect([...stale].sort()).toEqual(drifts.map(([path]) => path).sort())
  for (const [i, [path]] of drifts.entries())
    expect(await readFile(join(capability.directory, path), 'utf8')).toBe(await texts[i])
  expect(before.every(({ path }) => !path.includes('skills'))).toBe(true)
})

test('What somebody writes in a skill that has not gone out stays, and the lock knows of it', async () => {
  const capability = await copied()
  await rm(join(capability.directory, '../skills/skills.lock.json'))
  await writeArtifacts(capability)
  const files = [`${skill}/SKILL.md`, `${skill}/references/deletion-rules.md`].map((p) => join(capability.directory, p))
  for (const file of files) await writeFile(file, `${await readFile(file, 'utf8')}\nA new line.\n`)
  expect((await staleArtifacts(capability)).map(({ path }) => path)).toEqual(['../skills/skills.lock.json'])
  await writeArtifacts(capability)
  for (const file of files) expect(await readFile(file, 'utf8')).toMatch(/\nA new line\.\n$/)
})

const things = (skills: object) =>
  capabilityOf([thingTools(), thingRoutes(), { type: 'skill', namespace: 'things-skill', port: 9091, skills }])
const description = 'Reads things. Use when a thing is asked for. Not for changing one.'
const tools = { 'get-thing': { description: 'Read.', from: { sourceNamespace: 'things-mcp', action: 'get-thing' } } }

test('A skill of another capability that has no folder yet gets one to begin with', async () => {
  const file = await writeCapability(
    things({ 'read-things': { description, location: 'file:///./skills/read-things', tools } }),
  )
  const written = (await writeArtifacts(await load(file))).map(({ path }) => path)
  expect(written.filter((path) => path.startsWith('skills/'))).toEqual([
    'skills/read-things/SKILL.md',
    'skills/read-things/references/tools.md',
    'skills/read-things/references/errors.md',
    'skills/read-things/references/connect.md',
    'skills/_index.yml',
    'skills/skills.lock.json',
  ])
  const { diagnostics } = await load(file)
  expect(diagnostics.map(({ code }) => code)).not.toContain('no-skill-file')
  expect(await staleArtifacts(await load(file))).toEqual([])
  const text = await readFile(join(dirname(file), 'skills/read-things/SKILL.md'), 'utf8')
  expect(text).toContain('| `things-mcp:get-thing` |')
  const connect = await readFile(join(dirname(file), 'skills/read-things/references/connect.md'), 'utf8')
  expect(connect).toContain('http://127.0.0.1:9090/mcp')
})

test('A skill that asks for nothing keeps its body to the byte, and a reference that somebody wrote is theirs', async () => {
  const body = '\n# Mine\n\nRead [references/tools.md](references/tools.md).\n'
  const files = {
    'skills/read-things/SKILL.md': `---\nname: read-things\ndescription: Old.\n---\n${body}`,
    'skills/read-things/references/tools.md': '# My tools\n',
  }
  const file = await writeCapability(
    things({ 'read-things': { description, location: 'file:///./skills/read-things', tools } }),
    { files },
  )
  await writeArtifacts(await load(file))
  const at = (path: string) => readFile(join(dirname(file), 'skills/read-things', path), 'utf8')
  expect(await at('SKILL.md')).toBe(`---\nname: read-things\ndescription: ${description}\n---\n${body}`)
  expect(await at('references/tools.md')).toBe('# My tools\n')
  expect((await readdir(join(dirname(file), 'skills/read-things'))).sort()).toEqual(['SKILL.md', 'references'])
})

const at = (skill: string) => ({ description, location: `file:///./skills/${skill}`, metadata: { version: '1.0.0' } })

test('Capabilities that keep their skills in one folder leave the entries and manifests of each other', async () => {
  const both = { 'plugin.json': '{}', 'b.ikanos.yml': JSON.stringify(things({ 'read-b': { ...at('read-b'), tools } })) }
  const file = await writeCapability(things({ 'read-a': { ...at('read-a'), tools } }), { files: both })
  const [one, other] = [await load(file), await load(join(dirname(file), 'b.ikanos.yml'))]
  const ours = (list: readonly { path: string }[]) =>
    list.map(({ path }) => path).filter((path) => path !== 'openapi.yaml')
  await writeArtifacts(one)
  await writeArtifacts(other)
  const [first, second] = [ours(await staleArtifacts(one)), ours(await staleArtifacts(other))]
  expect([first, second]).toEqual([[], []])
  const text = (path: string) => readFile(join(dirname(file), path), 'utf8')
  const lock = JSON.parse(await text('skills/skills.lock.json'))
  expect(lock.capabilities).toEqual({ b: '1.0.0', case: '1.0.0' })
  expect(Object.keys(lock.skills)).toEqual(['read-a', 'read-b'])
  expect(await text('skills/_index.yml')).toMatch(/source: b, case\n[\s\S]*api: case\n[\s\S]*api: b\n/)
  expect(JSON.parse(await text('plugin.json')).name).toBe('case')
  await rm(join(dirname(file), 'skills/read-a'), { recursive: true })
  await writeArtifacts(other)
  expect(Object.keys(JSON.parse(await text('skills/skills.lock.json')).skills)).toEqual(['read-b'])
})

test('A folder of two capabilities is refused, and so is a lock that is no JSON', async () => {
  const same = things({ 'read-a': at('read-a') })
  const file = await writeCapability(same, { files: { 'b.ikanos.yml': JSON.stringify(same) } })
  await writeArtifacts(await load(file))
  const other = await load(join(dirname(file), 'b.ikanos.yml'))
  await expect(writeArtifacts(other)).rejects.toThrow('the skill "read-a" is one of the capability "case"')
  await writeFile(join(dirname(file), 'skills/skills.lock.json'), '<<<<<<< ours')
  await expect(staleArtifacts(other)).rejects.toThrow('skills.lock.json is no JSON')
})

test('A skill that went out is not changed under the same version, and after that under another as often as it takes', async () => {
  const of = (version: string) => things({ 'read-a': { ...at('read-a'), tools, metadata: { version } } })
  const file = await writeCapability(of('1.0.0'))
  const skill = join(dirname(file), 'skills/read-a/SKILL.md')
  const change = async (line: string) => writeFile(skill, `${await readFile(skill, 'utf8')}${line}\n`)
  await writeArtifacts(await load(file))
  await change('Before it goes out.')
  await writeArtifacts(await load(file), { release: true })
  await expect(staleArtifacts(await load(file))).resolves.toEqual([])
  await change('And after.')
  const told = 'the skill "read-a" has changed since its version 1.0.0 was released: raise metadata.version'
  await expect(staleArtifacts(await load(file))).rejects.toThrow(told)
  await expect(writeArtifacts(await load(file))).rejects.toThrow(told)
  await writeFile(file, JSON.stringify(of('1.0.1')))
  await writeArtifacts(await load(file))
  await change('As often as it takes.')
  await writeArtifacts(await load(file))
  await expect(staleArtifacts(await load(file))).resolves.toEqual([])
})

test('A skill that no agent may take to by itself says so to Codex, in a file of its own', async () => {
  const of = (more: object) => things({ 'read-a': { ...at('read-a'), ...more } })
  const file = await writeCapability(of({ 'disable-model-invocation': true }))
  const codex = join(dirname(file), 'skills/read-a/agents/openai.yaml')
  await writeArtifacts(await load(file))
  expect(await readFile(codex, 'utf8')).toMatch(/\npolicy:\n {2}allow_implicit_invocation: false\n$/)
  expect(await readFile(join(dirname(file), 'skills/read-a/SKILL.md'), 'utf8')).not.toContain('invocation')
  await writeFile(file, JSON.stringify(of({})))
  await writeArtifacts(await load(file))
  expect(await readFile(codex, 'utf8')).toMatch(/invocation: true\n$/)
  await writeFile(codex, 'mine: true\n')
  expect((await staleArtifacts(await load(file))).map(({ path }) => path)).toEqual(['skills/skills.lock.json'])
})
