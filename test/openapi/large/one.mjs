/**
 * One description: imported with and without `--for-agents`, checked, served, listed and called, and once around by way of
 * its export. Prints what was counted as a line of JSON: `node one.mjs <file> <tags as JSON>`.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { parse } from 'yaml'
import { exportCapability, importOpenapi, load, StartError, serve, validate } from '../../../dist/index.js'
import { sampleOf } from './sample.mjs'
import { startUpstream } from './upstream.mjs'

/**
 * Rounds until nothing changes: the first one groups by paths what tags grouped, and one more may join paths that differ
 * only in the names of their variables.
 */
const longest = 3

/** Tools that are called of each capability, spread over all of them. */
const called = 60

const [given, tags] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'large-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const bytes = readFileSync(given)
const text = (given.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
const source = join(folder, given.split('/').at(-1).replace(/\.gz$/, ''))
writeFileSync(source, text)
const root = /^\s*\{/.test(text) ? JSON.parse(text) : parse(text)
const choice = tags === undefined ? {} : { tags: JSON.parse(tags) }

const report = { version: root.openapi ?? root.swagger, bytes: text.length, ways: {} }
if (choice.tags !== undefined) report.whole = await refusalOf({})
for (const [way, forAgents] of Object.entries({ plain: false, agents: true }))
  report.ways[way] = await measured(forAgents)
report.stable = await around()
console.log(JSON.stringify(report))

/** How long it takes to say that all of it is too much. */
async function refusalOf(options) {
  const began = now()
  try {
    await importOpenapi(source, { ...placed(), ...options })
    return undefined
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return { ms: since(began), said: error.message }
  }
}

/** Some name no server that can be called. */
function placed() {
  const [server] = root.servers ?? []
  const isThere = /^https?:/.test(server?.url ?? '') || root.host !== undefined
  return isThere ? {} : { baseUri: 'https://api.test' }
}

function written(imported, name) {
  const file = join(folder, `${name}.ikanos.yml`)
  writeFileSync(file, imported.text)
  if (imported.companion !== undefined) writeFileSync(join(folder, `${name}.runtime.yml`), imported.companion)
  return file
}

async function measured(forAgents) {
  const began = now()
  const imported = await importOpenapi(source, { ...placed(), ...choice, forAgents })
  const importing = since(began)
  const upstream = await startUpstream(root)
  // The only address of the capability that no option moves.
  const local = imported.text.replace(/tokenEndpoint: \S+/g, `tokenEndpoint: ${upstream.url}/token-of-the-measure`)
  const file = written({ ...imported, text: local }, forAgents ? 'agents' : 'plain')
  const diagnostics = (await validate(file)).diagnostics.filter(({ severity }) => severity === 'error')
  if (diagnostics.length > 0)
    throw new Error(
      diagnostics
        .slice(0, 3)
        .map(({ message }) => message)
        .join('; '),
    )
  const serving = now()
  const running = await serve(file, await options(file, upstream.url))
  const ready = since(serving)
  try {
    const mcp = running.surfaces.find((surface) => surface.plan.type === 'mcp')
    const calls = await callTools(mcp.url, upstream)
    const { operations, notes } = imported
    const sizes = [imported.text.length, imported.companion?.length ?? 0]
    return { operations: operations.length, importing, ready, sizes, ...calls, notes: notes.map(noted) }
  } finally {
    await running.close()
    await upstream.close()
  }
}

/** Of the processor, in milliseconds: others may be at work on this machine. */
function now() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function since(began) {
  return Math.round(now() - began)
}

function noted({ what, count }) {
  return `${count} ${what}`
}

async function options(file, url) {
  const { plan } = await load(file)
  const ports = Object.fromEntries(plan.surfaces.map(({ namespace }) => [namespace, 0]))
  const environment = Object.fromEntries(plan.binds.map(({ key }) => [key, 'a-credential-of-nobody']))
  const upstreams = Object.fromEntries(plan.upstreams.map(({ namespace }) => [namespace, url]))
  return { ports, environment, upstreams, allowUnconfirmed: true }
}

/** What the program itself refuses is the fault of the sample; what the upstream does not know is one of the import. */
async function callTools(url, upstream) {
  const client = new Client({ name: 'large', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)))
  const { tools } = await client.listTools()
  const long = tools.find(({ name }) => name.length > 64)
  if (tools.length === 0 || long !== undefined) throw new Error(`tools: ${tools.length}, ${long?.name}`)
  const step = Math.max(1, Math.floor(tools.length / called))
  let refused = 0
  for (const tool of tools.filter((_, i) => i % step === 0).slice(0, called)) {
    const before = upstream.calls.length + upstream.faults.length
    const { content } = await client.callTool({ name: tool.name, arguments: sampleOf(tool.inputSchema) })
    if (upstream.calls.length + upstream.faults.length > before) continue
    refused++
    if (process.env.SHOW) console.error(tool.name, content?.[0]?.text?.slice(0, 300))
  }
  await client.close()
  if (upstream.faults.length > 0)
    throw new Error(`unknown to the description: ${upstream.faults.slice(0, 3).join('; ')}`)
  if (upstream.calls.length === 0) throw new Error(`no tool could be called; ${refused} were refused`)
  return { tools: tools.length, called: upstream.calls.length, refused }
}

/** After how many rounds the description that is exported comes back as it went; undefined = it does not. */
async function around() {
  let described = source
  let before = ''
  for (let round = 0; round <= longest; round++) {
    const own = round === 0 ? { ...placed(), ...choice } : {}
    const imported = await importOpenapi(described, own)
    const [file] = await exportCapability(await load(written(imported, 'around')), 'openapi')
    if (file.text === before) return round
    before = file.text
    described = join(folder, `around-${round}.yaml`)
    writeFileSync(described, file.text)
  }
  return undefined
}
