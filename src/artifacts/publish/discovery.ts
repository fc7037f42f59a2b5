/** What machines look for at known places: llms.txt, the API catalog (RFC 9727), security.txt (RFC 9116). */

import { firstSentence } from '../../text/sentence.ts'
import { declaration, frame, jsonFile, yamlFile } from './frame.ts'
import { registryPath } from './mcp.ts'
import { openapiPath } from './openapi.ts'
import { linkText, oneLine, paragraph } from './prose.ts'
import type { Edition, Published } from './publication.ts'

/** `llms/llms.txt` (llmstxt.org): what a model needs to find its way. Below a heading stand links and nothing else. */
export function llmsFiles(edition: Edition): readonly Published[] {
  const { plan, rest, mcp, facts, skills } = edition
  const slug = facts.index.slug
  const lines = [
    `# ${oneLine(facts.index.name)}`,
    '',
    `> ${oneLine(facts.index.description)}`,
    '',
    paragraph(declaration(edition)),
    '',
    ...(mcp?.instructions === undefined ? [] : [paragraph(mcp.instructions), '']),
    'Its operations:',
    '',
    ...plan.operations
      .filter(isFlow)
      .map(
        ({ name, description }) =>
          `- ${oneLine(name.split('.').at(-1) ?? name)}: ${firstSentence(oneLine(description))}`,
      ),
    '',
    '## Descriptions',
    '',
    `- [Capability](../capabilities/${slug}.yaml): what can be done, in the form that catalogues read`,
    ...(rest === undefined ? [] : [`- [OpenAPI](../openapi/${slug}-openapi.yml): the REST surface`]),
    ...(mcp === undefined || facts.mcp === undefined
      ? []
      : [`- [MCP](../mcp/${slug}-mcp.yml): tools and how the server is started`]),
    ...Object.entries(facts.workflows ?? {}).map(
      ([name, { summary }]) => `- [${name}](../arazzo/${slug}-${name}-workflow.yml): ${oneLine(summary)}`,
    ),
    ...(skills.length === 0 ? [] : ['', '## Skills', '']),
    ...skills.map(({ name }) => `- [${linkText(name)}](../${encodeURI(`skills/${name}/SKILL.md`)})`),
    '',
  ]
  return [
    { path: 'llms/llms.txt', text: lines.join('\n'), listed: [{ type: 'LLMsTxt', of: 'common', name: 'llms.txt' }] },
  ]
}

const isFlow = ({ description }: { readonly description: string }) => description !== ''

/** `well-known/api-catalog` and `well-known/security.txt`, to be served below `/.well-known/`. */
export function wellKnownFiles(edition: Edition): readonly Published[] {
  return [...catalogFiles(edition), ...securityFiles(edition)]
}

function catalogFiles(edition: Edition): readonly Published[] {
  const { urls, rest, mcp, facts } = edition
  const at = (path: string, type: string) => [{ href: `${urls.folder}${path}`, type }]
  const about = {
    'service-doc': at('README.md', 'text/markdown'),
    'service-meta': at('apis.yml', 'application/apis+yaml'),
  }
  const described = [
    ...(rest === undefined
      ? []
      : [{ anchor: urls.rest, 'service-desc': at(openapiPath(edition), 'application/vnd.oai.openapi'), ...about }]),
    ...(mcp === undefined || facts.mcp === undefined
      ? []
      : [{ anchor: urls.mcp, 'service-desc': at(...mcpDescription(edition)), ...about }]),
  ]
  if (described.length === 0) return []
  const items = described.map(({ anchor }) => ({ href: anchor }))
  const linkset = [{ anchor: `${urls.folder}well-known/api-catalog`, item: items }, ...described]
  const listing = { of: 'common', name: 'API catalog', mediaType: 'application/linkset+json' } as const
  return [
    jsonFile(
      'well-known/api-catalog',
      { linkset },
      { type: 'APICatalog', ...listing },
      { type: 'WellKnown', ...listing },
    ),
  ]
}

/** What tells most of the MCP surface. */
function mcpDescription({ program, facts }: Edition): readonly [path: string, type: string] {
  return program.bundles ? [registryPath, 'application/json'] : [`mcp/${facts.index.slug}-mcp.yml`, 'application/yaml']
}

function securityFiles(edition: Edition): readonly Published[] {
  const { publisher, index } = edition.facts
  if (publisher.securityExpires === undefined) return []
  const text = [
    `# ${declaration(edition)}`,
    `Contact: mailto:${publisher.email}`,
    `Expires: ${publisher.securityExpires}`,
    'Preferred-Languages: en',
    `Canonical: ${edition.urls.folder}well-known/security.txt`,
    '',
  ].join('\n')
  const policy = {
    ...frame(
      edition,
      'How a fault of the capability, or of the program that serves it, is told before others know of it.',
    ),
    contact: `mailto:${publisher.email}`,
    securityTxt: '../well-known/security.txt',
    scope: 'The capability and the program. Faults of the API that is called are told to its provider.',
  }
  const about = { of: 'common', name: 'How a fault is told in private' } as const
  return [
    { path: 'well-known/security.txt', text, listed: [{ type: 'SecurityTxt', of: 'common', name: 'security.txt' }] },
    yamlFile(
      `security/${index.slug}-vulnerability-disclosure.yml`,
      policy,
      { type: 'VulnerabilityDisclosure', ...about },
      { type: 'Security', ...about },
    ),
  ]
}
