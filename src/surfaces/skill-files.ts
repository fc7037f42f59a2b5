/** The files of a skill's folder, read once at start: what is listed, zipped and served can't disagree. */

import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Limits that hosts of Agent Skills accept (SEP-2640): more is refused at start. */
export const skillLimits = { files: 512, bytes: 16 * 1024 * 1024, depth: 8 } as const

/** A file below the skill's folder. `path` uses slashes. */
export interface SkillFile {
  readonly path: string
  readonly bytes: Buffer
}

const safeName = /^[a-zA-Z0-9._-]+$/
const ignored = new Set(['node_modules', '.git', '__pycache__'])

/**
 * Regular files below `folder`, sorted by path; undefined when there is no such folder. Links are skipped, so that a
 * skill can't hand out what lies outside of it; so are names that no client may ask for.
 */
export async function readSkillFiles(folder: string): Promise<readonly SkillFile[] | undefined> {
  const found: SkillFile[] = []
  let bytes = 0
  const visit = async (directory: string, prefix: string, depth: number): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (!wanted(entry) || depth > skillLimits.depth) continue
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
      if (entry.isDirectory()) {
        await visit(join(directory, entry.name), path, depth + 1)
        continue
      }
      const content = await readFile(join(directory, entry.name))
      bytes += content.length
      if (found.length >= skillLimits.files || bytes > skillLimits.bytes)
        throw new Error(`more than ${skillLimits.files} files or ${skillLimits.bytes} bytes`)
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
  return safeName.test(entry.name) && !ignored.has(entry.name) && (entry.isDirectory() || entry.isFile())
}

/** One zip for one content: sorted names, one fixed time, files at the archive's root. */
export async function zipFiles(files: readonly SkillFile[]): Promise<Buffer> {
  const { zipSync } = await import('fflate')
  // ZIP keeps local time without a zone; a local date gives the same bytes in every zone.
  const mtime = new Date(1980, 0, 1)
  const entries = Object.fromEntries(
    files.map(({ path, bytes }) => [path, [new Uint8Array(bytes), { mtime, level: 9 as const }] as const]),
  )
  return Buffer.from(zipSync(entries as Parameters<typeof zipSync>[0]))
}

const mediaTypes: Readonly<Record<string, string>> = {
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  mjs: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  py: 'text/x-python; charset=utf-8',
  sh: 'application/x-sh',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
}

/** Media type by extension; unknown ones are bytes. */
export function mediaTypeOf(path: string): string {
  return mediaTypes[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'
}
