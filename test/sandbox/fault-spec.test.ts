/** Faults as text: what can be said, what is refused, and that writing and reading agree. */

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type FaultSpec, faultMethods, readFaultSpec } from '../../src/sandbox/fault-spec.ts'
import { faultSpecText } from '../../src/sandbox/fault-text.ts'
import type { Fault, FaultRule } from '../../src/sandbox/faults.ts'
import { operationNames } from '../../src/sandbox/routes.ts'
import { bench, key } from './support.ts'

const status = fc.integer({ min: 200, max: 599 })
const after = { after: fc.boolean() }
const anyOf = (record: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[]) =>
  fc.record(record, { requiredKeys }) as fc.Arbitrary<Fault>
const fault: fc.Arbitrary<Fault> = fc.oneof(
  anyOf(
    {
      type: fc.constant('status'),
      status: fc.integer({ min: 400, max: 599 }),
      retryAfter: fc.oneof(fc.nat(99_999), fc.constant('soon')),
      ...after,
    },
    ['type', 'status'],
  ),
  anyOf({ type: fc.constant('latency'), ms: fc.nat(600_000) }, ['type', 'ms']),
  anyOf({ type: fc.constantFrom('hang', 'reset'), ...after }, ['type']),
  anyOf({ type: fc.constantFrom('empty', 'html', 'echo'), status, ...after }, ['type']),
  anyOf({ type: fc.constantFrom('truncated', 'reset-body') }, ['type']),
  anyOf({ type: fc.constant('content-type'), value: fc.constantFrom('text/csv', 'a/b;c=d') }, ['type']),
)
const rule = fc.record(
  {
    fault,
    rate: fc.integer({ min: 0, max: 100_000 }).map((n) => n / 1000 / 100),
    next: fc.nat(1000),
    operation: fc.constantFrom(...operationNames),
    method: fc.constantFrom(...faultMethods),
    glob: fc.constantFrom('/', '/api/**/Verify/*', '**/x-%2F.y', '*'),
  },
  { requiredKeys: ['fault'] },
) as fc.Arbitrary<FaultRule>
const spec = fc.record(
  { rules: fc.array(rule, { maxLength: 4 }), seed: fc.nat(999_999_999) },
  { requiredKeys: ['rules'] },
)

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(spec as fc.Arbitrary<FaultSpec>, (given) => {
      expect(readFaultSpec(faultSpecText(given))).toEqual(given)
    }),
    { numRuns: 200 },
  )
})

