/** Python is an option: what is said where it is not installed, or not in the version that is known. */

import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { validate } from '../../src/index.ts'
import { ensureBuilt } from '../support/cli.ts'
import { writeCapability } from '../support/serve.ts'

beforeAll(ensureBuilt)

const steps = { one: { type: 'script', language: 'python', location: 'file:///./scripts', file: 'one.py' } }
const capability = {
  ikanos: '1.0.0-beta5',
  capability: {
    exposes: [
      {
        type: 'mcp',
        namespace: 'tools',
        port: 0,
        tools: { one: { description: 'One.', steps, mappings: [{ target: 'one', value: '$.one' }] } },
      },
    ],
  },
}
const files = { 'scripts/one.py': 'result = 1' }

/** Validates with the program as it is installed in a folder that has what is given of Pyodide. */
async function validated(pyodide: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'installed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const root = fileURLToPath(new URL('../../', import.meta.url))
  for (const name of ['dist', 'package.json']) await cp(join(root, name), join(folder, name), { recursive: true })
  if (pyodide !== undefined) {
    await mkdir(join(folder, 'node_modules/pyodide'), { recursive: true })
    await writeFile(join(folder, 'node_modules/pyodide/package.json'), JSON.stringify({ version: pyodide }))
  }
  const file = await writeCapability(capability, { files })
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'dist/cli.js'), 'validate', file], (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}

test('A capability with a Python script is valid where Pyodide is installed, which is optional', async () => {
  expect((await validate(await writeCapability(capability, { files }))).diagnostics).toEqual([])
  expect(packageJson.peerDependenciesMeta.pyodide.optional).toBe(true)
})

test.each([
  [undefined, 'Python is not installed'],
  ['0.28.0', 'pyodide 0.28.0 is not the version that is known'],
])('Where pyodide is %s it is refused, and told what to install', async (version, why) => {
  const said = await validated(version)
  expect(said).toContain('error script-refused')
  expect(said).toContain(`${why}; "npm install pyodide@${packageJson.peerDependencies.pyodide}" makes Python run`)
})
