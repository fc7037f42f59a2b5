/** The log: one JSON line an event, followed and governed over the control surface. */

import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/runtime/log.ts'
import { serveCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './cases.ts'
import { exchange } from './exchange.ts'
import { post, toolCall } from './mcp-messages.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'

async function logged(logs: boolean | object, level: 'info' | 'warn' = 'info') {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const log = createLog({
    level,
    output: (line) => {
      lines.push(line)
      for (const check of waiting) check()
    },
  })
  const upstream = await startUpstream([
    { request: { method: 'GET', path: '/things/1' }, response: { json: { id: '1', total: 'a-field-value' } } },
    { request: { method: 'GET', path: '/things/2' }, response: { status: 500, json: { message: 'a-field-value' } } },
  ])
  const surfaces = [thingRoutes(), thingTools(), { type: 'control', port: 9092, management: { logs } }]
  const { url } = await serveCapability(capabilityOf(surfaces), { upstreams: { api: upstream.url }, environment, log })
  const written = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (lines.length < count) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  const get = (path: string) =>
    exchange(url('rest'), path, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
  const control = (method: string, target: string, body?: unknown) =>
    exchange(url('control'), target, { method, ...(body === undefined ? {} : { body }) })
  return { lines, written, get, control, url }
}

/** Events of the stream, as they come. */
function follow(base: string) {
  const events: string[] = []
  const waiting: (() => void)[] = []
  const outgoing = request(`${base}/logs/stream`, { agent: false })
  const opened = new Promise<number>((resolve) => {
    outgoing.on('response', (incoming) => {
      resolve(incoming.statusCode ?? 0)
      incoming.on('data', (chunk: Buffer) => {
        events.push(
          ...String(chunk)
            .split('\n\n')
            .filter((event) => event.startsWith('data:')),
        )
        for (const go of waiting.splice(0)) go()
      })
      incoming.on('error', () => {})
    })
  })
  outgoing.on('error', () => {})
  outgoing.end()
  const next = async () => {
    if (events.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    return JSON.parse((events.shift() ?? '').slice(5))
  }
  return { opened, next, close: () => outgoing.destroy() }
}

describe('a line of the log', () => {
  it('says what was asked, how it ended and to which trace it belongs', async () => {
    const { get, written, lines, url } = await logged(false)
    await get('/things/1')
    await get('/things/2')
    await post(url('mcp'), toolCall('get-thing', { id: 1, wrong: true }))
    await written(3)
    const [ok, failed, refused] = lines.map((line) => JSON.parse(line))
    expect(ok).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      msg: 'request',
      surface: 'rest',
      operation: '/things/{id} GET',
      status: 200,
      duration_ms: expect.any(Number),
      trace_id: traceId,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
    expect(failed).toMatchObject({
      level: 'warn',
      status: 502,
      error_type: 'upstream-refused',
      upstream: 'api.get-thing',
      upstream_status: 500,
    })
    expect(refused).toMatchObject({ level: 'info', surface: 'mcp', operation: 'get-thing', status: 'ERROR' })
    expect(lines.join('')).not.toContain('a-field-value')
  })

  it('is not written below the level', async () => {
    const { get, written, lines } = await logged(false, 'warn')
    await get('/things/1')
    await get('/things/2')
    await written(1)
    expect(lines.map((line) => JSON.parse(line).status)).toEqual([502])
  })
})

describe('/logs', () => {
  it('tells the level and takes another one', async () => {
    const { control, get, written, lines } = await logged(true, 'warn')
    expect((await control('GET', '/logs')).json).toEqual({ loggers: [{ name: 'root', level: 'warn' }] })
    expect((await control('PUT', '/logs/root', { level: 'info' })).json).toEqual({ name: 'root', level: 'info' })
    await get('/things/1')
    await written(1)
    expect(JSON.parse(lines[0] ?? '').status).toBe(200)
  })

  it('refuses a level there is not, in words, and keeps the one it has', async () => {
    const { control } = await logged(true, 'warn')
    const refused = await control('PUT', '/logs/root', { level: 'loud' })
    expect(refused.status).toBe(400)
    expect(refused.json.errors).toEqual([
      { pointer: '/level', detail: 'must be one of trace, debug, info, warn, error, fatal, silent' },
    ])
    expect((await control('GET', '/logs/root')).json.level).toBe('warn')
    expect((await control('DELETE', '/logs/root')).headers.allow).toBe('GET, HEAD, PUT')
  })

  it('streams each line as it is written, to as many readers as allowed', async () => {
    const { get, url, control } = await logged({ 'max-subscribers': 1 })
    const reader = follow(url('control'))
    expect(await reader.opened).toBe(200)
    expect((await control('GET', '/logs/stream')).status).toBe(503)
    await get('/things/1')
    expect(await reader.next()).toMatchObject({ msg: 'request', status: 200, trace_id: traceId })
    reader.close()
  })

  it('has only the parts that are switched on', async () => {
    const none = await logged(false)
    expect((await none.control('GET', '/logs')).status).toBe(404)
    const levelsOnly = await logged({ stream: false })
    expect((await levelsOnly.control('GET', '/logs/stream')).status).toBe(404)
    const streamOnly = await logged({ 'level-control': false })
    expect((await streamOnly.control('GET', '/logs')).status).toBe(404)
    expect((await streamOnly.control('PUT', '/logs/root', { level: 'info' })).status).toBe(404)
  })

  it('lets go of its readers when the surface closes', async () => {
    const { url } = await logged(true)
    expect(await follow(url('control')).opened).toBe(200)
  })
})