test('any text is read, or refused at a place', () => {
  const word = fc.constantFrom(
    'first',
    '2',
    '5%',
    '%',
    '429',
    'slow=',
    'on',
    'GET',
    '/…',
    ',',
    '\n',
    '#',
    'seed=1',
    'é=',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(' ')),
      ),
      (text) => {
        try {
          readFaultSpec(text)
        } catch (error) {
          expect((error as Error).message).toMatch(/^(line \d+, )?column \d+: /)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a file has a fault a line and comments', () => {
  const text = '# a bad day\n5% 429 retry-after=2 # too fast\n\nfirst 2 slow=1.5s on GET /…/GetPredictions/*, seed=7\n'
  expect(readFaultSpec(text)).toEqual({
    rules: [
      { rate: 0.05, fault: { type: 'status', status: 429, retryAfter: 2 } },
      { next: 2, fault: { type: 'latency', ms: 1500 }, method: 'GET', glob: '/**/GetPredictions/*' },
    ],
    seed: 7,
  })
})

describe('a fault is refused with its place and a way out:', () => {
  it.each([
    ['5% 429, rset on delete', 'column 9: there is no fault "rset"; did you mean "reset"?'],
    ['429,\n\n5% slow=fast', 'line 3, column 4: write it as slow=300ms or slow=2s, ten minutes at most'],
    ['hang on delet', 'column 9: there is no operation or method "delet"; did you mean "delete"?'],
    ['hang on delete-file', 'did you mean "delete"?'],
    ['htlm=200', 'did you mean "html"?'],
    ['xyz', 'there is no fault "xyz"; there are slow, hang, reset'],
    ['101% hang', 'column 1: a share is from 0% to 100%'],
    ['5%', 'column 1: a fault is missing'],
    ['first hang', 'column 1: write it as first <count>'],
    ['200', 'column 1: a status that is injected is from 400 to 599'],
    ['hang retry-after=2', 'column 6: only a status has retry-after'],
    ['truncated before effect', 'column 11: truncated needs an answer to spoil'],
    ['reset affter effect', 'column 7: there is no word "affter"; did you mean "after effect"?'],
    ['hang,, reset', 'column 6: a fault is missing before the comma'],
    ['seed=1, hang, seed=2', 'column 15: the seed is given twice'],
  ])('%j', (text, message) => {
    expect(() => readFaultSpec(text)).toThrow(message)
  })
})

test('faults given as text strike where they say, and stand in the journal with when they struck', async () => {
  const text = 'slow=1ms on GET, first 1 reset after effect on verify, first 1 503 on POST /…/UnVerify/*, seed=3'
  const { sandbox, send, verify, page, path, request_file_id, page_id } = await bench({ faults: text })
  expect(sandbox.faultSpec).toContain('first 1 503 on POST /**/UnVerify/*, seed=3')
  await expect(verify(request_file_id)).rejects.toThrow()
  expect((await page(page_id)).is_moderated).toBe(true)
  const undo = path(`/ImageLevelInferences/UnVerify/${request_file_id}`)
  expect([(await send('POST', undo)).status, (await send('POST', undo)).status]).toEqual([503, 200])
  expect(sandbox.journal.map(({ fault, effect, delay }) => [fault, effect, delay])).toEqual([
    ['reset', 'after', undefined],
    [undefined, undefined, 1],
    ['status', 'before', undefined],
    [undefined, undefined, undefined],
  ])
})

test('a seed is drawn where none is given, and told so that the same faults can be had again', async () => {
  const { sandbox, pages, send, path } = await bench({ faults: '50% 503 on get-page' })
  const [first] = await pages()
  const statuses = async () => {
    const found: number[] = []
    for (let i = 0; i < 16; i++) found.push((await send('GET', path(`/ImageLevelInferences/${first?.id}`))).status)
    return found
  }
  const before = await statuses()
  expect(sandbox.faultSpec).toMatch(/^50% 503 on get-page, seed=\d+$/)
  const again = await bench({ faults: sandbox.faultSpec })
  const repeated: number[] = []
  for (let i = 0; i < 16; i++)
    repeated.push((await again.send('GET', again.path(`/ImageLevelInferences/${first?.id}`))).status)
  expect(repeated).toEqual(before)
})

test('the control endpoint takes and gives faults as text', async () => {
  const { sandbox, send } = await bench({ faults: { staleReads: 2 } })
  const put = await send('PUT', '/__sandbox/faults.txt', 'first 2 html=200 on list, seed=5')
  expect([put.status, put.text]).toEqual([200, 'first 2 html=200 on list, seed=5\n'])
  expect(sandbox.faults).toMatchObject({ staleReads: 2, seed: 5, rules: [{ operation: 'list', next: 2 }] })
  expect((await send('GET', '/__sandbox/faults.txt')).text).toBe(put.text)
  const refused = await send('PUT', '/__sandbox/faults.txt', 'trunkated')
  expect(refused).toMatchObject({
    status: 400,
    json: { errors: [{ message: expect.stringContaining('"truncated"') }] },
  })
  expect(sandbox.faults.seed).toBe(5)
})

test('an error body can repeat the credential', async () => {
  const { send, path, page_id } = await bench({ faults: 'echo' })
  const { status, text } = await send('GET', path(`/ImageLevelInferences/${page_id}`))
  expect(status).toBe(401)
  expect(text).toContain(key)
  expect(text).toContain('test-key')
})

test('a connection can be reset in the middle of the body', async () => {
  const { sandbox, path, page_id } = await bench({ faults: 'reset-body' })
  const url = sandbox.url + path(`/ImageLevelInferences/${page_id}`)
  const response = await fetch(url, { headers: { authorization: key } })
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow()
  expect(sandbox.journal).toMatchObject([{ fault: 'reset-body', effect: 'after', status: 200 }])
})
