/** Serves a capability anew when a file that it is made of changes. */

import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Diagnostic } from './diagnostics.ts'
import type { LoadedCapability } from './load.ts'
import type { Running } from './serving.ts'
import { mcpLocations } from './spec/mcp-files.ts'
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
  /** What counts of it: what sources are called, one file, or everything below it. */
  readonly of: 'sources' | 'all' | { readonly file: string }
}

const keyOf = ({ path, of }: Folder) => `${JSON.stringify(of)} ${path}`

function watchOne({ path, of }: Folder, changed: () => void): FSWatcher {
  const counts = (name: string) => of === 'all' || (of === 'sources' ? sources.test(name) : of.file === name)
  const watcher = watchFolder(path, { recursive: of === 'all', persistent: false }, (_, name) => {
    if (name === null || counts(name)) changed()
  })
  // A folder that goes away is told by the next reload.
  watcher.on('error', () => {})
  return watcher
}

/** Folders of the file, of what it imports and binds, of its scripts, its skills, its MCP resources and prompts. */
function* foldersOf({ file, directory, imported, plan, document }: LoadedCapability): Generator<Folder> {
  for (const source of [file, ...imported]) yield { path: dirname(source), of: 'sources' }
  for (const { location } of plan.binds) {
    const path = location && fileOf(location, directory)
    if (path) yield { path: dirname(path), of: 'sources' }
  }
  const skills = plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  const offered = mcpLocations(document)
  const locations = [...skills.map(({ location }) => location), ...scriptFolders(document), ...offered.resources]
  for (const location of locations) {
    const path = location && fileOf(location, directory)
    if (path) yield { path, of: 'all' }
  }
  for (const location of offered.prompts) {
    const path = fileOf(location, directory)
    if (path) yield { path: dirname(path), of: { file: basename(path) } }
  }
}
