/** Which calls a rule of the companion file names, so that a person is asked about them. */

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { load, type OperationError, validate } from '../../src/index.ts'
import { open } from '../../src/open.ts'
import { newCall } from '../../src/runtime/call.ts'
import { writeCapability } from '../support/serve.ts'
import { listen } from '../surfaces/exchange.ts'

const inputParameters = {
  ids: { type: 'array', required: false, description: 'Which orders.' },
  amount: { type: 'string', required: false, description: 'How much.' },
  lines: { type: 'array', required: false, description: 'Lines with an amount each.' },
}
const body = '{"ids": {{ids}}, "amount": "{{amount}}", "lines": {{lines}}}'
const pay = { method: 'POST', body }
const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: { pay: { path: '/pay', operations: { pay } } },
      },
    ],
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: { pay: { description: 'Pays orders.', inputParameters, call: 'api.pay' } },
      },
    ],
    exposes: [{ type: 'mcp', namespace: 'tools', port: 0, tools: { pay: { ref: 'orders.pay' } } }],
  },
}

const closing: (() => Promise<unknown>)[] = []
let upstream: string
beforeAll(async () => {
  upstream = await listen(
    (_, res) => res.end('{"paid":true}'),
    (close) => closing.push(close),
  )
})
afterAll(() => Promise.all(closing.map((close) => close())))

const companionOf = (when: readonly object[]) => ({ policy: { 'orders.pay': { confirm: { when, show: false } } } })

async function opened(when: readonly object[]) {
  const file = await writeCapability(capability, { companion: companionOf(when) })
  const { runtime, close } = await open(await load(file), { environment: {}, upstreams: { api: upstream } })
  onTestFinished(() => close())
  const operation = runtime.plan.operations.find(({ name }) => name === 'orders.pay')
  if (operation === undefined) throw new Error('there is a flow that pays')
  const pay = (input: object, subject = 'ann') =>
    runtime.invoke(operation)({ ...input }, newCall(undefined, { subject, scopes: new Set() }))
  const asks = (input: object, subject?: string) =>
    pay(input, subject).then(
      () => undefined,
      (error: OperationError) => error.approval?.id ?? error.code,
    )
  const why = async (input: object) =>
    /It waits since (.*)\./.exec(
      await pay(input).then(String, (error: OperationError) => error.question?.text ?? ''),
    )?.[1]
  return { asks, why, approvals: runtime.context.approvals }
}

test.each<[string, object, object, object]>([
  ['a count', { count: 'ids', over: 2 }, { ids: ['a', 'b', 'c'] }, { ids: ['a', 'b'] }],
  [
    'a count of what a path finds',
    { count: '$.lines[?(@.amount > 5)]', over: 1 },
    { lines: [{ amount: 6 }, { amount: 7 }] },
    { lines: [{ amount: 6 }, { amount: 1 }] },
  ],
  ['a text that is a number', { value: 'amount', over: 100 }, { amount: '100.5' }, { amount: '100' }],
  ['a text that is no number', { value: 'amount', over: 100 }, { amount: '1,000' }, { ids: ['a'] }],
  [
    'any of several values',
    { value: '$.lines[*].amount', over: 9 },
    { lines: [{ amount: 1 }, { amount: 10 }] },
    { lines: [{ amount: 1 }] },
  ],
  ['a value', { value: '$.amount', is: 'all' }, { amount: 'all' }, { amount: 'some' }],
  ['an input that is given', { present: 'lines' }, { lines: [{}] }, { amount: '1' }],
])('%s asks where the rule says so, and else nobody', async (_, rule, asked, free) => {
  const { asks } = await opened([rule])
  expect(await asks(asked)).toMatch(/^ap_/)
  expect(await asks(free)).toBeUndefined()
})

test('of several rules each one asks, and the person is told which', async () => {
  const { asks } = await opened([
    { count: 'ids', over: 1 },
    { value: 'amount', over: 1 },
  ])
  expect(await asks({ ids: ['a'], amount: '2' })).toMatch(/^ap_/)
  expect(await asks({ ids: ['a', 'b'], amount: '1' })).toMatch(/^ap_/)
})

test('the first call of each caller is asked about until one of them was released, and used', async () => {
  const { asks, approvals } = await opened([{ first: true }])
  const id = await asks({ amount: '1' })
  expect(await asks({ amount: '2' })).toMatch(/^ap_/)
  await approvals.decide(id ?? '', { verdict: 'approved', by: 'bea' })
  expect(await asks({ amount: '2' })).toMatch(/^ap_/)
  expect(await asks({ amount: '1' })).toBeUndefined()
  expect(await asks({ amount: '3' })).toBeUndefined()
  expect(await asks({ amount: '3' }, 'cy')).toMatch(/^ap_/)
})

test.each<[object, string, string]>([
  [{ count: 'idz', over: 1 }, 'unknown-parameter', '/policy/orders.pay/confirm/when/0/count'],
  [{ value: '$.amont', over: 1 }, 'unknown-parameter', '/policy/orders.pay/confirm/when/0/value'],
  [{ present: '$.ids[' }, 'bad-path', '/policy/orders.pay/confirm/when/0/present'],
  [{ count: 'ids' }, 'wrong-value', '/policy/orders.pay/confirm/when/0'],
  [{ value: 'amount', present: 'ids' }, 'wrong-value', '/policy/orders.pay/confirm/when/0'],
  [{ over: 1 }, 'wrong-value', '/policy/orders.pay/confirm/when/0'],
])('%j would never ask, and is refused', async (rule, code, pointer) => {
  const file = await writeCapability(capability, { companion: companionOf([rule]) })
  const { diagnostics } = await validate(file)
  const found = diagnostics.filter(({ severity }) => severity === 'error')
  expect(found.map((one) => [one.code, one.location.pointer])).toEqual([[code, pointer]])
})
