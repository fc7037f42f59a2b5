/** What is written down of calls, on every way to call, and what is not. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { bundledCapability } from '../src/index.ts'
import { written } from '../src/runtime/audit.ts'
import { readJournals } from '../src/runtime/journal/verify.ts'
import { createLog } from '../src/runtime/log.ts'
import { openAudit } from '../src/runtime/open-audit.ts'
import { serveFile } from './support/serve.ts'
import { openWays, type Ways } from './support/ways.ts'
import { listen } from './surfaces/exchange.ts'

const names = ['REST', 'MCP 2026-07-28', 'MCP 2025', 'stdio', 'call'] as const
const closing: (() => Promise<unknown>)[] = []
const atEnd = (close: () => Promise<unknown>) => void closing.push(close)
let state: string
let url: string
let all: Ways
let status = 200
let onDisk: Awaited<ReturnType<typeof lines>> | undefined

async function lines(directory = state) {
  const found = []
  for await (const { entry, fault } of readJournals(directory, 'audit')) {
    expect(fault).toBeUndefined()
    found.push(entry ?? {})
  }
  return found
}

/** What a call adds to the audit. */
async function added(call: () => Promise<unknown>) {
  const before = new Set((await lines()).map((line) => JSON.stringify(line)))
  await call()
  return (await lines()).filter((line) => !before.has(JSON.stringify(line)))
}

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'audit-'))
  url = await listen(async (req, res) => {
    for await (const _ of req);
    if (req.method === 'POST') onDisk = await lines()
    res.writeHead(status, { 'content-type': 'application/json' })
    res.end('{}')
  }, atEnd)
  const environment = { NANONETS_API_KEY: 'canary-key' }
  all = await openWays(bundledCapability(), { upstreams: { nanonets: url }, environment, stateDirectory: state, atEnd })
})

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await rm(state, { recursive: true })
})

describe.each(names)('over %s', (way) => {
  const from = {
    REST: { surface: 'rest', remote: 'local' },
    'MCP 2026-07-28': { surface: 'mcp', client: 'test/1.0.0', remote: 'local' },
    'MCP 2025': { surface: 'mcp', client: 'test/1.0.0' },
    stdio: { surface: 'mcp', client: 'test/1.0.0' },
    call: {},
  }[way]

  test('a write has a line before it is sent and one after it, with ids and no other value', async () => {
    status = 200
    const input = { model_id: `m-${names.indexOf(way)}`, file_ids: ['f1', 'f2'] }
    const found = await added(() => all.ways[way]('retry-exports', input))
    expect(found).toMatchObject([
      { event: 'started', ...from, ids: { model_id: [input.model_id], file_ids: ['f1', 'f2'] } },
      { event: 'ended', ...from, outcome: 'ok', upstream_status: 200, duration_ms: expect.any(Number) },
    ])
    expect(found[0]?.id).toBe(found[1]?.id)
    expect(found[0]?.digest).toMatch(/^[\w-]{43}$/)
    expect(onDisk?.some(({ id, event }) => id === found[0]?.id && event === 'started')).toBe(true)
    expect(onDisk?.some(({ id, event }) => id === found[0]?.id && event === 'ended')).toBe(false)
  })

  test('a write that failed is told with its fault, one that does not fit with that alone, a read not at all', async () => {
    status = 500
    const failed = { model_id: `n-${names.indexOf(way)}`, file_ids: ['f1'] }
    expect((await added(() => all.ways[way]('retry-exports', failed)))[1]).toMatchObject({
      event: 'ended',
      outcome: expect.stringMatching(/^upstream-/),
      upstream_status: 500,
    })
    const wrong = { model_id: 'a secret text', file_ids: 'no list {}' }
    const [refused, ...more] = await added(() => all.ways[way]('retry-exports', wrong))
    expect(refused).toMatchObject({ event: 'called', outcome: 'invalid-input' })
    expect(refused?.ids).toEqual({})
    expect(more).toEqual([])
    expect(await added(() => all.ways[way]('get-file', { model_id: 'm1', request_file_id: 'f1' }))).toEqual([])
  })
})

test('a call that waits for a yes is told as asked, and nothing as started', async () => {
  status = 200
  const input = { model_id: 'm1', request_file_id: 'f1' }
  expect(await added(() => all.ways['MCP 2026-07-28']('delete-file', input))).toMatchObject([
    {
      event: 'called',
      approval: expect.stringMatching(/^ap_/),
      outcome: 'approval-needed',
      ids: { request_file_id: ['f1'] },
    },
  ])
})

test('neither the credential nor the key of digests is in it, and only its owner can read it', async () => {
  const folder = join(state, 'nanonets-file-management', 'audit')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  expect(files.length).toBeGreaterThan(2)
  const text = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('')
  const key = await readFile(join(folder, 'key'))
  for (const secret of ['canary-key', 'a secret text', key.toString('base64url')]) expect(text).not.toContain(secret)
})

test('without a directory nothing is written, and where it can not be written nothing starts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'file'), '')
  const starting = serveFile(bundledCapability(), { sandbox: true, stateDirectory: join(folder, 'file') })
  await expect(starting).rejects.toThrow(/can't be written/)
  await serveFile(bundledCapability(), { sandbox: true })
  expect(await readdir(folder)).toEqual(['file'])
})

test('a write whose first line can not be written is not sent; one whose last line can not be is what it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const audit = await openAudit(folder, false)
  const log = createLog({ level: 'silent' })
  const called = { operation: 'orders.send', digest: 'd' }
  const done = written(audit, log, called, undefined, async () => {
    await audit.close()
    return { status: 201 }
  })
  expect(await done).toEqual({ status: 201 })
  let sent = 0
  const next = written(audit, log, called, undefined, async () => {
    sent += 1
    return { status: 201 }
  })
  await expect(next).rejects.toMatchObject({ code: 'unavailable' })
  expect(sent).toBe(0)
  expect(await lines(folder)).toMatchObject([{ event: 'started', operation: 'orders.send' }])
})
