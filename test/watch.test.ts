/** A capability that is watched follows its files, and what is broken is told without losing what is served. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Change, watch } from '../src/index.ts'
import type { McpPlan } from '../src/plan.ts'
import { serveCapability } from './support/serve.ts'
import { startUpstream } from './support/upstream.ts'
import { capabilityOf, environment, thingRoutes, thingTools } from './surfaces/cases.ts'
import { exchange } from './surfaces/exchange.ts'

async function watched() {
  const upstream = await startUpstream([
    { request: { method: 'GET', path: '/things/1' }, response: { json: { id: '1' } } },
    { request: { method: 'GET', path: '/others/1' }, response: { json: { other: '1' } } },
  ])
  const { file, running, url } = await serveCapability(capabilityOf([thingRoutes()]), {
    upstreams: { api: upstream.url },
    environment,
  })
  const changes: Change[] = []
  const waiting: ((change: Change) => void)[] = []
  const watching = watch(running, (change) => {
    const next = waiting.shift()
    if (next === undefined) changes.push(change)
    else next(change)
  })
  onTestFinished(() => watching.close())
  const told = () =>
    new Promise<Change>((resolve) => {
      const change = changes.shift()
      if (change === undefined) waiting.push(resolve)
      else resolve(change)
    })
  const text = await readFile(file, 'utf8')
  const get = (path: string) => exchange(url('rest'), path)
  return { file, text, told, get, running }
}

it('a change of the file is served once it is written', async () => {
  const { file, text, told, get } = await watched()
  await writeFile(file, text.replaceAll('/things/{{id}}', '/others/{{id}}'))
  expect(await told()).toEqual({ diagnostics: [] })
  expect((await get('/others/1')).json).toEqual({ other: '1' })
})

it('a companion that appears counts, and a broken file is told and changes nothing', async () => {
  const { file, text, told, get } = await watched()
  await writeFile(file, text.replaceAll('api.get-thing', 'api.nothing'))
  const { diagnostics } = await told()
  expect(diagnostics.map(({ code }) => code)).toEqual(['unknown-operation'])
  expect((await get('/things/1')).json).toEqual({ id: '1' })
  await writeFile(file, text)
  expect(await told()).toEqual({ diagnostics: [] })
  await writeFile(join(dirname(file), 'case.runtime.yml'), 'inputs: { nothing.here: {} }\n')
  expect((await told()).diagnostics.map(({ code }) => code)).toEqual(['unknown-flow'])
})

it('the file of a prompt and the folder of a resource are followed, whatever they are called', async () => {
  const { file, text, told, running } = await watched()
  const folder = dirname(file)
  await mkdir(join(folder, 'more', 'guide'), { recursive: true })
  await writeFile(join(folder, 'more', 'ask.txt'), 'Ask.')
  const root = JSON.parse(text)
  root.capability.exposes.push(
    thingTools({
      port: 0,
      resources: { guide: { description: 'How to.', uri: 'guide:all', location: 'file:///./more/guide' } },
      prompts: { ask: { description: 'Asks.', location: 'file:///./more/ask.txt' } },
    }),
  )
  await writeFile(file, JSON.stringify(root))
  expect(await told()).toEqual({ diagnostics: [] })
  await writeFile(join(folder, 'more', 'ask.txt'), 'Ask {{who}}.')
  expect((await told()).diagnostics.map(({ code }) => code)).toEqual(['unfilled-placeholder'])
  await writeFile(join(folder, 'more', 'guide', 'start'), 'Start here.')
  expect((await told()).diagnostics.map(({ code }) => code)).toEqual(['unfilled-placeholder'])
  const [, tools] = running.capability.plan.surfaces as readonly [unknown, McpPlan]
  expect(tools.prompts[0]?.messages[0]?.parts).toEqual(['Ask {{who}}.'])
})

it('a file that exposes nothing any more is told as a failure', async () => {
  const { file, text, told, get } = await watched()
  const root = JSON.parse(text)
  root.capability.exposes = undefined
  await writeFile(file, JSON.stringify(root))
  expect((await told()).failure?.message).toContain('only holds')
  expect((await get('/things/1')).status).toBe(200)
})
