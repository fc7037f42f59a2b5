/** Which writes can look first at what is there, and by which flow: from the flows beside them and the companion file. */

import { describe, expect, test } from 'vitest'
import { load, validate } from '../../src/load.ts'
import { writeCapability } from '../support/serve.ts'
import { orderApi } from '../surfaces/cases.ts'

const text = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { type: 'string', description: 'Which.', required: name !== 'day' }]))
const flow = (call: string, ...inputs: readonly string[]) => ({
  description: `Does ${call}.`,
  inputParameters: text(...inputs),
  call: `api.${call}`,
  ...(inputs.includes('id') ? {} : { with: { id: 'x' } }),
})
const aggregate = (namespace: string, flows: object) => ({ display: namespace, namespace, flows })

const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.' },
  capability: {
    consumes: orderApi({ read: 'GET', set: 'PUT' }),
    aggregates: [
      aggregate('orders', { read: flow('read', 'id'), set: flow('set', 'id'), all: flow('set') }),
      aggregate('logs', {
        read: { ...flow('read', 'id', 'day'), with: { id: '{{id}}{{day}}' } },
        set: flow('set', 'id'),
      }),
    ],
    exposes: [
      {
        type: 'mcp',
        namespace: 'tools',
        port: 9090,
        tools: {
          set: { ref: 'orders.set' },
          main: { ref: 'orders.set', with: { id: 'main' } },
          log: { ref: 'logs.set' },
        },
      },
    ],
  },
}

async function checks(policy: object = {}) {
  const { plan } = await load(await writeCapability(capability, { companion: { policy } }))
  return Object.fromEntries(plan.operations.flatMap(({ name, check }) => (check === undefined ? [] : [[name, check]])))
}

const orders = { flow: 'orders.read', inputs: ['id'] }

describe('A write can look first', () => {
  test('by the safe flow of its aggregate that takes the same ids and nothing else', async () => {
    expect(await checks()).toEqual({ 'orders.set': orders })
  })

  test('as the companion says', async () => {
    const done = { done: '$.set', message: 'the order {{id}} is set', always: true }
    const policy = { 'orders.set': { check: done }, 'logs.set': { check: { read: 'logs.read' } } }
    const found = JSON.parse(JSON.stringify(await checks(policy)))
    const message = { type: 'text', parts: ['the order ', { type: 'input', name: 'id' }, ' is set'] }
    expect(found).toMatchObject({
      'orders.set': { ...orders, done: '$.set', message, always: true },
      'logs.set': { flow: 'logs.read', inputs: ['id'] },
    })
    expect(await checks({ 'orders.set': { check: false } })).toEqual({})
  })

  test.each([
    ['orders.read', { always: true }, 'is for a flow that changes something'],
    ['logs.set', { always: true }, 'needs `read`: no safe flow beside it'],
    ['orders.set', { read: 'orders.reed' }, 'orders.reed'],
    ['orders.set', { read: 'orders.set' }, 'must be a safe flow'],
    ['orders.set', { done: '$[' }, '$['],
    ['orders.set', { message: '{{ids}}' }, 'ids'],
    ['orders.set', { compare: { all: { there: '$.a', sent: '$[' } } }, '$['],
    ['orders.set', { compare: { all: { there: ['$.a', '$['], sent: '$' } } }, '$['],
  ])('not where %s says %j', async (name, check, says) => {
    const companion = { policy: { [name]: { check } } }
    const { diagnostics } = await validate(await writeCapability(capability, { companion }))
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors).toMatchObject([{ message: expect.stringContaining(says) }])
    expect(errors[0]?.location).toMatchObject({ file: expect.stringContaining('case.runtime.yml') })
  })
})
