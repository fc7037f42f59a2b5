/** The upstream tutorial, unmodified: its eleven steps are served, and answer what their mocks say. */

import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
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
    const registry = await startExamples(at('mocks/naftiko-shipyard-maritime-registry-api.yaml'))
    const legacy = await startExamples(at('mocks/naftiko-shipyard-legacy-dockyard-api.yaml'))
    const upstreams = {
      registry: `${registry.url}/rest/naftiko-shipyard-maritime-registry-api/1.0.0-alpha2`,
      ...(/step-[234]-/.test(file)
        ? {}
        : { legacy: `${legacy.url}/rest/naftiko-shipyard-legacy-dockyard-api/1.0.0-alpha2` }),
    }
    return { upstream: registry, legacy, served: await serveFile(at(file), { upstreams }) }
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

  it('step 5 calls two APIs that stand in files of their own, one of them in XML', async () => {
    const { served, upstream, legacy } = await serveStep('step-5-shipyard-multi-source.yml')
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const old = await client.callTool({ name: 'list-legacy-vessels', arguments: {} })
    const ships = await client.callTool({ name: 'list-ships', arguments: {} })
    expect(old.structuredContent).toEqual({ result: legacyVessels })
    const [first] = (ships.structuredContent as { result: unknown[] }).result
    expect(first).toMatchObject({ imo: 'IMO-9321483', name: 'Northern Star' })
    expect([...legacy.requests, ...upstream.requests].map(({ headers }) => headers)).toMatchObject([
      { 'x-dock-key': 'dummy-dockyard-key' },
      { authorization: 'Bearer dummy-token', 'registry-version': '1.0.0-alpha2' },
    ])
  })

  it('step 6 writes a voyage with lists of crew and cargo', async () => {
    const step = 'step-6-shipyard-write-operations.yml'
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

  const orchestrated = [
    'step-7-shipyard-orchestrated-lookup.yml',
    'step-8-shipyard-skill-groups.yml',
    'step-9-shipyard-aggregates.yml',
    'step-10-shipyard-rest-adapter.yml',
    'step-11-shipyard-fleet-manifest.yml',
  ]

  it.each(orchestrated)('%s looks the crew of a ship up', async (step) => {
    const { served } = await serveStep(step)
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const ship = await client.callTool({ name: 'get-ship-with-crew', arguments: { imo: 'IMO-9321483' } })
    const unknown = await client.callTool({ name: 'get-ship-with-crew', arguments: { imo: 'IMO-0' } })
    expect(ship.structuredContent).toEqual(shipWithCrew)
    expect(unknown.isError).toBe(true)
    expect(JSON.stringify(unknown.content)).toContain('step \\"get-ship\\"')
  })

  it.each(orchestrated)('%s still answers with every tool of the steps before', async (step) => {
    const { served } = await serveStep(step)
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const call = async (name: string, input: object) =>
      (await client.callTool({ name, arguments: { ...input } })).structuredContent
    expect(await call('list-ships', { status: 'active' })).toMatchObject({ result: [{ imo: 'IMO-9321483' }] })
    expect(await call('get-ship', { imo: 'IMO-9321483' })).toMatchObject({
      imo: 'IMO-9321483',
      specs: { yearBuilt: 2015 },
    })
    expect(await call('list-legacy-vessels', {})).toEqual({ result: legacyVessels })
    expect(await call('create-voyage', planned)).toMatchObject({ voyageId: 'VOY-2026-042', status: 'planned' })
  })

  it.each([
    'step-7-shipyard-orchestrated-lookup.yml',
    'step-10-shipyard-rest-adapter.yml',
    'step-11-shipyard-fleet-manifest.yml',
  ])('%s answers the same over REST', async (step) => {
    const { served } = await serveStep(step)
    const get = async (path: string) => (await fetch(`${served.url('rest')}${path}`)).json()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(planned)
    const made = await fetch(`${served.url('rest')}/voyages`, { method: 'POST', headers, body })
    expect([made.status, await made.json()]).toMatchObject([201, { voyageId: 'VOY-2026-042', status: 'planned' }])
    expect(await get('/ships?status=active')).toHaveLength(1)
    expect(await get('/ships/IMO-9321483')).toMatchObject({ imo: 'IMO-9321483', specs: { yearBuilt: 2015 } })
    expect(await get('/ships/IMO-9321483/crew')).toEqual(shipWithCrew)
    // Step 7 maps its list from the whole answer, which is an object; the steps after it have that mended.
    const vessels = await get('/legacy/vessels')
    if (step.startsWith('step-7')) expect(vessels).toMatchObject({ title: 'Unexpected answer from the upstream' })
    else expect(vessels).toEqual(legacyVessels)
  })

  it('step 11 assembles a manifest from four lists', async () => {
    const { served, upstream } = await serveStep('step-11-shipyard-fleet-manifest.yml')
    const client = await connect(served, { authorization: `Bearer ${token}` })
    const manifest = await client.callTool({ name: 'get-voyage-manifest', arguments: { voyageId: 'VOY-2026-042' } })
    expect(upstream.requests.map((r) => r.target.split('1.0.0-alpha2')[1]).sort()).toEqual([
      '/cargo',
      '/crew',
      '/ships',
      '/voyages/VOY-2026-042',
    ])
    expect(manifest.structuredContent).toEqual({
      voyageId: 'VOY-2026-042',
      status: 'planned',
      route: { from: 'Oslo', to: 'Singapore' },
      ship: { name: 'Northern Star', type: 'cargo', flag: 'NO' },
      crew,
      cargo,
    })
    const response = await fetch(`${served.url('rest')}/voyages/VOY-2026-042/manifest`)
    expect(await response.json()).toEqual({
      voyageId: 'VOY-2026-042',
      status: 'planned',
      departurePort: 'Oslo',
      arrivalPort: 'Singapore',
      shipName: 'Northern Star',
      shipType: 'cargo',
      shipFlag: 'NO',
      crew,
      cargo,
    })
  })
})

const planned = {
  shipImo: 'IMO-9321483',
  departurePort: 'Oslo',
  arrivalPort: 'Singapore',
  departureDate: '2026-04-10T08:00:00Z',
  arrivalDate: '2026-05-02T14:00:00Z',
  crewIds: ['CREW-001', 'CREW-003'],
  cargoIds: ['CARGO-2024-0451'],
}

const legacyVessels = [
  { vesselCode: 'LEGACY-4012', name: 'Old Faithful', type: 'cargo', flag: 'GB', status: 'active' },
  { vesselCode: 'LEGACY-2087', name: 'Iron Maiden', type: 'bulk_carrier', flag: 'PA', status: 'laid_up' },
]

const crew = [
  { fullName: 'Erik Lindström', role: 'captain' },
  { fullName: 'Aiko Tanaka', role: 'cook' },
]

const shipWithCrew = {
  imo: 'IMO-9321483',
  name: 'Northern Star',
  type: 'cargo',
  flag: 'NO',
  status: 'active',
  yearBuilt: 2015,
  tonnage: 42000,
  length: 229,
  crew,
}

const cargo = [{ type: 'container', description: 'Electronics components', weight: 12.5, hazardous: false }]
