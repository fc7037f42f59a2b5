/** What other tools read of a capability: its REST surface, its tools, workflows, requests and skills. */

import { isUtf8 } from 'node:buffer'
import type { Published } from './artifacts/publish/publication.ts'
import { StartError } from './errors.ts'
import type { LoadedCapability } from './load.ts'
import type { Plan, SurfacePlan } from './plan.ts'
import { fileOf } from './text/file-uri.ts'

/** What a capability can be written as. */
export const exportForms = ['openapi', 'mcp', 'arazzo', 'postman', 'skills'] as const
export type ExportForm = (typeof exportForms)[number]

/** A file of an export. */
export interface Exported extends Pick<Published, 'path' | 'text'> {
  /** What it holds where that is no text. */
  readonly bytes?: Uint8Array
}

/**
 * The files of one form: `openapi.yaml` (3.1), `tools.json` (the result of `tools/list`), `arazzo.yaml` (1.0.1, over an
 * `openapi.yaml` beside it), `postman_collection.json` (2.1.0), or a folder for each skill. Throws StartError for a
 * capability without the surface that the form tells of.
 */
export async function exportCapability(capability: LoadedCapability, form: ExportForm): Promise<readonly Exported[]> {
  const { plan } = capability
  switch (form) {
    case 'openapi': {
      const { openapi } = await import('./artifacts/openapi.ts')
      return [{ path: 'openapi.yaml', text: openapi(plan, surfaceOf(plan, 'rest')) }]
    }
    case 'mcp': {
      const { listedTool } = await import('./surfaces/mcp/tools.ts')
      return [json('tools.json', { tools: surfaceOf(plan, 'mcp').tools.map(listedTool) })]
    }
    case 'arazzo':
      return [{ path: 'arazzo.yaml', text: await arazzo(plan) }]
    case 'postman': {
      const { postmanCollection } = await import('./artifacts/collection.ts')
      const surface = surfaceOf(plan, 'rest')
      return [json('postman_collection.json', postmanCollection(plan, surface, { url: addressOf(surface) }))]
    }
    case 'skills':
      return skills(capability)
  }
}

const json = (path: string, value: unknown): Exported => ({ path, text: `${JSON.stringify(value, null, 2)}\n` })

function surfaceOf<T extends SurfacePlan['type']>({ surfaces, capability }: Plan, type: T) {
  const found = surfaces.find((s): s is SurfacePlan & { readonly type: T } => s.type === type)
  if (found !== undefined) return found
  const there = [...new Set(surfaces.map((s) => s.type))].join(', ')
  throw new StartError(`${capability.name} has no surface of type ${type}, which this form tells of; it has ${there}`)
}

const addressOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`

async function arazzo(plan: Plan): Promise<string> {
  const [{ chains }, { yamlText }] = await Promise.all([import('./artifacts/chains.ts'), import('./text/yaml.ts')])
  const found = chains(plan, surfaceOf(plan, 'rest'), './openapi.yaml')
  if (found === undefined) throw new StartError(`${plan.capability.name} has no REST operation with a name of its own`)
  return yamlText(found)
}

/** A skill that has no folder yet is written as it would begin. */
async function skills({ plan, directory }: LoadedCapability): Promise<readonly Exported[]> {
  const [{ firstFiles }, { readSkillFiles }] = await Promise.all([
    import('./generate/skills.ts'),
    import('./surfaces/skill-files.ts'),
  ])
  const written = surfaceOf(plan, 'skill').skills.map(async (skill): Promise<readonly Exported[]> => {
    const folder = skill.location === undefined ? undefined : fileOf(skill.location, directory)
    const served = folder === undefined ? undefined : await readSkillFiles(folder, () => {})
    const files = served ?? [...(await firstFiles(plan, skill))].map(([path, bytes]) => ({ path, bytes }))
    return files.map(({ path, bytes }) => ({ path: `${skill.name}/${path}`, ...contentOf(bytes) }))
  })
  return (await Promise.all(written)).flat()
}

/** A picture beside the words stays one. */
const contentOf = (bytes: Buffer) =>
  isUtf8(bytes) ? { text: bytes.toString('utf8') } : { text: `(${bytes.length} bytes)`, bytes }
