/** The fast path may answer only what the SDK would answer, and exactly that. The SDK path is the oracle. */

import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import { bundledCapability } from '../../src/package.ts'
import type { McpPlan } from '../../src/plan.ts'
import { parseJson, readText } from '../../src/surfaces/http.ts'
import { fastPath } from '../../src/surfaces/mcp/fast-path.ts'
import { mcpHandler } from '../../src/surfaces/mcp/http.ts'
import { createOffer } from '../../src/surfaces/mcp/offer.ts'
import { listen } from './exchange.ts'
import { envelope, type Message, modern, post, toolCall } from './mcp-messages.ts'

/** The flagship's tools over one sandbox, three times: as served, through the SDK alone, through the fast path alone. */
async function threeWays() {
  const capability = await load(bundledCapability())
  const { runtime, sandbox, close } = await open(capability, { sandbox: true })
  onTestFinished(close)
  const plan = capability.plan.surfaces.find((s): s is McpPlan => s.type === 'mcp')
  if (plan === undefined || sandbox === undefined) throw new Error('the flagship has an mcp surface and a sandbox')
  const { directory } = capability
  const [served, slow] = [
    await mcpHandler(plan, runtime, { directory }),
    await mcpHandler(plan, runtime, { directory, fastPath: false }),
  ]
  onTestFinished(async () => {
    await Promise.all([served.close(), slow.close()])
  })
  const fast = fastPath(await createOffer(plan, runtime, directory), undefined)
  const fastOnly: RequestListener = async (req, res) => {
    if (!fast(parseJson(await readText(req)), req, res)) res.writeHead(notTaken).end()
  }
  const [asServed, throughSdk, throughFastPath] = await Promise.all([
    listen((req, res) => void served.handle(req, res)),
    listen((req, res) => void slow.handle(req, res)),
    listen(fastOnly),
  ])
  return { asServed, throughSdk, throughFastPath, examples: sandbox.examples }
}

const notTaken = 501

type Ways = Awaited<ReturnType<typeof threeWays>>

/** Status and JSON of the answer; text where it is no JSON. */
async function answerOf(url: string, message: Message) {
  const { status, json, text } = await post(url, message)
  return { status, json: json ?? text }
}

function readOf({ examples: { model_id, request_file_id } }: Ways) {
  return toolCall('get-file', { model_id, request_file_id })
}

/** Requests that clients really send. */
function plainRequests(ways: Ways): Readonly<Record<string, Message>> {
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

describe('a plain request of 2026-07-28', () => {
  it('is answered beside the SDK in the same JSON that the SDK answers', async () => {
    const ways = await threeWays()
    for (const [name, message] of Object.entries(plainRequests(ways))) {
      const oracle = await answerOf(ways.throughSdk, message)
      expect(oracle.status, name).toBe(200)
      expect(await answerOf(ways.throughFastPath, message), name).toEqual(oracle)
      expect(await answerOf(ways.asServed, message), name).toEqual(oracle)
    }
  })

  it('keeps an array at the root of its structured content, with the same JSON as text', async () => {
    const ways = await threeWays()
    for (const url of [ways.throughSdk, ways.throughFastPath]) {
      const { json } = await answerOf(url, readOf(ways))
      expect(json.result.structuredContent).toBeInstanceOf(Array)
      expect(JSON.parse(json.result.content[0].text)).toEqual(json.result.structuredContent)
    }
  })
})

/** Refused before it reaches the upstream, so that many of them cost little. */
function refusedCall({ examples: { model_id } }: Ways) {
  return toolCall('get-file', { model_id })
}

/** Every JSON type, so that each place meets a value of a wrong one. `undefined` leaves the member out. */
const values = [undefined, null, '', 'x', 0, 1.5, true, [], ['x'], {}, { listChanged: 'x' }, { form: {} }]

const places = [
  'jsonrpc id method params result error extra',
  'params/_meta params/name params/arguments params/cursor params/requestState params/inputResponses params/extra',
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

function* oddRequests(base: Message): Generator<readonly [string, Message]> {
  for (const place of places)
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
    ['tools/call', refusedCall],
    ['tools/list', () => modern('tools/list')],
  ] as const)('gets what the SDK answers, whatever is odd about a %s', async (_, baseOf) => {
    const ways = await threeWays()
    const different: unknown[] = []
    const count = { taken: 0, left: 0 }
    for (const [name, message] of oddRequests(baseOf(ways))) {
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
    expect(count.left).toBeGreaterThan(200)
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
