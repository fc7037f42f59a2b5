/**
 * The files of a journal: `<name>-<series>.<number>.jsonl`. A process writes one series alone, held by a lock file; a second
 * one takes the next. Directories are 0700, files 0600.
 */

import { link, mkdir, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../../errors.ts'
import { type Link, start, unchained } from './chain.ts'

export interface Series {
  readonly directory: string
  /** Name and series of the files, e.g. `audit-1`. */
  readonly prefix: string
  readonly release: () => Promise<void>
}

/** Most processes that write into one directory. */
const mostSeries = 64

/** Longest end of a file that is read to find its last line, in bytes. A line is far shorter. */
const tailBytes = 256 * 1024

/** What this process holds: a lock with its own number that is not here was left by another one that had it. */
const held = new Set<string>()

/** Takes the first series that nobody writes. Throws StartError when the directory can't be written. */
export async function takeSeries(directory: string, name: string): Promise<Series> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (let n = 1; n <= mostSeries; n += 1) {
      const lock = join(directory, `${name}-${n}.lock`)
      if (held.has(lock)) continue
      held.add(lock)
      const isOurs = await taken(lock).catch((error) => {
        held.delete(lock)
        throw error
      })
      if (!isOurs) {
        held.delete(lock)
        continue
      }
      const release = async () => {
        await rm(lock, { force: true })
        held.delete(lock)
      }
      return { directory, prefix: `${name}-${n}`, release }
    }
  } catch (error) {
    throw unwritable(directory, error)
  }
  throw new StartError(`${mostSeries} processes write into ${directory} already`)
}

async function taken(lock: string): Promise<boolean> {
  if (await created(lock)) return true
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (pid !== process.pid && isAlive(pid)) return false
  // Whoever moves the old lock away first may have it; moving a new one away by mistake is seen by what it holds.
  const aside = `${lock}.${process.pid}`
  await rename(lock, aside).catch(() => {})
  const moved = Number(await readFile(aside, 'utf8').catch(() => ''))
  if (moved !== pid) {
    await rename(aside, lock).catch(() => {})
    return false
  }
  await rm(aside, { force: true })
  return created(lock)
}

/** A lock is there with what it holds, or not at all. */
async function created(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}.new`
  await writeFile(own, String(process.pid), { mode: 0o600 })
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The files of a series, oldest first. */
export async function filesOf({ directory, prefix }: Pick<Series, 'directory' | 'prefix'>): Promise<readonly string[]> {
  const names = await readdir(directory)
  return names.filter((name) => name.startsWith(`${prefix}.`) && name.endsWith('.jsonl')).sort()
}

/** The files of all series of a journal by age. */
export interface Aged {
  /** Written to since then, the oldest first; no more than `mostBytes` of the newest. */
  readonly recent: readonly string[]
  /** Not written to since then, nor ever again. */
  readonly old: readonly string[]
}

/** Sorts the files of a journal called `name`. `since` in milliseconds since 1970. */
export async function recentFiles(directory: string, name: string, since: number, mostBytes: number): Promise<Aged> {
  const names = (await readdir(directory)).filter((one) => one.startsWith(`${name}-`) && one.endsWith('.jsonl')).sort()
  // Somebody may have the last one of a series open.
  const isLast = (one: string, i: number) => names[i + 1]?.split('.')[0] !== one.split('.')[0]
  const found = await Promise.all(
    names.map(async (one, i) => {
      const path = join(directory, one)
      // Another process may have removed it meanwhile.
      const there = await stat(path).catch(() => undefined)
      return there === undefined ? [] : [{ path, mtimeMs: there.mtimeMs, size: there.size, isLast: isLast(one, i) }]
    }),
  )
  const files = found.flat()
  const old = files.filter(({ mtimeMs, isLast }) => mtimeMs < since && !isLast)
  let left = mostBytes
  const recent = files
    .filter(({ mtimeMs }) => mtimeMs >= since)
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
    .filter(({ size }) => {
      left -= size
      return left >= 0
    })
  return { recent: recent.map(({ path }) => path).reverse(), old: old.map(({ path }) => path) }
}

/** Number of the newest file (0 = none), its length in bytes, and where the chain is. */
export interface End {
  readonly number: number
  readonly bytes: number
  readonly link: Link
  /** Where the part of a line that a crash left was put. */
  readonly torn?: string
}

/** Finds where a series ends; a torn last line is put aside. Throws StartError when its last whole line is damaged. */
export async function endOf(series: Series): Promise<End> {
  const files = await filesOf(series)
  const newest = files.at(-1)
  if (newest === undefined) return { number: 0, bytes: 0, link: start }
  const torn = await putAside(join(series.directory, newest))
  for (const file of files.toReversed()) {
    const { last } = await tailOf(join(series.directory, file))
    if (last === undefined) continue
    const found = unchained(last)?.link
    if (found === undefined)
      throw new StartError(`the last line of ${join(series.directory, file)} is damaged; move the file away to go on`)
    return { ...(await placeOf(series, newest)), link: found, ...torn }
  }
  return { ...(await placeOf(series, newest)), link: start, ...torn }
}

async function placeOf({ directory, prefix }: Series, file: string) {
  const { size } = await tailOf(join(directory, file))
  return { number: Number(file.slice(prefix.length + 1, -'.jsonl'.length)), bytes: size }
}

async function putAside(path: string): Promise<{ readonly torn?: string }> {
  const { rest, size } = await tailOf(path)
  if (rest.length === 0) return {}
  const torn = `${path}.torn`
  await writeFile(torn, Buffer.concat([rest, Buffer.from('\n')]), { flag: 'a', mode: 0o600 })
  await truncate(path, size - rest.length)
  return { torn }
}

/** The last whole line of a file, and what stands behind it. */
async function tailOf(path: string) {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.min(size, tailBytes))
    await file.read(bytes, 0, bytes.length, size - bytes.length)
    const end = bytes.lastIndexOf(10)
    const last = end < 0 ? undefined : bytes.subarray(bytes.lastIndexOf(10, end - 1) + 1, end).toString()
    return { size, rest: bytes.subarray(end + 1), last: end === 0 ? '' : last }
  } finally {
    await file.close()
  }
}

/** What to do about it is said in the words of the command line, where such a place is not always chosen by hand. */
export function unwritable(directory: string, cause: unknown): StartError {
  const { code = String(cause) } = cause as NodeJS.ErrnoException
  return new StartError(
    `${directory} can't be written (${code}); name a folder with --state <dir>, or keep no audit with --allow-unaudited`,
  )
}
