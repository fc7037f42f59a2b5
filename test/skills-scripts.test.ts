/** The scripts of the skills, as an agent runs them, against the capability on its sandbox. */

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { bundledCapability, deskOf } from '../src/index.ts'
import { serveFile } from './support/serve.ts'
import { runScript } from './support/skill-script.ts'
import { exchange, listen } from './surfaces/exchange.ts'

const skills = fileURLToPath(new URL('../skills/nanonets-', import.meta.url))
const approving = 'correct-and-approve/scripts'
const deleting = 'delete-documents/scripts'
const exporting = 'recover-exports/scripts'
const triaging = 'review-queue/scripts/triage.mjs'

let url = ''
let sandboxUrl = ''
let folder = ''
let state = ''
let model_id = ''
let waiting: readonly string[] = []
let approved: readonly string[] = []
let taken = 0

/** A file that waits and that no other case has used. */
const oneFile = () => waiting[taken++] ?? ''

/** In this process; those that call get the address of the capability where none is given. */
function run(script: string, words: readonly string[]) {
  const calls = /(?:check|run)\.mjs$/.test(script) && !words.includes('--url')
  return runScript(skills + script, calls ? [...words, '--url', url] : words, folder)
}

/** In a process of its own. */
function start(script: string, words: readonly string[]) {
  const env = { PATH: process.env.PATH, CAPABILITY_URL: url }
  const child = spawn(process.execPath, [skills + script, ...words], { cwd: folder, env })
  const said = { stdout: '', stderr: '' }
  child.stdin.end()
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk
  })
  return new Promise<typeof said & { readonly code: number | null }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...said }))
  })
}

const sent = async () =>
  ((await exchange(sandboxUrl, '/__sandbox/journal')).json as { method: string; operation: string }[])
    .filter(({ method }) => method !== 'GET')
    .map(({ operation }) => operation)

const file = async (id: string) => (await exchange(url, `/v1/models/${model_id}/files/${id}`)).json

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'scripts-'))
  afterAll(() => rm(state, { recursive: true }))
  const served = await serveFile(bundledCapability(), { sandbox: true, stateDirectory: state, atEnd: afterAll })
  url = served.url('rest')
  const { sandbox } = served.running
  sandboxUrl = sandbox?.url ?? ''
  model_id = String(sandbox?.examples.model_id)
  const listed = (await exchange(url, `/v1/models/${model_id}/files?days=92`)).json.files as {
    request_file_id: string
    approved: boolean
    approval_status: string
    pages: { failed_validations: string[]; failed_after_correction: string[]; prediction: string }[]
  }[]
  const isClean = ({ pages }: (typeof listed)[number]) =>
    pages.every(
      (p) => p.prediction === 'success' && p.failed_validations.length + p.failed_after_correction.length === 0,
    )
  waiting = listed.filter((f) => !f.approved && f.approval_status === '' && isClean(f)).map((f) => f.request_file_id)
  approved = listed.filter((f) => f.approved).map((f) => f.request_file_id)
  if (waiting.length < 6 || approved.length < 2) throw new Error('the sandbox has too few files for these cases')
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-'))
  const own = folder
  onTestFinished(() => rm(own, { recursive: true }))
})

const all = [
  `${approving}/plan.mjs`,
  `${approving}/check.mjs`,
  `${approving}/run.mjs`,
  triaging,
  'assign-reviewers/scripts/split-files.mjs',
]

