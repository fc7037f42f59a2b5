/**
 * What a careless or a steered agent does to the flagship, and what a broken upstream does to the agent. The twelve probes
 * that were run against other servers made from the same API, then our own; each on every way to call.
 */

import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundledCapability } from '../src/index.ts'
import { ensureBuilt } from './support/cli.ts'
import { openWays, type Ways } from './support/ways.ts'
import { exchange, listen } from './surfaces/exchange.ts'

/** Has a character that JSON escapes and some that URLs do. */
const key = 'canary/key+"7f3a\\9c-b2'
const names = ['REST', 'MCP 2026-07-28', 'MCP 2025', 'stdio', 'call'] as const
const overMcp: readonly string[] = ['MCP 2026-07-28', 'MCP 2025', 'stdio']

interface Seen {
  readonly method: string
  readonly path: string
  readonly body: string
}

const closing: (() => Promise<unknown>)[] = []
let all: Ways
let seen: Seen[] = []
let answer: RequestListener

const said = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
  answer = (_, res) => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers })
    res.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

beforeAll(async () => {
  ensureBuilt()
  const atEnd = (close: () => Promise<unknown>) => void closing.push(close)
  const url = await listen(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    seen.push({ method: req.method ?? '', path: req.url ?? '', body: Buffer.concat(chunks).toString() })
    answer(req, res)
  }, atEnd)
  all = await openWays(bundledCapability(), {
    upstreams: { nanonets: url },
    environment: { NANONETS_API_KEY: key },
    upstream: { timeoutMs: 600 },
    atEnd,
  })
})

afterAll(() => Promise.all(closing.map((close) => close())))

beforeEach(() => {
  seen = []
  said(200, { ok: true })
})

const file = { model_id: 'm1', request_file_id: 'f1' }
const approve = (way: (typeof names)[number], input: object) => all.ways[way]('approve-file', { ...input })

