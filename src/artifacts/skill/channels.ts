/** The manifests by which clients take a folder of skills with its MCP server: one folder, whatever the client. */

import type { McpPlan, Plan, SkillPlan } from '../../plan.ts'
import { addressOf } from './references.ts'

/** Text by path, relative to the folder that holds `skills/`. */
export type Manifests = readonly (readonly [path: string, text: string])[]

type Members = Readonly<Record<string, unknown>>

/** Where `$schema` of Agent Plugins 1.0.0 points; clients know it by heart. */
const agentPlugins = 'https://agent-plugins.org/schemas/1.0.0'

/** What `plugin.json` may say that no capability does: it is kept as its author wrote it. */
const kept = ['author', 'homepage', 'repository', 'extensions'] as const

/**
 * Agent Plugins 1.0 (`plugin.json`, `mcp.json`), Claude Code (plugin and marketplace), Codex, Gemini CLI. `written` = the
 * `plugin.json` that is there; it may be an empty object. One that has the name of another capability of those that share the
 * folder is left to that one: then there are none. Throws SyntaxError where it is no JSON.
 */
export function manifestsOf(
  plan: Plan,
  skills: readonly SkillPlan[],
  written: string,
  sharing: readonly string[] = [],
): Manifests {
  const { name: own, description } = plan.capability
  const before: Members = JSON.parse(written)
  if (sharing.some((other) => other !== own && kebab(other) === before.name)) return []
  const about = aboutOf(plan, skills, before)
  const { author, extensions, ...portable } = about
  const { name, version } = portable
  const entry = { name, source: './', description, version }
  const servers = plan.surfaces.filter((s): s is McpPlan => s.type === 'mcp' && s.transport === 'http')
  const by = (of: (url: string) => Members) =>
    Object.fromEntries(servers.map((s) => [s.namespace, of(`${addressOf(s)}/mcp`)]))
  const http = by((url) => ({ type: 'http', url }))
  const manifests: Readonly<Record<string, Members>> = {
    'plugin.json': { $schema: `${agentPlugins}/plugin.schema.json`, ...about },
    'mcp.json': {
      $schema: `${agentPlugins}/mcp.schema.json`,
      mcpServers: by((url) => ({ type: 'streamable-http', url })),
    },
    '.claude-plugin/plugin.json': { ...portable, author, mcpServers: http },
    '.claude-plugin/marketplace.json': { name: `${name}-skills`, owner: author, description, plugins: [entry] },
    '.codex-plugin/plugin.json': { ...portable, author, skills: './skills/', mcpServers: http },
    'gemini-extension.json': { name, version, description, mcpServers: by((httpUrl) => ({ httpUrl })) },
  }
  return Object.entries(manifests).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`])
}

function aboutOf({ capability }: Plan, skills: readonly SkillPlan[], written: Members) {
  const { name, version, description, tags } = capability
  const licenses = new Set(skills.map(({ license }) => license))
  const [license] = licenses.size === 1 ? licenses : []
  const own = Object.fromEntries(kept.flatMap((key) => (written[key] === undefined ? [] : [[key, written[key]]])))
  return {
    name: kebab(name),
    version,
    description,
    author: { name: `Maintainers of ${name}` } as unknown,
    extensions: undefined as unknown,
    ...own,
    ...(license === undefined ? {} : { license }),
    keywords: [...new Set(['agent-skills', 'mcp', ...tags.map(kebab)])],
  }
}

/** As names of plugins have to be written. */
function kebab(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
