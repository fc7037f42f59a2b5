/**
 * The writes that must not be made again, known after a restart: a line before one is sent, a line with what came of it.
 * One that has no second line was cut off by a crash, and nobody knows whether it was made.
 */

import { rm } from 'node:fs/promises'
import type { Entry } from './journal/chain.ts'
import { recentFiles } from './journal/files.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import { linesOf } from './journal/verify.ts'
import type { Facts, Fault, Kept, Ticket } from './kept.ts'
import type { Log } from './log.ts'
import { createOnce, forget, keep, type Made, makeRoom, type Once, onceDefaults } from './once.ts'

const hourMs = 60 * 60 * 1000

/** Most bytes of journals that are read back; older files are left out. */
const mostRead = 128 * 1024 * 1024

export interface OnceJournal {
  readonly once: Once
  readonly close: () => Promise<void>
}

/** Opens the journal of a directory with what the last 24 hours left in it. Throws StartError where it can't be written. */
export async function openOnce(directory: string, log: Log): Promise<OnceJournal> {
  // What is older than a day goes by files, so each holds no more than an hour.
  const journal = await openJournal({ directory, name: 'once', maxAgeMs: hourMs })
  const tidy = tidying(directory, log)
  const all = createOnce((facts) => {
    tidy()
    return ticketOf(journal, facts, log)
  })
  try {
    await readBack(directory, all, log)
  } catch (error) {
    await journal.close()
    throw error
  }
  return { once: all, close: journal.close }
}

function ticketOf(journal: Journal, facts: Facts, log: Log): Ticket {
  const line = (event: string, more: Entry) => journal.append({ event, at: Date.now(), ...facts, ...more })
  return {
    begin: () => line('begun', {}),
    // It is done: calling it a failure would invite a second one. After a restart nobody knows what came of it.
    end: (kept) =>
      line(kept === undefined ? 'free' : 'made', kept === undefined ? {} : factsOf(kept)).catch(() =>
        log.write('error', 'what came of a write can not be kept', { id: facts.id }),
      ),
  }
}

/** A fault of ours is not told again by another process: it is as if nothing was known. */
function factsOf(kept: Kept): Entry {
  return 'error' in kept ? { unknown: true } : { ...kept }
}

function tidying(directory: string, log: Log): () => void {
  let last = Date.now()
  return () => {
    if (Date.now() - last < hourMs) return
    last = Date.now()
    removeOld(directory).catch(() => log.write('warn', 'old lines of writes can not be removed'))
  }
}

const sinceOf = () => Date.now() - onceDefaults.keyMs

async function removeOld(directory: string) {
  const { old } = await recentFiles(directory, 'once', sinceOf(), mostRead)
  await Promise.all(old.map((file) => rm(file, { force: true })))
}

async function readBack(directory: string, all: Once, log: Log) {
  await removeOld(directory)
  const since = sinceOf()
  let damaged = 0
  for (const file of (await recentFiles(directory, 'once', since, mostRead)).recent) {
    for await (const { entry } of linesOf(file)) {
      if (entry === undefined) damaged += 1
      else if (Number(entry.at) >= since) take(entry as unknown as Line, all)
    }
  }
  if (damaged > 0) log.write('warn', 'lines of earlier writes can not be read', { lines: damaged })
}

interface Line extends Facts {
  readonly event: 'begun' | 'made' | 'free'
  readonly at: number
  readonly status?: number
  readonly text?: string
  readonly fault?: Fault
}

/** Where it is not known what came of one, its time counts from now on: no client could hear of it before. */
function take({ event, at, id, print, keptMs, status, text, fault }: Line, all: Once) {
  forget(all, id)
  if (event === 'free') return
  makeRoom(all)
  const entry: Made = { print, until: (event === 'begun' ? Date.now() : at) + keptMs }
  all.made.set(id, entry)
  if (fault !== undefined) keep(all, entry, { fault })
  else if (status !== undefined) keep(all, entry, text === undefined ? { status } : { status, text })
}
