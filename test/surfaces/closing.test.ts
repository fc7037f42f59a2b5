/** How surfaces close: what nothing is under way on at once, what is answered after its answer. The drain time is longer than any test. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { load } from '../../src/index.ts'
import { open } from '../../src/open.ts'
import { createOffer } from '../../src/surfaces/mcp/offer.ts'
import { sdkEndpoint } from '../../src/surfaces/mcp/sdk-endpoint.ts'
import { serveCapability, writeCapability } from '../support/serve.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './cases.ts'
import { listen, signal } from './exchange.ts'
import { classic, envelope, initialize, type Message, messageIn, modern, post, toolCall } from './mcp-messages.ts'

const drainMs = 3_600_000

/** A capability over an upstream that answers when it is told to. */
async function slowThings() {
  const [arrival, permission] = [signal(), signal()]
  const api = await listen((_req, res) => {
    arrival.give()
    void permission.given.then(() => res.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"t1"}'))
  })
  const capability = capabilityOf([thingRoutes(), thingTools()])
  const { running, url } = await serveCapability(capability, { upstreams: { api }, environment, drainMs })
  onTestFinished(permission.give)
  return { running, url, arrival: arrival.given, permit: permission.give }
}

/** A connection that its client keeps open, whatever the server does short of closing it. */
async function held(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function asked(url: string, head: readonly string[]): Promise<Socket> {
  const socket = await held(url)
  socket.write(`${[...head, 'Host: localhost', '', ''].join('\r\n')}`)
  await once(socket, 'data')
  return socket
}

async function openSession(url: string) {
  const id = String((await post(url, initialize())).headers['mcp-session-id'])
  const session = { id, revision: '2025-11-25' }
  await post(url, classic({ method: 'notifications/initialized' }, session))
  return session
}

const eventStream = async (url: string) => {
  const { id } = await openSession(url)
  const socket = await asked(url, [
    'GET /mcp HTTP/1.1',
    'Accept: text/event-stream',
    `Mcp-Session-Id: ${id}`,
    'Mcp-Protocol-Version: 2025-11-25',
  ])
  return socket
}

describe('closing', () => {
  it('answers what came before it, and sends what comes after it elsewhere', async () => {
    const capability = await load(await writeCapability(capabilityOf([thingTools()])))
    const { runtime, close } = await open(capability, { environment })
    onTestFinished(() => close())
    const plan = capability.plan.surfaces.find((surface) => surface.type === 'mcp')
    if (plan === undefined) throw new Error('there is no MCP surface')
    const offer = await createOffer(plan, runtime, capability.directory)
    const endpoint = sdkEndpoint(() => offer)
    const message = modern('tools/list')
    const closed: Promise<void>[] = []
    const url = await listen((req, res) => {
      void endpoint.handle(req, res, message.body)
      closed.push(endpoint.close())
    })
    expect((await post(url, message)).status).toBe(200)
    await Promise.all(closed)
    expect((await post(url, message)).status).toBe(503)
  })

  it('does not wait for a client that had left before its call was taken up', async () => {
    const endpoint = sdkEndpoint(() => {
      throw new Error('nothing is offered')
    })
    const [arrival, taken] = [signal(), signal()]
    const { body } = classic({ id: 1, method: 'tools/call', params: { name: 'get-thing', arguments: {} } })
    const url = await listen(async (req, res) => {
      arrival.give()
      await once(res, 'close')
      await endpoint.handle(req, res, body)
      taken.give()
    })
    const socket = await held(url)
    socket.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\nMcp-Session-Id: none\r\nContent-Length: 0\r\n\r\n')
    await arrival.given
    socket.destroy()
    await taken.given
    await endpoint.close()
  })

  it.each<[string, (url: string) => Promise<Socket>]>([
    ['that was never used', held],
    ['that waits for its next request', (url) => asked(url, ['GET /nothing HTTP/1.1'])],
    ['that an event stream is open on', eventStream],
  ])('does not wait for a connection %s', async (_, open) => {
    const { running, url } = await slowThings()
    const socket = await open(url('mcp'))
    const closed = once(socket.resume(), 'close')
    await running.close()
    await closed
  })

  it.each<[string, (url: string) => Promise<Message>]>([
    ['of a plain client', async () => toolCall('get-thing', { id: 't1' })],
    [
      'that the SDK answers',
      async () =>
        modern('tools/call', { name: 'get-thing', arguments: { id: 't1' }, _meta: { ...envelope, 'test/odd': 1 } }),
    ],
    [
      'of a session',
      async (url) => {
        const params = { name: 'get-thing', arguments: { id: 't1' } }
        return classic({ id: 1, method: 'tools/call', params }, await openSession(url))
      },
    ],
  ])('waits for the answer to a tool call %s', async (_, message) => {
    const { running, url, arrival, permit } = await slowThings()
    const calling = post(url('mcp'), await message(url('mcp')))
    await arrival
    const closing = running.close()
    permit()
    expect(messageIn(await calling).result).toMatchObject({ content: [{ text: '{"id":"t1"}' }] })
    await closing
  })
})
