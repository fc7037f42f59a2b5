/** The real installer of Agent Skills, which finds them by the discovery index, takes the flagship's skills and others. */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { bundledCapability } from '../src/index.ts'
import { serveFile, writeCapability } from './support/serve.ts'

const installer = fileURLToPath(new URL('../node_modules/skills/bin/cli.mjs', import.meta.url))

/** Installs everything an address offers into an empty project, without any other address; answers the project. */
async function install(url: string): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'project-'))
  onTestFinished(() => rm(project, { recursive: true, force: true }))
  const given = ['add', url, '--skill', '*', '-a', 'claude-code', '-y', '--copy']
  const env = { PATH: process.env.PATH, HOME: project, DISABLE_TELEMETRY: '1' }
  const installing = promisify(execFile)(process.execPath, [installer, ...given], { cwd: project, env })
  installing.child.stdin?.end()
  await installing
  return project
}

/** Paths and contents of all files below a folder. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort((a, b) => a.localeCompare(b))
  return new Map(found.map((path) => [path, readFileSync(join(folder, path), 'base64')]))
}

/** What the installer's lock says of a folder. */
function lockedHash(folder: string): string {
  const hash = createHash('sha256')
  for (const [path, content] of filesIn(folder)) hash.update(path).update(Buffer.from(content, 'base64'))
  return hash.digest('hex')
}

async function checkInstalled(project: string, source: string, names: readonly string[], sourceType = 'well-known') {
  const lock = JSON.parse(readFileSync(join(project, 'skills-lock.json'), 'utf8'))
  expect(Object.keys(lock.skills).sort()).toEqual(names)
  expect(readdirSync(join(project, '.claude/skills')).sort()).toEqual(names)
  for (const name of names) {
    const folder = join(source, name)
    expect(filesIn(join(project, '.claude/skills', name))).toEqual(filesIn(folder))
    expect(lock.skills[name]).toMatchObject({ sourceType, computedHash: lockedHash(folder) })
  }
}

it('skills add installs every file as it stands in its folder, from an address and from this project, and locks its digest', async () => {
  const skill = { description: 'Is one file.', location: 'file:///./skills/single' }
  const exposes = [{ type: 'skill', namespace: 'things-skill', port: 0, skills: { single: skill } }]
  const single = await writeCapability(
    { ikanos: '1.0.0-beta5', capability: { exposes } },
    { files: { 'skills/single/SKILL.md': '---\nname: single\ndescription: Is one file.\n---\n\n# Single – ünï\n' } },
  )
  const served = await Promise.all([serveFile(bundledCapability(), { sandbox: true }), serveFile(single)])
  const flagship = join(dirname(bundledCapability()), '../skills')
  const addresses = [...served.map(({ url }) => url('skill')), dirname(flagship)]
  const [all, one, local] = await Promise.all(addresses.map(install))
  const names = readdirSync(flagship, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []))
  await checkInstalled(all ?? '', flagship, names.sort())
  await checkInstalled(local ?? '', flagship, names, 'local')
  await checkInstalled(one ?? '', join(dirname(single), 'skills'), ['single'])
})