describe('every script', () => {
  it('says with --help what it does and how it ends, and takes no flag that it does not know', async () => {
    const helps = await Promise.all(all.map((script) => start(script, ['--help'])))
    for (const { code, stdout, stderr } of helps) {
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^node scripts\//)
      expect(stdout).toContain('Exit codes: 0 ok · 2 ')
    }
    const wrong = await Promise.all([`${approving}/run.mjs`, triaging].map((script) => start(script, ['--wrong'])))
    for (const { code, stdout, stderr } of wrong) {
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain('--wrong is not known')
    }
  })

  it('calls this machine only, and knows no credential of the service', async () => {
    await planOf(approval(['x']))
    const wrong = await start(triaging, ['m', '--url', 'http://example.com'])
    const ran = [wrong, await check('http://127.0.0.1.example.com'), await check('https://127.0.0.1:1')]
    for (const { code, stderr } of ran)
      expect([code, stderr]).toEqual([2, expect.stringContaining('is no http address of this machine')])
    const [folderOf] = all[0]?.split('/plan') ?? []
    for (const name of readdirSync(`${skills}${folderOf}`))
      expect(await readFile(`${skills}${folderOf}/${name}`, 'utf8')).not.toMatch(/NANONETS|app\.nanonets/)
    expect(await readFile(skills + triaging, 'utf8')).not.toMatch(/NANONETS|app\.nanonets/)
  })

  it('prints JSON where it can answer, else a message, each with its exit code', async () => {
    await planOf({ planVersion: 2 })
    const unfit = await start(`${approving}/check.mjs`, ['plan.json'])
    expect([unfit.code, unfit.stderr, JSON.parse(unfit.stdout).ok]).toEqual([3, '', false])
    await planOf(approval(['x']))
    const refusing = (status: number) => listen((_, res) => void res.writeHead(status, { 'retry-after': '100' }).end())
    const silent = await start(`${approving}/check.mjs`, ['plan.json', '--url', 'http://127.0.0.1:9'])
    const ran = [silent, await check(await refusing(401)), await check(await refusing(429))]
    expect(ran.map(({ code }) => code)).toEqual([5, 5, 6])
    expect(ran.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining('does not answer'),
      expect.stringContaining('CAPABILITY_TOKEN'),
      expect.stringContaining('100 seconds'),
    ])
  })
})

function approval(ids: readonly string[], more: object = {}) {
  const actions = ids.map((request_file_id, i) => ({
    id: `a${i}`,
    tool: 'approve-file',
    arguments: { model_id, request_file_id },
    reason: 'clean',
    ...more,
  }))
  return { planVersion: 1, capability: 'nanonets-file-management', actions }
}

const planOf = async (plan: object) => writeFile(join(folder, 'plan.json'), JSON.stringify(plan))
const checkOf = (skill: string) => run(`${skill}/check.mjs`, ['plan.json'])
const check = (at = url) => run(`${approving}/check.mjs`, ['plan.json', '--url', at])
const confirm = (digest: string, skill = approving, ...more: readonly string[]) =>
  run(`${skill}/run.mjs`, ['plan.json', '--confirm', digest, ...more])

