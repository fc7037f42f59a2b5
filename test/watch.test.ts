/** A capability that is watched follows its files, and what is broken is told without losing what is served. */

import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Change, watch } from '../src/index.ts'
import { serveCapability } from './support/serve.ts'
import { startUpstream } from './support/upstream.ts'
import { capabilityOf, environment, thingRoutes } from './surfaces/cases.ts'
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

it('a file that exposes nothing any more is told as a failure', async () => {
  const { file, text, told, get } = await watched()
  const root = JSON.parse(text)
  root.capability.exposes = undefined
  await writeFile(file, JSON.stringify(root))
  expect((await told()).failure?.message).toContain('only holds')
  expect((await get('/things/1')).status).toBe(200)
})
