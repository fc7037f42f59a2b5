import { expect, onTestFinished, test } from 'vitest'
import type { UpstreamLimitsPlan } from '../../src/plan.ts'
import { admission } from '../../src/runtime/admission.ts'
import { limitsOf } from '../../src/runtime/limits.ts'
import type { UpstreamRequest } from '../../src/runtime/message.ts'
import { openUpstream } from '../../src/runtime/upstream.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'

const get: UpstreamRequest = { method: 'GET', path: '/orders', headers: [] }
const request = { method: 'GET', path: '/orders' }

async function opened(limits: UpstreamLimitsPlan, exchanges: readonly Exchange[]) {
  const stub = await startUpstream(exchanges)
  const baseUri = { type: 'literal', value: stub.url } as const
  const upstream = openUpstream({ namespace: 'shop', baseUri, limits }, new Map(), undefined)
  onTestFinished(upstream.close)
  return { ...upstream, stub }
}

test('More requests than may be under way and waiting are refused, and never sent', async () => {
  const limits = { concurrency: 2, queue: 1 }
  const { send, stub, state } = await opened(limits, [{ request, response: { delayMs: 50, json: {} } }])
  const three = [send(get), send(get), send(get)]
  expect(state().underWay).toBe(3)
  await expect(send(get)).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: '"shop" has 2 requests under way and 1 waiting: no more may. Nothing was sent',
  })
  expect((await Promise.all(three)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await send(get)).status).toBe(200)
  expect([stub.requests.length, state().underWay]).toEqual([4, 0])
})

test('Requests are counted in a bucket that fills evenly', () => {
  const clock = { now: 0 }
  const limits = limitsOf({ rateLimit: { requests: 2, window: 10 } })
  const admit = admission(
    'shop',
    limits,
    undefined,
    () => 0,
    () => clock.now,
  )
  expect([admit(), admit()]).toEqual([undefined, undefined])
  expect(admit()).toMatchObject({ code: 'rate-limited', retryable: true, retryAfterSeconds: 5 })
  clock.now = 4500
  expect(admit()).toMatchObject({ retryAfterSeconds: 1 })
  clock.now = 5000
  expect([admit(), admit()?.retryAfterSeconds]).toEqual([undefined, 5])
  clock.now = 600_000
  expect([admit(), admit(), admit()?.code]).toEqual([undefined, undefined, 'rate-limited'])
})

test('Values that are counted by themselves have a bucket each, the last ones of many', () => {
  const limits = limitsOf({ rateLimit: { requests: 1, window: 10, by: ['model'] } })
  const admit = admission(
    'shop',
    limits,
    undefined,
    () => 0,
    () => 0,
  )
  expect([admit('a'), admit('b'), admit()]).toEqual([undefined, undefined, undefined])
  expect(admit('a')).toMatchObject({ code: 'rate-limited', message: expect.stringContaining('for each model') })
  for (let n = 0; n < 10_000; n += 1) admit(String(n))
  expect([admit('a'), admit('9999')?.code]).toEqual([undefined, 'rate-limited'])
})

test('An upstream that answers with 5 gateway faults in a row is left alone, unless the companion says otherwise', async () => {
  const down = [{ request, response: { status: 502 } }]
  const { send, stub, state } = await opened({}, down)
  for (let i = 0; i < 5; i += 1) await send(get)
  await expect(send(get)).rejects.toMatchObject({ code: 'unavailable', retryable: true, retryAfterSeconds: 10 })
  expect([stub.requests.length, state().circuit]).toEqual([5, 'open'])
  const always = await opened({ breaker: false }, down)
  for (let i = 0; i < 6; i += 1) await always.send(get)
  expect(always.state().circuit).toBe('closed')
})

test('A refusal of what was asked for does not count as a failure', async () => {
  const { send, state } = await opened({ breaker: { failures: 1 } }, [{ request, response: { status: 500 } }])
  await send(get)
  expect(state().circuit).toBe('closed')
})
