/** The skills of a capability as an MCP surface offers them: each file a resource under `skill://` (SEP-2640). */

import type { McpPlan, SkillSurfacePlan } from '../../plan.ts'
import { mediaTypeOf } from '../media-types.ts'
import type { SkillFile, SkillLibrary } from '../skill-library.ts'
import type { ListedResource } from './content.ts'
import { contentsOf } from './files.ts'
import type { ReadFile, Resources } from './resources.ts'

export interface OfferedSkill {
  readonly name: string
  readonly description: string
  /** URI of its folder, without a slash at the end. */
  readonly root: string
  readonly files: ReadonlyMap<string, SkillFile>
}

/** What an agent loads a skill from. */
export const skillFile = 'SKILL.md'

/** What a server with skills declares (SEP-2640, Capability Negotiation). */
export const skillsCapability = { 'io.modelcontextprotocol/skills': { directoryRead: true } } as const

/**
 * The skills that have a SKILL.md. Their URI is their name; one whose name another skill has got already has the namespace
 * of its surface before it.
 */
export function offeredSkills(surface: McpPlan, library: SkillLibrary): readonly OfferedSkill[] {
  const offered = new Map<string, OfferedSkill>()
  for (const [plan, skills] of library) {
    if (isWithheld(plan, surface)) continue
    for (const { plan: skill, folder } of skills) {
      const { name, description } = skill
      const first = offered.get(`skill://${name}`)
      if (folder?.files.has(skillFile) !== true || first?.files === folder.files) continue
      const root = first === undefined ? `skill://${name}` : `skill://${plan.namespace}/${name}`
      offered.set(root, { name, description, root, files: folder.files })
    }
  }
  return [...offered.values()]
}

/** Nobody gets without a credential what a skill surface asks one for. */
function isWithheld(skills: SkillSurfacePlan, { authentication }: McpPlan): boolean {
  return skills.authentication !== undefined && authentication === undefined
}

/** What the owner should know at start: which skills are not offered where, though they could be. */
export function withheldNotices(surfaces: readonly McpPlan[], library: SkillLibrary): readonly string[] {
  const offering = [...library]
    .filter(([, skills]) => skills.some(({ folder }) => folder?.files.has(skillFile)))
    .map(([plan]) => plan)
  return surfaces.flatMap((surface) =>
    offering
      .filter((skills) => isWithheld(skills, surface))
      .map((skills) => `"${surface.namespace}" does not offer the skills of "${skills.namespace}": ${withheldReason}`),
  )
}

const withheldReason = 'it asks for no credential, and they do'

/** What an agent whose program knows nothing of skills is told of them, after what the surface says of itself. */
export function instructionsWith(own: string | undefined, skills: readonly OfferedSkill[]): string | undefined {
  if (skills.length === 0) return own
  const named = skills.length <= namedSkills ? `: ${skills.map(({ root }) => `${root}/${skillFile}`).join(', ')}` : ''
  const pointer = `Before a task that a skill describes, read its SKILL.md among the resources${named}.`
  return own === undefined ? pointer : `${own}\n\n${pointer}`
}

/** More are told by the lists alone. */
const namedSkills = 10

/** The resources of a surface and its skills; listed is the SKILL.md of each, which names the others. */
export function withSkills(own: Resources, skills: readonly OfferedSkill[], readFile: ReadFile): Resources {
  if (skills.length === 0) return own
  const files = new Map(skills.flatMap(contentsByUri))
  return {
    listed: [...own.listed, ...skills.map(listedSkill)],
    templates: own.templates,
    files: new Map([...own.files, ...files]),
    serves: (uri) => files.has(uri) || own.serves(uri),
    isPlain: (uri, told) => files.has(uri) || own.isPlain(uri, told),
    isShared: (uri) => files.has(uri) || own.isShared(uri),
    asked: (uri) => (files.has(uri) ? undefined : own.asked(uri)),
    read: (uri, read) => {
      const contents = files.get(uri)
      return contents === undefined ? own.read(uri, read) : readFile(contents, read)
    },
  }
}

function contentsByUri({ root, files }: OfferedSkill) {
  return [...files.values()].map(({ path, bytes }) => {
    const uri = `${root}/${path}`
    return [uri, contentsOf(uri, typeOf(path), bytes)] as const
  })
}

function listedSkill({ name, description, root, files }: OfferedSkill): ListedResource {
  const size = files.get(skillFile)?.bytes.length ?? 0
  return { uri: `${root}/${skillFile}`, name, description, mimeType: typeOf(skillFile), size }
}

/** Text is always UTF-8 in JSON. */
function typeOf(path: string): string {
  return mediaTypeOf(path).split(';')[0] ?? ''
}

/** What is in a folder of a skill: its files, and the folders below it; undefined where no folder is. */
export function childrenOf(uri: string, skills: readonly OfferedSkill[]): readonly ListedResource[] | undefined {
  const children = new Map<string, ListedResource>()
  for (const { root, files } of skills) {
    for (const [path, { bytes }] of files) {
      const at = `${root}/${path}`
      if (!at.startsWith(`${uri}/`)) continue
      const [name = '', ...below] = at.slice(uri.length + 1).split('/')
      const isFile = below.length === 0
      const mimeType = isFile ? typeOf(path) : 'inode/directory'
      const child = { uri: `${uri}/${name}`, name, mimeType, ...(isFile ? { size: bytes.length } : {}) }
      children.set(name, child)
    }
  }
  const inOrder = [...children.values()].sort((a, b) => (a.uri < b.uri ? -1 : 1))
  return inOrder.length === 0 ? undefined : inOrder
}
