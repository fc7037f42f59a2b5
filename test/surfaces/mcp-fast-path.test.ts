/** The fast path may answer only what the SDK would answer, and exactly that. The SDK path is the oracle. */

import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import { bundledCapability } from '../../src/package.ts'
import type { McpPlan, Plan } from '../../src/plan.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { parseJson, readText } from '../../src/surfaces/http.ts'
import { fastPath } from '../../src/surfaces/mcp/fast-path.ts'
import { mcpHandler } from '../../src/surfaces/mcp/http.ts'
import { createOffer } from '../../src/surfaces/mcp/offer.ts'
import { environment } from './cases.ts'
import { listen } from './exchange.ts'
import { envelope, type Message, modern, post, reading, toolCall } from './mcp-messages.ts'
import { serveOffer } from './mcp-offer.ts'

const endings: (() => Promise<void>)[] = []
const atEnd = (close: () => Promise<void>) => void endings.unshift(close)

/** One surface three times: as served, through the SDK alone, through the fast path alone. */
async function threeWays(plan: McpPlan, runtime: Runtime, directory: string) {
  const [served, slow] = [
    await mcpHandler(plan, runtime, { directory }),
    await mcpHandler(plan, runtime, { directory, fastPath: false }),
  ]
  atEnd(async () => {
    await Promise.all([served.close(), slow.close()])
  })
  const fast = fastPath(await createOffer(plan, runtime, directory), undefined)
  const fastOnly: RequestListener = async (req, res) => {
    if (!fast(parseJson(await readText(req)), req, res)) res.writeHead(notTaken).end()
  }
  const [asServed, throughSdk, throughFastPath] = await Promise.all([
    listen((req, res) => void served.handle(req, res), atEnd),
    listen((req, res) => void slow.handle(req, res), atEnd),
    listen(fastOnly, atEnd),
  ])
  return { asServed, throughSdk, throughFastPath }
}

/** The flagship's tools over its sandbox. */
async function flagship() {
  const capability = await load(bundledCapability())
  const { runtime, sandbox, close } = await open(capability, { sandbox: true })
  atEnd(close)
  if (sandbox === undefined) throw new Error('the flagship runs on its sandbox')
  return { ...(await threeWays(mcpOf(capability.plan), runtime, capability.directory)), examples: sandbox.examples }
}

const things = {
  resources: {
    docs: { display: 'Documents', description: 'To read.', uri: 'docs://all', location: 'file:///./docs' },
    thing: { display: 'A thing', description: 'One.', uri: 'things://{id}', call: 'api.get-thing' },
    picture: { display: 'A picture', description: 'Of it.', uri: 'things://{id}/picture', call: 'api.get-picture' },
  },
  prompts: {
    compare: {
      display: 'Compare',
      description: 'Compares.',
      arguments: { first: { description: 'The one.' }, second: { description: 'The other.', required: false } },
      template: [{ role: 'user', content: '"{{first}}" and {{second}}' }],
    },
  },
} as const

/** Resources, prompts and several pages of tools. */
async function offered() {
  const { file, upstream } = await serveOffer(things, {
    atEnd,
    files: { 'docs/guide.md': '# "Guide"\n', 'docs/raw': 'ä' },
    api: [
      { request: { method: 'GET', path: '/things/t1' }, response: { json: { id: 't1' } } },
      { request: { method: 'GET', path: '/things/gone' }, response: { status: 404, json: { message: 'gone' } } },
      { request: { method: 'GET', path: '/things/t1/picture' }, response: { base64: '/wA=' } },
    ],
  })
  const capability = await load(file)
  const { runtime, close } = await open(capability, { upstreams: { api: upstream.url }, environment })
  atEnd(close)
  const plan = mcpOf(capability.plan)
  const [thing] = plan.tools
  if (thing === undefined) throw new Error('there is a tool for each operation')
  const more = Array.from({ length: 250 }, (_, i) => ({ ...thing, name: `tool-${i}` }))
  return threeWays({ ...plan, tools: [...plan.tools, ...more] }, runtime, capability.directory)
}

function mcpOf({ surfaces }: Plan): McpPlan {
  const found = surfaces.find((one): one is McpPlan => one.type === 'mcp')
  if (found === undefined) throw new Error('there is an mcp surface')
  return found
}

const notTaken = 501

let shipped: Flagship
let other: Ways
beforeAll(async () => {
  shipped = await flagship()
  other = await offered()
}, 60_000)
afterAll(async () => {
  for (const close of endings) await close()
})

type Ways = Awaited<ReturnType<typeof threeWays>>
type Flagship = Awaited<ReturnType<typeof flagship>>

/** Status and JSON of the answer; text where it is no JSON. */
async function answerOf(url: string, message: Message) {
  const { status, json, text } = await post(url, message)
  return { status, json: json ?? text }
}

