/** Steps beyond the scenarios: units without a flow, and callers that go. */

import { describe, expect, onTestFinished, test } from 'vitest'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import { cancel, newCall, type StepEvent } from '../../src/runtime/call.ts'
import { writeCapability } from '../support/serve.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'

const order = {
  steps: {
    order: { type: 'call', call: 'shop.get-order' },
    people: { type: 'call', call: 'shop.list-people' },
    buyer: { type: 'lookup', index: 'people', match: 'id', lookupValue: '$.order.buyer', outputParameters: ['name'] },
    close: { type: 'call', call: 'shop.close-order' },
  },
  mappings: [{ target: 'buyer', value: '$.buyer.name' }],
}

function shop(baseUri: string) {
  const inputParameters = { id: { in: 'path' } }
  const operations = {
    'get-order': { method: 'GET', inputParameters },
    'close-order': { method: 'DELETE', inputParameters },
  }
  const resources = {
    order: { path: '/orders/{{id}}', operations },
    people: { path: '/people', operations: { 'list-people': { method: 'GET' } } },
  }
  const tools = { order: { description: 'Closes.', inputParameters: { id: { type: 'string' } }, ...order } }
  const routes = { order: { path: '/orders/{{id}}', operations: { order: { method: 'DELETE', ...order } } } }
  return {
    ikanos: '1.0.0-beta5',
    capability: {
      consumes: [{ type: 'http', namespace: 'shop', baseUri, resources }],
      exposes: [
        { type: 'mcp', namespace: 'tools', port: 0, tools },
        { type: 'rest', namespace: 'rest', port: 0, resources: routes },
      ],
    },
  }
}

async function opened(exchanges: readonly Exchange[]) {
  const upstream = await startUpstream(exchanges)
  const loaded = await load(await writeCapability(shop(upstream.url)))
  const { runtime, close } = await open(loaded, { environment: {}, allowUnconfirmed: true })
  onTestFinished(() => close())
  const invoke = (name: string) => {
    const operation = loaded.plan.operations.find((o) => o.name === name)
    if (operation === undefined) throw new Error(`nothing is called "${name}"`)
    return runtime.invoke(operation)
  }
  return { upstream, invoke, plan: loaded.plan }
}

const get: Exchange = { request: { method: 'GET', path: '/orders/7' }, response: { json: { buyer: 3 } } }
const people: Exchange = { request: { method: 'GET', path: '/people' }, response: { json: [{ id: '3', name: 'Ann' }] } }
const remove: Exchange = { request: { method: 'DELETE', path: '/orders/7' }, response: { status: 204 } }
const hang = { hang: true } as const

describe('Steps of a unit without a flow', () => {
  test.each(['tools.order', 'rest.order'])('run as those of a flow do: %s', async (name) => {
    const { invoke } = await opened([get, people, remove])
    expect((await invoke(name)({ id: '7' })).value).toEqual({ buyer: 'Ann' })
  })

  test('give a tool the hints that its requests imply', async () => {
    const { plan } = await opened([])
    const tools = plan.surfaces.flatMap((surface) => (surface.type === 'mcp' ? surface.tools : []))
    expect(tools.map((tool) => tool.annotations)).toEqual([
      { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    ])
  })
})

describe('A caller that goes', () => {
  test('stops the steps in flight, and no other step starts', async () => {
    const { invoke, upstream } = await opened([
      { ...get, response: hang },
      { ...people, response: hang },
    ])
    const call = newCall()
    const failing = expect(invoke('tools.order')({ id: '7' }, call)).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => upstream.requests.length, { timeout: 10_000 }).toBe(2)
    cancel(call)
    await failing
    expect(upstream.requests).toHaveLength(2)
  })

  test('before the start gets nothing started', async () => {
    const { invoke, upstream } = await opened([])
    const call = newCall()
    cancel(call)
    await expect(invoke('tools.order')({ id: '7' }, call)).rejects.toMatchObject({ code: 'cancelled' })
    expect(upstream.requests).toEqual([])
  })
})

test('The first failure stops what is in flight beside it', async () => {
  const { invoke } = await opened([
    { ...get, response: { status: 500 } },
    { ...people, response: hang },
  ])
  await expect(invoke('tools.order')({ id: '7' })).rejects.toMatchObject({ code: 'upstream-refused' })
})

describe('Who listens to a call', () => {
  const told = (events: readonly StepEvent[]) => events.map(({ step, type, done, total }) => [step, type, done, total])

  test('hears of each step once it is done', async () => {
    const { invoke } = await opened([get, people, remove])
    const events: StepEvent[] = []
    await invoke('tools.order')({ id: '7' }, { ...newCall(), told: (event) => void events.push(event) })
    expect(told(events).map(([, , done, total]) => [done, total])).toEqual([1, 2, 3, 4].map((done) => [done, 4]))
    expect(
      told(events)
        .map(([step, type]) => `${type} ${step}`)
        .sort(),
    ).toEqual(['call close', 'call order', 'call people', 'lookup buyer'])
    expect(events.every(({ ms }) => Number.isInteger(ms) && ms >= 0)).toBe(true)
  })

  test('hears of no step that failed', async () => {
    const { invoke } = await opened([get, { ...people, response: { status: 500 } }, remove])
    const events: StepEvent[] = []
    const call = { ...newCall(), told: (event: StepEvent) => void events.push(event) }
    await expect(invoke('tools.order')({ id: '7' }, call)).rejects.toMatchObject({ code: 'upstream-refused' })
    expect(told(events).map(([step]) => step)).not.toContain('people')
  })
})
