import { expect, test } from 'vitest'
import type { Fault, FaultRule } from '../../src/sandbox/faults.ts'
import { type Bench, bench, key, modelIds } from './support.ts'

const pagePath = ({ path, page_id }: Bench) => path(`/ImageLevelInferences/${page_id}`)

async function readWith(fault: Fault) {
  const started = await bench({ faults: { rules: [{ fault }] } })
  return { ...started, answer: await started.send('GET', pagePath(started)).catch((error: unknown) => error) }
}

test('429 can be injected with Retry-After', async () => {
  const { answer, sandbox } = await readWith({ type: 'status', status: 429, retryAfter: 30 })
  expect(answer).toMatchObject({ status: 429, json: { message: 'Too Many Requests', code: 429 } })
  expect((answer as { headers: Headers }).headers.get('retry-after')).toBe('30')
  expect(sandbox.journal).toMatchObject([{ operation: 'get-page', status: 429, fault: 'status' }])
})

test.each([402, 403, 429, 500, 503])('status %i can be injected in the error form of the service', async (status) => {
  const { answer } = await readWith({ type: 'status', status })
  expect(answer).toMatchObject({ status, json: { code: status, errors: [{ reason: 'Injected fault' }] } })
  expect((answer as { headers: Headers }).headers.has('retry-after')).toBe(false)
})

test('an empty body can be injected', async () => {
  const { answer } = await readWith({ type: 'empty' })
  expect(answer).toMatchObject({ status: 200, text: '' })
  expect((answer as { headers: Headers }).headers.has('content-type')).toBe(false)
})

test('an HTML page can be injected', async () => {
  const { answer } = await readWith({ type: 'html' })
  expect(answer).toMatchObject({ status: 502 })
  expect((answer as { headers: Headers }).headers.get('content-type')).toBe('text/html')
  expect((answer as { text: string }).text).toMatch(/^<html>/)
})

test('truncated JSON can be injected', async () => {
  const started = await bench({ faults: { rules: [{ fault: { type: 'truncated' } }] } })
  const response = await fetch(started.sandbox.url + pagePath(started), { headers: { authorization: key } })
  const text = await response.text()
  expect(response.status).toBe(200)
  expect(text).toMatch(/^\{"message":"Success"/)
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
})

test('a wrong content type can be injected around the right body', async () => {
  const { answer } = await readWith({ type: 'content-type', value: 'text/csv' })
  expect((answer as { headers: Headers }).headers.get('content-type')).toBe('text/csv')
  expect(JSON.parse((answer as { text: string }).text)).toHaveProperty('result')
})

test('a connection reset can be injected', async () => {
  const { answer, sandbox } = await readWith({ type: 'reset' })
  expect(answer).toBeInstanceOf(TypeError)
  expect(sandbox.journal).toMatchObject([{ status: 0, fault: 'reset' }])
})

test.each<Fault>([{ type: 'hang' }, { type: 'latency', ms: 600_000 }])(
  'one of two requests gets no answer while the other does: $type',
  async (fault) => {
    const started = await bench({ faults: { rules: [{ fault, next: 1 }] } })
    const requests = [started.send('GET', pagePath(started)), started.send('GET', pagePath(started))]
    expect((await Promise.any(requests)).status).toBe(200)
    expect(started.sandbox.journal.map((entry) => entry.status).sort()).toEqual([0, 200])
    await started.sandbox.close()
    const outcomes = await Promise.allSettled(requests)
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
  },
)

test('latency ends in the usual answer, and adds to a later fault', async () => {
  const started = await bench({ faults: { rules: [{ fault: { type: 'latency', ms: 1 } }] } })
  expect((await started.send('GET', pagePath(started))).status).toBe(200)
  started.sandbox.faults.rules.push({ fault: { type: 'status', status: 503 } })
  expect((await started.send('GET', pagePath(started))).status).toBe(503)
})

test.each<Fault>([
  { type: 'status', status: 500, after: true },
  { type: 'html', after: true },
  { type: 'reset', after: true },
  { type: 'empty' },
  { type: 'truncated' },
  { type: 'content-type' },
])('the operation is carried out although its answer is spoilt: %j', async (fault) => {
  const { sandbox, verify, page, request_file_id, page_id } = await bench()
  sandbox.faults.rules = [{ fault, operation: 'verify' }]
  await verify(request_file_id).catch(() => undefined)
  expect((await page(page_id)).is_moderated).toBe(true)
})

test.each<Fault>([
  { type: 'status', status: 500 },
  { type: 'html' },
  { type: 'reset' },
  { type: 'empty', after: false },
])('the operation is not carried out: %j', async (fault) => {
  const { sandbox, verify, page, request_file_id, page_id } = await bench()
  sandbox.faults.rules = [{ fault, operation: 'verify' }]
  await verify(request_file_id).catch(() => undefined)
  expect((await page(page_id)).is_moderated).toBe(false)
})

test('a fault for the next n requests ends by itself', async () => {
  const started = await bench({ faults: { rules: [{ fault: { type: 'status', status: 503 }, next: 2 }] } })
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await started.send('GET', pagePath(started))).status)
  expect(statuses).toEqual([503, 503, 200, 200])
  expect(started.sandbox.faults.rules[0]?.next).toBe(0)
})

