/** All that an MCP surface offers, whatever the revision and the transport. */

import type { McpPlan, Plan } from '../../plan.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { readSkills, type SkillLibrary } from '../skill-library.ts'
import { type Answers, createAnswers, withAnswers } from './answers.ts'
import { type Complete, createCompletion } from './completion.ts'
import { type Consent, createConsent } from './consent.ts'
import type { ListedResource } from './content.ts'
import { type Identity, identityOf } from './identity.ts'
import { type Pages, paged } from './pages.ts'
import { createPrompts, type ListedPrompt, type Prompts } from './prompts.ts'
import { createResources, fileReading, type ListedTemplate, type Resources } from './resources.ts'
import { instructionsWith, type OfferedSkill, offeredSkills, skillsCapability, withSkills } from './skills.ts'
import { createTools, type ListedTool, type Tools } from './tools.ts'

export interface Offer {
  readonly identity: Identity
  readonly instructions: string | undefined
  readonly capabilities: Capabilities
  /** How long a client may keep what it was told (2026-07-28, Caching). */
  readonly hint: { readonly ttlMs: number; readonly cacheScope: 'public' | 'private' }
  readonly tools: Tools
  readonly resources: Resources
  readonly prompts: Prompts
  readonly skills: readonly OfferedSkill[]
  /** Who may run what of it: with another one, somebody is offered something else. */
  readonly roles: Plan['roles']
  readonly complete: Complete
  /** Each list by its method. */
  readonly lists: Lists
}

export interface Lists {
  readonly 'tools/list': Pages<ListedTool>
  readonly 'resources/list': Pages<ListedResource>
  readonly 'resources/templates/list': Pages<ListedTemplate>
  readonly 'prompts/list': Pages<ListedPrompt>
}

/** Whether a client may ask for a list. */
export function isOffered(method: keyof Lists, capabilities: Capabilities): boolean {
  return capabilities[method.split('/')[0] as 'tools' | 'resources' | 'prompts'] !== undefined
}

/** What lists hold, by method. */
export const listKeys = {
  'tools/list': 'tools',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'prompts/list': 'prompts',
} as const

/** ServerCapabilities as they go on the wire. */
export interface Capabilities {
  readonly logging: Record<string, never>
  readonly completions?: Record<string, never>
  readonly tools: { readonly listChanged: true }
  readonly resources?: { readonly listChanged: true; readonly subscribe: true }
  readonly prompts?: { readonly listChanged: true }
  readonly extensions?: typeof skillsCapability
}

/** What an offer has in common with others. */
export interface Common {
  /** That of the offer it follows, so that a yes counts once across a reload. */
  readonly consent?: Consent
  /** Those that were too large, so that the rest of one is there after a reload. */
  readonly answers?: Answers
  /** The skills as other surfaces serve them. Default: read here. */
  readonly library?: SkillLibrary | undefined
}

/** Reads what is served of files, from `directory` where a URI is relative. Throws StartError. */
export async function createOffer(
  plan: McpPlan,
  runtime: Runtime,
  directory: string,
  { consent = createConsent(), answers = createAnswers(), library }: Common = {},
): Promise<Offer> {
  const kept = runtime.context.unbounded || plan.tools.length === 0 ? undefined : answers
  const tools = createTools(plan, runtime, consent, kept)
  const skills = offeredSkills(plan, library ?? (await readSkills(runtime.plan.surfaces, directory)))
  const own = withSkills(await createResources(plan, runtime, directory), skills, fileReading(runtime))
  const resources = withAnswers(own, kept)
  const prompts = createPrompts(plan)
  // Where callers are told apart, one may not be told what another one was.
  const isSame = runtime.context.grants === undefined || plan.authentication === undefined
  return {
    identity: identityOf(plan, runtime.plan),
    instructions: instructionsWith(plan.instructions, skills),
    capabilities: capabilitiesOf(plan, skills, kept !== undefined),
    hint: { ttlMs: plan.ttlMs, cacheScope: isSame ? plan.cacheScope : 'private' },
    tools,
    resources,
    prompts,
    skills,
    roles: runtime.plan.roles,
    complete: createCompletion(plan, runtime.plan),
    lists: {
      'tools/list': paged(tools.listed),
      'resources/list': paged(resources.listed),
      'resources/templates/list': paged(resources.templates),
      'prompts/list': paged(prompts.listed),
    },
  }
}

function capabilitiesOf(
  { resources, prompts }: McpPlan,
  skills: readonly OfferedSkill[],
  keeps: boolean,
): Capabilities {
  const completes = prompts.length > 0 || resources.some(({ type }) => type === 'dynamic')
  return {
    logging: {},
    ...(completes ? { completions: {} } : {}),
    tools: { listChanged: true },
    ...(resources.length + skills.length === 0 && !keeps ? {} : { resources: { listChanged: true, subscribe: true } }),
    ...(prompts.length === 0 ? {} : { prompts: { listChanged: true } }),
    ...(skills.length === 0 ? {} : { extensions: skillsCapability }),
  }
}
