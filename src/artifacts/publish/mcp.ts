/** The MCP surface: its tools, how it is started, and its entry for the MCP Registry. */

import { operationId } from '../openapi/requests.ts'
import { frame, jsonFile, provenanceOf, yamlFile } from './frame.ts'
import { cut } from './prose.ts'
import type { Edition, Members, Published } from './publication.ts'
import { startedBy } from './starting.ts'

/** `mcp/<slug>-mcp.yml` and `mcp/server.json`. */
export function mcpFiles(edition: Edition): readonly Published[] {
  const { mcp, facts } = edition
  if (mcp === undefined || facts.mcp === undefined) return []
  return [
    yamlFile(
      `mcp/${facts.index.slug}-mcp.yml`,
      manifest(edition),
      { type: 'MCPServer', of: 'mcp', name: 'MCP server' },
      {
        type: 'MCPServer',
        of: 'common',
        name: 'MCP server',
      },
    ),
    ...(edition.program.bundles ? [registryFile(edition)] : []),
  ]
}

/** The registry lists packages, and only the capability that a package comes with is one. */
function registryFile(edition: Edition): Published {
  const listing = { type: 'x-mcp-registry', of: 'mcp', name: 'Entry for the MCP Registry' } as const
  return jsonFile(registryPath, registryEntry(edition), listing)
}

export const registryPath = 'mcp/server.json'

/** It runs where its user is; nobody hosts it, and nothing here says so. */
function manifest(edition: Edition): Members {
  const { mcp, rest, facts, urls } = edition
  const source = (name: string) => rest?.routes.find((route) => route.operation.name === name)
  return {
    ...frame(edition, mcp?.instructions ?? edition.plan.capability.description),
    status: 'declared',
    server: {
      name: facts.mcp?.registryName ?? facts.index.slug,
      transport: 'stdio',
      install: startedBy(edition, 'mcp'),
    },
    ...(mcp?.transport === 'http'
      ? { remote: { transport: 'streamable-http', url: urls.mcp, note: 'Where the capability is served.' } }
      : {}),
    tools: (mcp?.tools ?? []).map(({ name, description, annotations, operation }) => {
      const route = source(operation.name)
      return {
        name,
        description,
        ...(route === undefined || rest === undefined ? {} : { source_operation: operationId(route, rest) }),
        annotations: { ...annotations },
      }
    }),
    deployment: {
      mode: 'local-stdio',
      endpoint: startedBy(edition, 'mcp'),
      verified: 'probed',
      probe: 'passed',
      checked: facts.mcp?.checked ?? facts.index.modified,
      note: facts.mcp?.note ?? '',
    },
  }
}

/** Schema 2025-12-11. To be taken, the package has to have the same name as its `mcpName`. */
function registryEntry(edition: Edition): Members {
  const { plan, facts, program } = edition
  const { title, description } = plan.capability
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: facts.mcp?.registryName ?? facts.index.slug,
    title: cut(title, 100) || cut(facts.index.name, 100),
    description: cut(description, 100) || cut(facts.index.description, 100),
    version: program.version,
    ...(facts.publisher.repository === undefined ? {} : { repository: repositoryOf(facts.publisher.repository) }),
    packages: [
      {
        registryType: 'npm',
        identifier: program.name,
        version: program.version,
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'positional', value: 'mcp' }],
        environmentVariables: plan.binds.map(({ key, optional }) => ({
          name: key,
          isRequired: optional !== true,
          isSecret: true,
        })),
      },
    ],
    _meta: { 'io.modelcontextprotocol.registry/publisher-provided': provenanceOf(edition) },
  }
}

/** `source` is the host, as the registry has it: github, gitlab. */
function repositoryOf(url: string): Members {
  const [, source = new URL(url).hostname] = /^(?:www\.)?([a-z]+)\.com$/.exec(new URL(url).hostname) ?? []
  return { url, source }
}
