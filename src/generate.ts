/** The files made from a capability: what stands beside it on disk, and whether it still says the same. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { LoadedCapability } from './load.ts'
import { bundledCapability, root } from './package.ts'
import { companionOf, stemOf } from './spec/companion.ts'
import { readSchema } from './spec/schema.ts'

/** A generated file. */
export interface Artifact {
  /** Relative to the folder of the capability file. */
  readonly path: string
  readonly text: string
}

/** How files are made. */
export interface Making {
  /** The skills go out as they are: from now on, what changes in one needs another version. Default: false. */
  readonly release?: boolean
}

/**
 * Every file that the capability gives: its alpha2 form where it is written in the newer one, its OpenAPI description, and
 * what stands in the folders of its skills. Throws StartError for a skill that is no longer what went out with its version,
 * and for one whose folder is another capability's.
 */
export async function artifactsOf(capability: LoadedCapability, making: Making = {}): Promise<readonly Artifact[]> {
  return [
    ...(await olderForm(capability)),
    ...(await openapiOf(capability)),
    ...(await skillsOf(capability, making)),
    ...(await referenceOf(capability)),
  ]
}

/** The artifacts whose file is missing or says something else. Throws as `artifactsOf` does, and what reading the disk throws. */
export async function staleArtifacts(capability: LoadedCapability, making: Making = {}): Promise<readonly Artifact[]> {
  const artifacts = await artifactsOf(capability, making)
  const written = await Promise.all(artifacts.map(({ path }) => readOr(join(capability.directory, path))))
  return artifacts.filter(({ text }, i) => text !== written[i])
}

/** Writes the stale artifacts and answers them. Throws as `staleArtifacts` does, and what writing to the disk throws. */
export async function writeArtifacts(capability: LoadedCapability, making: Making = {}): Promise<readonly Artifact[]> {
  const stale = await staleArtifacts(capability, making)
  await Promise.all(stale.map(({ path, text }) => write(join(capability.directory, path), text)))
  return stale
}

/**
 * The alpha2 form of a capability. One whose own name ends in `.yaml` is in that form already, or would be overwritten by
 * its copy.
 */
export async function olderForm({ file }: LoadedCapability): Promise<readonly Artifact[]> {
  if (!isSource(file)) return []
  const { convert } = await import('./spec/convert.ts')
  const companion = companionOf(file)
  const note = [
    `Generated from ${basename(file)} for APIs.io. Change that file, then run "capability generate".`,
    ...(companion === undefined
      ? []
      : [`What neither form can say stands in ${basename(companion)}, which refines both.`]),
  ]
  const { text } = convert(await readFile(file, 'utf8'), 'alpha2', { inherit: true })
  return [{ path: `${stemOf(file)}.yaml`, text: `${note.map((line) => `# ${line}\n`).join('')}${text}` }]
}

/** Named after the capability where its folder holds another one, which has a description of its own. */
async function openapiOf({ plan, file, directory }: LoadedCapability): Promise<readonly Artifact[]> {
  const surface = plan.surfaces.find((s) => s.type === 'rest')
  if (surface === undefined) return []
  const { openapi } = await import('./artifacts/openapi.ts')
  const others = (await readdir(directory)).filter((name) => isSource(name) && stemOf(name) !== stemOf(basename(file)))
  const path = others.length === 0 ? 'openapi.yaml' : `${stemOf(basename(file))}.openapi.yaml`
  return [{ path, text: openapi(plan, surface) }]
}

async function skillsOf(
  { plan, directory }: LoadedCapability,
  { release = false }: Making,
): Promise<readonly Artifact[]> {
  if (!plan.surfaces.some(({ type }) => type === 'skill')) return []
  const { skillFiles } = await import('./generate/skills.ts')
  const files = await skillFiles(plan, directory, release)
  return files.map(({ path, text }) => ({ path: shown(directory, path), text }))
}

/** What this package says of itself: it goes with the capability that the package comes with. */
async function referenceOf({ file, directory }: LoadedCapability): Promise<readonly Artifact[]> {
  if (file !== bundledCapability()) return []
  const { referenceText, withBlocks } = await import('./reference/reference.ts')
  const [runtime, publish] = [readSchema('runtime'), readSchema('publish')]
  const readme = join(root, 'README.md')
  const texts: readonly (readonly [path: string, text: string])[] = [
    [join(root, 'schemas/README.md'), referenceText({ runtime, publish })],
    [readme, withBlocks(await readFile(readme, 'utf8'))],
  ]
  return texts.map(([path, text]) => ({ path: shown(directory, path), text }))
}

const isSource = (file: string) => file.endsWith('.ikanos.yml')

const shown = (directory: string, path: string) => relative(directory, path).replaceAll('\\', '/')

async function write(file: string, text: string) {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

async function readOr(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
