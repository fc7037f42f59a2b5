/** What is kept of approvals: how many, how long, and by whom they were made at the same time. */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { type Approvals, approvalsOn } from '../../src/runtime/approvals/approvals.ts'
import { fileShelf, memoryShelf } from '../../src/runtime/approvals/shelf.ts'
import { digestOf } from '../../src/text/canonical.ts'

const asked = { operation: 'orders.delete', question: 'Delete it?' }
const day = 24 * 60 * 60 * 1000
const approved = { verdict: 'approved', by: 'ann' } as const

afterEach(() => vi.useRealTimers())

async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'approvals-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, 'approvals')
}

/** As many as may wait, until a time in milliseconds. */
async function filled(until: number) {
  const shelf = memoryShelf()
  for (let n = 0; n < 1000; n += 1)
    await shelf.create(`ap_${String(n).padStart(24, '0')}.${until.toString(36)}.${digestOf(n)}.json`, '{}')
  return shelf
}

test('when too many wait another one is refused, until some are decided or have expired', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const shelf = await filled(Date.now() + 1000)
  const approvals = approvalsOn(shelf)
  await expect(approvals.ask(digestOf('x'), asked, 60)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  vi.setSystemTime(Date.now() + 1001)
  expect(await approvals.ask(digestOf('x'), asked, 60)).toMatchObject({ state: 'pending' })
  vi.setSystemTime(Date.now() + day)
  await approvals.ask(digestOf('y'), asked, 60)
  expect(await approvals.list()).toHaveLength(2)
})

test('nothing is on the disk before somebody is asked, and then its owner alone can read it', async () => {
  const directory = await folder()
  const approvals = approvalsOn(fileShelf(directory))
  expect([await approvals.list(), await approvals.find('ap_x')]).toEqual([[], undefined])
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  await approvals.ask(digestOf('x'), asked, 60)
  await approvals.token()
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  for (const name of await readdir(directory)) {
    expect(name).toMatch(/^(ap_.*\.json|approver-token)$/)
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  }
})

test('of several processes one decides and one takes, and all know the same token', async () => {
  const directory = await folder()
  const processes = Array.from({ length: 4 }, () => approvalsOn(fileShelf(directory)))
  const all = <T>(run: (one: Approvals) => Promise<T>) => Promise.allSettled(processes.map(run))
  const { id } = await (processes[0] as Approvals).ask(digestOf('x'), asked, 60)
  const fulfilled = (settled: readonly PromiseSettledResult<unknown>[]) =>
    settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(fulfilled(await all((one) => one.decide(id, approved)))).toHaveLength(1)
  expect(fulfilled(await all((one) => one.take(id))).filter((took) => took === true)).toHaveLength(1)
  const tokens = fulfilled(await all(async (one) => (await one.token()).reveal()))
  expect([tokens.length, new Set(tokens).size]).toEqual([4, 1])
})

test('where two processes asked at the same time, a refusal counts before a release, and that before what waits', async () => {
  const shelf = memoryShelf()
  const [first, second] = ['a', 'b'].map((letter) => `ap_${letter.repeat(24)}`)
  for (const [id, asked_at] of [
    [first, '2026-01-01T00:00:01Z'],
    [second, '2026-01-01T00:00:00Z'],
  ])
    await shelf.create(
      `${id}.${(Date.now() + day).toString(36)}.${digestOf('x')}.json`,
      JSON.stringify({ ...asked, asked_at }),
    )
  const approvals = approvalsOn(shelf)
  const ask = () => approvals.ask(digestOf('x'), asked, 60)
  expect(await ask()).toMatchObject({ id: second, state: 'pending' })
  await approvals.decide(first ?? '', approved)
  expect(await ask()).toMatchObject({ id: first, state: 'released' })
  await approvals.decide(second ?? '', { verdict: 'denied', by: 'bea' })
  expect(await ask()).toMatchObject({ id: second, state: 'refused' })
})
