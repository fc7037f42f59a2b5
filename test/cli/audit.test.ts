/** `capability audit` over what `--state` keeps. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openJournal } from '../../src/runtime/journal/journal.ts'
import { say } from '../support/say.ts'

let state: string

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'audit-'))
  const journal = await openJournal({ directory: join(state, 'orders', 'audit'), name: 'audit' })
  const call = { event: 'called', surface: 'rest', outcome: 'ok', upstream_status: 200 }
  await journal.append({ ...call, at: '2026-01-01T00:00:00.000Z', operation: 'orders.send', ids: { id: ['7'] } })
  const client = '=cmd|"x",1'
  await journal.append({ ...call, at: '2026-01-02T00:00:00.000Z', operation: 'orders.set', client, caller: 'ann' })
  await journal.close()
})

afterAll(() => rm(state, { recursive: true }))

test('what a call of the command line wrote is in it', async () => {
  const own = join(state, 'own')
  const { code } = await say(['call', 'list-files', 'model_id=', '--sandbox', '--state', own, '--dry-run'])
  expect(code).toBe(1)
  expect(await readdir(join(own, 'nanonets-file-management', 'sandbox', 'audit'))).toContain('key')
  await rm(own, { recursive: true })
})

test.each<[string[], string[]]>([
  [[], ['orders.send', 'orders.set']],
  [['--flow', 'send'], ['orders.send']],
  [['--since', '2026-01-02'], ['orders.set']],
  [['--until', '2026-01-02'], ['orders.send']],
  [['--caller', 'an'], ['orders.set']],
  [
    ['--surface', 'rest'],
    ['orders.send', 'orders.set'],
  ],
  [['--surface', 'mcp'], []],
  [['--id', '7'], ['orders.send']],
  [['--outcome', 'declined'], []],
])('query %j finds %j', async (flags, names) => {
  const { stdout } = await say(['audit', 'query', state, '--json', ...flags])
  const lines = stdout.split('\n').filter((line) => line !== '')
  expect(lines.map((line) => JSON.parse(line).operation)).toEqual(names)
})

test('query tells a call in a line', async () => {
  const { stdout } = await say(['audit', 'query', state, '--flow', 'send'])
  expect(stdout).toBe('2026-01-01T00:00:00.000Z  called  orders.send  7  ok  rest\n')
})

test('export as CSV quotes, and leaves nothing that a spreadsheet would run', async () => {
  const { stdout } = await say(['audit', 'export', state, '--format', 'csv'])
  expect(stdout.split('\r\n')).toHaveLength(4)
  expect(stdout).toContain(`,"'=cmd|""x"",1",`)
})

test('what is no time and no folder is refused', async () => {
  expect(await say(['audit', 'query', state, '--since', 'soon'])).toMatchObject({ code: 2 })
  expect(await say(['audit', 'verify', join(state, 'nowhere')])).toMatchObject({ code: 2 })
})

test('verify says that it is whole, and else the first line that is not', async () => {
  const whole = await say(['audit', 'verify', state])
  expect(whole.code).toBe(0)
  expect(whole.stdout).toMatch(/^2 lines, none changed/)
  const file = join(state, 'orders', 'audit', 'audit-1.000001.jsonl')
  await writeFile(file, (await readFile(file, 'utf8')).replace('"caller":"ann"', '"caller":"bob"'))
  const broken = await say(['audit', 'verify', state])
  expect(broken).toMatchObject({ code: 1, stdout: `${file}:2: it is not as it was written\n` })
  const told = await say(['audit', 'verify', state, '--json'])
  expect(JSON.parse(told.stdout)).toMatchObject({ ok: false, file, line: 2 })
})
