import { expect, test } from 'vitest'
import { assumptions } from '../../src/sandbox/assumptions.ts'
import { createJournal } from '../../src/sandbox/journal.ts'
import { bench } from './support.ts'

test('the summary counts the documents and needs no key', async () => {
  const { sandbox } = await bench()
  const response = await fetch(`${sandbox.url}/__sandbox/`)
  const state = (await response.json()) as { models: { files: number }[]; examples: unknown }
  expect(response.status).toBe(200)
  expect(state.models.reduce((sum, model) => sum + model.files, 0)).toBe(40)
  expect(state.examples).toEqual(sandbox.examples)
  expect(sandbox.journal).toEqual([])
})

test('faults set over HTTP replace those in force, and the switch in code sees them', async () => {
  const { sandbox, send, page_id, path } = await bench({ faults: { staleReads: 1 } })
  const rules = [{ fault: { type: 'status', status: 429, retryAfter: 5 }, operation: 'get-page', next: 1 }]
  const answer = await send('PUT', '/__sandbox/faults', { rules, seed: 9 })
  expect(answer).toMatchObject({ status: 200, json: { rules, seed: 9, staleReads: 0, exports: [] } })
  expect(sandbox.faults).toMatchObject({ rules, staleReads: 0 })
  expect((await send('GET', path(`/ImageLevelInferences/${page_id}`))).status).toBe(429)
  expect((await send('GET', '/__sandbox/faults')).json.rules[0].next).toBe(0)
})

test.each([
  ['faults', []],
  ['faults.rule ', { 'rule ': [] }],
  ['faults.staleReads', { staleReads: -1 }],
  ['rules[0].fault', { rules: [{}] }],
  ['rules[0].fault.type', { rules: [{ fault: { type: 'explode' } }] }],
  ['rules[0].fault.status', { rules: [{ fault: { type: 'status', status: 42 } }] }],
  ['rules[0].fault.ms', { rules: [{ fault: { type: 'latency' } }] }],
  ['rules[0].fault.extra', { rules: [{ fault: { type: 'hang', extra: 1 } }] }],
  ['rules[0].fault.value', { rules: [{ fault: { type: 'content-type', value: 'a\r\nb: c' } }] }],
  ['rules[1].rate', { rules: [{ fault: { type: 'hang' } }, { fault: { type: 'hang' }, rate: 2 }] }],
  ['rules[0].operation', { rules: [{ fault: { type: 'hang' }, operation: 'veryfy' }] }],
  ['exports[0].cause', { exports: [{ cause: 'gremlins' }] }],
  ['exports[0].destination', { exports: [{ cause: 'throttled', destination: 'Excel' }] }],
])('a wrong fault answers 400 and names %s', async (place, body) => {
  const { sandbox, send } = await bench()
  const answer = await send('PUT', '/__sandbox/faults', body)
  expect(answer.status).toBe(400)
  expect(answer.json.errors[0].message).toContain(place)
  expect(sandbox.faults.rules).toEqual([])
})

test('every kind of fault can be set over HTTP', async () => {
  const { send } = await bench()
  const faults = [
    { type: 'status', status: 503, after: true },
    { type: 'latency', ms: 1 },
    { type: 'hang' },
    { type: 'reset', after: true },
    { type: 'empty', status: 204 },
    { type: 'html', status: 503 },
    { type: 'truncated' },
    { type: 'content-type', value: 'text/plain' },
  ]
  const body = {
    rules: faults.map((fault) => ({ fault, method: 'PATCH', path: '/x', rate: 0.1, next: 3 })),
    exports: [{ cause: 'auth-expired', destination: 'Xero', request_file_id: 'x', next: 1 }],
    staleReads: 2,
    seed: 4,
  }
  expect((await send('PUT', '/__sandbox/faults', body)).json).toEqual(body)
})

test('the journal has every request, newest last, with the body of a write', async () => {
  const { sandbox, send, path, retry, request_file_id } = await bench()
  await send('GET', path('/ImageLevelInferences?start_day_interval=2&current_batch_day=1'))
  await retry(request_file_id)
  await send('GET', '/nowhere')
  const { json } = await send('GET', '/__sandbox/journal')
  expect(json).toEqual(sandbox.journal)
  expect(json).toMatchObject([
    { sequence: 1, method: 'GET', operation: 'list', status: 400 },
    { sequence: 2, method: 'POST', operation: 'retry-exports', status: 200, body: { file_ids: [request_file_id] } },
    { sequence: 3, url: '/nowhere', operation: '', status: 404 },
  ])
  expect((await send('GET', '/__sandbox/journal?after=1')).json).toEqual(json.slice(1))
})

test('the journal tells what an operation came to apart from what was answered', async () => {
  const { sandbox, retry, request_file_id } = await bench({ faults: 'first 1 500 after effect, first 1 reset' })
  await retry(request_file_id)
  await expect(retry(request_file_id)).rejects.toThrow()
  await retry('none')
  expect(sandbox.journal.map(({ status, outcome }) => [status, outcome])).toEqual([
    [500, 200],
    [0, undefined],
    [404, 404],
  ])
})

test.each([1050, 2050])('the journal keeps the last thousand of %i requests', (count) => {
  const journal = createJournal()
  const entry = { method: 'GET', url: '/nowhere', operation: '', authorized: true, status: 404 }
  for (let i = 0; i < count; i += 1) journal.add(entry)
  expect(journal.entries()).toHaveLength(1000)
  expect(journal.entries().at(-1)?.sequence).toBe(count)
  expect(journal.entries()[0]?.sequence).toBe(count - 999)
})

test('export rows are listed, all of them or those of one destination', async () => {
  const { sandbox, send } = await bench()
  expect((await send('GET', '/__sandbox/exports')).json).toEqual(sandbox.exportRows())
  const { json } = await send('GET', '/__sandbox/exports?destination=Google%20Sheets')
  expect(json).toEqual(sandbox.exportRows('Google Sheets'))
  expect(json[0]).toMatchObject({ destination: 'Google Sheets', row: 1, writes: 1 })
})

test('the assumptions are listed', async () => {
  const { send } = await bench()
  expect((await send('GET', '/__sandbox/assumptions')).json).toEqual(assumptions)
})

test.each(['by code', 'over HTTP'])('a reset %s puts everything back', async (way) => {
  const { sandbox, send, path, pages, verify, request_file_id } = await bench({ faults: { seed: 3 } })
  const [before, rows, faults] = [await pages(), sandbox.exportRows(), structuredClone(sandbox.faults)]
  await verify(request_file_id)
  await send('DELETE', path(`/InferenceRequestFiles/${request_file_id}`))
  sandbox.faults.rules.push({ fault: { type: 'status', status: 503 }, operation: 'list' })
  if (way === 'by code') sandbox.reset()
  else expect((await send('POST', '/__sandbox/reset')).json.requests).toBe(0)
  expect(sandbox.journal).toEqual([])
  expect(sandbox.faults).toEqual(faults)
  expect(sandbox.exportRows()).toEqual(rows)
  expect(await pages()).toEqual(before)
})

test('an unknown control path answers 404 and a wrong verb 405', async () => {
  const { send } = await bench()
  expect((await send('GET', '/__sandbox/toString')).status).toBe(404)
  const wrong = await send('POST', '/__sandbox/faults', {})
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PUT'])
  expect((await send('PUT', '/__sandbox/faults', '{')).status).toBe(400)
})
