/** Every snippet of the README is run, in its order, and what it says is printed is compared with what is. */

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import * as api from '../src/index.ts'
import { examplesOf } from '../src/sandbox/examples.ts'
import { seedWorld } from '../src/sandbox/seed.ts'
import { ensureBuilt, program } from './support/cli.ts'
import { readMarkdown, type Snippet } from './support/markdown.ts'
import { isPrinted } from './support/printed.ts'
import { type Story, startStory } from './support/terminal-story.ts'

const { text: readme, snippets } = readMarkdown('README.md')
const root = process.cwd()
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-')))
const home = realpathSync(mkdtempSync(join(tmpdir(), 'readme-home-')))
const orders = join(folder, 'orders.ikanos.yml')
let story: Story
let printed = ''

beforeAll(() => {
  ensureBuilt()
  process.chdir(folder)
  story = startStory(home)
})

afterAll(async () => {
  await story.close()
  process.chdir(root)
  for (const made of [folder, home]) rmSync(made, { recursive: true, force: true })
})

type Check = (snippet: Snippet) => Promise<void> | void

/** How a snippet is checked; undefined = nobody knows. */
function checkOf({ language, text, follows }: Snippet): Check | undefined {
  if (language === 'sh') return isTyped
  if (language === 'text') return text.includes('──▶') ? namesFolders : wasPrinted
  if (language === 'json') return follows ? wasPrinted : text.includes('mcpServers') ? startsForClient : isToolCall
  if (language === 'yaml') return yamlChecks.find(([begin]) => begin.test(text))?.[1]
  return language === 'js' ? isProgram : undefined
}

/** Where the README does not show what is printed, everything ends well. */
const isTyped: Check = async (snippet) => {
  const typed = await story.type(snippet.text)
  printed = typed.printed
  const next = snippets[snippets.indexOf(snippet) + 1]
  if (next?.language === 'text' || next?.follows === true) return
  expect(typed.codes, printed).toEqual(typed.codes.map(() => 0))
}

const wasPrinted: Check = ({ text }) => {
  if (!isPrinted(printed, text)) expect(printed).toBe(text)
  printed = ''
}

