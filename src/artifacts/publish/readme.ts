/** What people read first: what the folder is, how it is run, what stands where; and the text for the submission form. */

import { firstSentence } from '../../text/sentence.ts'
import { cell, code, linkText, oneLine, paragraph } from './prose.ts'
import type { Edition, Listing, Published, Subject } from './publication.ts'
import { startedBy } from './starting.ts'

/** README.md and SUBMISSION.md, over the files of all other parts. */
export function readmeFiles(edition: Edition, files: readonly Published[]): readonly Published[] {
  const listed: readonly Listing[] = [
    { type: 'GettingStarted', of: 'common', name: 'How it is run' },
    ...(edition.program.bundles ? [{ type: 'Sandbox', of: 'common', name: 'The embedded sandbox' } as const] : []),
    { type: 'CLI', of: 'common', name: 'The command line' },
  ]
  return [
    { path: 'README.md', text: readme(edition, files), listed },
    { path: 'SUBMISSION.md', text: submission(edition) },
  ]
}

function readme(edition: Edition, files: readonly Published[]): string {
  const { facts } = edition
  return `# ${paragraph(facts.index.name)}

${paragraph(facts.index.description)}

## Run it

\`\`\`sh
${commands(edition).join('\n')}
\`\`\`

${standInList(edition)}${operationsTable(edition)}## What is here

| file | is |
| --- | --- |
${files.map(fileRow).filter(isText).join('\n')}

${whoSays(edition)}`
}

/** The sandbox is of the API of one capability only. */
function commands(edition: Edition): readonly string[] {
  const [serve, mcp] = [startedBy(edition, 'serve'), startedBy(edition, 'mcp')]
  const variables = edition.plan.binds.map(({ key }) => `${key}=… `).join('')
  const { bundles } = edition.program
  return [
    ...(bundles ? [`${serve} --sandbox   # made-up documents: no account, nothing leaves the machine`] : []),
    `${variables}${serve}`,
    ...(edition.mcp === undefined
      ? []
      : [`${mcp}${bundles ? ' --sandbox    ' : '  '} # for an MCP client that starts programs`]),
  ]
}

/** What whoever pushes the folder has to give first, a line each; nothing where nothing is needed. */
function standInList({ standIns }: Edition): string {
  const needed = standIns.filter((one) => one.needed).map(({ says }) => `- ${says}`)
  if (needed.length === 0) return ''
  return `## Before it is pushed\n\nPublish it again with what is missing:\n\n${needed.join('\n')}\n\n`
}

const isText = (text: string | undefined): text is string => text !== undefined

function operationsTable({ rest, mcp }: Edition): string {
  if (rest === undefined) return ''
  const tools = new Set(mcp?.tools.map(({ name }) => name))
  const rows = rest.routes.map(
    ({ name, method, path, description }) =>
      `| ${tools.has(name) ? code(name) : cell(name)} | ${code(`${method} ${path}`)} | ${cell(firstSentence(oneLine(description)))} |`,
  )
  return `## Operations\n\nA name in code is an MCP tool too.\n\n| name | REST | does |\n| --- | --- | --- |\n${rows.join('\n')}\n\n`
}

const subjects: Readonly<Record<Subject, string>> = {
  upstream: 'the API that is called',
  rest: 'the REST surface',
  mcp: 'the MCP surface',
  common: 'all',
}

function fileRow({ path, listed = [] }: Published): string | undefined {
  const [first] = listed
  if (first === undefined) return undefined
  const about = [...new Set(listed.map(({ of }) => subjects[of]))].join(', ')
  return `| [${linkText(path)}](${encodeURI(path)}) | ${cell(first.name)} (${about}) |`
}

function whoSays({ facts }: Edition): string {
  const { publisher, provider, upstream } = facts
  const whose =
    provider === undefined
      ? ''
      : ` ${paragraph(provider.name)} (${provider.url}) neither wrote nor checked it. What is said of its API names a source, or is said to be inferred or unknown.`
  const untouched =
    upstream?.openapi === undefined
      ? ''
      : ` \`openapi/${upstream.openapi.file}\`, where it is here, is by ${paragraph(upstream.openapi.publisher)} and as it was found at ${upstream.openapi.source}; the overlay beside it holds what we think is wrong in it.`
  return `## Who says so

Written by ${paragraph(publisher.name)}, ${publisher.url} (method: declared).${whose}${untouched} [provenance.json](provenance.json) has every file with its SHA-256 and its maker; what is declared, its publisher says and nobody else checked.
`
}

/** The fields of the form at apis.io/add, to be pasted by a person. */
function submission({ facts, plan, urls, standIns }: Edition): string {
  const { index, publisher, provider, upstream } = facts
  const rows: readonly (readonly [string, string])[] = [
    ['APIs.json URL', `${urls.folder}apis.yml`],
    ['Name', index.name],
    ['Documentation URL', `${urls.folder}README.md`],
    ['Provider', `${publisher.name}${provider === undefined ? '' : ` (over the API of ${provider.name}, not by it)`}`],
    ['Tags', plan.capability.tags.map(oneLine).join(', ')],
    ['Contact', publisher.email],
  ]
  const called =
    upstream === undefined || provider === undefined
      ? ''
      : `\nThe API that it calls is in the network already: ${paragraph(upstream.name)}.\n`
  const notYet = standIns.some(({ needed }) => needed)
    ? ' **Not yet**: some addresses are stand-ins, and README.md says which.'
    : ''
  return `# Submission to APIs.io

Paste this into the form at https://apis.io/add once the folder can be read at the address below.${notYet}

${rows.map(([name, value]) => `- **${name}**: ${paragraph(value)}`).join('\n')}
- **Description**: ${paragraph(index.description)}
${called}
The form becomes an issue that people at APIs.io act on. \`capabilities/\` holds lists only, as their builder reads them.
`
}
