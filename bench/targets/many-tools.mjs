/** A process under test: the bench capability with its flow under many names, as MCP tools. `many-tools.mjs <count> <upstream>` */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { load, serve } from '../../dist/index.js'
import { announce } from './side-channel.mjs'

const read = (name) => parse(readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8'))
const [count, upstream] = process.argv.slice(2)
const names = Array.from({ length: Number(count) }, (_, i) => `submit-${i + 1}`)
const folder = mkdtempSync(join(tmpdir(), 'capability-bench-'))
const file = join(folder, 'many.ikanos.yml')
write()

const loadMs = await cpuMs(() => load(file))
let running
const serveMs = await cpuMs(async () => {
  running = await serve(file, { upstreams: { 'documents-api': upstream }, ports: { 'bench-mcp': 0 } })
})
rmSync(folder, { recursive: true })
announce(running.surfaces[0].url, { loadMs, serveMs, rssMb: process.memoryUsage.rss() / 1024 / 1024 })

async function cpuMs(run) {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Each tool has a flow of its own, and each flow its own refinements. */
function write() {
  const root = read('bench.ikanos.yml')
  const [documents] = root.capability.aggregates
  const { submit } = documents.flows
  documents.flows = named(() => submit)
  const mcp = root.capability.exposes.find(({ type }) => type === 'mcp')
  root.capability.exposes = [{ ...mcp, tools: named((name) => ({ ref: `documents.${name}` })) }]
  const companion = read('bench.runtime.yml')
  const refined = ([section, flows]) => [section, named(() => flows['documents.submit'], 'documents.')]
  writeFileSync(file, stringify(root, { aliasDuplicateObjects: false }))
  const whole = Object.fromEntries(Object.entries(companion).map(refined))
  writeFileSync(join(folder, 'many.runtime.yml'), stringify(whole, { aliasDuplicateObjects: false }))
}

function named(make, prefix = '') {
  return Object.fromEntries(names.map((name) => [`${prefix}${name}`, make(name)]))
}
