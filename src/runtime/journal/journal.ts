/** An append-only journal of JSON lines in a hash chain, whose lines are on the disk before anybody relies on them. */

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { OperationError } from '../../errors.ts'
import { chained, type Entry, type Link } from './chain.ts'
import { endOf, type Series, takeSeries, unwritable } from './files.ts'

export interface JournalOptions {
  /** Where its files are; made when it is not there. */
  readonly directory: string
  /** First part of the names of its files. */
  readonly name: string
  /** A file that is larger is followed by another one, in bytes. Default 16 MiB. */
  readonly maxBytes?: number
  /** A file that is older is followed by another one, in milliseconds. Default a day. */
  readonly maxAgeMs?: number
  /** Most lines that wait for the disk. Default 10,000. */
  readonly maxWaiting?: number
}

export interface Journal {
  /**
   * Adds a line and resolves once it is on the disk; lines that come together are synced together. Rejects with
   * OperationError `unavailable` when the disk refuses it or too many wait: the line is then not in the journal.
   */
  readonly append: (entry: Entry) => Promise<void>
  /** Where the part of a line was put that a crash had left. Undefined = there was none. */
  readonly torn: string | undefined
  /** Resolves once everything that waits is on the disk and the files are let go. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly entry: Entry
  readonly resolve: () => void
  readonly reject: (error: OperationError) => void
}

interface File {
  readonly handle: FileHandle
  readonly number: number
  readonly since: number
  bytes: number
}

/** Opens a journal at its end. Throws StartError when it can't be written, or its end is damaged. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, name, maxBytes = 16 * 1024 * 1024, maxAgeMs = 24 * 60 * 60 * 1000, maxWaiting = 10_000 } = options
  const series = await takeSeries(directory, name)
  const end = await opened(series)
  let { link } = end
  let file = end.file
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (file.bytes >= maxBytes || Date.now() - file.since >= maxAgeMs) file = await nextOf(series, file)
        link = await written(file, link, batch)
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(unavailable(error))
      }
    }
    writing = undefined
  }
  return {
    torn: end.torn,
    append: (entry) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maxWaiting) return reject(unavailable(undefined))
        waiting.push({ entry, resolve, reject })
        writing ??= Promise.resolve().then(write)
      }),
    close: async () => {
      await writing
      await file.handle.close()
      await series.release()
    },
  }
}

async function opened(series: Series): Promise<{ file: File; link: Link; torn: string | undefined }> {
  try {
    const { number, bytes, link, torn } = await endOf(series)
    return { file: await fileOf(series, Math.max(number, 1), bytes), link, torn }
  } catch (error) {
    await series.release()
    throw (error as NodeJS.ErrnoException).code === undefined ? error : unwritable(series.directory, error)
  }
}

async function nextOf(series: Series, before: File): Promise<File> {
  const next = await fileOf(series, before.number + 1, 0)
  await before.handle.close()
  return next
}

/** A name is only safe once its directory is synced. */
async function fileOf({ directory, prefix }: Series, number: number, bytes: number): Promise<File> {
  const name = `${prefix}.${String(number).padStart(6, '0')}.jsonl`
  const handle = await open(join(directory, name), 'a', 0o600)
  const folder = await open(directory, 'r')
  await folder.sync().finally(() => folder.close())
  const { birthtimeMs } = await handle.stat()
  return { handle, number, bytes, since: birthtimeMs || Date.now() }
}

/** All lines or none: what the disk took of a batch that failed is taken back. */
async function written(file: File, before: Link, batch: readonly Waiting[]): Promise<Link> {
  let link = before
  let text = ''
  for (const { entry } of batch) {
    const next = chained(link, entry)
    text += `${next.line}\n`
    link = next.link
  }
  try {
    await file.handle.appendFile(text)
    await file.handle.datasync()
  } catch (error) {
    await file.handle.truncate(file.bytes)
    throw error
  }
  file.bytes += Buffer.byteLength(text)
  return link
}

function unavailable(cause: unknown): OperationError {
  return new OperationError('unavailable', 'what is done can not be written down', { retryable: true, cause })
}
