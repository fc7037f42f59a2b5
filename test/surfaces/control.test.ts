/** The control surface: the JSON that orchestrators and people read. */

import { describe, expect, it, onTestFinished } from 'vitest'
import { packageInfo } from '../../src/package.ts'
import type { ControlPlan, Plan } from '../../src/plan.ts'
import { approvalsOn } from '../../src/runtime/approvals/approvals.ts'
import { memoryShelf } from '../../src/runtime/approvals/shelf.ts'
import { createLog } from '../../src/runtime/log.ts'
import { createScripting } from '../../src/runtime/scripting.ts'
import { controlHandler } from '../../src/surfaces/control.ts'
import { serveCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, serveFlagship, thingRoutes, thingTools } from './cases.ts'
import { exchange, listen } from './exchange.ts'

const portOf = (url: string) => Number(new URL(url).port)

describe('the control surface of the flagship', () => {
  async function flagship() {
    const { url } = await serveFlagship()
    const adapters = [
      { type: 'rest', namespace: 'files-rest', port: portOf(url('rest')), state: 'started' },
      { type: 'mcp', namespace: 'files-mcp', port: portOf(url('mcp')), state: 'started' },
      { type: 'skill', namespace: 'files-skill', port: portOf(url('skill')), state: 'started' },
      { type: 'control', port: portOf(url('control')), state: 'started' },
    ]
    return { adapters, ask: (target: string) => exchange(url('control'), target) }
  }

  it('says that it lives', async () => {
    const { ask } = await flagship()
    const reply = await ask('/health/live')
    expect(reply.status).toBe(200)
    expect(reply.text).toBe('{"status":"UP"}')
  })

  it('says that it is ready, with every surface and its port', async () => {
    const { ask, adapters } = await flagship()
    const reply = await ask('/health/ready')
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({ status: 'UP', adapters, upstreams: [{ namespace: 'nanonets', state: 'up' }] })
  })

  it('says what it is', async () => {
    const { ask, adapters } = await flagship()
    const { json } = await ask('/status')
    expect(json).toEqual({
      capability: { display: 'Nanonets File Management', specVersion: '1.0.0-beta5' },
      engine: { version: packageInfo().version, node: process.versions.node },
      uptime: expect.stringMatching(/^PT\d+(\.\d+)?S$/),
      otel: { status: 'active' },
      adapters,
      upstreams: [{ namespace: expect.any(String), circuit: 'closed', underWay: 0, repeats: 0 }],
    })
  })

  it.each(['/', '/health', '/health/live/', '/config/reload', '/logs'])('has nothing at %s', async (target) => {
    const { ask } = await flagship()
    expect((await ask(target)).status).toBe(404)
  })
})

describe('a control surface', () => {
  const control = (management: object) => ({ type: 'control', address: '127.0.0.1', port: 9092, management })

  async function served(management: object, exposes: readonly object[] = [thingRoutes()]) {
    const capability = capabilityOf([...exposes, control(management)])
    const { url } = await serveCapability(capability, { environment })
    return (target: string, method = 'GET') => exchange(url('control'), target, { method })
  }

  it('tells health unless told not to, and what it is only when told to', async () => {
    const ask = await served({})
    expect((await ask('/health/live')).status).toBe(200)
    expect((await ask('/status')).status).toBe(404)
    const quiet = await served({ health: false, info: true })
    expect((await quiet('/health/live')).status).toBe(404)
    expect((await quiet('/health/ready')).status).toBe(404)
    expect((await quiet('/status')).status).toBe(200)
  })

  it('answers GET and HEAD and no other verb', async () => {
    const ask = await served({ health: true, info: true })
    for (const target of ['/health/live', '/health/ready', '/status']) {
      const refused = await ask(target, 'POST')
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
      const head = await ask(target, 'HEAD')
      expect([head.status, head.text]).toEqual([200, ''])
    }
  })

  it('is ready although a surface speaks stdio, which has no port', async () => {
    const stdio = thingTools({ transport: 'stdio', port: undefined, address: undefined })
    const ask = await served({ health: true }, [thingRoutes(), stdio])
    const reply = await ask('/health/ready')
    expect(reply.status).toBe(200)
    expect(reply.json.adapters.map(({ type }: { type: string }) => type)).toEqual(['rest', 'control'])
  })

  it('answers 503 while an upstream is left alone since it failed, and 200 once it answers', async () => {
    const upstream = await startUpstream([{ request: { method: 'GET', path: '/things/1' }, response: { json: {} } }])
    const { port } = new URL(upstream.url)
    await upstream.close()
    const lines: string[] = []
    const { url } = await serveCapability(capabilityOf([thingRoutes(), control({ info: true })]), {
      upstreams: { api: upstream.url },
      environment,
      companion: {
        upstreams: { api: { retries: 1, backoff: { first: 0.001 }, breaker: { failures: 3, pause: 0.5 } } },
      },
      log: createLog({ level: 'info', output: (line) => void lines.push(line) }),
    })
    const read = () => exchange(url('rest'), '/things/1')
    const ask = async (target: string) => (await exchange(url('control'), target)).json
    await read()
    expect(await ask('/health/ready')).toMatchObject({ status: 'UP', upstreams: [{ namespace: 'api', state: 'up' }] })
    await read()
    expect(await ask('/health/ready')).toMatchObject({ status: 'DEGRADED', upstreams: [{ state: 'lost' }] })
    expect((await ask('/status')).upstreams).toEqual([{ namespace: 'api', circuit: 'open', underWay: 0, repeats: 1 }])
    const refused = await read()
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1'])
    expect(refused.json).toMatchObject({ type: 'urn:capability:problem:unavailable', retryable: true })
    await listen((_, res) => res.end('{}'), onTestFinished, Number(port))
    await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe(200)
    expect(await ask('/health/ready')).toMatchObject({ status: 'UP', upstreams: [{ namespace: 'api', state: 'up' }] })
    const { text } = await exchange(url('control'), '/metrics')
    expect(text).toContain('ikanos_http_client_circuit{ikanos_namespace="api",ikanos_circuit_state="closed"} 1')
    expect(text).toContain('ikanos_http_client_repeats{ikanos_namespace="api"} ')
    const changes = () => lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'upstream')
    await expect
      .poll(() => changes().map(({ circuit }) => circuit), { timeout: 10_000 })
      .toEqual(['open', 'half-open', 'closed'])
  })

  it('answers 503 while a surface does not listen', async () => {
    const surface = { type: 'rest', namespace: 'things-rest', port: 8080 }
    let started = false
    const { handle } = controlHandler({ type: 'control', health: true, info: false } as ControlPlan, {
      plan: {} as Plan,
      version: '1.0.0',
      surfaces: () => [{ ...surface, started }],
      upstreams: () => [],
      log: createLog({ level: 'silent' }),
      scripting: createScripting({} as Plan, { environment: {} }),
      approvals: approvalsOn(memoryShelf()),
    })
    const url = await listen((req, res) => void handle(req, res))
    const before = await exchange(url, '/health/ready')
    expect(before.status).toBe(503)
    expect(before.json).toMatchObject({ status: 'DEGRADED', adapters: [{ ...surface, state: 'stopped' }] })
    started = true
    expect((await exchange(url, '/health/ready')).status).toBe(200)
  })
})
