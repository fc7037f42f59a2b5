/** The command that exports writes each form where it is told to, and else shows it. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { say } from '../support/say.ts'

test('export writes a file, or for skills a folder, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const form of ['openapi', 'mcp', 'arazzo', 'postman']) {
    const path = join(folder, form)
    const { code, stdout, stderr } = await say(['export', form, '--out', path])
    expect([code, stdout]).toEqual([0, `wrote ${path}\n`])
    expect(stderr).toBe(
      form === 'arazzo' ? 'its steps are those of openapi.yaml beside it: capability export openapi\n' : '',
    )
    expect(await readFile(path, 'utf8')).toBe((await say(['export', form])).stdout)
  }
  const skills = join(folder, 'skills')
  const { stdout } = await say(['export', 'skills', '--out', skills])
  expect(stdout).toMatch(new RegExp(`^wrote \\d+ files to ${skills}\n$`))
  expect(await readdir(skills)).toHaveLength(5)
  expect((await say(['export', 'skills'])).stdout).toContain('/SKILL.md <==\n---\nname: ')
})
