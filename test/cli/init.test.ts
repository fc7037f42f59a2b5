/** A capability to begin with is sound, serves, and is written over nothing. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { initialCapability, validate } from '../../src/index.ts'
import { ensureBuilt, run } from '../support/cli.ts'
import { serveFile, writeCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'

beforeAll(ensureBuilt)

test('what init writes has nothing to be said of, not even on style, and answers', async () => {
  const upstream = await startUpstream([
    { request: { method: 'GET', path: '/v1/items/7' }, response: { json: { id: '7' } } },
  ])
  const file = await writeCapability(await initialCapability({ name: 'Pet Shop', baseUri: `${upstream.url}/v1` }))
  const { diagnostics } = await validate(file, { info: true })
  expect(diagnostics.map(({ code }) => code)).toEqual([])
  const served = await serveFile(file)
  const answer = await fetch(`${served.url('rest')}/items/7`)
  expect([answer.status, await answer.json()]).toEqual([200, { id: '7' }])
})

test('init writes a file once, and says which flags it misses where nobody can be asked', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'init-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  const flags = ['init', '--name', 'Pet Shop', '--base-uri', 'https://pets.test/v1/']
  const first = await run(flags, { cwd })
  expect(first.stdout).toContain('wrote pet-shop.ikanos.yml')
  expect(await readFile(join(cwd, 'pet-shop.ikanos.yml'), 'utf8')).toContain('baseUri: https://pets.test/v1\n')
  const again = await run(flags, { cwd })
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
  const bare = await run(['init'], { cwd })
  expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('--name <name>')])
})
