import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { OperationError } from '../../src/errors.ts'
import { cancel, newCall } from '../../src/runtime/call.ts'
import type { UpstreamAnswer, UpstreamRequest } from '../../src/runtime/message.ts'
import { type Came, createBudget, repeater } from '../../src/runtime/repeats.ts'
import { openUpstream } from '../../src/runtime/upstream.ts'
import { startUpstream } from '../support/upstream.ts'

const answer = (status: number, retryAfter?: string): UpstreamAnswer => ({ status, text: '', retryAfter })
const get: UpstreamRequest = { method: 'GET', path: '/orders', headers: [] }
const quick = { retries: 2, firstMs: 1, longestMs: 30 }

/** Repeats against answers in order, the last one for good. */
function repeating(answers: readonly UpstreamAnswer[], limits = quick, active = 0) {
  let sent = 0
  const budget = createBudget(() => active)
  const send = async () => answers[Math.min(sent++, answers.length - 1)] as UpstreamAnswer
  return { repeat: repeater(send, limits, budget), sent: () => sent, budget }
}

describe('A pause before a repeat', () => {
  test('is random below a bound that doubles up to the longest', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const waited = vi.spyOn(globalThis, 'setTimeout')
    const { repeat, sent } = repeating([answer(503)], { retries: 4, firstMs: 100, longestMs: 300 })
    const over = repeat(get, { answer: answer(503) })
    await vi.runAllTimersAsync()
    expect(await over).toEqual(answer(503))
    expect(sent()).toBe(4)
    expect(waited.mock.calls.map(([, ms]) => ms)).toEqual([50, 100, 150, 150])
    vi.restoreAllMocks()
  })

  test.each([
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('is never shorter than Retry-After asks in %s', async (_, retryAfter) => {
    vi.useFakeTimers({ now: 1_800_000_000_000 })
    onTestFinished(() => void vi.useRealTimers())
    const { repeat, sent } = repeating([answer(200)], { retries: 1, firstMs: 1, longestMs: 5000 })
    const over = repeat(get, { answer: answer(429, retryAfter()) })
    await vi.advanceTimersByTimeAsync(1999)
    expect(sent()).toBe(0)
    await vi.advanceTimersByTimeAsync(2)
    expect((await over).status).toBe(200)
  })

  test('ends at once when the caller goes, and nothing is sent', async () => {
    const { repeat, sent } = repeating([answer(200)], { retries: 1, firstMs: 60_000, longestMs: 60_000 })
    const call = newCall()
    const over = repeat(get, { answer: answer(503) }, call)
    cancel(call)
    await expect(over).rejects.toMatchObject({ code: 'cancelled' })
    expect(sent()).toBe(0)
  })
})

describe('Nothing is repeated', () => {
  const sink = { head: () => true, data: () => true, end: () => {} }
  const broken = new OperationError('upstream-unreachable', 'the connection was closed')
  test.each<[string, UpstreamRequest, Came]>([
    ['that has begun to go to the caller', { ...get, sink }, { answer: { ...answer(503), streamed: true } }],
    ['whose answer may have begun to', { ...get, sink }, { error: broken }],
    ['whose body was handed on', { ...get, body: (async function* () {})() }, { answer: answer(503) }],
    ['of which the time is over', { ...get, deadline: performance.now() }, { answer: answer(503) }],
    ['that asks for a longer pause than anybody waits here', get, { answer: answer(503, '1') }],
    ['that another try would not mend', get, { answer: answer(500) }],
    ['whose answer can not be read', get, { error: new OperationError('upstream-unreadable', 'too large') }],
  ])('%s', async (_, request, first) => {
    const { repeat, sent } = repeating([answer(200)])
    await repeat(request, first).catch(() => undefined)
    expect(sent()).toBe(0)
  })

  test('once a fifth of what is under way are repeats, but three may always be', () => {
    const taken = (active: number) => {
      const budget = createBudget(() => active)
      return Array.from({ length: 30 }, budget.take).filter(Boolean).length
    }
    expect([0, 15, 40, 100].map(taken)).toEqual([3, 3, 8, 20])
  })

  test('without a budget, and it comes back once a repeat is over', async () => {
    const { repeat, sent, budget } = repeating([answer(200)])
    for (let i = 0; i < 3; i += 1) budget.take()
    expect((await repeat(get, { answer: answer(503) })).status).toBe(503)
    budget.give()
    for (let i = 0; i < 5; i += 1) expect((await repeat(get, { answer: answer(503) })).status).toBe(200)
    expect(sent()).toBe(5)
  })
})

test('A call whose turn does not come in time is over, and is never sent', async () => {
  const request = { method: 'GET', path: '/orders' }
  const stub = await startUpstream([{ request, response: { delayMs: 200 } }])
  const baseUri = { type: 'literal', value: stub.url } as const
  const upstream = openUpstream({ namespace: 'shop', baseUri }, new Map(), undefined, { connections: 1 })
  onTestFinished(upstream.close)
  const send = (ms: number) => upstream.send({ ...get, headers: [], deadline: performance.now() + ms })
  const first = send(1000)
  await expect(send(50)).rejects.toMatchObject({ code: 'upstream-timeout' })
  await expect(send(-1)).rejects.toMatchObject({ code: 'upstream-timeout' })
  await first
  expect((await send(1000)).status).toBe(200)
  expect(stub.requests).toHaveLength(2)
})
