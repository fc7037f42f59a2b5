/** Opens the audit of a directory: its journal, and the key of its digests. */

import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Audit } from './audit.ts'
import { unwritable } from './journal/files.ts'
import { openJournal } from './journal/journal.ts'

/** Throws StartError where it can't be written. */
export async function openAudit(directory: string, reads: boolean): Promise<Audit> {
  const journal = await openJournal({ directory, name: 'audit' })
  try {
    return { ...journal, reads, key: await keyOf(join(directory, 'key')) }
  } catch (error) {
    await journal.close()
    throw unwritable(directory, error)
  }
}

/** Made once for an installation; whoever has it can tell whether a call had the inputs that they think. */
async function keyOf(path: string): Promise<Buffer> {
  await writeFile(path, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return readFile(path)
}
