/** Look before you write: what is gone, so already, or not what its caller has seen is not written to, on any surface. */

import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../src/index.ts'
import { parseJson } from '../../src/surfaces/http.ts'
import { say } from '../support/say.ts'
import { serveCapability } from '../support/serve.ts'
import { orderApi } from './cases.ts'
import { exchange, listen } from './exchange.ts'
import { envelope, modern, post } from './mcp-messages.ts'

const input = { id: { type: 'string', description: 'Which.' } }
const flow = (name: string, more: object = {}) => ({
  description: `Does ${name}.`,
  inputParameters: input,
  call: `api.${name}`,
  ...more,
})
const kept = [{ type: 'object', properties: { ok: { type: 'boolean', mapping: '$.ok' } } }]
const flows = {
  read: flow('read', {
    outputParameters: [{ type: 'object', properties: { paid: { type: 'boolean', mapping: '$.paid' } } }],
  }),
  pay: flow('pay', { outputParameters: kept }),
  settle: flow('settle'),
  drop: flow('drop', { semantics: { safe: false, idempotent: true } }),
  blind: flow('pay', { inputParameters: { number: { type: 'string', description: 'Which.' } }, with: { id: 'x' } }),
}
const route = (name: string, method: string) => ({ method, ref: `orders.${name}` })
const path = (name: string, method: string) => ({
  path: `/orders/{{id}}/${name}`,
  operations: { [name]: route(name, method) },
})
const names = ['read', 'pay', 'settle', 'drop', 'blind'] as const

/** What pays an order by settling it says so. */
function withBody([api]: readonly object[]) {
  const { resources, ...rest } = structuredClone(api) as { resources: { order: { operations: { settle: object } } } }
  Object.assign(resources.order.operations.settle, { body: '{"paid": true, "by": {"paid": "{{id}}"}}' })
  return [{ ...rest, resources }]
}

const capability = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.' },
  capability: {
    consumes: withBody(orderApi({ read: 'GET', pay: 'POST', settle: 'POST', drop: 'DELETE' })),
    aggregates: [{ display: 'Orders', namespace: 'orders', flows }],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 8080,
        resources: {
          order: { path: '/orders/{{id}}', operations: { read: route('read', 'GET'), drop: route('drop', 'DELETE') } },
          pay: path('pay', 'POST'),
          settle: path('settle', 'POST'),
          blind: {
            path: '/blind/{{number}}',
            operations: {
              blind: { ...route('blind', 'POST'), inputParameters: { number: { in: 'path', type: 'string' } } },
            },
          },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 9090,
        tools: Object.fromEntries(names.map((name) => [name, { ref: `orders.${name}` }])),
      },
    ],
  },
}

const done = { done: '$.paid', message: 'the order {{id}} is paid' }
const compare = { paid: { there: '$.paid', sent: '$.paid' }, by: { there: ['$.none', '$'], sent: '$.by' } }
const companion = {
  policy: {
    'orders.pay': { check: done },
    'orders.settle': { check: { ...done, always: true, compare } },
    'orders.drop': { confirm: false },
  },
}

const endings: (() => Promise<unknown>)[] = []
const atEnd = (close: () => Promise<unknown>) => void endings.unshift(close)
afterAll(async () => {
  for (const close of endings) await close()
})

/** What there is, by id, and what was sent: the methods of requests. */
let orders: Record<string, { paid: boolean; of: string }> = {}
let sent: string[] = []
let base: { readonly rest: string; readonly mcp: string; readonly file: string; readonly upstream: string }

beforeEach(() => {
  orders = { a: { paid: false, of: 'ann' }, b: { paid: true, of: 'bob' }, slow: { paid: false, of: 'ann' } }
  sent = []
})

beforeAll(async () => {
  const upstream = await listen(async ({ method = '', url = '' }, res) => {
    sent.push(method)
    const id = url.split('/').at(-1) ?? ''
    if (id === 'slow') await setTimeout(450)
    const order = orders[id]
    if (order === undefined) return void res.writeHead(404).end()
    if (method === 'POST') order.paid = true
    if (method === 'DELETE') delete orders[id]
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(method === 'GET' ? order : { ok: true }))
  }, atEnd)
  const { url, file } = await serveCapability(capability, { companion, upstreams: { api: upstream }, atEnd })
  base = { rest: url('rest'), mcp: url('mcp'), file, upstream }
})

