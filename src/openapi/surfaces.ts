/** The parts of a capability that are made of flows: what is consumed, and the three surfaces over it. */

import { type Raw, text } from '../spec/raw.ts'
import type { FlowParts } from './flow.ts'
import { claim, kebab, prose, sentenceOf, type Taken } from './names.ts'

/** A flow in the aggregate of its tag. */
export interface Grouped {
  readonly namespace: string
  readonly display: string
  readonly description: string
  readonly flows: readonly FlowParts[]
}

/** Operations by path, each path once. */
export function consumedResources(flows: readonly FlowParts[]): Raw {
  const taken: Taken = new Map()
  const names = new Map<string, string>()
  const resources: Record<string, { path: string; operations: Record<string, Raw> }> = {}
  for (const { path, name, consumed } of flows) {
    const resource = names.get(path) ?? claim(resourceName(path), taken)
    names.set(path, resource)
    const entry = Object.hasOwn(resources, resource) ? resources[resource] : undefined
    resources[resource] = { path, operations: { ...entry?.operations, [name]: consumed } }
  }
  return resources
}

/** By the last words of the path; variables are none. */
function resourceName(path: string): string {
  const words = path.split('/').filter((part) => part !== '' && !part.startsWith('{{'))
  return (
    kebab(
      words
        .slice(-2)
        .join('-')
        .replace(/\{\{|\}\}/g, ''),
    ) || 'root'
  )
}

/** REST, MCP and Agent Skills. `taken` = namespaces that are given. */
export function exposesOf(api: string, title: string, groups: readonly Grouped[], taken: Taken): readonly Raw[] {
  const [rest, mcp, skill] = ['rest', 'mcp', 'skill'].map((kind) => claim(`${api}-${kind}`, taken))
  const listen = { address: '127.0.0.1' }
  const tools = groups.flatMap(({ namespace, flows }) =>
    flows.map(({ name, hints }) => [name, { ref: `${namespace}.${name}`, hints }] as const),
  )
  return [
    { type: 'rest', namespace: rest, ...listen, port: 8080, resources: routesOf(groups) },
    {
      type: 'mcp',
      namespace: mcp,
      ...listen,
      port: 9090,
      description: `Calls ${title}.`,
      tools: Object.fromEntries(tools),
    },
    {
      type: 'skill',
      namespace: skill,
      ...listen,
      port: 9091,
      description: `How to work with ${title}.`,
      skills: Object.fromEntries(groups.map((group) => [`${group.namespace}`, skillOf(group, title, mcp ?? '')])),
    },
  ]
}

function skillOf({ display, description, flows }: Grouped, title: string, mcp: string): Raw {
  return {
    description: prose(
      `${description || `Works with ${display} of ${title}.`} Use when the user asks for: ${flows
        .map(({ name }) => name.replaceAll('-', ' '))
        .join(', ')}.`,
      1000,
    ),
    tools: Object.fromEntries(
      flows.map(({ name, flow }) => [
        name,
        {
          description: prose(text(flow.description) ?? sentenceOf(name), 120),
          from: { sourceNamespace: mcp, action: name },
        },
      ]),
    ),
  }
}

/** Two paths that a request can't tell apart are told apart by the name of the operation. */
function routesOf(groups: readonly Grouped[]): Raw {
  const taken: Taken = new Map()
  const shapes = new Set<string>()
  const names = new Map<string, string>()
  const resources: Record<string, { path: string; operations: Record<string, Raw> }> = {}
  for (const { namespace, flows } of groups) {
    for (const { name, path: called, consumed, places, responses } of flows) {
      const path = routed(called, `${consumed.method} `, name, shapes)
      const resource = names.get(path) ?? claim(resourceName(path), taken)
      names.set(path, resource)
      const entry = Object.hasOwn(resources, resource) ? resources[resource] : undefined
      const operation = {
        method: consumed.method,
        ref: `${namespace}.${name}`,
        inputParameters: Object.keys(places).length === 0 ? undefined : places,
        responses: Object.keys(responses).length === 0 ? undefined : responses,
      }
      resources[resource] = { path, operations: { ...entry?.operations, [name]: operation } }
    }
  }
  return resources
}

/** A variable of a route is a whole segment, and no route ends with a slash. */
function routed(called: string, method: string, name: string, shapes: Set<string>): string {
  const parts = called.split('/').flatMap((part) => part.split(/(?<=\}\})|(?=\{\{)/))
  const clean = parts.flatMap((part) => (part.startsWith('{{') ? [part] : part.replace(/^[^\w]+|[^\w]+$/g, '') || []))
  const path = `/${clean.join('/')}`
  const shape = method + path.replace(/\{\{[^}]*\}\}/g, '{}')
  if (!shapes.has(shape)) {
    shapes.add(shape)
    return path
  }
  return `${path === '/' ? '' : path}/${name}`
}
