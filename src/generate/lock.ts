/**
 * What is known of the skills of a folder: a catalog for people and pipelines, and the digests of every file. Capabilities
 * that keep their skills in one folder each write their own entries, and leave those of the others.
 */

import { createHash } from 'node:crypto'
import { usesOf } from '../artifacts/skill/uses.ts'
import { StartError } from '../errors.ts'
import type { Plan, SkillPlan } from '../plan.ts'
import { digestOf } from '../text/canonical.ts'
import { yamlText } from '../text/yaml.ts'

/** A skill with all files of its folder as they will be, by path below it. */
export interface Folder {
  readonly skill: SkillPlan
  readonly path: string
  readonly files: ReadonlyMap<string, Buffer>
}

/** `skills.lock.json`. */
export interface Lock {
  readonly lockVersion: 2
  /** Versions by name. */
  readonly capabilities: Readonly<Record<string, string>>
  readonly skills: Readonly<Record<string, Locked>>
}

/** The version of a skill, a digest of all its files, of each, and of each schema it calls by. */
interface Locked {
  /** The name of the one that it follows from. */
  readonly capability: string
  readonly version?: string
  readonly digest: string
  /** What the digest was when a version went out: another one needs another version. */
  readonly released?: { readonly version: string; readonly digest: string }
  readonly operations: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly tools: Readonly<Record<string, string>>
}

/** A lock as it was written. Throws StartError for a text that is none. */
export function readLock(text: string | undefined): Lock | undefined {
  if (text === undefined) return undefined
  try {
    const lock = JSON.parse(text) as Lock
    return lock.lockVersion === 2 ? lock : undefined
  } catch (error) {
    throw new StartError(`skills.lock.json is no JSON: ${error instanceof Error ? error.message : error}`)
  }
}

/**
 * The lock of the skills of a plan, and of those of other capabilities in `before`. `release` = what is there now goes out
 * with the versions that it has. Throws StartError for a folder of two capabilities, and for a skill that is no longer what
 * went out with its version.
 */
export function lockOf(plan: Plan, folders: readonly Folder[], before: Lock | undefined, release = false): Lock {
  const { name, version } = plan.capability
  const others = Object.entries(before?.skills ?? {}).filter(([, { capability }]) => capability !== name)
  const own = folders.map((folder): [string, Locked] => {
    const { name: skill } = folder.skill
    const known = before?.skills[skill]
    if (known !== undefined && known.capability !== name) throw new StartError(taken(skill, known.capability))
    return [skill, releasing(skill, locked(plan, folder), known?.released, release)]
  })
  const versions = others.map(([, { capability }]) => [capability, before?.capabilities[capability] ?? ''] as const)
  return {
    lockVersion: 2,
    capabilities: sorted([...versions, [name, version]]),
    skills: sorted([...others, ...own]),
  }
}

const taken = (skill: string, other: string) =>
  `the skill "${skill}" is one of the capability "${other}", and a folder is written for one alone: name it otherwise, or delete its entry in skills.lock.json if that capability is gone`

const sorted = <T>(entries: readonly (readonly [string, T])[]) =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))

function releasing(skill: string, now: Locked, released: Locked['released'], release: boolean): Locked {
  const { capability, version, digest, ...rest } = now
  if (released !== undefined && released.version === version && released.digest !== digest)
    throw new StartError(
      `the skill "${skill}" has changed since its version ${version} was released: raise metadata.version in the capability`,
    )
  const out = release && version !== undefined ? { version, digest } : released
  return {
    capability,
    ...(version === undefined ? {} : { version }),
    digest,
    ...(out === undefined ? {} : { released: out }),
    ...rest,
  }
}

function locked(plan: Plan, { skill, files }: Folder): Locked {
  const uses = usesOf(plan, skill)
  const names = [...files.keys()].sort()
  const digests = Object.fromEntries(names.map((name) => [name, digestOfFile(files.get(name) ?? Buffer.alloc(0))]))
  const tools = Object.fromEntries(uses.map(({ name, operation }) => [name, digestOf(operation.input.schema)]))
  return {
    capability: plan.capability.name,
    ...(skill.metadata?.version === undefined ? {} : { version: skill.metadata.version }),
    digest: digestOf([digests, tools]),
    operations: uses.map((use) => use.route?.route.name ?? use.name),
    files: digests,
    tools,
  }
}

function digestOfFile(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** `_index.yml`, in the form that API catalogs read: each skill with the operations that it is made of. */
export function indexOf({ capabilities, skills }: Lock): string {
  const source = Object.keys(capabilities).join(', ')
  const listed = Object.entries(skills).map(([name, { capability, operations }]) => ({
    file: `${name}/SKILL.md`,
    name,
    api: capability,
    operations,
  }))
  const comment = `Generated from ${source}. Change the capability, then run "capability generate".`
  return yamlText({ generated: true, method: 'declared', source, skills: listed }, comment)
}
