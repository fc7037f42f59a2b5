/** The skills of a capability with the files of their folders: read once, and every surface serves these bytes. */

import { createHash } from 'node:crypto'
import { StartError } from '../errors.ts'
import type { SkillPlan, SkillSurfacePlan, SurfacePlan } from '../plan.ts'
import { fileOf } from '../text/file-uri.ts'
import type { FolderFile } from './folder.ts'
import { readSkillFiles, zipFiles } from './skill-files.ts'

export interface ServedSkill {
  readonly plan: SkillPlan
  /** Absent = the skill has no folder. */
  readonly folder?: SkillFolder
}

export interface SkillFile extends FolderFile {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string
}

export interface SkillFolder {
  /** By path, sorted. */
  readonly files: ReadonlyMap<string, SkillFile>
  /** Paths of what is not served, though it is there. */
  readonly leftOut: readonly string[]
  /** Made when first asked for, then kept. */
  readonly archive: () => Promise<Archive>
}

/** All files of a folder as one. */
export interface Archive {
  readonly bytes: Buffer
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly digest: string
}

/** The skills of each skill surface. */
export type SkillLibrary = ReadonlyMap<SkillSurfacePlan, readonly ServedSkill[]>

/** Reads the folders of all skills, relative `file:` URIs from `directory`. Throws StartError on one that can't be served. */
export async function readSkills(surfaces: readonly SurfacePlan[], directory: string): Promise<SkillLibrary> {
  const known = new Map<string, Promise<SkillFolder | undefined>>()
  const folderOf = (location: string, skill: string) => {
    const reading = known.get(location) ?? readFolder(location, skill, directory)
    known.set(location, reading)
    return reading
  }
  const libraries = surfaces.flatMap((surface) => (surface.type === 'skill' ? [surface] : []))
  const served = libraries.map(async (surface) => {
    const skills = surface.skills.map(async (plan): Promise<ServedSkill> => {
      const folder = plan.location === undefined ? undefined : await folderOf(plan.location, plan.name)
      return folder === undefined ? { plan } : { plan, folder }
    })
    return [surface, await Promise.all(skills)] as const
  })
  return new Map(await Promise.all(served))
}

async function readFolder(location: string, skill: string, directory: string): Promise<SkillFolder | undefined> {
  const path = fileOf(location, directory)
  if (path === undefined) throw new StartError(`the skill "${skill}" has no usable location: ${location}`)
  const leftOut: string[] = []
  const files = await readSkillFiles(path, (skipped) => leftOut.push(skipped)).catch((error: Error) => {
    throw new StartError(`the skill "${skill}" can't be read: ${error.message}`)
  })
  if (files === undefined) return undefined
  const archive = once(async () => {
    const bytes = await zipFiles(files)
    return { bytes, digest: digestOf(bytes) }
  })
  const byPath = files.map((file) => [file.path, { ...file, digest: digestOf(file.bytes) }] as const)
  return { files: new Map(byPath), leftOut: leftOut.sort(), archive }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Makes something when it is first asked for, and keeps it. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** What the owner should know at start: a file that is not served may be one that a skill tells its reader to read. */
export function leftOutNotices(library: SkillLibrary): readonly string[] {
  const folders = [...library.values()].flat().map(({ plan, folder }) => [plan.name, folder?.leftOut ?? []] as const)
  const notices = folders
    .filter(([, leftOut]) => leftOut.length > 0)
    .map(([name, leftOut]) => `the skill "${name}" is served without ${leftOut.join(', ')}: ${leftOutReason}`)
  return [...new Set(notices)]
}

const leftOutReason = 'links are not followed, and a name may hold only letters, digits, dots, hyphens and underscores'