function readOf({ examples: { model_id, request_file_id } }: Flagship) {
  return toolCall('get-file', { model_id, request_file_id })
}

/** Requests that clients really send. */
function plainRequests(ways: Flagship): Readonly<Record<string, Message>> {
  const { model_id, request_file_id, page_id } = ways.examples
  const file = { model_id, request_file_id }
  const meta = (more: object) => modern('tools/call', { name: 'get-file', arguments: file, _meta: more })
  const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } }
  return {
    'server/discover': modern('server/discover'),
    'tools/list': modern('tools/list'),
    'resources/list': modern('resources/list'),
    'resources/templates/list': modern('resources/templates/list'),
    'tools/list with a text as id': modern('tools/list', {}, 'a "quoted" id'),
    'tools/list with id 0': modern('tools/list', {}, 0),
    'a call that answers an array': toolCall('get-file', file),
    'a call that answers an object': toolCall('get-page', { model_id, page_id }),
    'a call that writes': toolCall('approve-file', file),
    'a call without arguments': modern('tools/call', { name: 'get-file' }),
    'a call with an input that does not fit': toolCall('get-file', { model_id, file: 1 }),
    'a call that the upstream refuses': toolCall('get-file', { model_id, request_file_id: page_id }),
    'a call that asks for progress': meta({ ...envelope, progressToken: 'p1' }),
    'a call that is traced': meta({ ...envelope, traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` }),
    'a call of a client with capabilities': meta({
      ...envelope,
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    }),
    'a call of a client without a name': meta({ ...envelope, 'io.modelcontextprotocol/clientInfo': undefined }),
  }
}

/** Requests for what is offered beside tools, and for every page of a list. */
function offeredRequests(tools: readonly string[]): Readonly<Record<string, Message>> {
  const pages = tools.map((cursor) => [`tools/list at ${cursor}`, modern('tools/list', { cursor })] as const)
  const lists = ['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list']
  const get = (args?: object) => modern('prompts/get', { name: 'compare', ...(args && { arguments: args }) })
  return {
    ...Object.fromEntries(lists.map((method) => [method, modern(method)])),
    ...Object.fromEntries(pages),
    'a read of text': reading('docs://all/guide.md'),
    'a read of bytes': reading('docs://all/raw'),
    'a read of what an operation answers': reading('things://t1'),
    'a read of bytes that an operation answers': reading('things://t1/picture'),
    'a read that the upstream refuses': reading('things://gone'),
    'a read that asks for progress': reading('things://t1', { _meta: { ...envelope, progressToken: 1 } }),
    'a prompt': get({ first: 'a "b"', second: '{{first}}' }),
    'a prompt with what has to be there': get({ first: '' }),
    'a call whose answer can be read again': toolCall('get-thing', { id: 't1' }),
  }
}

/** Requests that only the SDK answers. */
const leftToTheSdk: Readonly<Record<string, Message>> = {
  'a page that there is not': modern('tools/list', { cursor: 'x-1' }),
  'a read of what there is not': reading('docs://all/../x'),
  'a prompt that there is not': modern('prompts/get', { name: 'compar', arguments: {} }),
  'a prompt without what has to be there': modern('prompts/get', { name: 'compare' }),
  'a prompt with a number': modern('prompts/get', { name: 'compare', arguments: { first: 1 } }),
  'a completion': modern('completion/complete', {
    ref: { type: 'ref/prompt', name: 'compare' },
    argument: { name: 'first', value: '' },
  }),
}

async function compare(ways: Ways, name: string, message: Message) {
  const oracle = await answerOf(ways.throughSdk, message)
  expect(oracle.status, name).toBe(200)
  expect(await answerOf(ways.throughFastPath, message), name).toEqual(oracle)
  expect(await answerOf(ways.asServed, message), name).toEqual(oracle)
}

describe('a plain request of 2026-07-28', () => {
  it('is answered beside the SDK in the same JSON that the SDK answers', async () => {
    for (const [name, message] of Object.entries(plainRequests(shipped))) await compare(shipped, name, message)
  })

  it('for resources, prompts or a page of a long list is answered so too', async () => {
    const ways = other
    const cursors: string[] = []
    for (let cursor: string | undefined; cursors.length < 10; cursors.push(cursor)) {
      const { json } = await answerOf(ways.throughSdk, modern('tools/list', cursor === undefined ? {} : { cursor }))
      cursor = json.result.nextCursor
      if (cursor === undefined) break
    }
    expect(cursors).toHaveLength(2)
    for (const [name, message] of Object.entries(offeredRequests(cursors))) await compare(ways, name, message)
    for (const [name, message] of Object.entries(leftToTheSdk)) {
      expect((await answerOf(ways.throughFastPath, message)).status, name).toBe(notTaken)
      expect(await answerOf(ways.asServed, message), name).toEqual(await answerOf(ways.throughSdk, message))
    }
  })

  it('keeps an array at the root of its structured content, with the same JSON as text', async () => {
    for (const url of [shipped.throughSdk, shipped.throughFastPath]) {
      const { json } = await answerOf(url, readOf(shipped))
      expect(json.result.structuredContent).toBeInstanceOf(Array)
      expect(JSON.parse(json.result.content[0].text)).toEqual(json.result.structuredContent)
    }
  })
})

/** Refused before it reaches the upstream, so that many of them cost little. */
function refusedCall({ examples: { model_id } }: Flagship) {
  return toolCall('get-file', { model_id })
}

/** Every JSON type, so that each place meets a value of a wrong one. `undefined` leaves the member out. */
const values = [undefined, null, '', 'x', 0, 1.5, true, [], ['x'], {}, { listChanged: 'x' }, { form: {} }]

const places = [
  'jsonrpc id method params result error extra',
  'params/_meta params/name params/uri params/arguments params/arguments/first params/cursor params/requestState params/inputResponses params/extra',
  'protocolVersion clientInfo clientCapabilities logLevel related-task subscriptionId serverInfo'
    .split(' ')
    .map((key) => `params/_meta/io.modelcontextprotocol~${key}`)
    .join(' '),
  'params/_meta/progressToken params/_meta/traceparent params/_meta/extra',
  'name version title description icons websiteUrl extra'
    .split(' ')
    .map((key) => `params/_meta/io.modelcontextprotocol~clientInfo/${key}`)
    .join(' '),
  'roots sampling elicitation experimental extensions tasks listChanged extra'
    .split(' ')
    .map((key) => `params/_meta/io.modelcontextprotocol~clientCapabilities/${key}`)
    .join(' '),
].flatMap((line) => line.split(' '))

/** The value with one member replaced; `~` in a step stands for the slash that keys of the protocol hold. */
function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by
  const key = step.replace('~', '/')
  const members = (value ?? {}) as Record<string, unknown>
  return { ...members, [key]: replaced(members[key], rest, by) }
}

const headerValues = [
  ...['', 'x', '*/*', 'application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON, TEXT/EVENT-STREAM'],
  ...['text/event-stream', 'application/jsonx', 'application/json, text/event-stream', 'text/plain', '2025-11-25'],
  ...['tools/list', 'GET-FILE', 'get-file, get-file', '=?base64?Z2V0LWZpbGU=?=', '=?base64?!!?='],
]

/** `most`: without the places that are the same in every request. */
function* oddRequests(base: Message, most: boolean): Generator<readonly [string, Message]> {
  for (const place of places.filter((one) => !(most && one.includes('_meta/'))))
    for (const value of values) {
      const body = replaced(base.body, place.split('/'), value)
      yield [`${place} = ${JSON.stringify(value)}`, { ...base, body }]
    }
  for (const name of ['accept', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name']) {
    const { [name]: _, ...others } = base.headers
    yield [`no ${name}`, { ...base, headers: others }]
    for (const value of headerValues)
      yield [`${name}: ${value}`, { ...base, headers: { ...base.headers, [name]: value } }]
  }
  for (const name of ['mcp-session-id', 'last-event-id', 'mcp-param-region'])
    yield [`${name}: x`, { ...base, headers: { ...base.headers, [name]: 'x' } }]
}

describe('a request that is not quite in order', () => {
  it.each([
    ['tools/call', false, () => shipped, () => refusedCall(shipped)],
    ['tools/list', true, () => shipped, () => modern('tools/list')],
    ['resources/read', true, () => other, () => reading('docs://all/guide.md')],
    ['prompts/get', true, () => other, () => modern('prompts/get', { name: 'compare', arguments: { first: 'a' } })],
  ])('gets what the SDK answers, whatever is odd about a %s', async (_, most, waysOf, baseOf) => {
    const ways = waysOf()
    const different: unknown[] = []
    const count = { taken: 0, left: 0 }
    for (const [name, message] of oddRequests(baseOf(), most)) {
      const fast = await answerOf(ways.throughFastPath, message)
      if (fast.status === notTaken) count.left += 1
      else {
        count.taken += 1
        const oracle = await answerOf(ways.throughSdk, message)
        if (!isSame(fast, oracle)) different.push({ name, fast, oracle })
      }
    }
    expect(different).toEqual([])
    expect(count.taken).toBeGreaterThan(10)
    expect(count.left).toBeGreaterThan(100)
  })
})

function isSame(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other)
    return true
  } catch {
    return false
  }
}
