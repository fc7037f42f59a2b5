/** A journal keeps what it was given, in one chain, whatever happens to its process and its disk. */

import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openJournal } from '../../src/runtime/journal/journal.ts'
import { readJournals } from '../../src/runtime/journal/verify.ts'

async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const files = async () => (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort()
  const opened = (more: object = {}) => openJournal({ directory, name: 'audit', ...more })
  const read = async () => {
    const found = []
    for await (const one of readJournals(directory, 'audit')) found.push(one)
    return {
      values: found.map(({ entry }) => entry?.value),
      faults: found.flatMap(({ fault, line }) => (fault ? [line] : [])),
    }
  }
  return { directory, files, opened, read, first: join(directory, 'audit-1.000001.jsonl') }
}

type Folder = Awaited<ReturnType<typeof folder>>

/** Writes values and lets go, as a process that ends. */
async function write({ opened }: Folder, values: readonly unknown[], more: object = {}) {
  const journal = await opened(more)
  await Promise.all(values.map((value) => journal.append({ value })))
  await journal.close()
  return journal
}

describe('A journal', () => {
  test('keeps what comes at once in the order it came in, readable by its owner only', async () => {
    const there = await folder()
    const values = Array.from({ length: 200 }, (_, i) => i)
    await write(there, values)
    expect(await there.read()).toEqual({ values, faults: [] })
    expect((await stat(there.first)).mode & 0o777).toBe(0o600)
  })

  test('goes on with its chain in the next file and in the next process', async () => {
    const there = await folder()
    for (const value of [1, 2, 3]) await write(there, [value], { maxBytes: 1 })
    expect(await there.files()).toHaveLength(3)
    expect(await there.read()).toEqual({ values: [1, 2, 3], faults: [] })
    await rm(join(there.directory, 'audit-1.000002.jsonl'))
    expect((await there.read()).faults).toEqual([1])
  })

  test('puts a torn last line aside, tells it, and goes on', async () => {
    const there = await folder()
    await write(there, [1])
    await appendFile(there.first, '{"seq":2,"pre')
    const { torn } = await write(there, [2])
    expect(await readFile(torn ?? '', 'utf8')).toBe('{"seq":2,"pre\n')
    expect(await there.read()).toEqual({ values: [1, 2], faults: [] })
  })

  test('that was torn in its very first line begins anew', async () => {
    const there = await folder()
    await writeFile(there.first, '{"se')
    await write(there, [1])
    expect(await there.read()).toEqual({ values: [1], faults: [] })
  })

  test.each<[string, (lines: string[]) => string[], number]>([
    ['changed', (lines) => lines.map((line) => line.replace('"value":2', '"value":7')), 2],
    ['left out', (lines) => lines.toSpliced(1, 1), 2],
    ['put twice', (lines) => lines.toSpliced(1, 0, lines[1] ?? ''), 3],
    ['exchanged', ([a = '', b = '', ...rest]) => [b, a, ...rest], 1],
  ])('tells where a line was %s', async (_, change, line) => {
    const there = await folder()
    await write(there, [1, 2, 3])
    const lines = (await readFile(there.first, 'utf8')).trimEnd().split('\n')
    await writeFile(there.first, `${change(lines).join('\n')}\n`)
    expect((await there.read()).faults[0]).toBe(line)
  })

  test('does not go on behind a damaged line', async () => {
    const there = await folder()
    await write(there, [1])
    await writeFile(there.first, (await readFile(there.first, 'utf8')).replace('"value":1', '"value":2'))
    await expect(there.opened()).rejects.toThrow(/is damaged/)
  })

  test('is written by one at a time: a second one has files of its own, and a dead one holds nothing', async () => {
    const there = await folder()
    const [one, two] = await Promise.all([there.opened(), there.opened()])
    await Promise.all([one.append({ value: 1 }), two.append({ value: 2 })])
    await Promise.all([one.close(), two.close()])
    expect(await there.files()).toEqual(['audit-1.000001.jsonl', 'audit-2.000001.jsonl'])
    await writeFile(join(there.directory, 'audit-1.lock'), '99999999')
    await write(there, [3])
    const { values, faults } = await there.read()
    // Whichever of the two came first, the third goes on with its files.
    expect({ third: values.indexOf(3), values: values.toSorted(), faults }).toEqual({
      third: 1,
      values: [1, 2, 3],
      faults: [],
    })
  })

  test('refuses what it has no room for, and takes the rest', async () => {
    const there = await folder()
    const journal = await there.opened({ maxWaiting: 2 })
    const said = await Promise.allSettled([1, 2, 3].map((value) => journal.append({ value })))
    await journal.close()
    expect(said.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(said[2]).toMatchObject({ reason: { code: 'unavailable', retryable: true } })
    expect((await there.read()).values).toEqual([1, 2])
  })

  test('refuses a line that it has no file for, and takes the next one once it has', async () => {
    const there = await folder()
    const journal = await there.opened({ maxBytes: 1 })
    await journal.append({ value: 1 })
    // A directory in the place of the next file refuses root too, which a mode would not.
    const next = join(there.directory, 'audit-1.000002.jsonl')
    await mkdir(next)
    await expect(journal.append({ value: 2 })).rejects.toMatchObject({ code: 'unavailable' })
    await rm(next, { recursive: true })
    await journal.append({ value: 3 })
    await journal.close()
    expect(await there.read()).toEqual({ values: [1, 3], faults: [] })
  })

  test('does not open where it can not write', async () => {
    const there = await folder()
    const file = join(there.directory, 'file')
    await writeFile(file, '')
    await expect(openJournal({ directory: join(file, 'below'), name: 'audit' })).rejects.toThrow(/can't be written/)
  })
})
