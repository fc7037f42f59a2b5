/** What a skill holds for reference: the inputs of its tools, what their errors mean, how they are connected. */

import type { Json, JsonSchema, McpPlan, Plan, RestPlan, SkillPlan } from '../../plan.ts'
import { mcpClientEntry } from '../paste.ts'
import { brief, effectWords, isRead, type Use, usesOf } from './uses.ts'

/** Stands in the first line of what is generated whole, so that nothing else is written over. */
export const generatedLine = '<!-- generated from the capability -->'

/** The tools of a skill with all their inputs. */
export function toolsReference(plan: Plan, skill: SkillPlan): string {
  const uses = usesOf(plan, skill)
  const contents = uses.map(({ name, called }) => `- [${called}](#${name})\n`).join('')
  return `${generatedLine}\n# Tools of this skill\n\n${contents}\n${uses.map(toolText).join('\n')}`
}

function toolText(use: Use): string {
  const { name, called, route, operation } = use
  const at = route === undefined ? '' : `REST: \`${route.route.method} ${route.route.path}\`\n\n`
  const rows = Object.entries(propertiesOf(operation.input.schema)).map(([input, schema]) => {
    const required = ((operation.input.schema.required ?? []) as readonly string[]).includes(input)
    return `| \`${input}\` | ${typeOf(schema)} | ${required ? 'yes' : 'no'} | ${cell(schema)} |\n`
  })
  const table =
    rows.length === 0
      ? 'It has no inputs.\n'
      : `| Input | Type | Required | What |\n| --- | --- | --- | --- |\n${rows.join('')}`
  return `## ${name}\n\n\`${called}\`: ${effectWords(use)}. ${brief(use)}\n\n${at}${table}${answerText(use)}`
}

const propertiesOf = ({ properties }: JsonSchema) => (properties ?? {}) as Readonly<Record<string, JsonSchema>>

function typeOf(schema: JsonSchema): string {
  const { type, items } = schema as { readonly type?: Json; readonly items?: JsonSchema }
  if (type === 'array') return `array of ${items === undefined ? 'any' : typeOf(items)}`
  const members = Object.keys(propertiesOf(schema))
  return members.length === 0 ? String(type ?? 'any') : `object (${members.map((name) => `\`${name}\``).join(', ')})`
}

/** Its description and its bounds, as far as they can be said in a word. */
function cell(schema: JsonSchema): string {
  const { description } = schema
  const told = bounds.flatMap(([keyword, say]) => {
    const value = schema[keyword]
    return value === undefined || value === null ? [] : [say(shown(value))]
  })
  return [...(typeof description === 'string' ? [description] : []), ...told]
    .join(' ')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
}

const shown = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

const bounds: readonly (readonly [string, (value: string) => string])[] = [
  ['enum', (value) => `One of ${value}.`],
  ['format', (value) => `Format: ${value}.`],
  ['pattern', (value) => `Pattern: \`${value}\`.`],
  ['minimum', (value) => `At least ${value}.`],
  ['maximum', (value) => `At most ${value}.`],
  ['minItems', (value) => `At least ${value} of them.`],
  ['maxItems', (value) => `At most ${value} of them.`],
  ['default', (value) => `Default: ${value}.`],
]

function answerText({ operation }: Use): string {
  const { schema } = operation.output
  if (schema === undefined) return ''
  const names = membersOf(schema)
  return names.length === 0 ? '' : `\nAnswers ${names.map((name) => `\`${name}\``).join(', ')}.\n`
}

/** Names of what an answer, or an element of it, holds. */
function membersOf(schema: JsonSchema): readonly string[] {
  const { type, items } = schema as { readonly type?: Json; readonly items?: JsonSchema }
  if (type === 'array') return items === undefined ? [] : membersOf(items)
  return Object.entries(propertiesOf(schema)).flatMap(([name, member]) => {
    const below = member.type === 'array' ? membersOf(member) : []
    return [name, ...below.map((inner) => `${name}[].${inner}`)]
  })
}

/** What an error of the tools of a skill means, and what to do: only those that its tools can have. */
export function errorsReference(plan: Plan, skill: SkillPlan): string {
  const uses = usesOf(plan, skill)
  const has = {
    writes: uses.some(({ operation }) => !isRead(operation)),
    asks: uses.some(({ operation }) => operation.confirmation !== undefined),
    once: uses.some(({ operation: { semantics } }) => semantics.safe !== true && semantics.idempotent !== true),
  }
  const rows = faults.filter(([, , , when]) => when === undefined || has[when])
  const table = rows.map(([title, status, act]) => `| ${title} | ${status} | ${act} |\n`).join('')
  const keyed = has.once
    ? '\nWhere a write is NOT repeatable and nobody knows whether it was made, do not call it again: read, and ask the user.\n'
    : ''
  return `${generatedLine}
