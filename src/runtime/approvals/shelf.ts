/** Where approvals lie: small texts by name that are written once and never changed, in memory or in a directory. */

import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface Shelf {
  /** Whether other processes see it, and the next one. */
  readonly kept: boolean
  readonly names: () => Promise<readonly string[]>
  /** Puts a text there, whole or not at all; false where the name is taken. */
  readonly create: (name: string, text: string) => Promise<boolean>
  /** Undefined where there is nothing of that name. */
  readonly read: (name: string) => Promise<string | undefined>
  readonly remove: (name: string) => Promise<void>
}

/** Forgets all with its process. */
export function memoryShelf(): Shelf {
  const texts = new Map<string, string>()
  return {
    kept: false,
    names: async () => [...texts.keys()],
    create: async (name, text) => {
      if (texts.has(name)) return false
      texts.set(name, text)
      return true
    },
    read: async (name) => texts.get(name),
    remove: async (name) => void texts.delete(name),
  }
}

/** Files of a directory that only its owner can read, made with the first of them. All rejects with what the file system says. */
export function fileShelf(directory: string): Shelf {
  return {
    kept: true,
    names: () => readdir(directory).catch(orNothing([])),
    create: (name, text) => createFile(directory, name, text),
    read: (name) => readFile(join(directory, name), 'utf8').catch(orNothing(undefined)),
    remove: (name) => rm(join(directory, name), { force: true }),
  }
}

function orNothing<T>(nothing: T) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return nothing
    throw error
  }
}

/** On the disk under another name first: a link is made by one of several who try. */
async function createFile(directory: string, name: string, text: string): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, `.${randomBytes(9).toString('base64url')}`)
  try {
    await writeDown(draft, text)
    await link(draft, join(directory, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  await sync(directory)
  return true
}

async function writeDown(path: string, text: string) {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A name is on the disk once its directory is; where directories can't be opened, the system sees to it. */
async function sync(directory: string) {
  const opened = await open(directory, 'r').catch(() => undefined)
  try {
    await opened?.sync()
  } catch {
    // The same.
  } finally {
    await opened?.close()
  }
}
