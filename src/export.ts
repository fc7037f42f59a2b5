/** What other tools read of a capability: its REST surface, its tools, workflows, requests and skills. */

import type { Published } from './artifacts/publish/publication.ts'
import { StartError } from './errors.ts'
import type { LoadedCapability } from './load.ts'
import type { Plan, SurfacePlan } from './plan.ts'
import { fileOf } from './text/file-uri.ts'

/** What a capability can be written as. */
export const exportForms = ['openapi', 'mcp', 'arazzo', 'postman', 'skills'] as const
export type ExportForm = (typeof exportForms)[number]

/**
 * The files of one form: `openapi.yaml` (3.1), `tools.json` (the result of `tools/list`), `arazzo.yaml` (1.0.1, over an
 * `openapi.yaml` beside it), `postman_collection.json` (2.1.0), or a folder for each skill. Throws StartError for a
 * capability without the surface, or without a write that is read first.
 */
export async function exportCapability(capability: LoadedCapability, form: ExportForm): Promise<readonly Published[]> {
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

const json = (path: string, value: unknown): Published => ({ path, text: `${JSON.stringify(value, null, 2)}\n` })

function surfaceOf<T extends SurfacePlan['type']>({ surfaces, capability }: Plan, type: T) {
  const found = surfaces.find((s): s is SurfacePlan & { readonly type: T } => s.type === type)
  if (found === undefined) throw new StartError(`${capability.name} has no surface of type ${type}`)
  return found
}

const addressOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`

async function arazzo(plan: Plan): Promise<string> {
  const [{ chains }, { yamlText }] = await Promise.all([import('./artifacts/chains.ts'), import('./text/yaml.ts')])
  const found = chains(plan, surfaceOf(plan, 'rest'), './openapi.yaml')
  if (found === undefined)
    throw new StartError(`${plan.capability.name} has no write that a safe operation beside it reads first`)
  return yamlText(found)
}

/** A skill that has no folder yet is written as it would begin. */
async function skills({ plan, directory }: LoadedCapability): Promise<readonly Published[]> {
  const [{ firstFiles }, { readSkillFiles }] = await Promise.all([
    import('./generate/skills.ts'),
    import('./surfaces/skill-files.ts'),
  ])
  const written = surfaceOf(plan, 'skill').skills.map(async (skill): Promise<readonly Published[]> => {
    const folder = skill.location === undefined ? undefined : fileOf(skill.location, directory)
    const served = folder === undefined ? undefined : await readSkillFiles(folder, () => {})
    const files = served ?? [...(await firstFiles(plan, skill))].map(([path, bytes]) => ({ path, bytes }))
    return files.map(({ path, bytes }) => ({ path: `${skill.name}/${path}`, text: bytes.toString('utf8') }))
  })
  return (await Promise.all(written)).flat()
}
