import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { artifactsOf, staleArtifacts, writeArtifacts } from '../src/generate.ts'
import { type LoadedCapability, load } from '../src/load.ts'

const capabilities = fileURLToPath(new URL('../capabilities/', import.meta.url))
const name = 'nanonets-file-management'

/** The flagship as it stands in the repository, in a folder of its own. */
async function copied(): Promise<LoadedCapability> {
  const directory = await mkdtemp(join(tmpdir(), 'artifacts-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  for (const file of [`${name}.ikanos.yml`, `${name}.runtime.yml`]) {
    await copyFile(join(capabilities, file), join(directory, file))
  }
  await cp(join(capabilities, 'scripts'), join(directory, 'scripts'), { recursive: true })
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
  expect(artifacts.map(({ path }) => path)).toEqual([`${name}.yaml`, 'openapi.yaml'])
  expect(await artifactsOf(await copied())).toEqual(artifacts)
  for (const { text } of artifacts) expect(text).toMatch(/^# Generated from nanonets-file-management/)
})

test('The older form names the file that refines both', async () => {
  const [older] = await artifactsOf(await copied())
  expect(older?.text.split('\n').slice(0, 2)).toEqual([
    `# Generated from ${name}.ikanos.yml for APIs.io. Change that file, then run "npm run generate".`,
    `# What neither form can say stands in ${name}.runtime.yml, which refines both.`,
  ])
})

test('Only what differs from the disk is stale, and writing it makes it fresh', async () => {
  const capability = await copied()
  expect((await staleArtifacts(capability)).map(({ path }) => path)).toEqual([`${name}.yaml`, 'openapi.yaml'])
  expect(await writeArtifacts(capability)).toEqual(await artifactsOf(capability))
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
  expect((await artifactsOf(older)).map(({ path }) => path)).toEqual(['openapi.yaml'])
})