# What an error means

A tool answers with \`isError\` and a text that begins with the words of the first column; REST answers
\`application/problem+json\` with them as \`title\`, and says in \`retryable\` whether the same call may be repeated.

| It says | REST | Do |
| --- | --- | --- |
${table}${keyed}`
}

type Has = 'writes' | 'asks' | 'once'

/** The titles of `surfaces/problem-kinds.ts` that an agent can do something about. */
const faults: readonly (readonly [title: string, status: string, act: string, when?: Has])[] = [
  ['Invalid input', '400', 'Correct each field it names and call again. Nothing was sent.'],
  [
    'Approval needed',
    '202',
    'The call waits for a person. Give the user its id and where it is released; after that repeat the very same call.',
    'asks',
  ],
  ['Declined', '403', 'A person said no. Do not try again, nor another way round: tell the user.', 'asks'],
  ['Changed since it was read', '412', 'Read it again, show the user what changed, decide anew.', 'writes'],
  ['Outcome unknown', '409', 'It may have been done: read the state before anything else.', 'writes'],
  ['Authentication needed', '401', 'This server wants a credential: its operator sets it up. Stop.'],
  ['Not allowed', '403', 'Your role may not do this. Tell the user which one it names.'],
  [
    'Refused by the upstream',
    'its own',
    '404: is it the right kind of id, is it still there? 409: it can’t be done now, read why.',
  ],
  ['Too many requests', '429', 'Wait as long as it says, then repeat the same call.'],
  ['Upstream unreachable', '502', 'After a write read the state first: it may have happened. Else wait and repeat.'],
  ['Upstream too slow', '504', 'After a write read the state first: it may have happened. Else wait and repeat.'],
  ['Not available now', '503', 'Wait as long as it says, then repeat the same call.'],
]

/** Where the tools of a skill are, and how a client is told. */
export function connectReference(plan: Plan, skill: SkillPlan): string {
  const uses = usesOf(plan, skill)
  const mcp = uses.find(({ tool }) => tool !== undefined)?.tool?.surface
  const rest = uses.find(({ route }) => route !== undefined)?.route?.surface
  const { name, title } = plan.capability
  return `${generatedLine}
# Connect the tools

They are those of ${title} (\`${name}\`), a capability that runs on the user's machine.
Credentials of the service are its own: never ask the user for them, and never look for them. If it does not run, ask the
user to start it:

\`\`\`sh
capability serve
\`\`\`
${mcp === undefined ? '' : mcpText(mcp)}${rest === undefined ? '' : restText(rest)}`
}

function mcpText(surface: McpPlan): string {
  const { namespace, transport } = surface
  if (transport === 'stdio') return `\nMCP: the server \`${namespace}\`, over stdio (\`capability mcp\`).\n`
  const entry = mcpClientEntry(namespace, addressOf(surface), 2)
  return `\nMCP: the server \`${namespace}\`${guarded(surface)}. An entry for a client:\n\n\`\`\`json\n${entry}\n\`\`\`\n`
}

function restText(surface: RestPlan): string {
  const token = surface.authentication === undefined ? '' : ', and `CAPABILITY_TOKEN` as a bearer token'
  return `\nREST, which scripts use: \`${addressOf(surface)}\`${guarded(surface)}. Where it is served at another port of this machine,
they take its address by \`--url\` or \`CAPABILITY_URL\`${token}.\n`
}

const guarded = ({ authentication }: McpPlan | RestPlan) =>
  authentication === undefined ? '' : ` (asks for a credential: ${authentication.type})`

/** As the capability declares it; whoever serves it may have chosen another port. */
export function addressOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `http://${address}:${port}`
}
