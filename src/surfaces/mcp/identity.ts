/** Who the MCP server says it is: the surface's namespace and the capability's version (spec-servers §4.5). */

import type { McpPlan, Plan } from '../../plan.ts'

export interface Identity {
  readonly name: string
  readonly title: string
  readonly version: string
}

export function identityOf(surface: McpPlan, { capability }: Plan): Identity {
  return { name: surface.namespace, title: capability.title, version: capability.version }
}
