/** The files below a folder, read once at start: what is listed and what is served can't disagree. */

import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A file below a folder. `path` uses slashes. */
export interface FolderFile {
  readonly path: string
  readonly bytes: Buffer
}

/** How much may be served of one folder. More is refused, not left out. */
export interface FolderLimits {
  readonly files: number
  /** Of all files together. */
  readonly bytes: number
  /** Folders below each other; what lies deeper is skipped. */
  readonly depth: number
  /** Of one file. Absent = no limit of its own. */
  readonly fileBytes?: number
}

/** What every name has to be, so that what is listed can be asked for. */
export const safeName = /^[a-zA-Z0-9._-]+$/

/** A name that begins with a dot may hold secrets, and is no part of what its author shows. */
const isHidden = (name: string) => name.startsWith('.') || name === 'node_modules' || name === '__pycache__'

/**
 * Regular files below `folder`, sorted by path; undefined when there is no such folder. Links are skipped, so that
 * nothing outside of it can be handed out; so are names that no client may ask for. `skipped` is told the path of each,
 * but not of what is hidden. Throws Error where a limit is passed.
 */
export async function readFolder(
  folder: string,
  limits: FolderLimits,
  skipped: (path: string) => void = () => {},
): Promise<readonly FolderFile[] | undefined> {
  const found: FolderFile[] = []
  let bytes = 0
  const visit = async (directory: string, prefix: string, depth: number): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (isHidden(entry.name)) continue
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
      if (!wanted(entry) || depth > limits.depth) {
        skipped(path)
        continue
      }
      if (entry.isDirectory()) {
        await visit(join(directory, entry.name), path, depth + 1)
        continue
      }
      const content = await readWithin(join(directory, entry.name), path, limits, limits.bytes - bytes)
      bytes += content.length
      if (found.length >= limits.files) throw tooMuch(limits)
      found.push({ path, bytes: content })
    }
  }
  try {
    await visit(folder, '', 1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function wanted(entry: Dirent): boolean {
  return safeName.test(entry.name) && (entry.isDirectory() || entry.isFile())
}

/** What is too large is not read first. */
async function readWithin(file: string, path: string, limits: FolderLimits, left: number): Promise<Buffer> {
  const { size } = await stat(file)
  const { fileBytes = limits.bytes } = limits
  if (size > fileBytes) throw new Error(`"${path}" is larger than ${fileBytes} bytes`)
  if (size > left) throw tooMuch(limits)
  return readFile(file)
}

function tooMuch({ files, bytes }: FolderLimits): Error {
  return new Error(`more than ${files} files or ${bytes} bytes`)
}
