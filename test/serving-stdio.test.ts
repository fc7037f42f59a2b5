/** Over stdio too a capability is offered anew from its file, and the client is told. */

import { readFile, writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStdio } from '../src/index.ts'
import { writeCapability } from './support/serve.ts'
import { lines } from './support/surfaces.ts'
import { capabilityOf, environment, thingTools } from './surfaces/cases.ts'

async function connected(mode: 'legacy' | { pin: string }) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const file = await writeCapability(capabilityOf([thingTools()]))
  const streams = { input, output } as unknown as Parameters<typeof openStdio>[2]
  const running = await openStdio(file, { environment }, streams)
  let tell: (names: readonly string[]) => void = () => {}
  const told = new Promise<readonly string[]>((resolve) => {
    tell = resolve
  })
  const onChanged = (_: unknown, tools: readonly { name: string }[] | null) =>
    tell((tools ?? []).map(({ name }) => name))
  const listChanged = { tools: { onChanged, debounceMs: 0 } }
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode }, listChanged })
  await client.connect(lines(output, input))
  onTestFinished(async () => {
    await client.close()
    await running.ended
  })
  const text = await readFile(file, 'utf8')
  const names = async () => (await client.listTools()).tools.map(({ name }) => name)
  const change = async (to: (text: string) => string) => {
    await writeFile(file, to(text))
    return (await running.reload()).map(({ code }) => code)
  }
  return { running, told, names, change }
}

describe.each([
  ['2025-11-25', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const)('a client of %s', (_, mode) => {
  it('hears that the tools are others, and gets them', async () => {
    const { told, names, change, running } = await connected(mode)
    expect(await names()).toEqual(['get-thing'])
    expect(await change(toReading)).toEqual([])
    expect(await told).toEqual(['read-thing'])
    expect(await names()).toEqual(['read-thing'])
    expect(running.capability.plan.surfaces[0]).toMatchObject({ tools: [{ name: 'read-thing' }] })
  })

  it('keeps what it has while the file is broken', async () => {
    const { names, change } = await connected(mode)
    expect(await change((text) => text.replace('api.get-thing', 'api.get-thin'))).toEqual(['unknown-operation'])
    expect(await names()).toEqual(['get-thing'])
  })
})

/** The tool by another name. */
function toReading(text: string): string {
  const [before, tools, after] = text.split(/("tools": \{\s*"get-thing")/)
  return `${before}${tools?.replace('get', 'read')}${after}`
}
