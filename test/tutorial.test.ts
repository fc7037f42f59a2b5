/** The upstream tutorial, unmodified: its first six steps are served, and answer what their mocks say. */

import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { validate } from '../src/index.ts'
import { startExamples } from './support/examples.ts'
import { type ServedCase, serveFile } from './support/serve.ts'
import { shared } from './support/shared.ts'
import { startUpstream } from './support/upstream.ts'

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

  /** What a step waits for; its answers are looked at once nothing is unsupported in it any more. */
  async function waitsFor(step: string): Promise<readonly string[]> {
    const { diagnostics } = await validate(at(step))
    const errors = diagnostics.filter((d) => d.severity === 'error')
    expect(errors.filter((d) => d.code !== 'unsupported')).toEqual([])
    return errors.map((d) => `${d.location.file.split('/').at(-1)}: ${d.message}`)
  }

  const imported = ['step-5-shipyard-multi-source.yml', 'step-6-shipyard-write-operations.yml']

  it.each(imported)('%s says of nothing but the format of an imported file that it does not run yet', async (step) => {
    for (const what of await waitsFor(step)) expect(what).toMatch(/^legacy-consumes\.yaml: answers in another format/)
  })

  it('step 5 calls two APIs that stand in files of their own', async ({ skip }) => {
    const [step = ''] = imported
    skip((await waitsFor(step)).length > 0)
    const vessel = (code: string) => `<vessel><vesselCode>${code}</vesselCode><vesselName>N</vesselName></vessel>`
    const upstream = await startUpstream([
      {
        request: { method: 'GET', path: '/vessels?status=laid_up' },
        response: {
          text: `<vessels>${vessel('V1')}${vessel('V2')}</vessels>`,
          headers: { 'content-type': 'text/xml' },
        },
      },
      {
        request: { method: 'GET', path: '/ships' },
        response: { json: [{ imo_number: 'IMO-1', vessel_name: 'One' }] },
      },
    ])
    const served = await serveFile(at(step), { upstreams: { registry: upstream.url, legacy: upstream.url } })
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const old = await client.callTool({ name: 'list-legacy-vessels', arguments: { status: 'laid_up' } })
    const ships = await client.callTool({ name: 'list-ships', arguments: {} })
    expect(old.structuredContent).toMatchObject({ result: [{ vesselCode: 'V1', name: 'N' }, { vesselCode: 'V2' }] })
    expect(ships.structuredContent).toMatchObject({ result: [{ imo: 'IMO-1', name: 'One' }] })
    expect(upstream.requests.map(({ headers }) => headers)).toMatchObject([
      { 'x-dock-key': 'dummy-dockyard-key' },
      { authorization: 'Bearer dummy-token', 'registry-version': '1.0.0-alpha2' },
    ])
  })

  it('step 6 writes a voyage with lists of crew and cargo', async ({ skip }) => {
    const [, step = ''] = imported
    skip((await waitsFor(step)).length > 0)
    const planned = {
      shipImo: 'IMO-9321483',
      departurePort: 'Oslo',
      arrivalPort: 'Singapore',
      departureDate: '2026-04-10T08:00:00Z',
      arrivalDate: '2026-05-02T14:00:00Z',
      crewIds: ['CREW-001', 'CREW-003'],
      cargoIds: ['CARGO-2024-0451'],
    }
    const answer = { ...planned, voyageId: 'VOY-2026-042', status: 'planned' }
    const upstream = await startUpstream([
      { request: { method: 'POST', path: '/voyages', body: planned }, response: { status: 201, json: answer } },
    ])
    const served = await serveFile(at(step), { upstreams: { registry: upstream.url, legacy: upstream.url } })
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const voyage = await client.callTool({ name: 'create-voyage', arguments: planned })
    expect(voyage.structuredContent).toEqual({
      voyageId: 'VOY-2026-042',
      shipImo: 'IMO-9321483',
      route: { from: 'Oslo', to: 'Singapore' },
      dates: { departure: '2026-04-10T08:00:00Z', arrival: '2026-05-02T14:00:00Z' },
      crewIds: ['CREW-001', 'CREW-003'],
      cargoIds: ['CARGO-2024-0451'],
      status: 'planned',
    })
  })
})