describe('a plan', () => {
  it('is written, checked, run as a dry run, then made and read back, what a run before has done only once', async () => {
    const ids = [oneFile(), oneFile()]
    const before = await sent()
    const written = await run(`${approving}/plan.mjs`, [
      ...['approve-file', `model_id=${model_id}`, '--each', 'request_file_id', '--of', ids.join(',')],
      ...['--reason', 'clean', '--after', '/0/approved=true'],
    ])
    expect(written.json).toMatchObject({ plan: 'plan.json', actions: 2 })
    const checked = await check()
    expect(checked).toMatchObject({ code: 0, json: { ok: true, counts: { 'approve-file': 2 }, problems: [] } })
    const digest = checked.json.planDigest
    expect(Object.keys(checked.json)).toEqual(['ok', 'planDigest', 'counts', 'problems'])
    const dry = await run(`${approving}/run.mjs`, ['plan.json'])
    expect(dry).toMatchObject({ code: 0, json: { ok: true, dryRun: true, planDigest: digest } })
    expect(await sent()).toEqual(before)
    const first = await confirm(digest, approving, '--max', '1')
    expect(first).toMatchObject({ code: 7, json: { ok: false, counts: { done: 1, open: 1 } } })
    expect(Object.keys(first.json)).toEqual(['ok', 'counts', 'next', 'results', 'journal'])
    expect(await confirm(`${digest}x`)).toMatchObject({ code: 4, stderr: expect.stringContaining('of another plan') })
    expect(await confirm(digest)).toMatchObject({ code: 0, json: { ok: true, counts: { done: 2 }, results: [] } })
    expect(await sent()).toEqual([...before, 'verify', 'verify'])
    for (const id of ids) expect((await file(id))[0].approved).toBe(true)
  })

  it('that does not fit is told with every place, and nothing is asked', async () => {
    const [good] = approval(['x']).actions
    const actions: readonly unknown[] = [
      { ...good, id: 'a b', extra: 1 },
      { ...good, tool: 'drop-file' },
      { ...good, id: 'c', arguments: { model_id, request_fileid: 'x' } },
      { ...good, id: 'c', reason: ' ', expect: { approved: true } },
      { ...good, id: ['e'], tool: ['approve-file'], look: { tool: 'constructor' } },
      { ...good, id: 'f', arguments: { model_id: '..', request_file_id: '', constructor: 1 } },
      null,
    ]
    await planOf({ planVersion: 2, actions })
    const { code, json } = await check()
    expect([code, json.ok]).toEqual([3, false])
    expect(json.problems.map(({ at }: { at: string }) => at)).toEqual([
      '/planVersion',
      '/capability',
      '/actions/0/extra',
      '/actions/0/id',
      '/actions/1/tool',
      '/actions/2/arguments/request_fileid',
      '/actions/2/arguments/request_file_id',
      '/actions/3/reason',
      '/actions/3/expect',
      '/actions/3/id',
      '/actions/3',
      '/actions/4/id',
      '/actions/4/tool',
      '/actions/4/look/tool',
      '/actions/5/arguments/model_id',
      '/actions/5/arguments/request_file_id',
      '/actions/5/arguments/constructor',
      '/actions/6',
    ])
  })

  it('is held against what is there: a file that is gone, another state, an input that the capability refuses', async () => {
    const ids = ['nobody', oneFile()]
    await planOf(approval(ids, { expect: { '/0/approved': true } }))
    const found = await check()
    expect(found.code).toBe(4)
    expect(found.json.problems).toEqual([
      { id: 'a0', kind: 'state', message: expect.stringContaining('is not there') },
      { id: 'a1', kind: 'state', message: '/0/approved is another', at: '/0/approved', wanted: true, found: false },
    ])
    const assign = { model_id, member: 'nobody', file_ids: [ids[1]] }
    const [action] = approval(['x']).actions
    await planOf({ ...approval(['x']), actions: [{ ...action, tool: 'assign-files', arguments: assign }] })
    const refused = await checkOf('assign-reviewers/scripts')
    expect(refused.code).toBe(3)
    expect(refused.json.problems).toMatchObject([{ kind: 'input', message: expect.stringContaining('/member') }])
  })

  it('is not run when what is there has changed since it was agreed to', async () => {
    const id = oneFile()
    await planOf(approval([id]))
    const { planDigest } = (await check()).json
    const before = await sent()
    const path = `/v1/models/${model_id}/files/${id}`
    expect((await exchange(url, `${path}/approve`, { method: 'POST' })).status).toBe(200)
    const late = await confirm(planDigest)
    expect([late.code, late.stderr]).toEqual([4, expect.stringContaining('not what was agreed to')])
    expect(await sent()).toEqual([...before, 'verify'])
  })

  it('waits for a person where something is lost, and goes on once they have released it', async () => {
    const ids = [oneFile(), oneFile()]
    const before = await sent()
    const plan = approval(ids, { tool: 'delete-file', expect: { '/0/approved': false }, after: 'gone' })
    await planOf(plan)
    const { planDigest } = (await checkOf(deleting)).json
    const first = await confirm(planDigest, deleting)
    expect(first).toMatchObject({ code: 8, json: { ok: false, counts: { pending: 2 } } })
    expect(first.json.next).toContain('"capability approvals"')
    expect(await sent()).toEqual(before)
    const { json: waits } = await exchange(url, new URL(first.json.results[0].status_url).pathname)
    expect(waits).toMatchObject({ status: 'pending', approval: first.json.results[0].approval })
    const desk = deskOf(state)
    const [one, other] = first.json.results.map(({ approval }: { approval: string }) => approval)
    await desk.decide(one, { verdict: 'approved', by: 'ann' })
    await desk.decide(other, { verdict: 'denied', by: 'ann' })
    const second = await confirm(planDigest, deleting)
    expect(second).toMatchObject({ code: 7, json: { counts: { done: 1, refused: 1 } } })
    expect(await sent()).toEqual([...before, 'delete'])
    const statuses = ids.map(async (id) => (await exchange(url, `/v1/models/${model_id}/files/${id}`)).status)
    expect(await Promise.all(statuses)).toEqual([404, 200])
  })

  it('that a crash cut off goes on: what may have been sent and must not be twice is left to a person', async () => {
    const [id, other] = approved
    await run(`${exporting}/plan.mjs`, [
      ...['retry-exports', `model_id=${model_id}`, '--each', 'file_ids', '--list', '--of', `${id},${other}`],
      ...['--look', 'get-file:request_file_id', '--reason', 'the grant was renewed'],
    ])
    const { planDigest } = (await checkOf(exporting)).json
    const before = await sent()
    expect(await confirm(planDigest, exporting, '--max', '0')).toMatchObject({ code: 7, json: { counts: { open: 2 } } })
    await appendFile(join(folder, 'plan.json.journal.jsonl'), '{"id":"retry-exports-1","state":"started"}\n{"id":"ret')
    const { code, json } = await confirm(planDigest, exporting)
    expect([code, json.counts]).toEqual([7, { started: 1, done: 1 }])
    expect(json.results).toMatchObject([{ id: 'retry-exports-1', state: 'started' }])
    expect(await sent()).toEqual([...before, 'retry-exports'])
  })
})

