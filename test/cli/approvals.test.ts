/** `capability approvals`: a person decides on this machine, or by way of a control surface. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { say } from '../support/say.ts'
import { type Flagship, serveFlagship } from '../surfaces/cases.ts'
import { exchange } from '../surfaces/exchange.ts'

const closing: (() => Promise<unknown>)[] = []
let state: string
let flagship: Flagship
let path: string

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'approvals-'))
  flagship = await serveFlagship({ stateDirectory: state, atEnd: (close) => void closing.push(close) })
  const { model_id, request_file_id } = flagship.examples
  path = `/v1/models/${model_id}/files/${request_file_id}`
})

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await rm(state, { recursive: true })
})

const remove = () => exchange(flagship.url('rest'), path, { method: 'DELETE' })
const approvals = (...words: readonly string[]) => say(['approvals', ...words])
const idOf = (text: string) => /ap_[0-9a-z]{24}/.exec(text)?.[0] ?? 'none'

test('a call from the shell waits with an exit code of its own, and is shown and approved from another one', async () => {
  const { model_id, request_file_id } = flagship.examples
  const call = ['call', 'delete-file', `model_id=${model_id}`, `request_file_id=${request_file_id}`, '--sandbox']
  const first = await say([...call, '--state', state])
  expect(first).toMatchObject({ code: 3, stdout: '' })
  const id = idOf(first.stderr)
  expect((await approvals('list', '--state', state)).stdout).toMatch(`${id}  until `)
  const shown = (await approvals('show', id, '--state', state)).stdout
  expect(shown).toContain('capability  nanonets-file-management/sandbox\n')
  expect(shown).toContain(`\n- request_file_id: ${request_file_id}\n`)
  expect((await approvals('approve', id, '--state', state)).stdout).toContain('is released. The same call runs once')
  expect(await say([...call, '--state', state])).toMatchObject({ code: 0 })
  const { stdout } = await say(['audit', 'query', state, '--json'])
  const lines = stdout.split('\n').flatMap((line) => (line.includes(id) ? [JSON.parse(line)] : []))
  const by = userInfo().username
  expect(lines).toMatchObject([
    { event: 'called', outcome: 'approval-needed', approval: id },
    { event: 'approved', operation: 'files.delete-file', approval: id, by },
    { event: 'started', approval: id, approved_by: by },
    { event: 'ended', approval: id, outcome: 'ok' },
  ])
})

test('a control surface is asked where it is named, with its token', async () => {
  const id = idOf((await remove()).text)
  const { url = '', token = '' } = inbox()
  const at = ['--control', url, '--token', token]
  expect(JSON.parse((await approvals('list', '--json', ...at)).stdout)).toMatchObject([{ id, state: 'pending' }])
  expect((await approvals('deny', id, '--reason', 'Not this one.', ...at)).stdout).toContain('is refused')
  expect(await approvals('approve', id, ...at)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('refused already'),
  })
  expect((await remove()).json).toMatchObject({ status: 403, detail: expect.stringContaining('Not this one.') })
  expect((await approvals('list', ...at)).stdout).toBe('nothing waits\n')
  expect(await approvals('list', '--control', url)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--token'),
  })
})

test('what there is none of is told', async () => {
  expect(await approvals('approve')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('missing required argument'),
  })
  expect(await approvals('list', '--stat', state)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"--state"'),
  })
  expect(await approvals('show', 'ap_none', '--state', state)).toMatchObject({ code: 1 })
  expect((await approvals('list', '--state', join(state, 'nowhere'))).stdout).toBe('nothing waits\n')
})

function inbox() {
  const [, url, token] = /^(.*)\/approvals#token=(.*)$/.exec(flagship.running.inbox ?? '') ?? []
  return { url, token }
}