test.each<[string, Omit<FaultRule, 'fault'>]>([
  ['operation', { operation: 'verify' }],
  ['method', { method: 'POST' }],
  ['path', { path: '/Verify/' }],
])('a fault can be narrowed by %s', async (_name, condition) => {
  const fault: Fault = { type: 'status', status: 503 }
  const started = await bench({ faults: { rules: [{ fault, ...condition }] } })
  expect((await started.send('GET', pagePath(started))).status).toBe(200)
  expect((await started.verify(started.request_file_id)).status).toBe(503)
})

test('faults by rate strike the same requests for the same seed, and others for another one', async () => {
  const started = await bench()
  const run = async (seed: number) => {
    started.sandbox.reset()
    started.sandbox.faults.seed = seed
    started.sandbox.faults.rules = [{ fault: { type: 'status', status: 500 }, rate: 0.5 }]
    const statuses: number[] = []
    for (let i = 0; i < 24; i++) statuses.push((await started.send('GET', pagePath(started))).status)
    return statuses
  }
  const first = await run(5)
  expect(new Set(first)).toEqual(new Set([200, 500]))
  expect(await run(5)).toEqual(first)
  expect(await run(6)).not.toEqual(first)
})

test('a fault that HTTP cannot say answers 500 instead of ending the process', async () => {
  const { answer } = await readWith({ type: 'status', status: 99_999 })
  expect(answer).toMatchObject({ status: 500, json: { errors: [{ reason: 'Sandbox fault' }] } })
})

test('a write can stay invisible for a number of reads', async () => {
  const { verify, page, file, pages, request_file_id, page_id } = await bench({ faults: { staleReads: 3 } })
  await verify(request_file_id)
  expect((await page(page_id)).is_moderated).toBe(false)
  expect((await file(request_file_id)).json.moderated_images_count).toBe(0)
  expect((await pages()).find((candidate) => candidate.id === page_id)?.is_moderated).toBe(false)
  expect((await page(page_id)).is_moderated).toBe(true)
})

test('a deleted file can stay visible for a number of reads, in its own model only', async () => {
  const started = await bench({ faults: { staleReads: 2 } })
  const { send, path, file, pages, request_file_id } = started
  const [, other] = await modelIds(started)
  await send('DELETE', path(`/InferenceRequestFiles/${request_file_id}`))
  expect((await pages(other)).some((page) => page.request_file_id === request_file_id)).toBe(false)
  expect((await pages()).some((page) => page.request_file_id === request_file_id)).toBe(true)
  expect((await file(request_file_id)).status).toBe(200)
  expect((await file(request_file_id)).status).toBe(404)
})
