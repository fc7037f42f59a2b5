/** The skills as they are served, and their index. */

import { usesOf } from '../skill/uses.ts'
import { frame, yamlFile } from './frame.ts'
import type { Edition, Published } from './publication.ts'

/** `skills/<name>/…` and `skills/_index.yml`. */
export function skillFiles(edition: Edition): readonly Published[] {
  const { skills, plan, facts } = edition
  if (skills.length === 0) return []
  const declared = plan.surfaces.flatMap((surface) => (surface.type === 'skill' ? surface.skills : []))
  const entries = declared.map((skill) => ({
    file: `${skill.name}/SKILL.md`,
    name: skill.name,
    description: skill.description,
    api: facts.index.slug,
    operations: usesOf(plan, skill).map((use) => use.route?.route.name ?? use.name),
  }))
  const copied = skills.flatMap(({ name, files }) =>
    files.map(
      (file): Published => ({
        ...file,
        path: `skills/${name}/${file.path}`,
        ...(file.path === 'SKILL.md' ? { listed: [{ type: 'AgentSkill', of: 'common', name }] } : {}),
      }),
    ),
  )
  const index = { ...frame(edition, 'Agent Skills over the operations of the capability.'), skills: entries }
  const listing = { type: 'AgentSkill', of: 'common', name: 'Index of the skills' } as const
  return [yamlFile('skills/_index.yml', index, listing), ...copied]
}
