/** What a published folder carries of a capability: its texts, and every file that it reads when it runs. */

import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Edition, Published } from '../artifacts/publish/publication.ts'
import { StartError } from '../errors.ts'
import type { LoadedCapability } from '../load.ts'
import { companionOf } from '../spec/companion.ts'
import { mcpLocations } from '../spec/mcp-files.ts'
import { fileOf } from '../text/file-uri.ts'
import { pointerKeys } from '../text/pointer.ts'
import { shownPath } from './facts.ts'

/** The capability in both forms, what refines it, and the description of the called API. Throws StartError. */
export async function textsOf(capability: LoadedCapability, openapi: string | undefined): Promise<Edition['texts']> {
  const { file, plan } = capability
  const own = await readFile(file, 'utf8')
  const companion = companionOf(file)
  const moved = (text: string) => withSkillsBeside(text, capability)
  return {
    ...(plan.capability.format.startsWith('naftiko')
      ? { listed: moved(own) }
      : { ...(await inLists(own, moved)), mapped: moved(own) }),
    ...(companion === undefined ? {} : { companion: await readFile(companion, 'utf8') }),
    ...(openapi === undefined ? {} : { upstream: await readGiven(openapi) }),
  }
}

/** With the names of what lists can't say. */
async function inLists(own: string, moved: (text: string) => string) {
  const { convert } = await import('../spec/convert.ts')
  const { text, notes } = convert(own, 'alpha2', { inherit: true })
  return {
    listed: moved(text),
    leftOut: [...new Set(notes.flatMap(({ pointer }) => pointerKeys(pointer).at(-1) ?? []))],
  }
}

async function readGiven(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new StartError(`there is no file ${shownPath(file)} to read`)
  })
}

const skillsIn = ({ plan }: LoadedCapability) =>
  plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))

/** In the folder, skills stand in one folder beside that of the capability, wherever they stood before. */
function withSkillsBeside(text: string, capability: LoadedCapability): string {
  return skillsIn(capability).reduce((written, { name, location }) => {
    if (location === undefined || fileOf(location, '/a/b') === `/a/skills/${name}`) return written
    const whole = new RegExp(`${location.replaceAll(/[^\w:/]/g, '\\$&')}(?=["'\\s,}]|$)`, 'gm')
    return written.replaceAll(whole, () => `file:///./../skills/${name}`)
  }, text)
}

/** The files of each skill's folder, as they are served. */
export async function skillsOf(capability: LoadedCapability): Promise<Edition['skills']> {
  const { readSkillFiles } = await import('../surfaces/skill-files.ts')
  const read = skillsIn(capability).map(async ({ name, location }) => {
    const folder = location === undefined ? undefined : fileOf(location, capability.directory)
    const files = folder === undefined ? [] : ((await readSkillFiles(folder, () => {})) ?? [])
    return { name, files: files.map(({ path, bytes }) => ({ path, ...contentOf(bytes) })) }
  })
  return Promise.all(read)
}

/**
 * The files that the capability reads, by their paths below its folder: imports, scripts, prompts, resources, schemas of
 * answers. Throws StartError for one that stands elsewhere, or where a catalogue would take it for a capability.
 */
export async function filesBeside(capability: LoadedCapability): Promise<readonly Published[]> {
  const { directory } = capability
  const paths = [...(await namedFiles(capability))].map((path) => [path, below(path, directory)] as const)
  return Promise.all(
    [...new Map(paths.map(([path, to]) => [to, path]))].map(async ([to, path]) => ({
      path: to,
      ...contentOf(await readFile(path)),
    })),
  )
}

function below(path: string, directory: string): string {
  const to = relative(directory, path).replaceAll('\\', '/')
  if (to.startsWith('../') || resolve(to) === to)
    throw new StartError(
      `${shownPath(path)} can't be published with the capability: move it below ${shownPath(directory)}`,
    )
  if (/^[^/]+\.yaml$/.test(to))
    throw new StartError(`catalogues would take ${to} for a capability: move it into a folder beside the capability`)
  return to
}

/** What is no text in UTF-8 goes byte for byte. */
function contentOf(bytes: Buffer): Pick<Published, 'text' | 'bytes'> {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? { text } : { text: '', bytes }
}

async function namedFiles(capability: LoadedCapability): Promise<ReadonlySet<string>> {
  const { document, directory, file, imported } = capability
  const [{ scriptSteps }, { readFolder }, { skillLimits }, { yamlValue }] = await Promise.all([
    import('../spec/steps.ts'),
    import('../surfaces/folder.ts'),
    import('../surfaces/skill-files.ts'),
    import('../text/yaml.ts'),
  ])
  const scripts = scriptSteps(document).flatMap(({ step: { location, file: script, dependencies } }) => {
    const folder = location === undefined ? undefined : fileOf(location, directory)
    return folder === undefined || script === undefined
      ? []
      : [script, ...dependencies].map((name) => join(folder, name))
  })
  const { resources, prompts } = mcpLocations(document)
  const at = (locations: readonly string[]) => locations.flatMap((location) => fileOf(location, directory) ?? [])
  const inFolders = at(resources).map(async (folder) =>
    ((await readFolder(folder, skillLimits)) ?? []).map(({ path }) => join(folder, path)),
  )
  const schemas = [file, ...imported].map(async (one) =>
    schemaFiles(yamlValue(await readFile(one, 'utf8'))).map((path) => resolve(dirname(one), path)),
  )
  const read = (await Promise.all([...inFolders, ...schemas])).flat()
  return new Set([...imported, ...scripts, ...at(prompts), ...read])
}

/** Where answers in Avro and Protobuf are described. */
function schemaFiles(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const { outputRawFormat, outputSchema } = node as {
    readonly outputRawFormat?: unknown
    readonly outputSchema?: unknown
  }
  const own =
    /^(avro|protobuf)$/.test(String(outputRawFormat)) && typeof outputSchema === 'string' ? [outputSchema] : []
  return [...own, ...Object.values(node).flatMap(schemaFiles)]
}
