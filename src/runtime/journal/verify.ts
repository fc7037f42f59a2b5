/** Reads the journals of a directory and its folders, and finds where one is not as it was written. */

import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { type Entry, type Link, start, unchained } from './chain.ts'

/** A line of a journal. `fault`: why it can't be trusted; absent = it is as it was written, where it was written. */
export interface Read {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly entry?: Entry
  readonly link?: Link
  readonly fault?: string
}

const fileName = /^(.+-\d+)\.\d{6,}\.jsonl$/

/** Every line of every journal called `name` under a directory; each series in the order it was written in. */
export async function* readJournals(directory: string, name: string): AsyncGenerator<Read> {
  const paths = (await readdir(directory, { recursive: true })).sort()
  let series = ''
  let before = start
  for (const path of paths) {
    const base = path.split(sep).at(-1) ?? ''
    const prefix = fileName.exec(base)?.[1]
    if (prefix === undefined || !base.startsWith(`${name}-`)) continue
    const own = path.slice(0, path.length - base.length) + prefix
    if (own !== series) before = start
    series = own
    for await (const read of linesOf(join(directory, path), before)) {
      yield read
      if (read.link !== undefined) before = read.link
    }
  }
}

/** The lines of one file. `first` = where the chain is before it. */
export async function* linesOf(file: string, first: Link = start): AsyncGenerator<Read> {
  let before = first
  let line = 0
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: 0 })) {
    line += 1
    const found = unchained(text)
    if (found === undefined) {
      yield { file, line, fault: 'it is not as it was written' }
      continue
    }
    const { entry, link, prev } = found
    const follows = prev === before.hash && link.seq === before.seq + 1
    yield { file, line, entry, link, ...(follows ? {} : { fault: 'it does not follow the line before it' }) }
    before = link
  }
}
