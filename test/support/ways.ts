/** One capability that is served once and called on every way, for tests that make many small calls. */

import { PassThrough } from 'node:stream'
import { faultText, load, openStdio } from '../../src/index.ts'
import { open } from '../../src/open.ts'
import { classic, initialize, messageIn, post, toolCall } from '../surfaces/mcp-messages.ts'
import { type ServedCase, serveFile } from './serve.ts'
import { lines, requestOf, send } from './surfaces.ts'

type Options = NonNullable<Parameters<typeof serveFile>[1]>
type AtEnd = NonNullable<Options['atEnd']>

/** What a caller reads of an answer. `status` over REST only. */
export interface Said {
  readonly failed: boolean
  readonly text: string
  readonly status?: number
}

export type Way = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<Said>

export interface Ways {
  readonly served: ServedCase
  readonly ways: Readonly<Record<'REST' | 'MCP 2026-07-28' | 'MCP 2025' | 'stdio' | 'call', Way>>
}

/** Serves a file and opens every way to call it, until the end that `atEnd` knows. No client can be asked anything. */
export async function openWays(file: string, options: Options & { readonly atEnd: AtEnd }): Promise<Ways> {
  const served = await serveFile(file, options)
  const [mcp2025, stdio, call] = await Promise.all([
    overClassic(served.url('mcp')),
    overStdio(file, options),
    directly(file, options),
  ])
  const modern: Way = async (name, input) => said(messageIn(await post(served.url('mcp'), toolCall(name, input))))
  return { served, ways: { REST: overRest(served), 'MCP 2026-07-28': modern, 'MCP 2025': mcp2025, stdio, call } }
}

function overRest({ running, url }: ServedCase): Way {
  const routes = running.capability.plan.surfaces.flatMap((surface) => (surface.type === 'rest' ? surface.routes : []))
  return async (name, input) => {
    const route = routes.find((one) => one.name === name)
    if (route === undefined) throw new Error(`no route is called "${name}"`)
    const { status, text } = await send(url('rest'), requestOf(route, input))
    return { failed: status >= 400, text, status }
  }
}

async function overClassic(url: string): Promise<Way> {
  const reply = await post(url, initialize())
  const session = { id: String(reply.headers['mcp-session-id']), revision: '2025-11-25' }
  const own = reply.headers['mcp-session-id'] === undefined ? undefined : session
  return async (name, input) => {
    const params = { name, arguments: input }
    return said(messageIn(await post(url, classic({ id: 1, method: 'tools/call', params }, own))))
  }
}

async function overStdio(file: string, { atEnd, ...options }: Options & { readonly atEnd: AtEnd }): Promise<Way> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
  const { ended } = await openStdio(file, { environment: {}, ...options }, streams)
  atEnd(async () => {
    input.end()
    await ended
  })
  const waiting = new Map<unknown, (message: Message) => void>()
  const wire = lines(output, input)
  wire.onmessage = (message) => waiting.get((message as Message).id)?.(message as Message)
  await wire.start()
  let id = 0
  return (name, args) => {
    id += 1
    const { body } = toolCall(name, args, id)
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve))
    void wire.send(body as Parameters<typeof wire.send>[0])
    return answer.then(said)
  }
}

async function directly(file: string, { atEnd, ...options }: Options & { readonly atEnd: AtEnd }): Promise<Way> {
  const capability = await load(file, options)
  const { runtime, close } = await open(capability, { environment: {}, ...options })
  atEnd(() => close())
  const found = (name: string) => capability.plan.operations.find((one) => one.name.split('.').at(-1) === name)
  return async (name, input) => {
    const operation = found(name)
    if (operation === undefined) throw new Error(`no operation is called "${name}"`)
    try {
      const { text = '' } = await runtime.invoke(operation)(input)
      return { failed: false, text }
    } catch (error) {
      return { failed: true, text: faultText(error) }
    }
  }
}

interface Message {
  readonly id?: unknown
  readonly error?: { readonly message: string }
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] }
}

/** The whole message is what a client may show, so it is the text. */
function said({ error, result }: Message): Said {
  const failed = error !== undefined || result?.isError === true
  return { failed, text: error?.message ?? `${result?.content?.[0]?.text ?? ''}\n${JSON.stringify(result)}` }
}