describe.each(names)('over %s', (way) => {
  test('429 with Retry-After is an error that keeps the hint', async () => {
    said(429, { message: 'slow down' }, { 'retry-after': '120' })
    const { failed, text, status } = await all.ways[way]('retry-exports', { model_id: 'm1', file_ids: [`${way} 429`] })
    expect(failed).toBe(true)
    expect(text).toMatch(way === 'REST' ? /"retry_after_seconds":120/ : /Wait 120 seconds/)
    if (way === 'REST') expect(status).toBe(429)
  })

  test('503 to a write that is not repeatable is an error after one request', async () => {
    said(503, { message: 'try later' })
    const { failed, text } = await all.ways[way]('retry-exports', { model_id: 'm1', file_ids: [`${way} 503`] })
    expect(failed).toBe(true)
    expect(text).toContain('503')
    expect(seen).toHaveLength(1)
  })

  test('a credential in the words of an upstream error is masked in every form it may have', async () => {
    const basic = Buffer.from(`${key}:`).toString('base64')
    const inside = Buffer.from(`user=${key}&more=1`).toString('base64url')
    const forms = [key, basic, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), inside]
    said(500, { message: `no: ${forms.join(' | ')}`, error: `${'x'.repeat(200)}${key}` })
    const { failed, text } = await approve(way, file)
    expect(failed).toBe(true)
    expect(text).toContain('***')
    expectNoKey(text)
  })

  test('a credential that an upstream echoes in a good answer is masked', async () => {
    const basic = Buffer.from(`${key}:`).toString('base64')
    said(200, { ok: true, sent: { authorization: `Basic ${basic}`, user: key } })
    const { failed, text } = await approve(way, file)
    expect(failed).toBe(false)
    expect(text).toContain('"user":"***"')
    expectNoKey(text)
  })

  test('a redirect is followed nowhere, by a read or a write; the fault says where it pointed, the origin only', async () => {
    for (const [name, input] of [
      ['approve-file', file],
      ['get-file', file],
    ] as const) {
      seen = []
      said(307, '', { location: 'https://other.example/steal?token=1' })
      const { failed, text } = await all.ways[way](name, input)
      expect(failed).toBe(true)
      expect(text).toContain('redirected to https://other.example, which is not followed')
      expect(text).not.toContain('steal')
      said(308, '', { location: '/elsewhere' })
      expect((await all.ways[way](name, input)).failed).toBe(true)
      expect(seen.filter(({ path }) => path.includes('elsewhere'))).toEqual([])
      expect(seen).toHaveLength(2)
    }
  })

  test('a required path value that is missing is refused', async () => {
    if (way === 'REST') {
      const { status } = await exchange(all.served.url('rest'), '/v1/models/m1/files//approve', { method: 'POST' })
      expect(status).toBe(404)
    } else {
      const { failed, text } = await approve(way, { model_id: 'm1' })
      expect(failed).toBe(true)
      expect(text).toContain('/request_file_id is required')
    }
    expect(seen).toEqual([])
  })

  test('a list that is a text and an e-mail address that is none are refused, both named', async () => {
    const input = { model_id: 'm1', file_ids: 'abc', member: 'nobody' }
    const { failed, text } = await all.ways[way]('assign-files', input)
    expect(failed).toBe(true)
    expect(text).toContain('/file_ids')
    expect(text).toContain('/member')
    expect(seen).toEqual([])
  })

  test('an unknown argument is refused with the name that was meant', async () => {
    const input = { model_id: 'm1', file_id: ['f1'], member: 'a@example.com' }
    const { failed, text } = await all.ways[way]('assign-files', input)
    expect(failed).toBe(true)
    expect(text).toContain('/file_id')
    expect(text).toMatch(/did you mean \\*"file_ids\\*"/i)
    expect(seen).toEqual([])
  })

  test('an id that tries to leave its place leaves nothing', async () => {
    const ids = ['m1/UnVerify/zzz?x=', '../m2', '..', '.', 'm1%2F..%2Fm2', '{model_id}', 'm1\r\nX-Evil: 1', 'm1\u0000']
    // What is not well-formed has no URL, so that no REST client can write it.
    const others = way === 'REST' ? [] : ['\ud800', '', 'm'.repeat(200_000)]
    for (const model_id of [...ids, ...others]) {
      const { failed, status = 400 } = await approve(way, { ...file, model_id })
      expect({ model_id, failed, isOurs: status < 500 }).toEqual({ model_id, failed: true, isOurs: true })
    }
    expect(seen).toEqual([])
  })

  test('a delete is pending until a person has approved it, and nothing of it is sent', async () => {
    said(200, [{ file_name: 'a.pdf', page: 0 }])
    const { text, status = 202 } = await all.ways[way]('delete-file', file)
    expect(status).toBe(202)
    expect(text).toMatch(/ap_[0-9a-z]{24} is pending until/)
    expect(seen.map(({ method }) => method)).toEqual(['GET'])
  })

  test('two identical calls send one request over MCP; over REST and call the caller gives a key', async () => {
    const again = () => all.ways[way]('retry-exports', { model_id: 'm1', file_ids: [`${way} twice`] })
    await again()
    await again()
    expect(seen).toHaveLength(overMcp.includes(way) ? 1 : 2)
  })

  test('an answer is compact JSON, as the upstream gave it', async () => {
    said(200, '{"n":12345678901234567890,"ok":true}')
    const { text } = await approve(way, file)
    expect(text.startsWith('{"n":12345678901234567890,"ok":true}')).toBe(true)
  })

  test('names of every object are unknown arguments like others', async () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      const input = { model_id: 'm1', file_ids: ['f1'], member: 'a@example.com', [name]: { x: 1 } }
      const { failed, text } = await all.ways[way]('assign-files', input)
      expect({ failed, name: text.includes(name) }).toEqual({ failed: true, name: true })
    }
    expect(seen).toEqual([])
  })

  test('a member called __proto__ is refused or dropped: it reaches neither the upstream nor any prototype', async () => {
    const text = '{"model_id":"m1","file_ids":["f1"],"member":"a@example.com","__proto__":{"x":1}}'
    if (way === 'REST') {
      const headers = { 'content-type': 'application/json' }
      const sent = { method: 'POST', headers, body: text.replace('"model_id":"m1",', '') }
      expect((await exchange(all.served.url('rest'), '/v1/models/m1/assignments', sent)).status).toBe(400)
    } else await all.ways[way]('assign-files', JSON.parse(text))
    for (const { body } of seen) expect(body).not.toContain('__proto__')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  test('text of a body stays text, whatever it looks like', async () => {
    const ids = ['a", "evil": "1', '{{NANONETS_API_KEY}}', '\u0000\u2028', '12345678901234567890', way]
    const { failed } = await all.ways[way]('retry-exports', { model_id: 'm1', file_ids: ids })
    expect(failed).toBe(false)
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ file_ids: ids })
  })

  test('a value that is deeper than anything real is refused or sent as it is, and the next call works', async () => {
    let deep: unknown = 'x'
    for (let i = 0; i < 2000; i++) deep = [deep]
    const { failed } = await all.ways[way]('assign-files', { model_id: 'm1', member: 'a@example.com', file_ids: deep })
    expect(failed).toBe(true)
    expect(seen).toEqual([])
    expect((await approve(way, file)).failed).toBe(false)
  })
})

test('an upstream that hangs is an error within the time limit, after one request of each way', async () => {
  answer = () => {}
  const inputOf = (way: string) => ({ model_id: 'm1', file_ids: [`${way} hangs`] })
  const answers = await Promise.all(names.map((way) => all.ways[way]('retry-exports', inputOf(way))))
  for (const { failed, text } of answers) {
    expect(failed).toBe(true)
    expect(text).toContain('did not answer within 0.6 seconds')
  }
  expect(seen).toHaveLength(names.length)
})

describe('tools/list', () => {
  test('says of every tool what it does to the world, and that what it answers comes from there', async () => {
    const { running } = all.served
    const tools = running.capability.plan.surfaces.flatMap((s) => (s.type === 'mcp' ? s.tools : []))
    expect(tools.length).toBeGreaterThan(0)
    for (const { name, annotations } of tools)
      expect({ name, ...annotations }).toMatchObject({
        name,
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        openWorldHint: true,
      })
  })
})

/** In no form, and no half of it either. */
function expectNoKey(text: string) {
  const basic = Buffer.from(`${key}:`).toString('base64')
  for (const form of [
    key,
    encodeURIComponent(key),
    JSON.stringify(key).slice(1, -1),
    basic,
    'canary',
    '7f3a',
    'Y2FuYXJ5',
  ])
    expect(text).not.toContain(form)
}
