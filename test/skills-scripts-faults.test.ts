/** The scripts of the skills where the capability fails them: what may have been done is never done twice. */

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { runScript } from './support/skill-script.ts'
import { listen } from './surfaces/exchange.ts'

type Answer = (res: ServerResponse) => unknown

const skills = fileURLToPath(new URL('../skills/nanonets-', import.meta.url))
const typed = (type: string, status: number, more: object = {}): Answer =>
  answered(status, { type: `urn:x:${type}`, ...more })
const answered =
  (status: number, body: object = {}, headers: Record<string, string> = {}): Answer =>
  (res) =>
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

let folder = ''
let address = ''
/** What is there, what the next writes are answered, and what came of them: each with the key that it was sent with. */
let there: Answer
let rehearsed: Answer
let answers: Answer[] = []
let sent: (string | undefined)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-'))
  const own = folder
  onTestFinished(() => rm(own, { recursive: true }))
  there = answered(200, [{ approved: false }])
  rehearsed = answered(200)
  answers = []
  sent = []
  address = await listen(({ method, url = '', headers }, res) => {
    if (url.includes('dry_run')) return void rehearsed(res)
    if (method === 'GET') return void there(res)
    sent.push(String(headers['idempotency-key']))
    const next = answers.shift() ?? answered(200)
    next(res)
  })
})

const actionOf = (tool: string, id: string, more: object = {}) => ({
  id,
  tool,
  reason: 'because',
  arguments: tool === 'retry-exports' ? { model_id: 'm', file_ids: [id] } : { model_id: 'm', request_file_id: id },
  ...more,
})

/** Checks a plan; answers what runs it: as often as it is called, with the same words. */
async function planned(skill: string, actions: readonly object[]) {
  const plan = { planVersion: 1, capability: 'nanonets-file-management', actions }
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan))
  const script = (name: string, ...words: string[]) =>
    runScript(`${skills}${skill}/scripts/${name}.mjs`, ['plan.json', '--url', address, ...words], folder)
  const { json, code, stderr } = await script('check')
  expect([code, stderr]).toEqual([0, ''])
  return (...more: string[]) => script('run', '--confirm', json.planDigest, '--settle', '0', ...more)
}

it('a call that was refused is made when it is allowed; one of which nobody knows, and must not be twice, is not', async () => {
  answers = [answered(403), (res) => res.socket?.destroy(), answered(200)]
  const run = await planned(
    'recover-exports',
    ['a', 'b'].map((id) => actionOf('retry-exports', id)),
  )
  const first = await run()
  expect([first.code, first.json.counts]).toEqual([5, { waiting: 1, open: 1 }])
  const second = await run()
  expect([second.code, second.json.counts]).toEqual([5, { unknown: 1, open: 1 }])
  const third = await run()
  expect([third.code, third.json.counts]).toEqual([7, { unknown: 1, done: 1 }])
  expect(sent.length).toBe(3)
})

it('a refusal is a failure; a fault of the server, and an answer that is cut off, may be one or not', async () => {
  const cut: Answer = (res) => {
    res.writeHead(200, { 'content-length': '100' }).write('{')
    setImmediate(() => res.socket?.destroy())
  }
  answers = [
    typed('upstream-refused', 409, { detail: 'x'.repeat(2000) }),
    typed('unmappable-output', 502),
    answered(200),
    typed('internal', 500),
    answered(503, { retryable: true }, { 'retry-after': '0' }),
    answered(200),
    cut,
  ]
  const ids = ['a', 'b', 'c', 'd', 'e', 'f']
  const run = await planned(
    'recover-exports',
    ids.map((id) => actionOf('retry-exports', id)),
  )
  const { code, json } = await run()
  expect([code, json.counts]).toEqual([5, { failed: 1, unknown: 3, done: 2 }])
  expect(json.results[0].detail.length).toBeLessThan(500)
  // The one that answered 503 was asked for again, with the key that it had.
  expect([sent.length, new Set(sent).size]).toEqual([7, 6])
  await run()
  expect([sent.length, new Set(sent).size]).toEqual([8, 6])
})

it('three failures in a row end a run, and it says so', async () => {
  answers = [1, 2, 3].map(() => typed('upstream-refused', 409))
  const run = await planned(
    'correct-and-approve',
    ['a', 'b', 'c', 'd'].map((id) => actionOf('approve-file', id)),
  )
  const { code, json } = await run()
  expect([code, json.counts, json.stopped]).toEqual([7, { failed: 3, open: 1 }, expect.stringContaining('3 in a row')])
})

it('what was made stays made where it could not be read back', async () => {
  const look = { tool: 'get-file', arguments: { model_id: 'm', request_file_id: 'a' } }
  answers = [
    (res) => {
      there = answered(500)
      answered(200)(res)
    },
  ]
  const run = await planned('recover-exports', [actionOf('retry-exports', 'a', { look, after: { '/0/done': true } })])
  expect(await run()).toMatchObject({ code: 5, json: { counts: { done: 1 }, results: [{ verified: false }] } })
  expect(await run()).toMatchObject({ code: 7, json: { counts: { done: 1 }, results: [{ verified: false }] } })
  expect(sent.length).toBe(1)
})

