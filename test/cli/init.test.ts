/** A capability to begin with is sound, serves, and is written over nothing. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { initialCapability, validate } from '../../src/index.ts'
import { say } from '../support/say.ts'
import { serveFile, writeCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'

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
  const cwd = await folder()
  const flags = ['init', '--name', 'Pet Shop', '--base-uri', 'https://pets.test/v1/']
  const first = await say(flags, { cwd })
  expect(first.stdout).toContain('wrote pet-shop.ikanos.yml')
  expect(await readFile(join(cwd, 'pet-shop.ikanos.yml'), 'utf8')).toContain('baseUri: https://pets.test/v1\n')
  const again = await say(flags, { cwd })
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
  const bare = await say(['init'], { cwd })
  expect([bare.code, bare.stderr]).toEqual([2, 'capability: init needs --name <name> and --base-uri <url>\n'])
})

/** Somebody who answers so, in this order, and what was asked. */
function somebody(...answers: readonly string[]) {
  const waiting = [...answers]
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    return waiting.shift() ?? ''
  }
  return { asked, ask }
}

async function folder() {
  const cwd = await mkdtemp(join(tmpdir(), 'init-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  return cwd
}

describe('init asks', () => {
  test('for what no flag says, and writes what validates', async () => {
    const file = join(await folder(), 'mine.yml')
    const { asked, ask } = somebody('Pet Shop', 'https://pets.test/v1/', file)
    const { code, stdout } = await say(['init'], { ask })
    expect([code, stdout.split('\n')[0]]).toEqual([0, `wrote ${file}`])
    expect(asked).toEqual([
      'Name, e.g. Pet Shop: ',
      'Where the API is, e.g. https://api.example.com: ',
      'File [pet-shop.ikanos.yml]: ',
    ])
    expect((await validate(file, { info: true })).diagnostics).toEqual([])
    const flagged = somebody('https://pets.test')
    await say(['init', '--name', 'Pet Shop', '--file', `${file}.2`], { ask: flagged.ask })
    expect(flagged.asked).toHaveLength(1)
  })

  test('again where an answer will not do, and says why', async () => {
    const file = join(await folder(), 'mine.yml')
    const { ask } = somebody('…', 'Pet Shop', 'pets.test', 'https://pets.test?a=b', 'https://pets.test')
    const { code, stderr } = await say(['init', '--file', file], { ask })
    expect(code).toBe(0)
    expect(stderr.split('\n')).toEqual([
      'a name has a letter or a digit in it',
      'Write it as https://…, without a query.',
      'Write it as https://…, without a query.',
      '',
    ])
  })

  test('three times, and then no more', async () => {
    const { asked, ask } = somebody()
    const { code, stderr } = await say(['init'], { ask })
    expect([code, asked.length]).toEqual([2, 3])
    expect(stderr).toMatch(/capability: Name: a name has a letter or a digit in it\n$/)
  })
})

test.each([
  [['--name', '…', '--base-uri', 'https://a.test'], 'a name has a letter or a digit in it'],
  [['--name', 'A', '--base-uri', 'a.test'], 'Write it as https://…, without a query.'],
  [['--name', 'A'], 'init needs --base-uri <url>'],
  [['--name', 'A', '--base-uri', 'https://a.test', '--file', '/no/such/folder/a.yml'], "can't be written (ENOENT)"],
])('init says what is wrong with %j', async (flags, message) => {
  const { code, stdout, stderr } = await say(['init', ...flags])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
})
