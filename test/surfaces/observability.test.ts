/** What can be seen of calls: traces across programs, counts, and what never gets into either. */

import { describe, expect, it } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './cases.ts'
import { exchange, listen } from './exchange.ts'
import { classic, envelope, initialize, messageIn, modern, post, toolCall } from './mcp-messages.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const caller = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${caller}-01`

const control = (observability?: object) => ({
  type: 'control',
  port: 9092,
  ...(observability === undefined ? {} : { observability }),
})

const things = [
  { request: { method: 'GET', path: '/things/1' }, response: { json: { id: '1' } } },
  { request: { method: 'GET', path: '/things/2' }, response: { status: 503, json: {} } },
]

interface SpanDetail {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly status: string
  readonly attributes: Readonly<Record<string, unknown>>
}

async function watched(observability?: object, env: Readonly<Record<string, string>> = {}) {
  const upstream = await startUpstream(things)
  const surfaces = [thingRoutes(), thingTools(), control(observability)]
  const served = await serveCapability(capabilityOf(surfaces), {
    upstreams: { api: upstream.url },
    environment: { ...environment, ...env },
    companion: { upstreams: { api: { backoff: { first: 0.001 } } } },
  })
  const { url, running } = served
  return {
    upstream,
    url,
    running,
    read: (path: string, headers = {}) => exchange(url('rest'), path, { headers }),
    ask: (target: string) => exchange(url('control'), target),
    spans: async (id = traceId) => (await exchange(url('control'), `/traces/${id}`)).json?.spans as SpanDetail[],
  }
}

