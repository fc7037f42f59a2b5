/** A 2025 client whose connection broke hears what it missed (2025-11-25, Resumability and Redelivery). */

import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createReplay } from '../../src/surfaces/mcp/replay.ts'
import { serveCapability } from '../support/serve.ts'
import { capabilityOf, environment, thingTools } from './cases.ts'
import { exchange, listen, signal } from './exchange.ts'
import { classic, initialize, post } from './mcp-messages.ts'

async function open(url: string) {
  const id = String((await post(url, initialize())).headers['mcp-session-id'])
  const session = { id, revision: '2025-11-25' }
  await post(url, classic({ method: 'notifications/initialized' }, session))
  return session
}

/** Asks for what came after an event; a server that has not noticed yet that the connection broke answers 409. */
async function resume(url: string, session: { readonly id: string; readonly revision: string }, event: string) {
  const { headers } = classic({}, session)
  for (;;) {
    const reply = await exchange(url, '/mcp', { headers: { ...headers, 'last-event-id': event } })
    if (reply.status !== 409) return reply
  }
}

/** Calls a tool and breaks the connection once it is known where the answer will be: the id of its first event. */
function brokenCall(url: string, { headers, body }: ReturnType<typeof classic>, arrived: Promise<void>) {
  return new Promise<string>((resolve) => {
    const calling = request(url, { method: 'POST', path: '/mcp', headers, agent: false }, (incoming) => {
      incoming.on('error', () => {})
      incoming.once('data', async (chunk: Buffer) => {
        await arrived
        incoming.destroy()
        resolve(/^id: (\S+)\nretry: 1000\ndata: \n\n$/.exec(String(chunk))?.[1] ?? '')
      })
    })
    calling.end(JSON.stringify(body))
  })
}

describe('the answer of a call whose connection broke', () => {
  it('is there for the session that asks again, and for no other one', async () => {
    const [arrival, release] = [signal(), signal()]
    const api = await listen(async (_req, res) => {
      arrival.give()
      await release.given
      res.setHeader('content-type', 'application/json')
      res.end('{"name":"late"}')
    })
    const served = await serveCapability(capabilityOf([thingTools()]), { upstreams: { api }, environment })
    const url = served.url('mcp')
    const [own, other] = [await open(url), await open(url)]
    const params = { name: 'get-thing', arguments: { id: 't1' } }
    const event = await brokenCall(url, classic({ id: 7, method: 'tools/call', params }, own), arrival.given)
    release.give()
    const heard = await resume(url, own, event)
    expect(heard.text).toContain('"id":7')
    expect(heard.text).toContain(String.raw`{\"name\":\"late\"}`)
    expect((await resume(url, other, event)).status).toBe(400)
    expect((await resume(url, own, '12345')).status).toBe(400)
  })
})

describe('what is kept of sessions', () => {
  const message = (id: number) => ({ jsonrpc: '2.0' as const, id, result: {} })

  it('is told again by stream, in its order, from the event that was heard last', async () => {
    const session = createReplay()()
    const ids: string[] = []
    for (const [stream, id] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['a', 4],
    ] as const)
      ids.push(await session.storeEvent(stream, message(id)))
    const again: [string, unknown][] = []
    await session.replayEventsAfter(ids[0] ?? '', { send: async (id, said) => void again.push([id, said]) })
    expect(again).toEqual([
      [ids[2], message(3)],
      [ids[3], message(4)],
    ])
  })

  it('is bounded for all sessions together: the oldest is forgotten', async () => {
    const next = createReplay(1000)
    const [one, other] = [next(), next()]
    const first = await one.storeEvent('a', message(1))
    const last: string[] = []
    for (let i = 0; i < 3; i += 1) last.push(await other.storeEvent('a', message(i)))
    expect(await one.getStreamIdForEventId?.(first)).toBeUndefined()
    expect(await other.getStreamIdForEventId?.(last[0] ?? '')).toBe('a')
    expect(await one.getStreamIdForEventId?.(last[0] ?? '')).toBeUndefined()
  })
})