const yamlChecks: readonly (readonly [RegExp, Check])[] = [
  [/^# capabilities\/\S+, shortened\n/, ({ text }) => expect(flagshipPart()).toMatchObject(shortened(text))],
  [/^# orders\.ikanos\.yml\n/, isCapability],
  [/^(inputs|policy):\n/, isCompanion],
  [/^# of a surface\nauthentication:/, ({ text }) => isCapability({ text: withSurface(parse(text)) })],
  [/^# orders-control, beside the other surfaces\n/, ({ text }) => isCapability({ text: withControl(parse(text)) })],
]

/** It loads without an error or a warning; the text of the README is the file from then on. */
async function isCapability({ text }: Pick<Snippet, 'text'>) {
  if (text.startsWith('# orders')) writeFileSync(orders, `${text}\n`)
  const { diagnostics } = await api.validate(orders, { text })
  expect(diagnostics.map(api.formatDiagnostic)).toEqual([])
}

/** It fits its schema and the capability, whose MCP surface then asks for what roles are given by. */
async function isCompanion({ text }: Snippet) {
  const asking = text.includes('roles:') ? withRoles() : readFileSync(orders, 'utf8')
  const file = join(mkdtempSync(join(folder, 'companion-')), 'orders.ikanos.yml')
  writeFileSync(file, asking)
  writeFileSync(file.replace('.ikanos.', '.runtime.'), text)
  const { diagnostics } = await api.validate(file)
  expect(diagnostics.map(api.formatDiagnostic)).toEqual([])
}

type Surface = Record<string, unknown>

const ordersWith = (change: (exposes: Surface[], binds: { keys: Record<string, string> }[]) => void): string => {
  const value = parse(readFileSync(orders, 'utf8'))
  change(value.capability.exposes, value.binds)
  return JSON.stringify(value)
}

const withSurface = (part: object) => ordersWith(([, mcp]) => Object.assign(mcp ?? {}, part))

const withControl = (surface: Surface) =>
  ordersWith((exposes, [bind]) => {
    exposes.push(surface)
    Object.assign(bind?.keys ?? {}, { OTLP_ENDPOINT: 'OTLP_ENDPOINT' })
  })

const oauth2 = () => parse(snippets.find(({ text }) => text.startsWith('# of a surface'))?.text ?? '')

/** Scopes are asked for wherever a flow with scopes can be called, and tokens of variables by a surface beside. */
const withRoles = () =>
  ordersWith((exposes) => {
    for (const surface of exposes) Object.assign(surface, oauth2())
    const tools = { 'get-order': { ref: 'orders.get' } }
    const authentication = { type: 'bearer', token: '{{SHOP_TOKEN}}' }
    exposes.push({ type: 'mcp', namespace: 'orders-read', port: 9093, authentication, tools })
  })

const flagshipPart = () => parse(readFileSync(api.bundledCapability(), 'utf8')).capability

/** A list that is shown in part is looked at by its index. */
function shortened(text: string): object {
  const { aggregates } = parse(text)
  return { aggregates: aggregates.map((one: object) => expect.objectContaining({ ...one, flows: expect.anything() })) }
}

const isToolCall: Check = async ({ text }) => {
  const client = await connected(new StreamableHTTPClientTransport(new URL(`${story.address(9090)}/mcp`)))
  const answer = await client.callTool(JSON.parse(text))
  expect(answer.content).toEqual([{ type: 'text', text: '{"message":"Success"}' }])
}

const startsForClient: Check = async ({ text }) => {
  const { mcpServers } = JSON.parse(text) as { readonly mcpServers: { readonly files: StdioEntry } }
  const { command, args } = mcpServers.files
  expect([command, args[0]]).toEqual(['npx', 'capability'])
  const env = { XDG_STATE_HOME: home }
  const given = { command: process.execPath, args: [program, ...args.slice(1)], env, stderr: 'ignore' as const }
  const client = await connected(new StdioClientTransport(given))
  expect((await client.listTools()).tools.length).toBeGreaterThan(0)
}

interface StdioEntry {
  readonly command: string
  readonly args: readonly string[]
}

async function connected(transport: StreamableHTTPClientTransport | StdioClientTransport) {
  const client = new Client({ name: 'reader', version: '1.0.0' })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

/** It runs as it stands, on ports that are free. */
const isProgram: Check = async ({ text }) => {
  const [, names = '', body = ''] = /^import \{ ([^}]+) \} from 'nanonets-file-management'\n(.*)$/s.exec(text) ?? []
  const said: unknown[][] = []
  const console = { log: (...words: unknown[]) => said.push(words) }
  const free = { 'orders-rest': 0, 'orders-mcp': 0 }
  const ours = { ...api, serve: (file: string, options: object) => api.serve(file, { ...options, ports: free }) }
  const AsyncFunction = (async () => {}).constructor as new (
    ...words: string[]
  ) => (...given: unknown[]) => Promise<void>
  await new AsyncFunction('api', 'console', `const { ${names} } = api\n${body}`)(ours, console)
  expect(said.map(([type]) => type)).toEqual(['rest', 'mcp'])
}

const namesFolders: Check = ({ text }) => {
  for (const [, name] of text.matchAll(/──(\w+)──▶|[├└]── (\w+)/g))
    if (name !== undefined) expect(readme).toContain(`\`src/${name}\``)
}

test.each(snippets.map((snippet) => [snippet.line, snippet.language, snippet] as const))(
  'What stands in line %s (%s) is so',
  async (_line, _language, snippet) => {
    const check = checkOf(snippet)
    expect(check, 'this snippet has no check').toBeDefined()
    await check?.(snippet)
  },
)

test('The README names the skills that come with it, and how many they are', () => {
  const folders = readdirSync(join(root, 'skills'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const [, told = ''] = /^(Five come with it: .*?)\. /ms.exec(readme) ?? []
  const named = [...told.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(folders.map(({ name }) => name).sort())
  expect(named).toHaveLength(5)
})

test('The ids that the README names are those of the sandbox, on whichever day', () => {
  for (const day of [20_000, 20_517, 21_034, 22_222]) {
    const { model_id, request_file_id } = examplesOf(seedWorld(day, { next: () => undefined } as never))
    const ids = new Set(readme.match(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g))
    expect(ids).toEqual(new Set([model_id, request_file_id]))
  }
})