/** Takes everything it is sent, as an OpenTelemetry collector would. */
async function collector() {
  const received: { readonly path: string; readonly body: string }[] = []
  const url = await listen((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      received.push({ path: req.url ?? '', body: Buffer.concat(chunks).toString() })
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  return { url, received }
}

/** Names of spans, each below its parent. */
function tree(spans: readonly SpanDetail[], parent: string | undefined): unknown {
  return spans.filter((s) => s.parentSpanId === parent).map((s) => [s.name, tree(spans, s.spanId)])
}

describe('a trace', () => {
  it('goes on from the caller to the upstream', async () => {
    const { read, upstream, spans } = await watched()
    await read('/things/1', { traceparent, tracestate: 'vendor=1' })
    const [sent] = upstream.requests
    const [, id, span] = (sent?.headers.traceparent ?? '').split('-')
    expect(id).toBe(traceId)
    expect(sent?.headers.tracestate).toBe('vendor=1')
    const found = await spans()
    expect(tree(found, caller)).toEqual([['rest.request', [['http.client.GET', []]]]])
    expect(found.find(({ name }) => name === 'http.client.GET')?.spanId).toBe(span)
  })

  it('begins here where the caller names none, or one that is not well-formed', async () => {
    const { read, ask } = await watched()
    await read('/things/1')
    await read('/things/1', { traceparent: `00-${'0'.repeat(32)}-${caller}-01` })
    const { traces, bufferUsed } = (await ask('/traces')).json
    expect(bufferUsed).toBe(2)
    for (const { traceId: id } of traces) expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
  })

  it('shows a failure at every span it passed, each repeat as one of its own, and can be looked for', async () => {
    const { read, ask, spans } = await watched()
    await read('/things/1')
    await read('/things/2', { traceparent })
    const { traces } = (await ask('/traces?status=error')).json
    expect(traces).toMatchObject([{ traceId, operation: 'rest.request', status: 'ERROR', spanCount: 4 }])
    expect((await spans()).map(({ status }) => status)).toEqual(['ERROR', 'ERROR', 'ERROR', 'ERROR'])
    expect((await spans())[0]?.attributes['error.type']).toBe('upstream-refused')
    expect((await ask('/traces?operation=nothing')).json.traces).toEqual([])
  })

  it('is one of an MCP tool for both eras, named in the message before the headers', async () => {
    const { url, spans } = await watched()
    const { headers, body } = toolCall('get-thing', { id: '1' })
    const { params } = body as { params: object }
    const message = { ...(body as object), params: { ...params, _meta: { ...envelope, traceparent } } }
    await post(url('mcp'), { headers: { ...headers, traceparent: `00-${'1'.repeat(32)}-${caller}-01` }, body: message })
    expect(tree(await spans(), caller)).toEqual([['mcp.request', [['mcp.tool', [['http.client.GET', []]]]]]])
    const opened = await post(url('mcp'), initialize())
    const id = String(opened.headers['mcp-session-id'])
    const older = { ...classic({ id: 1, method: 'tools/call', params: { name: 'get-thing', arguments: { id: '1' } } }) }
    const session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' }
    const second = '2'.repeat(32)
    const reply = await post(url('mcp'), {
      headers: { ...older.headers, ...session, traceparent: `00-${second}-${caller}-01` },
      body: older.body,
    })
    expect(messageIn(reply).result.isError).toBe(false)
    expect(tree(await spans(second), caller)).toEqual([['mcp.request', [['mcp.tool', [['http.client.GET', []]]]]]])
  })

  it('of steps has a span for each of them', async () => {
    const upstream = await startUpstream(things)
    const stepped = {
      ...thingTools(),
      tools: {
        both: {
          description: 'Reads twice.',
          inputParameters: { id: { type: 'string', description: 'Which.' } },
          steps: {
            first: { type: 'call', call: 'api.get-thing', with: { id: '1' } },
            named: { type: 'lookup', index: 'first', match: 'id', lookupValue: '{{id}}', outputParameters: ['id'] },
            last: { type: 'call', call: 'api.get-thing', with: { id: '{{id}}' } },
          },
          mappings: [{ target: 'id', value: '$.last.id' }],
        },
      },
    }
    const { url } = await serveCapability(capabilityOf([stepped, control()]), {
      upstreams: { api: upstream.url },
      environment,
    })
    const { headers, body } = toolCall('both', { id: '1' })
    await post(url('mcp'), { headers: { ...headers, traceparent }, body })
    const spans = (await exchange(url('control'), `/traces/${traceId}`)).json.spans as SpanDetail[]
    expect(spans.map(({ name }) => name).sort()).toEqual(
      ['http.client.GET', 'http.client.GET', 'mcp.request', 'mcp.tool', 'step.call', 'step.call', 'step.lookup'].sort(),
    )
    const steps = spans.filter(({ name }) => name.startsWith('step.'))
    expect(steps.map(({ attributes }) => attributes['ikanos.step.index']).sort()).toEqual([0, 1, 2])
  })

  it('is kept as far as the buffer goes, the newest ones', async () => {
    const { read, ask } = await watched({ traces: { local: { 'buffer-size': 10 } } })
    for (let i = 1; i <= 12; i++)
      await read('/things/1', { traceparent: `00-${i.toString(16).padStart(32, '0')}-${caller}-01` })
    const { traces, bufferSize, bufferUsed } = (await ask('/traces')).json
    expect([bufferSize, bufferUsed]).toEqual([10, 10])
    expect(Number.parseInt(traces[0].traceId, 16)).toBe(12)
    expect((await ask(`/traces/${'1'.padStart(32, '0')}`)).status).toBe(404)
  })

  it('is not kept where the caller decided so, and still goes on', async () => {
    const { read, ask, upstream } = await watched()
    await read('/things/1', { traceparent: `00-${traceId}-${caller}-00` })
    expect((await ask('/traces')).json.traces).toEqual([])
    expect(upstream.requests[0]?.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
  })

  it('goes on in several B3 headers where the capability says so', async () => {
    const { read, upstream, spans } = await watched({ traces: { propagation: 'b3' } })
    await read('/things/1', { 'x-b3-traceid': traceId, 'x-b3-spanid': caller, 'x-b3-sampled': '1' })
    expect(upstream.requests[0]?.headers).toMatchObject({ 'x-b3-traceid': traceId, 'x-b3-sampled': '1' })
    expect(tree(await spans(), caller)).toEqual([['rest.request', [['http.client.GET', []]]]])
  })
})

describe('metrics', () => {
  it('count requests by operation and status, tools by how they end, and calls to upstreams', async () => {
    const { read, url, ask } = await watched()
    await read('/things/1')
    await read('/things/2')
    await post(url('mcp'), toolCall('get-thing', { id: '1' }))
    await post(url('mcp'), toolCall('get-thing', { wrong: 1 }))
    const { text, headers } = await ask('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    const values = new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
    )
    const rest = 'ikanos_adapter_type="rest",ikanos_operation_id="/things/{id} GET"'
    const mcp = 'ikanos_adapter_type="mcp",ikanos_operation_id="get-thing"'
    expect(values.get(`ikanos_request_total{${rest},status="200"}`)).toBe(1)
    expect(values.get(`ikanos_request_total{${rest},status="503"}`)).toBe(1)
    expect(values.get(`ikanos_request_errors{${rest},error_type="upstream-refused"}`)).toBe(1)
    expect(values.get(`ikanos_request_total{${mcp},status="OK"}`)).toBe(1)
    expect(values.get(`ikanos_request_errors{${mcp},error_type="invalid-input"}`)).toBe(1)
    expect(values.get(`ikanos_request_duration_seconds_count{${rest},status="200"}`)).toBe(1)
    expect(values.get(`ikanos_request_duration_seconds_bucket{${rest},status="200",le="+Inf"}`)).toBe(1)
    const address = new URL((await watched()).upstream.url).hostname
    const called = [...values].filter(([name]) => name.startsWith(`ikanos_http_client_total{`))
    expect(called.map(([, value]) => value).sort()).toEqual([2, 3])
    expect(called[0]?.[0]).toContain(address)
    expect(values.get('ikanos_capability_active{ikanos_capability="Things"}')).toBe(1)
  })

  it('have no series of a caller’s making', async () => {
    const { read, url, ask } = await watched()
    const names = async () => (await ask('/metrics')).text.split('\n').map((line) => line.replace(/ [^ ]*$/, ''))
    await read('/things/1')
    const before = await names()
    await read('/things/1?x=1')
    await read('/nothing/here')
    await post(url('mcp'), modern('made/up'))
    await post(url('mcp'), toolCall('no-such-tool', {}))
    const added = (await names()).filter((name) => !before.includes(name))
    expect(added.filter((name) => /here|made|no-such/.test(name))).toEqual([])
  })
})

describe('what is switched off', () => {
  it('is not there', async () => {
    const { read, ask, upstream } = await watched({ enabled: false })
    await read('/things/1', { traceparent })
    expect((await ask('/metrics')).status).toBe(404)
    expect((await ask('/traces')).status).toBe(404)
    expect(upstream.requests[0]?.headers.traceparent).toBeUndefined()
  })

  it('is one endpoint without the other', async () => {
    const off = { local: { enabled: false } }
    const metrics = await watched({ traces: off })
    expect((await metrics.ask('/traces')).status).toBe(404)
    expect((await metrics.ask('/metrics')).status).toBe(200)
    const traces = await watched({ metrics: off })
    expect((await traces.ask('/traces')).status).toBe(200)
    expect((await traces.ask('/metrics')).status).toBe(404)
    expect((await traces.ask('/traces/')).status).toBe(404)
  })
})

describe('a collector', () => {
  it('sees the whole trace of a call with the id of the caller, and the counts', async () => {
    const { url, received } = await collector()
    const { read, running } = await watched({ exporters: { otlp: { endpoint: url } } })
    await read('/things/1', { traceparent })
    await running.close()
    const traces = received.filter(({ path }) => path === '/v1/traces').map(({ body }) => JSON.parse(body))
    const resources = traces.flatMap((t) => t.resourceSpans)
    const spans = resources.flatMap((r) => r.scopeSpans).flatMap((s) => s.spans)
    expect(spans.map((s) => s.traceId)).toEqual([traceId, traceId])
    const root = spans.find((s) => s.name === 'rest.request')
    expect(root).toMatchObject({ parentSpanId: caller, kind: 2 })
    expect(spans.find((s) => s.name === 'http.client.GET')).toMatchObject({ parentSpanId: root.spanId, kind: 3 })
    const service = resources[0].resource.attributes.find((a: { key: string }) => a.key === 'service.name')
    expect(service.value.stringValue).toBe('case')
    const metrics = received.filter(({ path }) => path === '/v1/metrics').map(({ body }) => body)
    expect(metrics.join()).toContain('ikanos.request.duration.seconds')
  })

  it('is the one of the environment where the capability names none', async () => {
    const { url, received } = await collector()
    const { read, running } = await watched(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` })
    await read('/things/1')
    await running.close()
    expect(received.map(({ path }) => path)).toContain('/v1/traces')
  })

  it('that is not there holds up nothing', async () => {
    const { read, running } = await watched({ exporters: { otlp: { endpoint: 'http://127.0.0.1:9' } } })
    expect((await read('/things/1')).status).toBe(200)
    await running.close()
  })
})

describe('a secret', () => {
  it('and a value of a call are in no span and no count', async () => {
    const { url, received } = await collector()
    const upstream = await startUpstream()
    const capability = JSON.parse(
      JSON.stringify(capabilityOf([thingRoutes(), control({ exporters: { otlp: { endpoint: url } } })])),
    )
    capability.capability.consumes[0].authentication = {
      type: 'apikey',
      key: 'key',
      value: '{{INBOUND_SECRET}}',
      placement: 'query',
    }
    const served = await serveCapability(capability, { upstreams: { api: upstream.url }, environment })
    await exchange(served.url('rest'), '/things/value-of-a-field', { headers: { traceparent } })
    const seen = [
      (await exchange(served.url('control'), `/traces/${traceId}`)).text,
      (await exchange(served.url('control'), '/metrics')).text,
    ]
    await served.running.close()
    for (const text of [...seen, ...received.map(({ body }) => body)]) {
      expect(text).not.toContain(environment.INBOUND_SECRET)
      expect(text).not.toContain('value-of-a-field')
    }
    expect(received.length).toBeGreaterThan(0)
  })
})
