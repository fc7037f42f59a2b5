/** A write that comes twice is made once: by its key, and over MCP by being the same soon after. */

import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { type ScriptedResponse, startUpstream } from '../support/upstream.ts'
import { orderApi, serveFlagship } from './cases.ts'
import { exchange, listen, signal } from './exchange.ts'
import { classic, envelope, initialize, messageIn, modern, post } from './mcp-messages.ts'

const input = { id: { type: 'string', description: 'Which.' } }
const flow = (call: string) => ({ description: `Does ${call}.`, inputParameters: input, call: `api.${call}` })
const route = (method: string, ref: string) => ({ method, ref: `orders.${ref}` })

const orders = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.' },
  capability: {
    consumes: orderApi({ read: 'GET', send: 'POST', set: 'PUT' }),
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          read: flow('read'),
          send: flow('send'),
          set: flow('set'),
          both: {
            description: 'Sends, then sets.',
            inputParameters: input,
            steps: { send: { type: 'call', call: 'api.send' }, set: { type: 'call', call: 'api.set' } },
          },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 8080,
        resources: {
          order: {
            path: '/orders/{{id}}',
            operations: { read: route('GET', 'read'), send: route('POST', 'send'), set: route('PUT', 'set') },
          },
          both: { path: '/both/{{id}}', operations: { both: route('POST', 'both') } },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 9090,
        tools: { send: { ref: 'orders.send' }, set: { ref: 'orders.set' } },
      },
    ],
  },
}

/** Each POST of one order is answered in turn, the last one ever after. */
async function served(
  answers: readonly ScriptedResponse[] = [{ json: { sent: 1 } }, { json: { sent: 2 } }],
  companion?: object,
) {
  const to = (method: string, response: ScriptedResponse) => ({ request: { method, path: '/orders/7' }, response })
  const others = [to('GET', { json: { id: '7' } }), to('PUT', { json: { set: true } })]
  const upstream = await startUpstream([...answers.map((answer) => to('POST', answer)), ...others])
  const options = { upstreams: { api: upstream.url }, ...(companion === undefined ? {} : { companion }) }
  return { ...(await serveCapability(orders, options)), upstream }
}

type Served = Awaited<ReturnType<typeof served>>

async function send({ url }: Pick<Served, 'url'>, key?: string, path = '/orders/7', method = 'POST') {
  const headers = key === undefined ? {} : { 'idempotency-key': key }
  const { status, json, headers: answered } = await exchange(url('rest'), path, { method, headers })
  return { status, json, replayed: answered['idempotent-replayed'] }
}

describe('A key', () => {
  it('does not let a write be made again of which only a later step was held back', async () => {
    const all = await served(undefined, { upstreams: { api: { rateLimit: { requests: 1, window: 60 } } } })
    const both = () => send(all, 'k1', '/both/7')
    expect(await both()).toMatchObject({ status: 429, json: { retryable: false } })
    expect(await both()).toMatchObject({ status: 429, replayed: 'true' })
    expect(all.upstream.requests).toHaveLength(1)
  })

  it.each([
    ['bare', 'k1', 'k1'],
    ['in quotes', '"k1"', 'k1'],
  ])('(%s) answers the same call with what the first was answered', async (_, first, second) => {
    const all = await served()
    expect(await send(all, first)).toEqual({ status: 200, json: { sent: 1 }, replayed: undefined })
    expect(await send(all, second)).toEqual({ status: 200, json: { sent: 1 }, replayed: 'true' })
    expect(await send(all, 'k2')).toMatchObject({ json: { sent: 2 }, replayed: undefined })
    expect(all.upstream.requests).toHaveLength(2)
  })

  it('is for one call: with other arguments it is refused, and without it nothing is held back', async () => {
    const all = await served()
    await send(all, 'k1')
    expect(await send(all, 'k1', '/orders/8')).toMatchObject({ status: 422, json: { title: 'Key used before' } })
    expect(await send(all, 'k1', '/orders/7', 'PUT')).toMatchObject({ status: 422 })
    expect(await send(all)).toMatchObject({ json: { sent: 2 } })
    expect(all.upstream.requests).toHaveLength(2)
  })

  it('says nothing of what only reads', async () => {
    const all = await served()
    for (const key of ['k1', 'k1', 'not a key'])
      expect(await send(all, key, '/orders/7', 'GET')).toEqual({ status: 200, json: { id: '7' }, replayed: undefined })
    expect(all.upstream.requests).toHaveLength(3)
  })

  it.each(['', 'a b', `k${'1'.repeat(255)}`, 'ü'])('must be one (%j)', async (key) => {
    const all = await served()
    expect(await send(all, key)).toMatchObject({ status: 400, json: { errors: [{ pointer: '/Idempotency-Key' }] } })
    expect(all.upstream.requests).toEqual([])
  })

  it('holds for a failure of which nobody knows whether it was one', async () => {
    const all = await served([{ reset: true }, { json: { sent: 2 } }])
    const { status, json } = await send(all, 'k1')
    expect([status, json.retryable]).toEqual([502, false])
    expect(await send(all, 'k1')).toMatchObject({ status, json: { detail: json.detail }, replayed: 'true' })
    expect(all.upstream.requests).toHaveLength(1)
  })

  it('may be used again after a refusal that asks for it', async () => {
    const all = await served([{ status: 429, headers: { 'retry-after': '1' } }, { json: { sent: 2 } }])
    expect((await send(all, 'k1')).status).toBe(429)
    expect(await send(all, 'k1')).toEqual({ status: 200, json: { sent: 2 }, replayed: undefined })
  })

  it('survives a reload', async () => {
    const all = await served()
    await send(all, 'k1')
    await writeFile(all.file, (await readFile(all.file, 'utf8')).replace('"Orders."', '"Other orders."'))
    expect(await all.running.reload()).toEqual([])
    expect(await send(all, 'k1')).toMatchObject({ json: { sent: 1 }, replayed: 'true' })
  })
})

