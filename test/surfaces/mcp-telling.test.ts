/** What a client hears of the steps of a call: progress if it gave a token, log messages if it named a level, else nothing. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { revision } from './mcp-messages.ts'
import { serveOffer } from './mcp-offer.ts'

const call = (name: string) => ({ type: 'call', call: `api.${name}`, with: { id: '{{id}}' } })
const both = {
  description: 'Reads a thing twice.',
  inputParameters: { id: { type: 'string', description: 'Which.' } },
  steps: { first: call('get-thing'), second: call('get-thing') },
}
const api = [{ request: { method: 'GET', path: '/things/t1' }, response: { json: { id: 't1' } } }]

async function listening(mode: 'legacy' | { readonly pin: string }) {
  const { url } = await serveOffer({ tools: { both } }, { api })
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  const logged: unknown[] = []
  client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(params))
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)))
  onTestFinished(() => client.close())
  /** A call, and what was heard until its answer. */
  const heard = async (_meta: object = {}, hears = true) => {
    const progress: unknown[] = []
    const params = { name: 'both', arguments: { id: 't1' }, _meta: { ..._meta } }
    await client.callTool(params, hears ? { onprogress: (one) => void progress.push(one) } : {})
    return { progress, logged: logged.splice(0) }
  }
  return { client, heard }
}

const steps = [
  { progress: 1, total: 2, message: 'first' },
  { progress: 2, total: 2, message: 'second' },
]
const messages = ['first', 'second'].map((step) => ({
  level: 'info',
  logger: 'both',
  data: { step, type: 'call', ms: expect.any(Number) },
}))

describe('the steps of a call', () => {
  it('are told a 2025 client as progress, and as log messages from the level that it sets on', async () => {
    const { client, heard } = await listening('legacy')
    expect(await heard({}, false)).toEqual({ progress: [], logged: [] })
    expect(await heard()).toEqual({ progress: steps, logged: [] })
    await client.setLoggingLevel('debug')
    expect(await heard({}, false)).toEqual({ progress: [], logged: messages })
    await client.setLoggingLevel('warning')
    expect(await heard()).toEqual({ progress: steps, logged: [] })
  })

  it('are told a 2026-07-28 client as progress, and as log messages for the level that its request names', async () => {
    const { heard } = await listening({ pin: revision })
    const level = (name: string) => ({ 'io.modelcontextprotocol/logLevel': name })
    expect(await heard({}, false)).toEqual({ progress: [], logged: [] })
    expect(await heard()).toEqual({ progress: steps, logged: [] })
    expect(await heard(level('info'))).toEqual({ progress: steps, logged: messages })
    expect(await heard(level('error'), false)).toEqual({ progress: [], logged: [] })
  })
})
