/** What clients of both eras hear of a reload: the lists that changed, and the files that they asked to hear of. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lines } from '../support/surfaces.ts'
import { signal } from './exchange.ts'
import { revision } from './mcp-messages.ts'
import { type Offered, type ServedOffer, serveOffer } from './mcp-offer.ts'

const files = { 'docs/guide.md': 'one', 'docs/other.md': 'one' }
const docs = { display: 'Documents', description: 'To read.', uri: 'docs://all', location: 'file:///./docs' }
const look = { display: 'Look', description: 'Looks.', template: [{ role: 'user', content: 'Look.' }] } as const
const offered: Offered = {
  resources: { docs, thing: { display: 'A thing', description: 'One.', uri: 'things://{id}', call: 'api.get-thing' } },
  prompts: { look },
}
const guide = 'docs://all/guide.md'

type Reload = ServedOffer['reload']
type Mode = 'legacy' | { readonly pin: string }

/** A client and all that it is told, each as its method and URI. */
function listener(mode: Mode) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  onTestFinished(() => client.close())
  const heard: string[] = []
  let arrived = signal()
  const hear = (name: string) => {
    heard.push(name)
    arrived.give()
    arrived = signal()
  }
  for (const family of ['tools', 'resources', 'prompts'] as const)
    client.setNotificationHandler(`notifications/${family}/list_changed`, () => hear(family))
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => hear(params.uri))
  /** All that it was told so far, once that is so much. */
  const told = async (count: number) => {
    while (heard.length < count) await arrived.given
    return heard.splice(0)
  }
  return { client, told }
}

async function overHttp(mode: Mode): Promise<{ readonly served: ServedOffer; readonly reload: Reload } & Listener> {
  const served = await serveOffer(offered, { files })
  return { ...(await connected(served.url, mode)), served, reload: served.reload }
}

type Listener = ReturnType<typeof listener>

/** A 2025 client hears what happens once its stream is open. */
async function connected(url: string, mode: Mode): Promise<Listener> {
  const { client, told } = listener(mode)
  const streaming = signal()
  const observed: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (init?.method === 'GET') streaming.give()
    return answer
  }
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { fetch: observed }))
  if (mode === 'legacy') await streaming.given
  return { client, told }
}

async function overStdio(mode: Mode): Promise<{ readonly served: ServedOffer; readonly reload: Reload } & Listener> {
  const served = await serveOffer(offered, { files })
  const [input, output] = [new PassThrough(), new PassThrough()]
  const { reload } = await served.overStdio({ input, output })
  const { client, told } = listener(mode)
  await client.connect(lines(output, input))
  return { client, told, served, reload }
}

const everything = { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true }

describe.each([
  ['a 2025 client', overHttp, 'legacy'],
  ['a 2025 client on stdio', overStdio, 'legacy'],
  ['a 2026-07-28 client', overHttp, { pin: revision }],
  ['a 2026-07-28 client on stdio', overStdio, { pin: revision }],
] as const)('%s', (_, connect, mode) => {
  it('is told of the families that changed and of the files that it asked for, and of nothing else', async () => {
    const { client, told, served, reload } = await connect(mode)
    if (mode === 'legacy') await client.subscribeResource({ uri: guide })
    else await client.listen({ ...everything, resourceSubscriptions: [guide] })
    const write = (name: string, text: string) => writeFile(join(served.folder, 'docs', name), text)
    await write('guide.md', 'two')
    await write('other.md', 'two')
    await reload()
    expect(await told(1)).toEqual([guide])
    await reload({ ...offered, prompts: { look: { ...look, description: 'Looks twice.' } } })
    expect(await told(1)).toEqual(['prompts'])
    await reload({ ...offered, leftOut: 'list-things' })
    expect((await told(2)).sort()).toEqual(['prompts', 'tools'])
    await reload()
    expect(await told(1)).toEqual(['tools'])
    await reload()
    await write('new.md', 'new')
    await reload()
    expect(await told(1)).toEqual(['resources'])
    await write('guide.md', 'three')
    await reload()
    expect((await told(2)).sort()).toEqual([guide, 'resources'])
    expect((await client.readResource({ uri: guide })).contents).toMatchObject([{ text: 'three' }])
  })
})

describe('a subscription', () => {
  it('of a 2025 session is its own, ends when it says so, and is for what is served only', async () => {
    const { client, told, served, reload } = await overHttp('legacy')
    const other = await connected(served.url, 'legacy')
    for (const uri of ['docs://all/nothing.md', 'things://', 'file:///etc/passwd'])
      await expect(client.subscribeResource({ uri })).rejects.toMatchObject({ code: -32602 })
    await client.subscribeResource({ uri: 'things://t1' })
    await client.subscribeResource({ uri: guide })
    const change = async (text: string) => {
      await writeFile(join(served.folder, 'docs/guide.md'), text)
      await reload()
    }
    await change('two')
    expect(await told(1)).toEqual([guide])
    await client.unsubscribeResource({ uri: guide })
    await change('six')
    await change('three')
    expect(await told(1)).toEqual(['resources'])
    expect(await other.told(1)).toEqual(['resources'])
  })

  it('is for so many resources, and no more', async () => {
    const { client } = await overStdio('legacy')
    const uris = Array.from({ length: 1000 }, (_, i) => `things://${i}`)
    await Promise.all(uris.map((uri) => client.subscribeResource({ uri })))
    await expect(client.subscribeResource({ uri: 'things://one-more' })).rejects.toThrow('Unsubscribe')
    await client.subscribeResource({ uri: 'things://7' })
    await client.unsubscribeResource({ uri: 'things://7' })
    await client.subscribeResource({ uri: 'things://one-more' })
  })

  it('of a 2026-07-28 client is acknowledged for what is served only', async () => {
    const { client } = await overHttp({ pin: revision })
    const uris = ['docs://all/nothing.md', guide, 'things://t1', guide]
    const { honoredFilter } = await client.listen({ resourceSubscriptions: uris })
    expect(honoredFilter).toEqual({ resourceSubscriptions: [guide, 'things://t1'] })
    const none = await client.listen({ resourceSubscriptions: ['docs://all/nothing.md'] })
    expect(none.honoredFilter).toEqual({})
    expect(await none.closed).toBe('graceful')
  })
})
