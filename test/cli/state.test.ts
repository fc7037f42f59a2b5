/** Where the commands keep what outlives them when nobody says where. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stateDirectoryOf } from '../../src/cli/state.ts'
import { say } from '../support/say.ts'

test.each<[string, string, Record<string, string>, string]>([
  ['as XDG says', 'linux', { XDG_STATE_HOME: '/var/state', HOME: '/home/a' }, '/var/state/capability'],
  ['at home', 'darwin', { HOME: '/home/a' }, '/home/a/.local/state/capability'],
  [
    'at home where XDG says no absolute path',
    'linux',
    { XDG_STATE_HOME: 'x', HOME: '/home/a' },
    '/home/a/.local/state/capability',
  ],
  ['on Windows', 'win32', { LOCALAPPDATA: 'C:\\a\\Local', HOME: '/x' }, 'C:\\a\\Local\\capability'],
])('%s', (_, platform, environment, directory) => {
  expect(stateDirectoryOf(environment, platform)).toBe(directory)
})

const dryRun = ['call', 'list-files', 'model_id=', '--sandbox', '--dry-run']

async function home() {
  const folder = await mkdtemp(join(tmpdir(), 'state-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return { folder, environment: { XDG_STATE_HOME: folder } }
}

test('a call is in the audit there, which the audit is read from; with --allow-unaudited there is none', async () => {
  const { folder, environment } = await home()
  expect((await say([...dryRun, '--allow-unaudited'], { environment })).code).toBe(1)
  expect(await readdir(folder)).toEqual([])
  expect((await say(['audit', 'verify'], { environment })).stderr).toContain('there is no folder')
  await say(dryRun, { environment })
  expect((await say(['audit', 'verify'], { environment })).stdout).toMatch(/^\d+ lines, none changed/)
})

test('where it can not be written, the start is refused with what to do', async () => {
  const { folder } = await home()
  const environment = { XDG_STATE_HOME: join(folder, 'file') }
  await writeFile(environment.XDG_STATE_HOME, '')
  const { code, stderr } = await say(dryRun, { environment })
  expect([code, stderr]).toEqual([2, expect.stringMatching(/can't be written .*--state <dir>.*--allow-unaudited/)])
  expect((await say([...dryRun, '--allow-unaudited'], { environment })).code).toBe(1)
})
