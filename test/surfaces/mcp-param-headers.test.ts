/** Arguments that a header repeats (2026-07-28, Streamable HTTP, Custom Headers): before either path to an answer. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { classic, initialize, messageIn, post, toolCall } from './mcp-messages.ts'

const capability = {
  ikanos: '1.0.0-beta5',
  capability: {
    aggregates: [
      {
        namespace: 'places',
        flows: {
          find: {
            description: 'Finds a place.',
            semantics: { safe: true },
            inputParameters: {
              region: { type: 'string', description: 'Where.', required: false },
              floor: { type: 'integer', description: 'How high.', required: false },
              door: { type: 'object', description: 'Which door.', required: false },
            },
            outputParameters: { found: { type: 'boolean', value: true } },
          },
        },
      },
    ],
    exposes: [{ type: 'mcp', namespace: 'places-mcp', port: 0, tools: { find: { ref: 'places.find' } } }],
  },
}

const companion = {
  inputs: {
    'places.find': {
      region: { 'x-mcp-header': 'Region' },
      floor: { 'x-mcp-header': 'Floor' },
      door: { properties: { open: { type: 'boolean', 'x-mcp-header': 'Door-Open' } }, additionalProperties: false },
    },
  },
}

describe('an argument that a header repeats', () => {
  const closing: (() => Promise<void>)[] = []
  let url = ''
  beforeAll(async () => {
    const served = await serveCapability(capability, { companion, atEnd: (close) => closing.push(close) })
    url = served.url('mcp')
  })
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  const all = { region: 'eu', floor: 3, door: { open: true } }
  const said = { 'mcp-param-region': 'eu', 'mcp-param-floor': '3', 'mcp-param-door-open': 'true' }
  const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`
  it.each<[string, object, Record<string, string>]>([
    ['says the same', all, said],
    ['says a number in other digits', { floor: 3 }, { 'mcp-param-floor': '3.0' }],
    ['says in Base64 what fits into no header', { region: 'Süd' }, { 'mcp-param-region': base64('Süd') }],
    ['looks like Base64 and is not said to be', { region: 'U8O8ZA==' }, { 'mcp-param-region': 'U8O8ZA==' }],
    ['is of an argument that is not there', {}, { 'mcp-param-region': 'eu' }],
  ])('lets a call pass when it %s', async (_, args, headers) => {
    const call = toolCall('find', args)
    const reply = await post(url, { ...call, headers: { ...call.headers, ...headers } })
    expect([reply.status, reply.json.result.structuredContent]).toEqual([200, { found: true }])
  })

  it.each<[string, object, Record<string, string>, string]>([
    ['is missing', all, { ...said, 'mcp-param-region': '' }, 'Mcp-Param-Region'],
    ['says something else', all, { ...said, 'mcp-param-floor': '4' }, 'Mcp-Param-Floor'],
    ['of a property of an argument is missing', { door: { open: false } }, {}, 'Mcp-Param-Door-Open'],
    ['says it in other letters', { region: 'eu' }, { 'mcp-param-region': 'EU' }, 'Mcp-Param-Region'],
    ['is no Base64', { region: 'eu' }, { 'mcp-param-region': '=?base64?ZX!U=?=' }, 'Mcp-Param-Region'],
    [
      'is Base64 without its padding',
      { region: 'Hello' },
      { 'mcp-param-region': '=?base64?SGVsbG8?=' },
      'Mcp-Param-Region',
    ],
    ['is Base64 of no text', { region: '\ufffd' }, { 'mcp-param-region': '=?base64?/w==?=' }, 'Mcp-Param-Region'],
  ])('refuses a call when it %s', async (_, args, headers, header) => {
    const call = toolCall('find', args, 'seven')
    const reply = await post(url, { ...call, headers: { ...call.headers, ...headers } })
    expect(reply.status).toBe(400)
    expect(reply.json).toMatchObject({ id: 'seven', error: { code: -32020, data: { mismatch: { header } } } })
    expect(reply.json.result).toBeUndefined()
  })

  it('is not asked of a 2025 client, which knows of no such headers', async () => {
    const session = { id: String((await post(url, initialize())).headers['mcp-session-id']), revision: '2025-11-25' }
    const params = { name: 'find', arguments: all }
    const reply = messageIn(await post(url, classic({ id: 1, method: 'tools/call', params }, session)))
    expect(reply.result.structuredContent).toEqual({ found: true })
  })

  it('is repeated by the client of the official SDK, which reads it from the list of tools', async () => {
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)))
    await client.listTools()
    const { structuredContent } = await client.callTool({ name: 'find', arguments: { ...all, region: ' Süd ' } })
    await client.close()
    expect(structuredContent).toEqual({ found: true })
  })
})
