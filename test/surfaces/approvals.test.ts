/** What loses something waits for a person outside of the caller's channel, on every way to call it. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { call, type Desk, deskOf, OperationError } from '../../src/index.ts'
import { approvalsOn } from '../../src/runtime/approvals/approvals.ts'
import { memoryShelf } from '../../src/runtime/approvals/shelf.ts'
import { setCaller } from '../../src/surfaces/caller.ts'
import { pendingHandler } from '../../src/surfaces/rest/pending.ts'
import { digestOf } from '../../src/text/canonical.ts'
import { serveCapability, writeCapability } from '../support/serve.ts'
import { openWays, type Ways } from '../support/ways.ts'
import { orderApi } from './cases.ts'
import { exchange, listen } from './exchange.ts'

const names = ['REST', 'MCP 2026-07-28', 'MCP 2025', 'stdio', 'call'] as const
const input = { id: { type: 'string', description: 'Which order.' } }

const orders = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.', version: '1.0.0' },
  capability: {
    consumes: orderApi({ get: 'GET', delete: 'DELETE', pay: 'POST' }),
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          get: { description: 'Reads an order.', semantics: { safe: true }, inputParameters: input, call: 'api.get' },
          delete: { description: 'Deletes an order.', inputParameters: input, call: 'api.delete' },
          pay: { description: 'Pays an order.', inputParameters: input, call: 'api.pay' },
        },
      },
    ],
    exposes: [
      {
        type: 'mcp',
        namespace: 'orders-mcp',
        port: 0,
        tools: { delete: { ref: 'orders.delete' }, pay: { ref: 'orders.pay' } },
      },
      {
        type: 'rest',
        namespace: 'orders-rest',
        port: 0,
        resources: {
          order: {
            path: '/orders/{{id}}',
            operations: {
              delete: { method: 'DELETE', ref: 'orders.delete' },
              pay: { method: 'POST', ref: 'orders.pay' },
            },
          },
        },
      },
      { type: 'control', port: 0 },
    ],
  },
}

const closing: (() => Promise<unknown>)[] = []
let all: Ways
let file: string
let state: string
let options: { readonly upstreams: Readonly<Record<string, string>>; readonly stateDirectory: string }
let desk: Desk
let sent: string[] = []
let there = 'open'
let refusal: number | undefined

beforeAll(async () => {
  const atEnd = (close: () => Promise<unknown>) => void closing.push(close)
  state = await mkdtemp(join(tmpdir(), 'approvals-'))
  const url = await listen((req, res) => {
    if (req.method !== 'GET') sent.push(`${req.method} ${req.url}`)
    res.writeHead(req.method === 'GET' ? 200 : (refusal ?? 200), { 'content-type': 'application/json' })
    res.end(JSON.stringify(req.method === 'GET' ? { state: there } : { done: true }))
  }, atEnd)
  const policy = { 'orders.pay': { confirm: { message: 'Pay {{id}}?', show: false, expires: 60 } } }
  file = await writeCapability(orders, { companion: { policy }, atEnd })
  options = { upstreams: { api: url }, stateDirectory: state }
  all = await openWays(file, { ...options, ports: {}, atEnd })
  desk = deskOf(state)
})

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await rm(state, { recursive: true })
})

beforeEach(() => {
  sent = []
  refusal = undefined
  there = 'open'
})

afterEach(() => vi.useRealTimers())

const idIn = (text: string) => /ap_[0-9a-z]{24}/.exec(text)?.[0] ?? 'none'
const approve = (id: string) => desk.decide(id, { verdict: 'approved', by: 'ann' })

describe.each(names)('over %s', (way) => {
  const remove = (id: string) => all.ways[way]('delete', { id: `${way} ${id}`.replaceAll(' ', '-') })
  const pending = async (id: string) => {
    const { text, status = 202 } = await remove(id)
    expect(status).toBe(202)
    expect(text).toContain(`Approval ${idIn(text)} is pending until 20`)
    return idIn(text)
  }

  test('a call waits and sends nothing, runs once when it is repeated after the release, then waits anew', async () => {
    const id = await pending('a')
    expect(await pending('a')).toBe(id)
    expect(await pending('b')).not.toBe(id)
    expect(sent).toEqual([])
    expect(await approve(id)).toMatchObject({ state: 'released', decision: { by: 'ann' } })
    const { text, failed } = await remove('a')
    expect({ failed, text }).toEqual({ failed: false, text: expect.stringContaining('"done":true') })
    expect(sent).toHaveLength(1)
    expect(await pending('a')).not.toBe(id)
    expect(await desk.find(id)).toMatchObject({ state: 'used' })
    expect(sent).toHaveLength(1)
  })

  test('a refused call is declined with the reason, as often as it is made', async () => {
    const id = await pending('c')
    await desk.decide(id, { verdict: 'denied', by: 'ann', reason: 'It is still needed.' })
    for (const { text, failed, status = 403 } of [await remove('c'), await remove('c')]) {
      expect({ failed, status }).toEqual({ failed: true, status: 403 })
      expect(text).toContain(`a person refused it: It is still needed. (${id}). Nothing was sent`)
    }
    await expect(approve(id)).rejects.toMatchObject({ code: 'rejected' })
    expect(sent).toEqual([])
  })

  test('a release is void once it has expired, or what is there has changed', async () => {
    const changed = await pending('d')
    await approve(changed)
    there = 'paid'
    expect(await pending('d')).not.toBe(changed)
    there = 'open'
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 })
    expect(await desk.find(changed)).toMatchObject({ state: 'expired' })
    expect(await pending('d')).not.toBe(changed)
    expect(sent).toEqual([])
  })
})

test('a release is used up though the upstream then refuses: the next call is asked about again', async () => {
  const remove = () => all.ways.call('delete', { id: 'refused' })
  const id = idIn((await remove()).text)
  await approve(id)
  refusal = 409
  expect((await remove()).text).toContain('Refused by the upstream')
  expect(await desk.find(id)).toMatchObject({ state: 'used' })
  refusal = undefined
  expect(idIn((await remove()).text)).not.toBe(id)
  expect(sent).toEqual(['DELETE /orders/refused'])
})

test('a write that must not be made twice is answered as before when it is repeated once more', async () => {
  const pay = () => all.ways['MCP 2026-07-28']('pay', { id: 'p' })
  await approve(idIn((await pay()).text))
  const [first, again] = [await pay(), await pay()]
  expect([first.failed, again.failed]).toEqual([false, false])
  const withKey = { method: 'POST', headers: { 'idempotency-key': 'k1' } }
  const payByKey = () => exchange(all.served.url('rest'), '/orders/k', withKey)
  const { status, json } = await payByKey()
  expect({ status, until: Date.parse(json.expires_at) <= Date.now() + 60_000 }).toEqual({ status: 202, until: true })
  await approve(json.approval)
  expect((await payByKey()).status).toBe(200)
  expect((await payByKey()).headers['idempotent-replayed']).toBe('true')
  expect(sent).toEqual(['POST /orders/p', 'POST /orders/k'])
})

test('what one process was asked another releases, and a third runs: it outlives each of them', async () => {
  const once = () => call(file, 'delete', { id: 'restart' }, { ...options, environment: {} })
  const asked = await once().catch((error: unknown) => error)
  expect(asked).toBeInstanceOf(OperationError)
  const { approval } = asked as OperationError
  await approve(approval?.id ?? '')
  expect(await once()).toMatchObject({ value: { done: true } })
  await expect(once()).rejects.toMatchObject({ code: 'approval-needed' })
  expect(sent).toEqual(['DELETE /orders/restart'])
})

test('of many that repeat a released call at the same time one runs, and the others wait for one approval', async () => {
  const many = (count: number) => Promise.all(Array.from({ length: count }, () => all.ways.call('delete', { id: 'm' })))
  const first = new Set((await many(8)).map(({ text }) => idIn(text)))
  expect(first.size).toBe(1)
  await approve([...first][0] ?? '')
  const answers = await many(8)
  expect(answers.filter(({ failed }) => !failed)).toHaveLength(1)
  expect(new Set(answers.filter(({ failed }) => failed).map(({ text }) => idIn(text))).size).toBe(1)
  expect(sent).toEqual(['DELETE /orders/m'])
})

test('where approvals can not be read, nothing is sent', async () => {
  const own = join(state, 'broken')
  const id = await call(file, 'delete', { id: 'x' }, { ...options, stateDirectory: own, environment: {} }).catch(
    (error: OperationError) => error.approval?.id ?? '',
  )
  await writeFile(join(own, 'case', 'approvals', `${id}.decision.json`), '{"verdict":"appr')
  const again = call(file, 'delete', { id: 'x' }, { ...options, stateDirectory: own, environment: {} })
  await expect(again).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  expect(sent).toEqual([])
})

describe('REST', () => {
  const remove = (id: string) => exchange(all.served.url('rest'), `/orders/${id}`, { method: 'DELETE' })

  test('answers 202 with the address that tells what became of it', async () => {
    const { status, headers, json } = await remove('r')
    expect({ status, json }).toMatchObject({ status: 202, json: { status: 'pending', question: expect.any(String) } })
    expect(headers).toMatchObject({ location: `/approvals/${json.approval}`, 'cache-control': 'no-store' })
    const look = () => exchange(all.served.url('rest'), headers.location ?? '')
    expect((await look()).json).toMatchObject({
      status: 'pending',
      approval: json.approval,
      expires_at: json.expires_at,
    })
    await approve(json.approval)
    expect((await look()).json).toMatchObject({ status: 'released', decided_at: expect.any(String) })
    await remove('r')
    expect((await look()).json).toMatchObject({ status: 'used' })
    expect((await exchange(all.served.url('rest'), '/approvals/ap_none')).status).toBe(404)
  })
})

describe('the control surface', () => {
  const token = () => new URL(all.served.running.inbox ?? '').hash.slice('#token='.length)
  const ask = (target: string, more: Parameters<typeof exchange>[2] = {}) => {
    const headers = { authorization: `Bearer ${token()}`, ...more.headers }
    return exchange(all.served.url('control'), target, { ...more, headers })
  }
  const pending = async (id: string) => idIn((await all.ways.stdio('delete', { id })).text)

  test('lists and shows what waits, and takes a decision, once', async () => {
    const id = await pending('inbox')
    const own = (await ask('/approvals')).json.approvals.filter((one: { id: string }) => one.id === id)
    expect(own).toMatchObject([{ state: 'pending', operation: 'orders.delete', surface: 'mcp' }])
    expect((await ask(`/approvals/${id}`)).json).toEqual(own[0])
    const { json } = await ask(`/approvals/${id}/approve`, { method: 'POST', body: { reason: 'fine' } })
    expect(json).toMatchObject({ state: 'released', decision: { by: 'approver token', reason: 'fine' } })
    expect(await ask(`/approvals/${id}/deny`, { method: 'POST', body: {} })).toMatchObject({ status: 422 })
    expect((await all.ways.REST('delete', { id: 'inbox' })).failed).toBe(false)
    expect(sent).toEqual(['DELETE /orders/inbox'])
  })

  test.each([
    ['/approvals', 'GET'],
    ['/approvals/ap_000000000000000000000000', 'GET'],
    ['/approvals/ap_000000000000000000000000/approve', 'POST'],
    ['/approvals/ap_000000000000000000000000/deny', 'POST'],
  ])('tells nobody without its token anything, nor lets them decide: %s', async (path, method) => {
    for (const authorization of ['', 'Bearer ', `Bearer ${token()}x`, `Basic ${btoa(`:${token()}`)}`]) {
      const { status, text } = await exchange(all.served.url('control'), path, { method, headers: { authorization } })
      expect({ status, text }).toMatchObject({ status: 401, text: expect.not.stringContaining('ap_') })
    }
  })

  test.each<[string, Record<string, string>, number]>([
    ['a page of another origin', { origin: 'http://evil.example' }, 403],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another page of this site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ])('takes no decision from %s', async (_, headers, status) => {
    const id = await pending('csrf')
    const decision = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } }
    expect((await ask(`/approvals/${id}/approve`, decision)).status).toBe(status)
    expect((await ask(`/approvals/${id}`)).json).toMatchObject({ state: 'pending' })
  })

  test('gives a browser the inbox without anything in it, and without its token', async () => {
    await pending('html')
    const page = await exchange(all.served.url('control'), '/approvals', { headers: { accept: 'text/html,*/*' } })
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    for (const secret of [token(), 'ap_', 'Deletes an order']) expect(page.text).not.toContain(secret)
  })

  test('that asks who calls asks for nothing else, and says by which credential it was decided', async () => {
    const authentication = { type: 'basic', username: 'ann', password: 'secret-word' }
    const [, , control] = orders.capability.exposes
    const exposes = [...orders.capability.exposes.slice(0, 2), { ...control, authentication }]
    const { url, running } = await serveCapability(
      { ...orders, capability: { ...orders.capability, exposes } },
      { upstreams: options.upstreams },
    )
    expect(running.inbox).toBe(`${url('control')}/approvals`)
    const headers = { authorization: `Basic ${btoa('ann:secret-word')}` }
    const { json } = await exchange(url('rest'), '/orders/1', { method: 'DELETE' })
    const path = `/approvals/${json.approval}/approve`
    expect((await exchange(url('control'), path, { method: 'POST', body: {} })).status).toBe(401)
    const decided = await exchange(url('control'), path, { method: 'POST', body: {}, headers })
    expect(decided.json.decision).toMatchObject({ by: 'control surface (basic)' })
    await running.reload()
    expect((await exchange(url('rest'), '/orders/1', { method: 'DELETE' })).status).toBe(200)
  })
})

test('an approval is told to who asked for it, and is of use to nobody else', async () => {
  const approvals = approvalsOn(memoryShelf())
  const asked = { operation: 'orders.delete', question: 'Delete it?', caller: 'ann' }
  const { id } = await approvals.ask(digestOf('one'), asked, 60)
  const pending = pendingHandler(approvals)
  const url = await listen((req, res) => {
    const subject = String(req.headers.who)
    setCaller(req, { principal: { subject, scopes: new Set() }, challenge: () => '' })
    pending(req.url ?? '', req, res)
  })
  const look = async (who: string) => (await exchange(url, `/approvals/${id}`, { headers: { who } })).status
  expect([await look('ann'), await look('bob')]).toEqual([200, 404])
})
