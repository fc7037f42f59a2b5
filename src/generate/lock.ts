/** What is known of a set of skills: a catalog for people and pipelines, and the digests of every file. */

import { createHash } from 'node:crypto'
import { usesOf } from '../artifacts/skill/uses.ts'
import type { Plan } from '../plan.ts'
import { digestOf } from '../text/canonical.ts'
import { yamlText } from '../text/yaml.ts'
import type { Folder } from './skills.ts'

const byName = (a: Folder, b: Folder) => (a.skill.name < b.skill.name ? -1 : 1)

/** `_index.yml`, in the form that API catalogs read: each skill with the operations that it is made of. */
export function indexOf(plan: Plan, folders: readonly Folder[]): string {
  const { name } = plan.capability
  const skills = [...folders].sort(byName).map(({ skill }) => ({
    file: `${skill.name}/SKILL.md`,
    name: skill.name,
    api: name,
    operations: usesOf(plan, skill).map((use) => use.route?.route.name ?? use.name),
  }))
  const comment = `Generated from ${name}. Change the capability, then run "capability generate".`
  return yamlText({ generated: true, method: 'declared', source: name, skills }, comment)
}

/** `skills.lock.json`: the version of each skill, a digest of all its files, of each, and of each schema it calls by. */
export function lockOf(plan: Plan, folders: readonly Folder[]): string {
  const { name, version } = plan.capability
  const skills = Object.fromEntries(
    [...folders].sort(byName).map((folder) => [folder.skill.name, locked(plan, folder)]),
  )
  return `${JSON.stringify({ lockVersion: 1, capability: { name, version }, skills }, null, 2)}\n`
}

function locked(plan: Plan, { skill, files }: Folder) {
  const names = [...files.keys()].sort()
  const digests = Object.fromEntries(names.map((name) => [name, digestOfFile(files.get(name) ?? Buffer.alloc(0))]))
  const tools = usesOf(plan, skill).map(({ name, operation }) => [name, digestOf(operation.input.schema)] as const)
  return {
    ...(skill.metadata?.version === undefined ? {} : { version: skill.metadata.version }),
    digest: digestOf(digests),
    files: digests,
    tools: Object.fromEntries(tools),
  }
}

function digestOfFile(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
