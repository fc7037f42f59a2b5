/** A rehearsal: what a write would send is told, with its secrets hidden, and nothing is sent. */

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { call } from '../../src/index.ts'
import { serveCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'
import { exchange } from './exchange.ts'

const secret = 'pk'
const capability = (baseUri: string) => ({
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.', version: '1.0.0' },
  binds: [{ namespace: 'env', keys: { KEY: 'KEY', TENANT: 'TENANT' } }],
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'shop',
        baseUri: `${baseUri}/v1`,
        authentication: { type: 'bearer', token: '{{KEY}}' },
        inputParameters: { 'X-Tenant': { in: 'header', value: '{{TENANT}}' } },
        resources: {
          orders: {
            path: '/orders/{{id}}',
            operations: {
              find: { method: 'GET' },
              change: { method: 'PUT', inputParameters: { note: { in: 'body' }, notify: { in: 'query' } } },
            },
          },
        },
      },
      {
        type: 'http',
        namespace: 'mail',
        baseUri,
        authentication: { type: 'apikey', key: 'api_key', value: '{{KEY}}', placement: 'query' },
        resources: {
          mails: { path: '/mails', operations: { send: { method: 'POST', body: { type: 'text', data: '{{text}}' } } } },
        },
      },
    ],
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: {
          change: {
            description: 'Changes an order.',
            call: 'shop.change',
            inputParameters: {
              id: { type: 'string' },
              note: { type: 'string' },
              notify: { type: 'boolean', required: false },
            },
          },
          move: {
            description: 'Reads, then changes.',
            inputParameters: { id: { type: 'string' } },
            steps: {
              read: { type: 'call', call: 'shop.find', with: { id: '{{id}}' } },
              write: { type: 'call', call: 'shop.change', with: { id: '{{id}}', note: '{{read.note}}' } },
              tell: { type: 'call', call: 'mail.send', with: { text: 'moved {{id}}' } },
            },
            mappings: [{ targetName: 'done', value: '$.write.ok' }],
          },
          own: {
            description: 'Has a dry_run of its own.',
            call: 'shop.change',
            inputParameters: { id: { type: 'string' }, dry_run: { type: 'string' } },
            with: { id: '{{id}}', note: '{{dry_run}}' },
          },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        resources: {
          orders: { path: '/orders/{{id}}', operations: { change: { method: 'PUT', ref: 'orders.change' } } },
          moves: { path: '/moves/{{id}}', operations: { move: { method: 'POST', ref: 'orders.move' } } },
          own: {
            path: '/own/{{id}}',
            operations: {
              own: { method: 'POST', ref: 'orders.own', inputParameters: { dry_run: { in: 'query', type: 'string' } } },
            },
          },
        },
      },
    ],
  },
})

async function serve() {
  const upstream = await startUpstream([
    { request: { method: 'PUT', path: '/v1/orders/7' }, response: { json: { ok: true } } },
  ])
  const environment = { KEY: secret, TENANT: 'acme-tenant' }
  const { url, file } = await serveCapability(capability(upstream.url), { environment })
  const ask = (target: string, method: string, body?: unknown) => exchange(url('rest'), target, { method, body })
  return { upstream, ask, file, environment }
}

describe('?dry_run=true on a write', () => {
  it('answers the request to the byte, with its secrets hidden, and sends nothing', async () => {
    const { upstream, ask } = await serve()
    const { status, json, text } = await ask('/orders/a%20b?dry_run=true', 'PUT', { note: 'hi', notify: true })
    expect(status).toBe(200)
    expect(json).toEqual({
      dry_run: true,
      operation: 'orders.change',
      requests: [
        {
          method: 'PUT',
          url: `${upstream.url}/v1/orders/a%20b?notify=true`,
          headers: {
            accept: 'application/json',
            'user-agent': 'capability-runtime',
            'content-type': 'application/json',
            'x-tenant': '***',
            authorization: '***',
          },
          body: { note: 'hi' },
        },
      ],
    })
    expect(text).not.toContain('acme-tenant')
    expect(upstream.requests).toEqual([])
  })

  it('checks the input as the call itself does', async () => {
    const { upstream, ask } = await serve()
    const { status, json } = await ask('/orders/7?dry_run=true', 'PUT', { note: 1 })
    expect([status, json.errors]).toEqual([400, [{ pointer: '/note', detail: 'must be a string' }]])
    expect((await ask('/orders/7?dry_run=yes', 'PUT', { note: 'a' })).status).toBe(400)
    expect(upstream.requests).toEqual([])
  })

  it('tells of steps what can be told without an answer, and what the rest depends on', async () => {
    const { upstream, ask } = await serve()
    const { json } = await ask('/moves/7?dry_run=true', 'POST')
    const { url } = upstream
    expect(json.requests).toEqual([
      {
        step: 'read',
        method: 'GET',
        url: `${url}/v1/orders/7`,
        headers: expect.objectContaining({ authorization: '***' }),
      },
      { step: 'write', method: 'PUT', url: `${url}/v1/orders/{id}`, depends_on: ['read'] },
      {
        step: 'tell',
        method: 'POST',
        url: `${url}/mails?api_key=***`,
        headers: expect.objectContaining({ 'content-type': 'text/plain; charset=utf-8' }),
        body: 'moved 7',
      },
    ])
    expect(upstream.requests).toEqual([])
  })

  it('of false is the write itself', async () => {
    const { upstream, ask } = await serve()
    expect((await ask('/orders/7?dry_run=false', 'PUT', { note: 'a' })).json).toEqual({ ok: true })
    expect(upstream.requests).toHaveLength(1)
  })

  it('is the parameter that the capability declares, where it declares one', async () => {
    const { upstream, ask } = await serve()
    await ask('/own/7?dry_run=true', 'POST')
    expect(upstream.requests.map(({ method, body }) => [method, body])).toEqual([['PUT', '{"note":"true"}']])
  })

  it('is described on writes', async () => {
    const { ask } = await serve()
    const [yaml, json] = [await ask('/openapi.yaml', 'GET'), await ask('/openapi.json', 'GET')]
    expect(parse(yaml.text)).toEqual(json.json)
    const names = (path: string, method: string) =>
      json.json.paths[path][method].parameters.map((p: { name: string; schema: { type: string } }) => [
        p.name,
        p.schema.type,
      ])
    expect(names('/orders/{id}', 'put')).toContainEqual(['dry_run', 'boolean'])
    expect(names('/own/{id}', 'post')).toContainEqual(['dry_run', 'string'])
  })
})

describe('call with dryRun', () => {
  it('tells the same', async () => {
    const { upstream, file, environment } = await serve()
    const { value } = await call(file, 'change', { id: '7', note: 'a' }, { environment, dryRun: true })
    expect(value).toMatchObject({ dry_run: true, requests: [{ method: 'PUT', body: { note: 'a' } }] })
    expect(upstream.requests).toEqual([])
  })
})