describe('A call under way', () => {
  /** Answers once told to, and counts. */
  async function slow() {
    const [arrival, release] = [signal(), signal()]
    let count = 0
    const api = await listen(async (_req, res) => {
      count += 1
      arrival.give()
      await release.given
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"sent":1}')
    })
    return { ...(await serveCapability(orders, { upstreams: { api } })), arrival, release, count: () => count }
  }

  it('is waited for by the same one', async () => {
    const all = await slow()
    const first = send(all, 'k1')
    await all.arrival.given
    const second = send(all, 'k1')
    all.release.give()
    expect((await Promise.all([first, second])).map(({ json }) => json)).toEqual([{ sent: 1 }, { sent: 1 }])
    expect(all.count()).toBe(1)
  })

  it('goes on when its caller has gone, who can come back for the answer', async () => {
    const all = await slow()
    const headers = { 'idempotency-key': 'k1' }
    const leaving = request(all.url('rest'), { method: 'POST', path: '/orders/7', headers, agent: false })
    leaving.on('error', () => {})
    leaving.end()
    await all.arrival.given
    leaving.destroy()
    const again = send(all, 'k1')
    all.release.give()
    expect(await again).toEqual({ status: 200, json: { sent: 1 }, replayed: 'true' })
    expect(all.count()).toBe(1)
  })
})

describe('The same call of an agent soon after', () => {
  const call = (name: string, more: object = {}) =>
    modern('tools/call', { name, arguments: { id: '7' }, _meta: { ...envelope, ...more } })
  const textOf = async ({ url }: Served, message: ReturnType<typeof call>) =>
    (await post(url('mcp'), message)).json.result.content[0].text

  it.each([
    ['on the fast path', {}],
    ['through the SDK', { 'test/odd': 1 }],
  ])('is answered as the first was %s', async (_, more) => {
    const all = await served()
    expect([await textOf(all, call('send', more)), await textOf(all, call('send', more))]).toEqual([
      '{"sent":1}',
      '{"sent":1}',
    ])
    expect(all.upstream.requests).toHaveLength(1)
  })

  it('is answered so in a session of 2025 too', async () => {
    const all = await served()
    const opened = await post(all.url('mcp'), initialize())
    const session = { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
    const again = { id: 1, method: 'tools/call', params: { name: 'send', arguments: { id: '7' } } }
    for (const _ of [1, 2]) {
      const { result } = messageIn(await post(all.url('mcp'), classic(again, session)))
      expect(result.content[0].text).toBe('{"sent":1}')
    }
    expect(all.upstream.requests).toHaveLength(1)
  })

  it('is made again with a key of its own, where repeating does no harm, or where the companion says so', async () => {
    const all = await served()
    const keyed = (key: unknown) => call('send', { 'idempotency-key': key })
    expect([await textOf(all, keyed('a')), await textOf(all, keyed('b')), await textOf(all, keyed('a'))]).toEqual([
      '{"sent":1}',
      '{"sent":2}',
      '{"sent":1}',
    ])
    expect((await post(all.url('mcp'), keyed(7))).json.error.code).toBe(-32602)
    for (const _ of [1, 2]) await textOf(all, call('set'))
    expect(all.upstream.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'PUT', 'PUT'])
    const never = await served(undefined, { policy: { 'orders.send': { repeatWindow: 0 } } })
    for (const _ of [1, 2]) await textOf(never, call('send'))
    expect(never.upstream.requests).toHaveLength(2)
  })

  it('retries no export twice', async () => {
    const { url, examples, sandboxUrl } = await serveFlagship()
    const { model_id, file_ids } = examples
    const again = modern('tools/call', { name: 'retry-exports', arguments: { model_id, file_ids } })
    for (const _ of [1, 2]) expect((await post(url('mcp'), again)).json.result.isError).toBe(false)
    expect((await exchange(sandboxUrl, '/__sandbox/journal')).json).toHaveLength(1)
  })
})
