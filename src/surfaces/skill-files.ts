/** The files of a skill's folder. */

import { type FolderFile, readFolder } from './folder.ts'

/** Limits that hosts of Agent Skills accept (SEP-2640, Limits): more is refused at start. */
export const skillLimits = { files: 512, bytes: 16 * 1024 * 1024, depth: 8 } as const

/** Those that are served, `skipped` being told of the others; undefined when there is no such folder. */
export function readSkillFiles(
  folder: string,
  skipped: (path: string) => void,
): Promise<readonly FolderFile[] | undefined> {
  return readFolder(folder, skillLimits, skipped)
}

/** One zip for one content: sorted names, one fixed time, files at the archive's root. */
export async function zipFiles(files: readonly FolderFile[]): Promise<Buffer> {
  const { zipSync } = await import('fflate')
  // ZIP keeps local time without a zone; a local date gives the same bytes in every zone.
  const mtime = new Date(1980, 0, 1)
  const entries = Object.fromEntries(
    files.map(({ path, bytes }) => [path, [new Uint8Array(bytes), { mtime, level: 9 as const }] as const]),
  )
  return Buffer.from(zipSync(entries as Parameters<typeof zipSync>[0]))
}
