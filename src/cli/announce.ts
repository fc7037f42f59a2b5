/** What a person reads once everything listens: an address a surface, and three things to paste. */

import { pagePathOf } from '../artifacts/page/paths.ts'
import { mcpClientEntry, skillInstall } from '../artifacts/paste.ts'
import type { Running, ServedSurface } from '../index.ts'
import type { RestPlan, RouteParameterPlan, RoutePlan, SurfacePlan } from '../plan.ts'

/** The text for a running capability, without colours; one line a surface, then the things to paste. */
export function announce(running: Running): string {
  const { capability, surfaces, notices, sandbox } = running
  const { title, version } = capability.plan.capability
  const lines = [`${title} ${version}`, '']
  if (sandbox !== undefined) {
    lines.push(`Sandbox: every call is answered by ${sandbox.url} on this machine, with made-up documents.`)
    lines.push('Nothing leaves the machine and no account is needed.', ...faultsTold(sandbox.faultSpec), '')
  }
  const width = Math.max(...surfaces.map(({ plan }) => plan.type.length))
  for (const { plan, url } of surfaces) lines.push(`  ${plan.type.padEnd(width)}  ${addressOf(plan, url)}`)
  if (running.inbox !== undefined) lines.push('', `What loses something waits for your approval: ${running.inbox}`)
  if (notices.length > 0) lines.push('', ...notices.map((notice) => `Warning: ${notice}.`))
  const pastes = pastesOf(surfaces, sandbox?.examples ?? {})
  if (pastes.length > 0) lines.push('', ...pastes)
  return `${lines.join('\n')}\n`
}

/** What goes wrong in a sandbox, in words that make it happen again; no line for nothing. */
export function faultsTold(spec: string): readonly string[] {
  return spec === '' ? [] : [`Faults: --faults '${spec}'`]
}

function addressOf(plan: SurfacePlan, url: string): string {
  switch (plan.type) {
    case 'rest': {
      const page = pagePathOf(plan)
      return `${url}  (${page === undefined ? '' : `page: ${url}${page}, `}description: ${url}/openapi.yaml)`
    }
    case 'mcp':
      return `${url}/mcp`
    case 'skill':
      return `${url}/skills`
    default:
      return `${url}/health/ready`
  }
}

function pastesOf(surfaces: readonly ServedSurface[], examples: Readonly<Record<string, unknown>>): readonly string[] {
  return surfaces.flatMap(({ plan, url }) => {
    switch (plan.type) {
      case 'rest': {
        const route = plan.routes.find((r) => r.operation.semantics.safe === true) ?? plan.routes[0]
        return route === undefined ? [] : ['Call it:', `  ${curl(route, url, examples, plan.authentication)}`, '']
      }
      case 'mcp':
        return ['Add it to an MCP client:', `  ${mcpClientEntry(plan.namespace, url)}`, '']
      case 'skill':
        return ['Install its skills for an agent:', `  ${skillInstall(url)}`, '']
      default:
        return []
    }
  })
}

function curl(
  route: RoutePlan,
  url: string,
  examples: Readonly<Record<string, unknown>>,
  authentication: RestPlan['authentication'],
): string {
  const shown = (p: { readonly key: string; readonly name: string }) => {
    const example = examples[p.name]
    return example === undefined ? `{${p.key}}` : encodeURIComponent(String(example))
  }
  const inPath = new Map(placed(route, 'path').map((p) => [p.key, shown(p)]))
  const path = route.path.replace(/\{([^}]+)\}/g, (whole, key) => inPath.get(key) ?? whole)
  const query = placed(route, 'query').map((p) => `${encodeURIComponent(p.key)}=${shown(p)}`)
  const method = route.method === 'GET' ? '' : `-X ${route.method} `
  return `curl ${method}${credential(authentication)}'${url}${path}${query.length > 0 ? `?${query.join('&')}` : ''}'`
}

/** Where a credential goes, never the credential. */
function credential(authentication: RestPlan['authentication']): string {
  switch (authentication?.type) {
    case 'basic':
      return '-u <username> '
    case 'digest':
      return '--digest -u <username> '
    case 'bearer':
    case 'oauth2':
      return "-H 'Authorization: Bearer <token>' "
    default:
      return ''
  }
}

function placed<In extends 'path' | 'query'>(route: RoutePlan, place: In) {
  return route.parameters.filter((p): p is RouteParameterPlan & { readonly in: In } => p.in === place)
}
