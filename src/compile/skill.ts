/** `type: skill` -> a catalog of Agent Skills whose tools are those of a sibling surface (spec-servers §5). */

import type { SkillPlan, SkillSurfacePlan, SkillToolPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import type { Known } from './known.ts'
import { compileListen } from './listen.ts'
import { unknownName } from './scope.ts'

/** What a derived tool can point at: the tools or operations of each sibling, by namespace. */
export type Actions = ReadonlyMap<string, { readonly mode: 'rest' | 'mcp'; readonly names: readonly string[] }>

export function actionsOf(exposes: readonly doc.Exposes[]): Actions {
  const actions = new Map<string, { mode: 'rest' | 'mcp'; names: readonly string[] }>()
  for (const surface of exposes) {
    if (surface.type === 'mcp') actions.set(surface.namespace, { mode: 'mcp', names: [...surface.tools.keys()] })
    if (surface.type !== 'rest') continue
    const names = [...surface.resources.values()].flatMap((resource) => [...resource.operations.keys()])
    actions.set(surface.namespace, { mode: 'rest', names })
  }
  return actions
}

export function compileSkills(surface: doc.ExposesSkill, actions: Actions, known: Known): SkillSurfacePlan {
  const { description } = surface
  const skills = [...surface.skills].map(([name, skill]) =>
    compileSkill(name, skill, child(child(surface.pointer, 'skills'), name), actions, known),
  )
  return {
    type: 'skill',
    ...compileListen(surface, known),
    ...(description === undefined ? {} : { description }),
    skills,
  }
}

function compileSkill(name: string, skill: doc.Skill, pointer: string, actions: Actions, known: Known): SkillPlan {
  const fields = {
    license: skill.license,
    compatibility: skill.compatibility,
    metadata: skill.metadata,
    allowedTools: skill['allowed-tools'],
    argumentHint: skill['argument-hint'],
    userInvocable: skill['user-invocable'],
    disableModelInvocation: skill['disable-model-invocation'],
    location: skill.location,
  }
  checkName(name, pointer, known)
  return {
    name,
    description: skill.description,
    ...present(fields),
    tools: [...skill.tools].flatMap(([tool, item]) =>
      compileSkillTool(tool, item, skill, child(child(pointer, 'tools'), tool), actions, known),
    ),
  }
}

/** The Agent Skills rule, stricter than the format's own pattern (agentskills.io specification, `name`). */
function checkName(name: string, pointer: string, known: Known) {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 64) return
  known.report('wrong-value', pointer, {
    value: JSON.stringify(name),
    rule: 'must be 1 to 64 lower-case letters, digits and single hyphens',
  })
}

function compileSkillTool(
  name: string,
  tool: doc.SkillTool,
  skill: doc.Skill,
  pointer: string,
  actions: Actions,
  known: Known,
): readonly SkillToolPlan[] {
  const { description, from, instruction } = tool
  if (instruction !== undefined) {
    if (skill.location === undefined) known.report('missing-key', pointer, { name: 'location' })
    return [{ type: 'instruction', name, description, instruction }]
  }
  if (from === undefined) return []
  const sibling = actions.get(from.sourceNamespace)
  const at = child(pointer, 'from')
  if (sibling === undefined) {
    known.report(
      'unknown-namespace',
      child(at, 'sourceNamespace'),
      unknownName(from.sourceNamespace, [...actions.keys()]),
    )
    return []
  }
  if (!sibling.names.includes(from.action)) {
    known.report('unknown-action', child(at, 'action'), {
      ...unknownName(from.action, sibling.names),
      namespace: from.sourceNamespace,
    })
    return []
  }
  return [
    {
      type: 'derived',
      name,
      description,
      targetNamespace: from.sourceNamespace,
      action: from.action,
      mode: sibling.mode,
    },
  ]
}

function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
