/** The upstream tutorial, unmodified: its first four steps are served, and answer what their mocks say. */

import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startExamples } from './support/examples.ts'
import { type ServedCase, serveFile } from './support/serve.ts'
import { shared } from './support/shared.ts'

const folder = shared('data/tutorial')
const token = 'sk-mcp-YYYYYYYYYYYY'

describe.skipIf(folder === undefined)('the tutorial', () => {
  const at = (path: string) => join(folder ?? '', path)

  async function connect({ url }: ServedCase, headers: Record<string, string> = {}): Promise<Client> {
    const client = new Client({ name: 'tutorial', version: '1.0.0' })
    const transport = new StreamableHTTPClientTransport(new URL(`${url('mcp')}/mcp`), { requestInit: { headers } })
    await client.connect(transport)
    onTestFinished(() => client.close())
    return client
  }

  async function serveStep(file: string) {
    const upstream = await startExamples(at('mocks/naftiko-shipyard-maritime-registry-api.yaml'))
    const base = `${upstream.url}/rest/naftiko-shipyard-maritime-registry-api/1.0.0-alpha2`
    return { upstream, served: await serveFile(at(file), { upstreams: { registry: base } }) }
  }

  it('step 1 answers a mock that repeats its argument', async () => {
    const client = await connect(await serveFile(at('step-1-shipyard-mock.yml')))
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['get-ship'])
    const { structuredContent } = await client.callTool({ name: 'get-ship', arguments: { imo_number: 'IMO-1' } })
    expect(structuredContent).toEqual({
      imo: 'IMO-1',
      name: 'Northern Star',
      type: 'cargo',
      flag: 'NO',
      status: 'active',
    })
  })

  it('step 2 calls the registry and shapes its answers', async () => {
    const { served, upstream } = await serveStep('step-2-shipyard-wiring.yml')
    const client = await connect(served)
    const all = await client.callTool({ name: 'list-ships', arguments: {} })
    const active = await client.callTool({ name: 'list-ships', arguments: { status: 'active' } })
    const one = await client.callTool({ name: 'get-ship', arguments: { imo: 'IMO-9321483' } })
    expect(upstream.requests.map((r) => r.target.replace(/\/rest\/[^/]+\/[^/]+/, ''))).toEqual([
      'GET /ships',
      'GET /ships?status=active',
      'GET /ships/IMO-9321483',
    ])
    const ships = (all.structuredContent as { result: Record<string, unknown>[] }).result
    expect(ships[0]).toEqual({ imo: 'IMO-9321483', name: 'Northern Star', type: 'cargo', flag: 'NO', status: 'active' })
    const statuses = (active.structuredContent as { result: { status: string }[] }).result.map((s) => s.status)
    expect(new Set(statuses)).toEqual(new Set(['active']))
    expect(one.structuredContent).toMatchObject({ imo: 'IMO-9321483', name: 'Northern Star' })
  })

  it('step 2 says what happened when the registry does not know a ship', async () => {
    const { served } = await serveStep('step-2-shipyard-wiring.yml')
    const answer = await (await connect(served)).callTool({ name: 'get-ship', arguments: { imo: 'IMO-0' } })
    expect(answer.isError).toBe(true)
    expect(JSON.stringify(answer.content)).toContain('404 from \\"registry.get-ship\\"')
  })

  it('step 3 reads its secrets from a file, sends them, and asks callers for a token', async () => {
    const { served, upstream } = await serveStep('step-3-shipyard-auth.yml')
    await expect(connect(served)).rejects.toThrow()
    const refused = await fetch(`${served.url('mcp')}/mcp`, { method: 'POST', body: '{}' })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const client = await connect(served, { authorization: `Bearer ${token}` })
    await client.callTool({ name: 'list-ships', arguments: {} })
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer dummy-token',
      'registry-version': '1.0.0-alpha2',
    })
  })

  it('step 4 shapes nested objects', async () => {
    const { served } = await serveStep('step-4-shipyard-output-shaping.yml')
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const ship = await client.callTool({ name: 'get-ship', arguments: { imo: 'IMO-9321483' } })
    const { specs } = ship.structuredContent as { specs: Record<string, unknown> }
    expect(Object.keys(specs)).toEqual(['yearBuilt', 'tonnage', 'length'])
    for (const value of Object.values(specs)) expect(value).toBeTypeOf('number')
  })
})
