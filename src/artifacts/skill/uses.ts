/** The tools of a skill as the capability offers them: the operation behind each, its tool, its route. */

import type { McpPlan, OperationPlan, Plan, RestPlan, RoutePlan, SkillPlan, ToolPlan } from '../../plan.ts'
import { firstSentence } from '../../text/sentence.ts'

/** A tool that a skill uses. */
export interface Use {
  /** As the skill's text names it: `server:tool` of MCP, `METHOD /path` of REST. */
  readonly called: string
  /** The last part of it: unique within a skill. */
  readonly name: string
  readonly description: string
  readonly operation: OperationPlan
  readonly tool?: { readonly surface: McpPlan; readonly tool: ToolPlan }
  /** Of the first REST surface that offers the same operation. */
  readonly route?: { readonly surface: RestPlan; readonly route: RoutePlan }
}

/** What the derived tools of a skill are, in the order of the text. */
export function usesOf(plan: Plan, { tools }: SkillPlan): readonly Use[] {
  return tools.flatMap((tool) => {
    if (tool.type !== 'derived') return []
    const { targetNamespace, action } = tool
    const use = tool.mode === 'mcp' ? mcpUse(plan, targetNamespace, action) : restUse(plan, targetNamespace, action)
    return use === undefined ? [] : [use]
  })
}

function mcpUse(plan: Plan, namespace: string, action: string): Use | undefined {
  const surface = plan.surfaces.find((s): s is McpPlan => s.type === 'mcp' && s.namespace === namespace)
  const tool = surface?.tools.find(({ name }) => name === action)
  if (surface === undefined || tool === undefined) return undefined
  const { name, description, operation } = tool
  const route = routeOf(plan, operation)
  const called = `${namespace}:${name}`
  return { called, name, description, operation, tool: { surface, tool }, ...(route === undefined ? {} : { route }) }
}

function restUse(plan: Plan, namespace: string, action: string): Use | undefined {
  const surface = restSurfaces(plan).find((s) => s.namespace === namespace)
  const route = surface?.routes.find(({ name }) => name === action)
  if (surface === undefined || route === undefined) return undefined
  const { method, path, description, operation } = route
  return { called: `${method} ${path}`, name: action, description, operation, route: { surface, route } }
}

/** The first route that runs an operation of the same name. */
export function routeOf(plan: Plan, { name }: Pick<OperationPlan, 'name'>): Use['route'] {
  for (const surface of restSurfaces(plan)) {
    const route = surface.routes.find(({ operation }) => operation.name === name)
    if (route !== undefined) return { surface, route }
  }
  return undefined
}

const restSurfaces = ({ surfaces }: Plan) => surfaces.filter((s): s is RestPlan => s.type === 'rest')

/** What a call of it does, in a few words. */
export function effectWords({ operation, tool }: Use): string {
  const { semantics, confirmation } = operation
  if (isRead(operation)) return 'read'
  const repeats = semantics.idempotent === true ? 'repeatable' : 'NOT repeatable'
  const loses = tool?.tool.annotations.destructiveHint === true || confirmation !== undefined
  return `write, ${repeats}${loses ? ', loses what was there' : ''}${waits(confirmation)}`
}

/** Whether somebody outside of the conversation has to release it. */
function waits(confirmation: OperationPlan['confirmation']): string {
  if (confirmation === undefined) return ''
  return confirmation.when === undefined ? '; a person releases each call' : '; some calls wait for a person'
}

/** Whether it changes nothing. */
export function isRead({ semantics }: OperationPlan): boolean {
  return semantics.safe === true
}

/** Names of the inputs that have to be given. */
export function neededInputs({ input }: OperationPlan): readonly string[] {
  return (input.schema.required ?? []) as readonly string[]
}

/** What it does, in a sentence. */
export const brief = ({ description }: Use) => firstSentence(description)
