/** A thousand tools come in pages: each once, in the order of the file, whoever asks; a cursor is good for one list. */

import { readFile, writeFile } from 'node:fs/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { classic, initialize, messageIn, modern, post, revision, toolCall } from './mcp-messages.ts'

const count = 1000
const names = Array.from({ length: count }, (_, i) => `say-${(i * 7919) % count}`)

/** Tools in an order that is not that of their names, all of one flow. */
const many = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Many', description: 'Many tools.', version: '1.0.0' },
  capability: {
    aggregates: [
      {
        display: 'Things',
        namespace: 'things',
        flows: { say: { description: 'Says it.', outputParameters: { said: { type: 'string', value: 'it' } } } },
      },
    ],
    exposes: [
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 0,
        tools: Object.fromEntries(names.map((name) => [name, { ref: 'things.say' }])),
      },
    ],
  },
}

async function served() {
  const { url, file, running } = await serveCapability(many, { ports: {} })
  const mcp = url('mcp')
  const opened = await post(mcp, initialize())
  const session = { id: String(opened.headers['mcp-session-id']), revision: '2025-11-25' }
  const ask = {
    '2026-07-28': async (method: string, params: Readonly<Record<string, unknown>>) =>
      (await post(mcp, modern(method, params))).json,
    '2025-11-25': async (method: string, params: object) =>
      messageIn(await post(mcp, classic({ id: 1, method, params }, session))),
  }
  return { mcp, file, running, eras: Object.entries(ask) }
}

interface Page {
  readonly tools: readonly { readonly name: string }[]
  readonly nextCursor?: string
}

async function pagesOf(
  ask: (method: string, params: Record<string, unknown>) => Promise<{ result: Page }>,
): Promise<readonly Page[]> {
  const pages: Page[] = []
  for (let cursor: string | undefined; pages.length <= count; ) {
    const { result } = await ask('tools/list', cursor === undefined ? {} : { cursor })
    pages.push(result)
    cursor = result.nextCursor
    if (cursor === undefined) return pages
  }
  throw new Error('the pages have no end')
}

const namesIn = (pages: readonly Page[]) => pages.flatMap(({ tools }) => tools.map(({ name }) => name))

describe('a capability with a thousand tools', () => {
  it('lists each once and in order, a hundred on a page, in both eras, until a reload makes it another list', async () => {
    const { eras, file, running, mcp } = await served()
    for (const [era, ask] of eras) {
      const pages = await pagesOf(ask)
      expect(
        pages.map(({ tools }) => tools.length),
        era,
      ).toEqual(Array(10).fill(100))
      expect(namesIn(pages), era).toEqual(names)
    }
    for (const mode of ['legacy', { pin: revision }] as const) {
      const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
      await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', mcp)))
      onTestFinished(() => client.close())
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names)
    }
    const called = await post(mcp, toolCall('say-999', {}))
    expect(called.json.result).toMatchObject({ isError: false, content: [{ text: '{"said":"it"}' }] })

    const cursors = await Promise.all(eras.map(async ([, ask]) => (await ask('tools/list', {})).result.nextCursor))
    await writeFile(file, (await readFile(file, 'utf8')).replace('"say-0"', '"say-none"'))
    await running.reload()
    for (const [era, ask] of eras) {
      for (const cursor of [...cursors, 'x', '']) {
        expect((await ask('tools/list', { cursor })).error, `${era} ${cursor}`).toMatchObject({ code: -32602 })
      }
      expect(namesIn(await pagesOf(ask)), era).toEqual(names.map((name) => (name === 'say-0' ? 'say-none' : name)))
    }
  })
})