const rest = (method: string, target: string, headers: Readonly<Record<string, string>> = {}) =>
  exchange(base.rest, target, { method, headers })

async function tool(name: string, args: object, meta: object = {}) {
  const message = modern('tools/call', { name, arguments: args, _meta: { ...envelope, ...meta } })
  const { json } = await post(base.mcp, message)
  const { result, error } = json
  return { text: result?.content[0].text, isError: result?.isError, seen: result?._meta?.seen, error }
}

const directly = (name: string, id: string, options: object) =>
  call(base.file, `orders.${name}`, { id }, { upstreams: { api: base.upstream }, environment: {}, ...options })

describe('A write that is asked to look first', () => {
  it('has one deadline for the read and the write', async () => {
    const hurried = { check: true, upstream: { timeoutMs: 800 } }
    await expect(directly('pay', 'slow', hurried)).rejects.toMatchObject({ code: 'upstream-timeout' })
    await expect(directly('pay', 'slow', { ...hurried, check: false })).resolves.toMatchObject({ status: 200 })
  })

  it('goes on where there is something to do', async () => {
    expect(await rest('POST', '/orders/a/pay?check=true')).toMatchObject({ status: 200, json: { ok: true } })
    expect(await tool('drop', { id: 'a' }, { check: true })).toMatchObject({ isError: false, text: '{"ok":true}' })
    expect(sent).toEqual(['GET', 'POST', 'GET', 'DELETE'])
  })

  it('sends nothing where it is so already, and says so', async () => {
    const told = { nothing_sent: true, reason: 'the order b is paid' }
    const { status, json, headers } = await rest('POST', '/orders/b/pay?check=true')
    expect([status, json, headers['nothing-sent']]).toEqual([200, told, 'true'])
    expect(await directly('pay', 'b', { check: true })).toMatchObject({ status: 200, value: told })
    // Its tool promises another answer than this one, which only a fault may leave out.
    const text = 'Nothing was sent: the order b is paid.'
    expect(await tool('pay', { id: 'b' }, { check: true })).toMatchObject({ text, isError: true })
    expect(await tool('settle', { id: 'b' })).toMatchObject({ text, isError: false })
    expect(sent).toEqual(['GET', 'GET', 'GET', 'GET'])
  })

  it('looks unasked where the companion says always, and nowhere else', async () => {
    expect((await rest('POST', '/orders/b/settle')).json).toMatchObject({ nothing_sent: true })
    expect((await rest('POST', '/orders/b/pay')).json).toEqual({ ok: true })
    expect((await rest('POST', '/orders/b/pay?check=false')).json).toEqual({ ok: true })
    expect(sent).toEqual(['GET', 'POST', 'POST'])
  })

  it('is told of what is gone as the write itself would be, and sends nothing', async () => {
    const { status, json } = await rest('DELETE', '/orders/z?check=true')
    expect(status).toBe(404)
    expect(json.detail).toMatch(/^what "orders.drop" is about is not there: it is gone already, or an id is wrong/)
    expect(await rest('DELETE', '/orders/z', { 'if-match': '*' })).toMatchObject({ status: 404 })
    expect(await tool('drop', { id: 'z' }, { check: true })).toMatchObject({ isError: true })
    expect(sent).toEqual(['GET', 'GET', 'GET'])
  })

  it('keeps no key for what was not sent', async () => {
    const key = { 'idempotency-key': 'k1' }
    expect((await rest('POST', '/orders/b/pay?check=true', key)).json).toMatchObject({ nothing_sent: true })
    orders.b = { paid: false, of: 'bob' }
    expect((await rest('POST', '/orders/b/pay?check=true', key)).json).toEqual({ ok: true })
    expect(sent).toEqual(['GET', 'GET', 'POST'])
  })

  it('is refused where nothing reads what it is about, and as a flag that is none', async () => {
    expect((await rest('POST', '/blind/1?check=true')).json.errors).toMatchObject([{ pointer: '/check' }])
    expect(await rest('POST', '/blind/1', { 'if-match': '"x"' })).toMatchObject({ status: 400 })
    expect((await tool('blind', { number: '1' }, { check: true })).text).toContain("can't look before it writes")
    expect((await rest('POST', '/orders/a/pay?check=yes')).status).toBe(400)
    expect((await tool('pay', { id: 'a' }, { check: 'yes' })).error.message).toContain('must be true or false')
    expect((await tool('pay', { id: 'a' }, { seen: 1 })).error.message).toContain('must be the text')
    expect(sent).toEqual([])
  })

  it('is a description of two parameters and an answer more', async () => {
    const { paths } = (await rest('GET', '/openapi.json')).json
    const { parameters, responses } = paths['/orders/{id}/pay'].post
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['check', 'If-Match']))
    expect(Object.keys(responses)).toContain('412')
    expect(Object.keys(paths['/blind/{number}'].post.responses)).not.toContain('412')
  })
})

