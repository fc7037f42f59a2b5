import type * as doc from '../../spec/document.ts'
import { child } from '../../text/pointer.ts'
import { resourceName } from '../resources.ts'
import type { Rule } from './rule.ts'

/** Scopes are asked of tokens: on a surface whose callers bring none, what they should protect stands open. */
export const scopesChecked: Rule = ({ document, companion, reportCompanion }) => {
  for (const [flow, { scopes }] of companion.policy) {
    if (scopes === undefined) continue
    const unchecked = document.exposes.filter((surface) => offers(surface, flow) && !bringsTokens(surface))
    if (unchecked.length === 0) continue
    const surfaces = unchecked.map(({ namespace }) => namespace)
    reportCompanion('unchecked-scopes', child(child('/policy', flow), 'scopes'), { flow, surfaces })
  }
}

function offers(surface: doc.Exposes, flow: string): boolean {
  return unitsOf(surface).some(([name, { ref }]) => (ref ?? `${surface.namespace}.${name}`) === flow)
}

/** What a surface runs, by the name that its operation has below the namespace of the surface. */
export function unitsOf(surface: doc.Exposes): readonly (readonly [string, { readonly ref?: string }])[] {
  if (surface.type === 'mcp') return [...surface.tools, ...dynamicOf(surface)]
  return surface.type === 'rest' ? [...surface.resources.values()].flatMap(({ operations }) => [...operations]) : []
}

function dynamicOf({ tools, resources }: doc.ExposesMcp) {
  const dynamic = [...resources].filter(([, { location }]) => location === undefined)
  return dynamic.map(([name]) => [resourceName(name, tools), {}] as const)
}

/** Over stdio the caller is who started the program. */
function bringsTokens(surface: doc.Exposes): boolean {
  return surface.authentication?.type === 'oauth2' || (surface.type === 'mcp' && surface.transport === 'stdio')
}