it('what a run before may have made is made again only where it does not show, under its key', async () => {
  const crashed: Answer = (res) => res.socket?.destroy()
  const after = { '/0/approved': true }
  const run = await planned('correct-and-approve', [
    actionOf('approve-file', 'a', { after }),
    actionOf('approve-file', 'b', { after }),
  ])
  answers = [crashed]
  expect((await run()).json.counts).toEqual({ unknown: 1, open: 1 })
  there = answered(200, [{ approved: true }])
  // The first shows; the second is approved by somebody else.
  expect(await run()).toMatchObject({ code: 4, json: { counts: { done: 1, changed: 1 } } })
  expect(sent.length).toBe(1)
  there = answered(200, [{ approved: false }])
  answers = [crashed, answered(200)]
  await run()
  await run()
  expect([sent.length, sent[1]]).toEqual([3, sent[2]])
})

it('an answer to what was sent before the plan was begun is told as that', async () => {
  answers = [answered(200, {}, { 'idempotent-replayed': 'true' })]
  const run = await planned('recover-exports', [actionOf('retry-exports', 'a')])
  const { json } = await run()
  expect(json.results).toEqual([
    expect.objectContaining({ state: 'done', earlier: expect.stringContaining('nothing') }),
  ])
})

it('one run of a plan at a time; what a run that is gone has locked is taken over', async () => {
  const run = await planned('correct-and-approve', [actionOf('approve-file', 'a')])
  const lock = join(folder, 'plan.json.journal.jsonl.lock')
  await writeFile(lock, String(process.pid))
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('another run') })
  // Above what the kernel gives.
  await writeFile(lock, '99999999')
  expect(await run()).toMatchObject({ code: 0, json: { counts: { done: 1 } } })
  expect([sent.length, existsSync(lock)]).toEqual([1, false])
})

it('a journal goes on with a journal, and with nothing else', async () => {
  const run = await planned('correct-and-approve', [actionOf('approve-file', 'a')])
  await writeFile(join(folder, 'notes.txt'), 'mine')
  expect(await run('--journal', 'notes.txt')).toMatchObject({ code: 2, stderr: 'notes.txt is there and is no journal' })
  expect(await run('--journal', 'none/journal')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
  expect([await readFile(join(folder, 'notes.txt'), 'utf8'), sent]).toEqual(['mine', []])
})

it('a call that nobody may make here, or that is not offered, is no file that is gone', async () => {
  const check = async () => {
    await writeFile(join(folder, 'plan.json'), JSON.stringify(deletion))
    return runScript(`${skills}delete-documents/scripts/check.mjs`, ['plan.json', '--url', address], folder)
  }
  const deletion = { planVersion: 1, capability: 'nanonets-file-management', actions: [actionOf('delete-file', 'a')] }
  rehearsed = typed('insufficient-role', 403, { detail: 'needs admin' })
  expect(await check()).toMatchObject({ code: 5, stderr: 'delete-file answers 403: needs admin' })
  there = typed('not-found', 404)
  expect(await check()).toMatchObject({ code: 5, stderr: 'get-file answers 404: is it the capability?' })
  there = (res) => res.writeHead(200).end('<html>')
  expect(await check()).toMatchObject({ code: 5 })
  there = typed('upstream-refused', 404)
  expect(await check()).toMatchObject({ code: 4, json: { problems: [{ kind: 'state' }] } })
})

it('a plan that its schema refuses is refused, and no other', async () => {
  const schema = JSON.parse(await readFile(`${skills}correct-and-approve/assets/plan.schema.json`, 'utf8'))
  const fits = new Ajv2020().compile(schema)
  const action = actionOf('approve-file', 'a')
  const plan = { planVersion: 1, capability: 'nanonets-file-management', actions: [action] }
  const many = Array.from({ length: 201 }, (_, i) => actionOf('approve-file', `a${i}`))
  const wrong = [
    ...[[], {}, many, [null], ['a']].map((actions) => ({ ...plan, actions })),
    ...[{ id: '../a' }, { id: 'a'.repeat(65) }, { id: 1 }, { reason: ' ' }, { arguments: [] }, { more: 1 }].map(
      (more) => ({
        ...plan,
        actions: [{ ...action, ...more }],
      }),
    ),
    ...[{ after: 'went' }, { expect: { a: 1 } }, { look: { tool: 'get-file' } }].map((more) => ({
      ...plan,
      actions: [{ ...action, ...more }],
    })),
    ...[{ planVersion: 2 }, { notes: '' }].map((more) => ({ ...plan, ...more })),
    null,
  ]
  const script = async (one: unknown) => {
    await writeFile(join(folder, 'plan.json'), JSON.stringify(one))
    return (await runScript(`${skills}correct-and-approve/scripts/check.mjs`, ['plan.json', '--url', address], folder))
      .code
  }
  expect([fits(plan), await script(plan)]).toEqual([true, 0])
  for (const one of wrong) expect([one, fits(one), await script(one)]).toEqual([one, false, 3])
})

it('a plan is written over a plan, and over nothing else', async () => {
  const words = ['approve-file', 'model_id=m', '--each', 'request_file_id', '--of', 'a', '--reason', 'clean', '--out']
  const write = (out: string) => runScript(`${skills}correct-and-approve/scripts/plan.mjs`, [...words, out], folder)
  await writeFile(join(folder, 'notes.txt'), 'mine')
  expect(await write('notes.txt')).toMatchObject({ code: 2, stderr: expect.stringContaining('is no plan') })
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  expect([await write('plan.json'), await write('plan.json')]).toMatchObject([{ code: 0 }, { code: 0 }])
  expect(await write('none/plan.json')).toMatchObject({ code: 2, stderr: expect.stringContaining('ENOENT') })
})