describe('What its caller has seen', () => {
  it('is one digest on every surface, for what a write looks at', async () => {
    const { headers } = await rest('GET', '/orders/a')
    const { seen } = await tool('read', { id: 'a' })
    expect(headers.etag).toBe(`"${seen}"`)
    expect((await tool('read', { id: 'b' })).seen).not.toBe(seen)
    expect((await tool('pay', { id: 'a' })).seen).toBeUndefined()
  })

  it('is told by the call from the shell, too', async () => {
    const { seen } = await tool('read', { id: 'a' })
    const shell = (...words: string[]) =>
      say(['call', ...words, '--json', '--file', base.file, '--upstream', `api=${base.upstream}`])
    expect(parseJson((await shell('read', 'id=a')).stdout)).toMatchObject({ value: { paid: false }, seen })
    expect(parseJson((await shell('drop', 'id=a', '--seen', 'x')).stdout)).toMatchObject({ error: { code: 'changed' } })
    expect(parseJson((await shell('drop', 'id=a', '--check')).stdout)).toMatchObject({ value: { ok: true } })
    expect(sent).toEqual(['GET', 'GET', 'GET', 'GET', 'DELETE'])
  })

  it.each([
    ['JSON', 'application/json'],
    ['YAML', 'application/yaml'],
  ])('lets a write go on while it is so (%s)', async (_, accept) => {
    const { etag = '' } = (await rest('GET', '/orders/a', { accept })).headers
    expect((await rest('POST', '/orders/a/pay', { 'if-match': `"other", ${etag}` })).json).toEqual({ ok: true })
    expect(sent).toEqual(['GET', 'GET', 'POST'])
  })

  it('stops a write once it is not so any more', async () => {
    const { seen } = await tool('read', { id: 'a' })
    orders.a = { paid: true, of: 'ann' }
    const { status, json } = await rest('DELETE', '/orders/a', { 'if-match': `"${seen}"` })
    expect([status, json.title]).toEqual([412, 'Changed since it was read'])
    expect(json.detail).toContain('Nothing was sent: read it again')
    expect((await tool('drop', { id: 'a' }, { seen })).text).toContain('has changed since it was read')
    await expect(directly('drop', 'a', { seen })).rejects.toMatchObject({ code: 'changed' })
    // Whoever saw something else must not be told that all is well.
    expect((await rest('POST', '/orders/a/pay', { 'if-match': `"${seen}"` })).status).toBe(412)
    expect(sent).toEqual(['GET', 'GET', 'GET', 'GET', 'GET'])
  })

  it('is never named by a weak tag', async () => {
    const { seen } = await tool('read', { id: 'a' })
    expect((await rest('DELETE', '/orders/a', { 'if-match': `W/"${seen}"` })).status).toBe(412)
  })
})

describe('A dry run', () => {
  const rehearsed = async (name: string, id: string, meta: object = {}) =>
    parseJson((await tool(name, { id }, { 'dry-run': true, ...meta })).text)

  it('over MCP tells the requests and sends none', async () => {
    expect(await rehearsed('drop', 'a')).toMatchObject({ dry_run: true, requests: [{ method: 'DELETE' }] })
    expect(sent).toEqual([])
  })

  it('reads what is there where the companion compares, and tells what would be another', async () => {
    expect(await rehearsed('settle', 'a')).toMatchObject({
      requests: [{ method: 'POST', body: { paid: true, by: { paid: 'a' } } }],
      changes: [
        { path: '/paid', from: false, to: true },
        { path: '/by/paid', from: false, to: 'a' },
      ],
    })
    expect(sent).toEqual(['GET'])
  })

  it('tells why nothing would be sent, and what has changed, where a look is asked for', async () => {
    expect(await rehearsed('settle', 'b')).toMatchObject({ requests: [], reason: 'the order b is paid' })
    expect((await tool('drop', { id: 'b' }, { 'dry-run': true, seen: 'x' })).text).toContain('has changed')
    expect(sent).toEqual(['GET', 'GET'])
  })
})
