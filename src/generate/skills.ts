/**
 * The files of skills that follow from the capability. What a SKILL.md asks for is written: the table between its two
 * lines, the references and scripts that it names. What somebody wrote stays theirs.
 */

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callsJson } from '../artifacts/skill/calls.ts'
import { manifestsOf } from '../artifacts/skill/channels.ts'
import { connectReference, errorsReference, generatedLine, toolsReference } from '../artifacts/skill/references.ts'
import { skillMarkdown } from '../artifacts/skill.ts'
import type { Plan, SkillPlan } from '../plan.ts'
import { fileOf } from '../text/file-uri.ts'
import { blockYaml } from '../text/yaml.ts'
import type { Folder } from './lock.ts'
import { indexOf, type Lock, lockOf, readLock } from './lock.ts'

/** A file, and what it has to say. `path` is absolute. */
export interface Written {
  readonly path: string
  readonly text: string
}

/**
 * What has to stand in the folders of the skills of a plan and beside them; relative `file:` URIs are below `directory`.
 * `release` = what is there goes out with the versions that it has. Throws StartError as `lockOf` does, and what reading the
 * disk throws.
 */
export async function skillFiles(plan: Plan, directory: string, release = false): Promise<readonly Written[]> {
  const found = new Map<string, SkillPlan>()
  for (const skill of plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))) {
    const path = skill.location === undefined ? undefined : fileOf(skill.location, directory)
    if (path !== undefined && !found.has(path)) found.set(path, skill)
  }
  const made = await Promise.all([...found].map(([path, skill]) => filesOf(plan, skill, path)))
  const written = made.flatMap(({ path, own }) => [...own].map(([name, text]) => ({ path: join(path, name), text })))
  const parents = new Set(made.map(({ path }) => dirname(path)))
  const around = [...parents].map((parent) => besides(plan, { parent, inside: insideOf(parent, made), release }))
  return [...written, ...(await Promise.all(around)).flat()]
}

const insideOf = (parent: string, folders: readonly Folder[]) => folders.filter(({ path }) => dirname(path) === parent)

/** A folder that holds skills. */
interface Holder {
  readonly parent: string
  readonly inside: readonly Folder[]
  readonly release: boolean
}

/** What stands beside the folders of skills. */
async function besides(plan: Plan, { parent, inside, release }: Holder): Promise<readonly Written[]> {
  const before = await lockIn(parent)
  const lock = lockOf(plan, inside, before, release)
  const skills = inside.map(({ skill }) => skill)
  return [
    { path: join(parent, '_index.yml'), text: indexOf(lock) },
    { path: join(parent, 'skills.lock.json'), text: `${JSON.stringify(lock, null, 2)}\n` },
    ...(await pluginFiles(plan, skills, parent, Object.keys(lock.capabilities))),
  ]
}

/** What the lock says of skills that are still there. */
async function lockIn(parent: string): Promise<Lock | undefined> {
  const file = join(parent, 'skills.lock.json')
  const lock = readLock(existsSync(file) ? await readFile(file, 'utf8') : undefined)
  if (lock === undefined) return undefined
  const there = Object.entries(lock.skills).filter(([name]) => existsSync(join(parent, name, 'SKILL.md')))
  return { ...lock, skills: Object.fromEntries(there) }
}

/** A folder that holds `skills` and a `plugin.json` is a plugin: its other manifests are written too. */
async function pluginFiles(
  plan: Plan,
  skills: readonly SkillPlan[],
  parent: string,
  capabilities: readonly string[],
): Promise<readonly Written[]> {
  const root = dirname(parent)
  const file = join(root, 'plugin.json')
  if (basename(parent) !== 'skills' || !existsSync(file)) return []
  const manifests = manifestsOf(plan, skills, await readFile(file, 'utf8'), capabilities)
  return manifests.map(([name, text]) => ({ path: join(root, name), text }))
}

/** What a skill without a folder would hold, by path below it. */
export async function firstFiles(plan: Plan, skill: SkillPlan): Promise<ReadonlyMap<string, Buffer>> {
  return (await filesOf(plan, skill, '')).files
}

async function filesOf(plan: Plan, skill: SkillPlan, path: string) {
  const there = await filesIn(path)
  const markdown = skillMarkdown(plan, skill, there.get('SKILL.md')?.toString('utf8'))
  const own = new Map([
    ['SKILL.md', markdown],
    ...(await askedFor(plan, skill, markdown, there)),
    ...forClients(skill, there.get(codexFile)?.toString('utf8')),
  ])
  const files = new Map([...there, ...[...own].map(([name, text]) => [name, Buffer.from(text)] as const)])
  return { skill, path, own, files }
}

type Named = readonly [name: string, text: string]

/** Generated files that a text names. A reference that somebody wrote is left to them. */
async function askedFor(
  plan: Plan,
  skill: SkillPlan,
  markdown: string,
  there: Folder['files'],
): Promise<readonly Named[]> {
  const references = Object.entries(made).flatMap(([name, make]): readonly Named[] => {
    const before = there.get(name)
    const isOurs = before === undefined || before.toString('utf8').startsWith(generatedLine)
    return markdown.includes(name) && isOurs ? [[name, make(plan, skill)]] : []
  })
  if (!scripts.some((name) => markdown.includes(`scripts/${name}`))) return references
  const sources = await Promise.all(
    [...scripts, ...shared].map(async (name) => [`scripts/${name}`, await source(name)] as const),
  )
  const schema = ['assets/plan.schema.json', await source('plan.schema.json')] as const
  return [...references, ...sources, ['scripts/calls.json', callsJson(plan, skill)], schema]
}

/** Where Codex reads what its front matter refuses. */
const codexFile = 'agents/openai.yaml'

/**
 * Whether an agent may take to a skill by itself is no field of the specification. What is written for it stays when the
 * capability no longer says so, with the other word.
 */
function forClients({ disableModelInvocation = false }: SkillPlan, written: string | undefined): readonly Named[] {
  const isOurs = written?.startsWith(`# ${generatedNote}`) ?? disableModelInvocation
  const text = blockYaml({ policy: { allow_implicit_invocation: !disableModelInvocation } }, generatedNote)
  return isOurs ? [[codexFile, text]] : []
}

const generatedNote = 'Generated from the capability: change "disable-model-invocation" there.'

const made: Readonly<Record<string, (plan: Plan, skill: SkillPlan) => string>> = {
  'references/tools.md': toolsReference,
  'references/errors.md': errorsReference,
  'references/connect.md': connectReference,
}

const scripts = ['plan.mjs', 'check.mjs', 'run.mjs']

/** What they import. */
const shared = ['calls.mjs', 'journal.mjs', 'plans.mjs', 'program.mjs']

/** The sources stand beside this file, and beside what it is bundled into. */
function source(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`./scripts/${name}`, import.meta.url)), 'utf8')
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  if (!existsSync(folder)) return new Map()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const read = paths.map(async (path) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const)
  return new Map(await Promise.all(read))
}
