/** Serves a capability anew when a file that it is made of changes. */

import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { dirname } from 'node:path'
import type { Diagnostic } from './diagnostics.ts'
import type { LoadedCapability } from './load.ts'
import type { Running } from './serving.ts'
import { scriptFolders } from './spec/steps.ts'
import { fileOf } from './text/file-uri.ts'

/** What came of a change. */
export interface Change {
  /** Faults and warnings of the files as they are now. With an error among them, nothing has changed. */
  readonly diagnostics: readonly Diagnostic[]
  /** Why the files, though sound, can't be served. */
  readonly failure?: Error
}

export interface Watch {
  readonly close: () => void
}

/** Editors write a file in several steps; this long after the last one they are done, in milliseconds. */
const quietMs = 100
const sources = /\.(ya?ml|json|env|avsc|proto)$/i

/** What can be watched: it knows what it serves, and can read it anew. */
export type Watched = Pick<Running, 'capability' | 'reload'>

/** Watches until it is closed; `told` hears of every reload. */
export function watch(running: Watched, told: (change: Change) => void): Watch {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  const reload = async () => {
    told(await reloaded(running))
    follow()
  }
  const changed = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), quietMs)
  }
  const follow = () => {
    const wanted = new Map([...foldersOf(running.capability)].map((folder) => [keyOf(folder), folder] as const))
    for (const [key, watcher] of watchers) {
      if (wanted.has(key)) continue
      watcher.close()
      watchers.delete(key)
    }
    for (const [key, folder] of wanted) if (!watchers.has(key)) watchers.set(key, watchOne(folder, changed))
  }
  follow()
  return {
    close: () => {
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

async function reloaded(running: Watched): Promise<Change> {
  try {
    return { diagnostics: await running.reload() }
  } catch (failure) {
    if (failure instanceof Error) return { diagnostics: [], failure }
    throw failure
  }
}

interface Folder {
  readonly path: string
  /** With everything below it, whatever it is called. */
  readonly whole: boolean
}

const keyOf = ({ path, whole }: Folder) => `${whole ? 'whole' : 'sources'} ${path}`

function watchOne({ path, whole }: Folder, changed: () => void): FSWatcher {
  const watcher = watchFolder(path, { recursive: whole, persistent: false }, (_, name) => {
    if (whole || name === null || sources.test(name)) changed()
  })
  // A folder that goes away is told by the next reload.
  watcher.on('error', () => {})
  return watcher
}

/** Folders of the file, of what it imports and binds, of its scripts and its skills. */
function* foldersOf({ file, directory, imported, plan, document }: LoadedCapability): Generator<Folder> {
  for (const source of [file, ...imported]) yield { path: dirname(source), whole: false }
  for (const { location } of plan.binds) {
    const path = location && fileOf(location, directory)
    if (path) yield { path: dirname(path), whole: false }
  }
  const skills = plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  const locations = [...skills.map(({ location }) => location), ...scriptFolders(document)]
  for (const location of locations) {
    const path = location && fileOf(location, directory)
    if (path) yield { path, whole: true }
  }
}
