/** The prompts of an MCP surface and what completes their arguments, as clients of both eras meet them. */

import { PassThrough } from 'node:stream'
import { Client, type ElicitResult, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { lines } from '../support/surfaces.ts'
import { classic, envelope, initialize, messageIn, modern, post, revision } from './mcp-messages.ts'
import { type ServedOffer, serveOffer } from './mcp-offer.ts'

const prompts = {
  zebra: { display: 'Zebra', description: 'Comes first.', template: [{ role: 'user', content: 'Look.' }] },
  compare: {
    display: 'Compare',
    description: 'Compares two things.',
    arguments: {
      first: { description: 'The one.' },
      second: { description: 'The other.' },
      tone: { description: 'How.', required: false },
      state: { description: 'Where they stand.', required: false },
    },
    template: [
      { role: 'user', content: 'Compare {{first}} with {{second}}, {{tone}}. {{first}}!' },
      { role: 'assistant', content: 'I read {{second}}.' },
    ],
  },
} as const

const states = Array.from({ length: 120 }, (_, i) => `state-${i}`)
const flows = {
  find: {
    description: 'Finds things.',
    semantics: { safe: true },
    inputParameters: {
      state: { type: 'string', description: 'Which.', required: false },
      draft: { type: 'boolean', description: 'Whether drafts too.', required: false },
      tone: { type: 'string', description: 'How.', required: false },
    },
    call: 'api.find-things',
  },
}
const resources = {
  thing: { display: 'A thing', description: 'One.', uri: 'things://{id}', call: 'api.get-thing' },
  found: { display: 'Found', description: 'By state.', uri: 'found://{state}/{draft}', call: 'api.find-things' },
}
const find = { state: { enum: ['Open', 'closed', ...states] }, tone: { default: 'kind', examples: ['dry', 'kind'] } }
const companion = { inputs: { 'things.find': find } }

const tools = { find: { ref: 'things.find' } }

let served: ServedOffer
const endings: (() => Promise<void>)[] = []
beforeAll(async () => {
  served = await serveOffer(
    { prompts, tools, flows, resources },
    { companion, atEnd: (close) => void endings.unshift(close) },
  )
})
afterAll(async () => {
  for (const close of endings) await close()
})

const throughSdk = { _meta: { ...envelope, 'example.com/odd': 1 } }

/** A request on each way: what JSON-RPC answers. */
const ways = {
  'the fast path': async (method: string, params: object) =>
    (await post(served.url, modern(method, { ...params }))).json,
  'the SDK': async (method: string, params: object) =>
    (await post(served.url, modern(method, { ...params, ...throughSdk }))).json,
  'a 2025 session': async (method: string, params: object) => {
    const session = {
      id: String((await post(served.url, initialize())).headers['mcp-session-id']),
      revision: '2025-11-25',
    }
    return messageIn(await post(served.url, classic({ id: 1, method, params }, session)))
  },
}

describe.each(Object.entries(ways))('by way of %s', (_, ask) => {
  const get = (name: string, args?: object) =>
    ask('prompts/get', { name, ...(args === undefined ? {} : { arguments: args }) })

  it('prompts are listed in the order of the text, with their arguments', async () => {
    const { prompts } = (await ask('prompts/list', {})).result
    expect(prompts).toEqual([
      { name: 'zebra', title: 'Zebra', description: 'Comes first.' },
      {
        name: 'compare',
        title: 'Compare',
        description: 'Compares two things.',
        arguments: [
          { name: 'first', description: 'The one.', required: true },
          { name: 'second', description: 'The other.', required: true },
          { name: 'tone', description: 'How.', required: false },
          { name: 'state', description: 'Where they stand.', required: false },
        ],
      },
    ])
  })

  it('a prompt answers its messages with the arguments in place, as they are', async () => {
    const { result } = await get('compare', { first: '{{second}}', second: '$& <b>\n' })
    expect(result).toMatchObject({
      description: 'Compares two things.',
      messages: [
        { role: 'user', content: { type: 'text', text: 'Compare {{second}} with $& <b>\n, . {{second}}!' } },
        { role: 'assistant', content: { type: 'text', text: 'I read $& <b>\n.' } },
      ],
    })
    expect((await get('zebra')).result.messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Look.' } }])
  })

  it('each argument that is missing or unknown is named', async () => {
    expect((await get('compare')).error).toEqual({
      code: -32602,
      message: 'Invalid input:\n- /first is required\n- /second is required',
    })
    expect((await get('compare', { first: 'a', second: 'b', tome: 'c', constructor: 'd' })).error).toEqual({
      code: -32602,
      message: [
        'Invalid input:',
        '- /tome is not an argument of this prompt (did you mean "tone"?)',
        '- /constructor is not an argument of this prompt',
      ].join('\n'),
    })
  })

  it('a prompt that nobody offers is unknown, and an argument is text', async () => {
    for (const name of ['zebr', '', 'constructor']) expect((await get(name)).error.code, name).toBe(-32602)
    expect((await get('compare', { first: 1, second: 'b' })).result).toBeUndefined()
  })
})

describe.each([['legacy'], [{ pin: revision }]] as const)('a client (%j)', (mode) => {
  async function clientOf(answer?: (params: object) => ElicitResult) {
    const asks = answer === undefined ? {} : { capabilities: { elicitation: {} } }
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode }, ...asks })
    if (answer !== undefined) client.setRequestHandler('elicitation/create', async ({ params }) => answer(params))
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', served.url)))
    onTestFinished(() => client.close())
    return client
  }

  it('completes arguments and variables with what schemas name, and with nothing else', async () => {
    const client = await clientOf()
    const complete = async (ref: object, name: string, value: string, context?: object) => {
      const asked = { ref, argument: { name, value }, ...(context === undefined ? {} : { context }) }
      return (await client.complete(asked as Parameters<typeof client.complete>[0])).completion
    }
    const compare = { type: 'ref/prompt', name: 'compare' }
    const found = { type: 'ref/resource', uri: 'found://{state}/{draft}' }
    expect(await complete(compare, 'state', 'o')).toMatchObject({
      values: ['Open', 'closed'],
      total: 2,
      hasMore: false,
    })
    expect(await complete(compare, 'tone', '')).toMatchObject({ values: ['dry', 'kind'] })
    expect(await complete(compare, 'first', '')).toMatchObject({ values: [], total: 0, hasMore: false })
    const many = await complete(found, 'state', 'STATE-', { arguments: { draft: 'true' } })
    expect(many).toMatchObject({ total: 120, hasMore: true })
    expect(many.values).toEqual(states.slice(0, 100))
    expect(await complete(found, 'draft', 't')).toMatchObject({ values: ['true'] })
    expect(await complete({ type: 'ref/resource', uri: 'things://{id}' }, 'id', '')).toMatchObject({
      values: [],
    })
  })

  it.each([
    [{ type: 'ref/prompt', name: 'compare' }, 'third'],
    [{ type: 'ref/prompt', name: 'compar' }, 'first'],
    [{ type: 'ref/resource', uri: 'found://open/true' }, 'state'],
    [{ type: 'ref/resource', uri: 'found://{state}/{draft}' }, 'tone'],
  ] as const)('is told that there is nothing to complete in %j called %s', async (ref, name) => {
    const client = await clientOf()
    await expect(client.complete({ ref, argument: { name, value: '' } })).rejects.toMatchObject({ code: -32602 })
  })

  it('asks the person for the arguments that are missing, by their descriptions', async () => {
    const asked: object[] = []
    const client = await clientOf((params) => {
      asked.push(params)
      return { action: 'accept', content: { second: 'a pear', tone: 'dry' } }
    })
    const { messages } = await client.getPrompt({ name: 'compare', arguments: { first: 'an apple' } })
    expect(messages[0]?.content).toEqual({ type: 'text', text: 'Compare an apple with a pear, . an apple!' })
    const second = { type: 'string', description: 'The other.' }
    expect(asked).toMatchObject([
      {
        message: 'Compare: Compares two things.',
        requestedSchema: { type: 'object', properties: { second }, required: ['second'] },
      },
    ])
  })

  it('says what is missing where the person would not answer', async () => {
    for (const action of ['decline', 'cancel'] as const) {
      const client = await clientOf(() => ({ action }))
      const getting = client.getPrompt({ name: 'compare', arguments: { first: 'an apple' } })
      await expect(getting).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('/second') })
    }
  })

  it('gets a prompt over stdio', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    await served.overStdio({ input, output })
    const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
    await client.connect(lines(output, input))
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['zebra', 'compare'])
    expect(await client.getPrompt({ name: 'zebra' })).toMatchObject({ messages: [{ content: { text: 'Look.' } }] })
    await client.close()
  })
})