it('what a run before has made is answered as it was then, though what is there has changed by it', async () => {
  const before = await sent()
  await planOf(approval([approved[0] ?? ''], { tool: 'unapprove-file' }))
  const { planDigest } = (await check()).json
  expect(await confirm(planDigest)).toMatchObject({ code: 0, json: { counts: { done: 1 } } })
  const journal = join(folder, 'plan.json.journal.jsonl')
  const [head, started] = (await readFile(journal, 'utf8')).split('\n')
  await writeFile(journal, `${head}\n${started}\n`)
  expect(await confirm(planDigest)).toMatchObject({ code: 0, json: { counts: { done: 1 }, results: [] } })
  expect(await sent()).toEqual([...before, 'unverify'])
})

describe('triage', () => {
  it('counts what waits and ranks it by what fails first', async () => {
    const { code, stdout } = await start(triaging, [model_id, '--days', '92', '--limit', '200'])
    expect(code).toBe(0)
    const json = JSON.parse(stdout)
    const { files } = (await exchange(url, `/v1/models/${model_id}/files?days=92`)).json
    const open = files.filter(
      (f: { approved: boolean; approval_status: string }) => !f.approved && f.approval_status !== 'rejected',
    )
    const { counts } = json
    expect(counts.waiting).toBe(open.length)
    expect(counts.failed + counts.unsure + counts.old + counts.clean).toBe(open.length)
    expect(counts.waiting + counts.rejected + counts.approved).toBe(files.length)
    const ranks = json.files.map(({ bucket, date }: { bucket: string; date: string }) => `${bucket} ${date}`)
    expect(ranks).toEqual([...ranks].sort())
    expect(new Set(json.files.map(({ request_file_id: id }: { request_file_id: string }) => id)).size).toBe(open.length)
    for (const one of json.files) expect(one.failed.length > 0).toBe(one.bucket === 'A')
  })
})

describe('split-files', () => {
  it('gives each reviewer their share, the same for the same files in any order', async () => {
    const ids = ['f', 'b', 'e', 'a', 'd', 'c']
    const who = ['ann@example.com:2', 'sam@example.com']
    const split = async (given: readonly string[]) => {
      await writeFile(join(folder, 'ids.json'), JSON.stringify(given))
      const { json } = await run('assign-reviewers/scripts/split-files.mjs', [model_id, 'ids.json', ...who])
      return [json.split, await readFile(join(folder, 'plan.json'), 'utf8')]
    }
    const [shares, plan] = await split(ids)
    expect(shares).toEqual({ 'ann@example.com': 4, 'sam@example.com': 2 })
    expect(await split([...ids].reverse())).toEqual([shares, plan])
  })
})
