/**
 * A published folder on disk. What an earlier publish wrote is brought up to date and taken away when it is published no
 * more; what a person changed or added stays. Which is which, provenance.json tells by its digests.
 */

import { lstat, mkdir, readdir, readFile, realpath, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Digests, digestOf, digestsIn, provenancePath, sha256 } from '../artifacts/publish/digests.ts'
import type { Published } from '../artifacts/publish/publication.ts'
import { StartError } from '../errors.ts'
import { several } from '../text/several.ts'

export interface UpdateOptions {
  /** Write over files that a person changed or added, and into a folder that has others. Default: false. */
  readonly force?: boolean
}

/** What became of a folder; paths are relative to it. */
export interface Updated {
  readonly written: readonly string[]
  /** Of those written, the ones that had been changed or were somebody else's. */
  readonly overwritten: readonly string[]
  /** What an earlier publish wrote, and this one does not. */
  readonly removed: readonly string[]
  /** As `removed`, but changed since by a person, and so left alone. */
  readonly kept: readonly string[]
}

/**
 * Writes the files that are not as they should be. Throws StartError, before anything is written, for a folder that is a file
 * or somebody else's, for files that a person changed, and for links and folders in the way; what the disk throws, too.
 */
export async function updateFolder(
  files: readonly Published[],
  folder: string,
  { force = false }: UpdateOptions = {},
): Promise<Updated> {
  const root = await rootOf(folder)
  const earlier = await earlierIn(root, folder, force)
  const found = await Promise.all(files.map(({ path }) => lookAt(root, path)))
  const changed = files.filter((file, i) => isForeign(file, found[i], earlier)).map(({ path }) => path)
  refuse(folder, found, force ? [] : changed)
  // What is gone goes first, and the list is written last: cut off anywhere, it all can be done again.
  const stale = [...(earlier ?? [])].filter(([path]) => !files.some((file) => file.path === path))
  const gone = await takeAway(root, stale)
  const there = await Promise.all(files.map(({ path }) => lookAt(root, path)))
  const written = files.filter((file, i) => there[i]?.sha256 !== digestOf(file))
  await writeFolder(written, root)
  return { written: written.map(({ path }) => path), overwritten: changed, ...gone }
}

/** Writes files into a folder, over whatever is there. Throws what writing to the disk throws. */
export async function writeFolder(
  files: readonly Pick<Published, 'path' | 'text' | 'bytes'>[],
  folder: string,
): Promise<void> {
  for (const { path, text, bytes } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes ?? text)
  }
}

/** Where a folder really is, made if need be. */
async function rootOf(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined)
  if (there !== undefined && !there.isDirectory()) throw new StartError(`${folder} is a file: name a folder with --out`)
  try {
    await mkdir(folder, { recursive: true })
    return await realpath(folder)
  } catch (error) {
    throw new StartError(
      `${folder} can't be made (${(error as NodeJS.ErrnoException).code}): name another folder with --out`,
    )
  }
}

/** What an earlier publish wrote there; undefined = it wrote nothing, and the folder is empty or may be written into. */
async function earlierIn(root: string, folder: string, force: boolean): Promise<Digests | undefined> {
  const list = (await lookAt(root, provenancePath)).sha256
  const earlier = list === undefined ? undefined : digestsIn(await readFile(join(root, provenancePath), 'utf8'))
  if (earlier !== undefined || force) return earlier
  // A repository to push to has its own files, which begin with a dot.
  const others = (await readdir(root)).filter((name) => !name.startsWith('.')).sort()
  if (others.length === 0) return undefined
  throw new StartError(
    `${folder} has files that no publish wrote (${several(others)}): name another folder, or write beside them with --force`,
  )
}

/** What stands at a path: a file by its digest, nothing, or what is no file of a folder of the root. */
interface Found {
  readonly sha256?: string
  /** A link, a folder where a file should be, or a file where a folder should be. */
  readonly inTheWay?: string
}

async function lookAt(root: string, path: string): Promise<Found> {
  const steps = path.split('/')
  for (const i of steps.keys()) {
    const part = steps.slice(0, i + 1).join('/')
    const there = await linkStat(join(root, part))
    if (there === undefined) return {}
    const isLast = i === steps.length - 1
    if (!(isLast ? there.isFile() : there.isDirectory())) return { inTheWay: part }
  }
  return { sha256: sha256(await readFile(join(root, path))) }
}

/** A link is not followed. */
async function linkStat(path: string) {
  return lstat(path).catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** The list itself is never on the list. */
function isForeign(file: Published, found: Found | undefined, earlier: Digests | undefined): boolean {
  if (found?.sha256 === undefined || found.sha256 === digestOf(file)) return false
  return file.path === provenancePath ? earlier === undefined : found.sha256 !== earlier?.get(file.path)
}

function refuse(folder: string, found: readonly Found[], changed: readonly string[]) {
  const inTheWay = [...new Set(found.flatMap((one) => one.inTheWay ?? []))]
  if (inTheWay.length > 0)
    throw new StartError(`${folder} has a link, or a folder for a file, in the way (${several(inTheWay)}): move it`)
  if (changed.length > 0)
    throw new StartError(
      `${folder} has files that were changed since they were published, or are not its own (${several(changed)}): ` +
        'keep them elsewhere, or write over them with --force',
    )
}

async function takeAway(root: string, stale: Iterable<readonly [string, string]>) {
  const [removed, kept]: [string[], string[]] = [[], []]
  for (const [path, digest] of stale) {
    const found = await lookAt(root, path)
    if (found.sha256 === digest) {
      await rm(join(root, path))
      await dropEmpty(root, dirname(path))
      removed.push(path)
    } else if (found.sha256 !== undefined || found.inTheWay !== undefined) kept.push(path)
  }
  return { removed, kept }
}

/** Removes a folder that has nothing left, and those above it. */
async function dropEmpty(root: string, folder: string) {
  if (folder === '.') return
  const gone = await rmdir(join(root, folder)).then(
    () => true,
    () => false,
  )
  if (gone) await dropEmpty(root, dirname(folder))
}
