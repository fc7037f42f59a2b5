/**
 * `npm run conformance`: the official MCP conformance suite against an endpoint of ours, the MCP Inspector's command line
 * against the bundled capability, its skills in the clients that take them, and its collections by what defines them. All are
 * fetched with npx, with the Node that they need; where that can't be, it says so and nothing is tested. `-- --clients` = also
 * in clients of hundreds of MB. Exit code 1: something failed that `expected-failures.yml` does not explain.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runChannels } from './channels.mjs'
import { runCollections } from './collections.mjs'
import { fetchTool, Unreachable } from './fetch.mjs'
import { runInspector } from './inspector.mjs'
import { runSuites } from './suites.mjs'

const current = '@modelcontextprotocol/conformance@0.2.0-alpha.12'
const published = '@modelcontextprotocol/conformance@0.1.16'

const suites = [
  { name: '2025-11-25', package: current, args: ['--requirements', '2025-11-25'] },
  { name: '2026-07-28', package: current, args: ['--requirements', '2026-07-28'] },
  { name: 'skills, directory', package: current, args: ['--scenario', 'sep-2640-skills-directory'] },
  { name: 'skills, enumeration', package: current, args: ['--scenario', 'sep-2640-skills-enumeration'] },
  { name: 'skills, manifest', package: current, args: ['--scenario', 'sep-2640-skills-manifest'] },
  { name: 'active suite', package: published, args: ['--suite', 'active'] },
]

const faults = []
const channels = runChannels({ large: process.argv.includes('--clients') })
try {
  const [inspector, ...suiteTools] = await Promise.all([
    fetchTool('@modelcontextprotocol/inspector@2.12.0', 'mcp-inspector'),
    ...[current, published].map((name) => fetchTool(name, 'conformance')),
  ])
  const tools = new Map(suiteTools.map((tool) => [tool.name, tool]))
  const served = spawn(inspector.node, [fileURLToPath(new URL('serve.ts', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = once(served, 'exit').then(([code]) =>
    Promise.reject(new Error(`the endpoint ended with exit code ${code}`)),
  )
  const [{ endpoint, bundled, examples }] = await Promise.race([once(served, 'message'), gone])
  gone.catch(() => {})
  faults.push(...(await runSuites(suites, tools, endpoint)), ...(await runInspector(inspector, bundled, examples)))
  served.disconnect()
} catch (error) {
  if (!(error instanceof Unreachable)) throw error
  console.log(`conformance: skipped, ${error.message}`)
}
faults.push(...(await channels), ...(await runCollections()))
for (const fault of faults) console.log(`  ✗ ${fault}`)
process.exitCode = faults.length === 0 ? 0 : 1
