/** What is written down of calls that are no plain write: forwarded, read, rehearsed, answered before, refused beforehand. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJournals } from '../src/runtime/journal/verify.ts'
import { type ServedCase, serveCapability } from './support/serve.ts'
import { orderApi } from './surfaces/cases.ts'
import { exchange, listen } from './surfaces/exchange.ts'
import { envelope, modern, post, reading } from './surfaces/mcp-messages.ts'

const input = { id: { type: 'string', description: 'Which.' } }
const flow = (call: string) => ({ description: `Does ${call}.`, inputParameters: input, call: `api.${call}` })
const safe = { semantics: { safe: true } }
const order = { name: 'order', description: 'One.', uri: 'order://{id}', call: 'api.read', with: { id: '{{id}}' } }

const orders = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Orders', description: 'Orders.' },
  capability: {
    consumes: orderApi({ read: 'GET', send: 'POST', drop: 'DELETE' }),
    aggregates: [
      {
        display: 'Orders',
        namespace: 'orders',
        flows: { read: { ...flow('read'), ...safe }, send: flow('send'), drop: flow('drop') },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 8080,
        resources: {
          order: {
            path: '/orders/{{id}}',
            operations: { read: { method: 'GET', ref: 'orders.read' }, send: { method: 'POST', ref: 'orders.send' } },
          },
          all: { path: '/all/{{path}}', forward: { targetNamespace: 'api' } },
        },
      },
      {
        type: 'mcp',
        namespace: 'mcp',
        port: 9090,
        tools: { drop: { ref: 'orders.drop' } },
        resources: { read: order },
      },
    ],
  },
}

const closing: (() => Promise<unknown>)[] = []
const atEnd = (close: () => Promise<unknown>) => void closing.push(close)
const served: { readonly state: string; readonly url: ServedCase['url'] }[] = []

beforeAll(async () => {
  const api = await listen((_req, res) => {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }, atEnd)
  for (const auditReads of [false, true]) {
    const state = await mkdtemp(join(tmpdir(), 'audit-'))
    atEnd(() => rm(state, { recursive: true }))
    const options = { upstreams: { api }, stateDirectory: state, auditReads, allowElicitedApproval: true, atEnd }
    served.push({ state, url: (await serveCapability(orders, options)).url })
  }
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

async function linesOf(state: string) {
  const found: Readonly<Record<string, unknown>>[] = []
  for await (const { entry } of readJournals(state, 'audit')) found.push(entry ?? {})
  return found
}

type Url = ServedCase['url']
const rest =
  (path: string, method = 'GET', headers = {}) =>
  (url: Url) =>
    exchange(url('rest'), path, { method, headers })
const read = (uri: string) => (url: Url) => post(url('mcp'), reading(uri))
/** Asks for what is lost, and brings back a no. */
async function declined(url: Url) {
  const _meta = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } }
  const call = (more: object = {}) => modern('tools/call', { name: 'drop', arguments: { id: '7' }, _meta, ...more })
  const { requestState } = (await post(url('mcp'), call())).json.result
  await post(url('mcp'), call({ requestState, inputResponses: { confirm: { action: 'decline' } } }))
}

const sent = [{ event: 'started' }, { event: 'ended', outcome: 'ok', upstream_status: 200 }]
const ok = { event: 'called', outcome: 'ok', upstream_status: 200 }
const refused = (outcome: string) => [{ event: 'called', outcome }]
const saidNo = [...refused('approval-needed'), ...refused('declined')]

test.each<[string, (url: Url) => Promise<unknown>, readonly object[], (readonly object[])?]>([
  ['a write that is forwarded', rest('/all/orders/7', 'POST'), sent.map((one) => ({ ...one, operation: 'POST api' }))],
  ['a read that is forwarded', rest('/all/orders/7'), [], sent.map((one) => ({ ...one, operation: 'GET api' }))],
  ['a read', rest('/orders/7'), [], [{ ...ok, operation: 'orders.read', ids: { id: ['7'] }, surface: 'rest' }]],
  ['a resource', read('order://7'), [], [{ ...ok, operation: 'mcp.read', ids: { id: ['7'] }, surface: 'mcp' }]],
  [
    'a write that is rehearsed',
    rest('/orders/7?dry_run=true', 'POST'),
    [{ event: 'called', dry_run: true, outcome: 'ok' }],
  ],
  ['a write with a key', rest('/orders/7', 'POST', { 'idempotency-key': 'k' }), sent],
  ['the same again', rest('/orders/7', 'POST', { 'idempotency-key': 'k' }), [{ ...ok, replayed: true }]],
  ['its key for another', rest('/orders/8', 'POST', { 'idempotency-key': 'k' }), refused('key-reused')],
  ['a write with no key', rest('/orders/7', 'POST', { 'idempotency-key': 'ü' }), refused('invalid-input')],
  ['a read in no form', rest('/orders/7', 'GET', { accept: 'image/png' }), [], refused('not-acceptable')],
  ['a no of a person', declined, saidNo, [{ ...ok, operation: 'orders.read' }, ...saidNo]],
])('%s', async (_, call, lines, withReads = lines) => {
  for (const [i, expected] of [lines, withReads].entries()) {
    const { state, url } = served[i] as (typeof served)[number]
    const before = (await linesOf(state)).length
    await call(url)
    expect((await linesOf(state)).slice(before)).toMatchObject(expected)
  }
})
