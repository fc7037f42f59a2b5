/** A write that was made, or may have been, is not made again by the next process. */

import { appendFile, cp, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { bundledCapability, type ServeOptions } from '../../src/index.ts'
import { openJournal } from '../../src/runtime/journal/journal.ts'
import { createLog } from '../../src/runtime/log.ts'
import { createOnce, keep, keptOf, type Made } from '../../src/runtime/once.ts'
import { openOnce } from '../../src/runtime/once-journal.ts'
import { say } from '../support/say.ts'
import { serveFile } from '../support/serve.ts'
import { exchange, listen, signal } from './exchange.ts'
import { post, toolCall } from './mcp-messages.ts'

const input = { model_id: 'm1', file_ids: ['f1'] }
const route = '/v1/models/m1/export-retries'
const log = createLog({ level: 'silent' })

/** An upstream that counts, and a service that can be started on one state as often as a test wants. */
async function service() {
  const state = await mkdtemp(join(tmpdir(), 'once-'))
  onTestFinished(() => rm(state, { recursive: true, force: true }))
  const arrival = signal()
  const there = { status: 200, held: Promise.resolve(), count: 0 }
  const url = await listen(async (req, res) => {
    for await (const _ of req);
    there.count += 1
    const { count, status } = there
    arrival.give()
    await there.held
    res.writeHead(status, { 'content-type': 'application/json' }).end(`{"count":${count}}`)
  })
  const options = { upstreams: { nanonets: url }, environment: { NANONETS_API_KEY: 'key' }, stateDirectory: state }
  const started = async (more: ServeOptions = {}) => {
    const ending: (() => Promise<void>)[] = []
    const served = await serveFile(bundledCapability(), { ...options, ...more, atEnd: (end) => ending.push(end) })
    const stop = async () => {
      for (const end of ending.splice(0)) await end()
    }
    onTestFinished(stop)
    const retry = async (key: string, file_ids = input.file_ids) => {
      const headers = { 'idempotency-key': key }
      const answer = await exchange(served.url('rest'), route, { method: 'POST', headers, body: { file_ids } })
      return { status: answer.status, json: answer.json, replayed: answer.headers['idempotent-replayed'] }
    }
    return { url: served.url, stop, retry }
  }
  return { state, folder: join(state, 'nanonets-file-management', 'once'), started, arrival, there, url }
}

describe('After a restart a key', () => {
  it('answers what the first call was answered, also behind a torn line, and is for no other call', async () => {
    const { started, folder, there } = await service()
    const first = await started()
    expect(await first.retry('k1')).toMatchObject({ status: 200, json: { count: 1 }, replayed: undefined })
    await first.stop()
    await appendFile(join(folder, 'once-1.000001.jsonl'), '{"seq":3,"pre')
    const second = await started()
    expect(await second.retry('k1')).toEqual({ status: 200, json: { count: 1 }, replayed: 'true' })
    expect(await second.retry('k1', ['f2'])).toMatchObject({ status: 422 })
    expect(await second.retry('k2')).toMatchObject({ json: { count: 2 } })
    expect(there.count).toBe(2)
  })

  it('holds for a failure of which nobody knows whether it was one, and not for a refusal that asks for it', async () => {
    const { started, there } = await service()
    const first = await started()
    there.status = 500
    const failed = await first.retry('k1')
    there.status = 429
    expect(await first.retry('k2')).toMatchObject({ status: 429, json: { retryable: true } })
    there.status = 200
    await first.stop()
    const second = await started()
    const { request_id: _, ...problem } = failed.json
    expect(await second.retry('k1')).toMatchObject({ status: failed.status, json: problem, replayed: 'true' })
    expect(await second.retry('k2')).toMatchObject({ status: 200, replayed: undefined })
    expect(there.count).toBe(3)
  })

  it('of a call that a crash cut off says that nobody knows, and another key makes it', async () => {
    const { started, arrival, there, state } = await service()
    const release = signal()
    there.held = release.given
    const first = await started({ allowUnaudited: true })
    const lost = first.retry('k1')
    await arrival.given
    const crashed = join(state, 'crashed')
    await cp(join(state, 'nanonets-file-management'), join(crashed, 'nanonets-file-management'), { recursive: true })
    release.give()
    await lost
    const second = await started({ stateDirectory: crashed })
    for (const _ of [1, 2])
      expect(await second.retry('k1')).toMatchObject({
        status: 409,
        json: { title: 'Outcome unknown', detail: expect.stringContaining('read the state first') },
        replayed: undefined,
      })
    expect(there.count).toBe(1)
    expect(await second.retry('k2')).toMatchObject({ status: 200 })
  })

  it('of the command line is known too, each call being a process of its own', async () => {
    const { state, url, there } = await service()
    const environment = { NANONETS_API_KEY: 'key' }
    vi.stubEnv('NANONETS_API_KEY', 'key')
    onTestFinished(() => void vi.unstubAllEnvs())
    const words = ['model_id=m1', 'file_ids=f1', '--upstream', `nanonets=${url}`, '--state', state, '--json']
    const calls = [1, 2].map(() => () => say(['call', 'retry-exports', ...words, '--key', 'k1'], { environment }))
    for (const call of calls) expect((await call()).stdout).toBe('{"status":200,"value":{"count":1}}\n')
    expect(there.count).toBe(1)
    expect(await say(['call', 'retry-exports', ...words, '--key', 'a b'], { environment })).toMatchObject({ code: 2 })
  })
})

it('An export whose first answer was lost is not retried again by the same call after a restart', async () => {
  const { started, arrival, there } = await service()
  const release = signal()
  there.held = release.given
  const first = await started()
  const again = toolCall('retry-exports', input)
  const leaving = request(`${first.url('mcp')}/mcp`, { method: 'POST', headers: again.headers, agent: false })
  leaving.on('error', () => {})
  leaving.end(JSON.stringify(again.body))
  await arrival.given
  leaving.destroy()
  release.give()
  await first.stop()
  const second = await started()
  expect((await post(second.url('mcp'), again)).json.result.content[0].text).toBe('{"count":1}')
  expect(there.count).toBe(1)
})

it('Nothing of the sandbox is kept, nor anything where the folder can not be written and no audit is wanted', async () => {
  const { started, state, folder } = await service()
  const { stop } = await started({ sandbox: true, upstreams: {} })
  await stop()
  expect(await readdir(join(state, 'nanonets-file-management'))).toEqual(['sandbox'])
  await writeFile(folder, '')
  await expect(started()).rejects.toThrow(/can't be written/)
  const { retry } = await started({ allowUnaudited: true })
  expect(await retry('k1')).toMatchObject({ status: 200 })
})

describe('What is kept of writes', () => {
  it('is a day old at most', async () => {
    const { folder } = await service()
    const id = 'i'
    for (const print of ['old', 'new']) {
      const journal = await openJournal({ directory: folder, name: 'once', maxBytes: 1 })
      await journal.append({ event: 'made', at: Date.now(), id, print, keptMs: 1000, status: 200 })
      await journal.close()
    }
    const old = (Date.now() - 25 * 60 * 60 * 1000) / 1000
    for (const n of [1, 2]) await utimes(join(folder, `once-1.00000${n}.jsonl`), old, old)
    const { once, close } = await openOnce(folder, log)
    await close()
    expect(once.made.size).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['once-1.000002.jsonl'])
  })

  it('is 64 MiB at most: the oldest answers are shortened to that they were given', () => {
    const all = createOnce()
    const text = JSON.stringify('x'.repeat(65_000))
    for (let n = 0; n < 1100; n += 1) {
      const made: Made = { print: '', until: 0 }
      all.made.set(String(n), made)
      keep(all, made, keptOf({ status: 200, text }))
    }
    const kept = [...all.made.values()].map((one) => one.kept)
    expect(all.size).toBeLessThan(64 * 1024 * 1024)
    expect(kept.reduce((sum, one) => sum + (one !== undefined && 'text' in one ? text.length : 0), 0)).toBe(all.size)
    expect([kept[0], kept.at(-1)]).toEqual([{ status: 200 }, { status: 200, text }])
    expect(keptOf({ status: 200, text: `"${'ä'.repeat(40_000)}"` })).toEqual({ status: 200 })
  })
})
