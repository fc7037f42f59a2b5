/** Asks the bundled capability through the MCP Inspector's command line, of each era, over HTTP and over stdio. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Prints one line; answers what went wrong. `examples`: ids that the sandbox knows. */
export async function runInspector({ name, node, path }, url, { model_id }) {
  // It keeps a list of servers in the home of who runs it.
  const home = await mkdtemp(join(tmpdir(), 'inspector-'))
  const ways = {
    http: { before: [url, '--transport', 'http'], after: [] },
    stdio: { before: [], after: ['--', node, program, 'mcp', '--sandbox'] },
  }
  const asked = [
    {
      args: ['--method', 'tools/list', '--strict'],
      holds: ({ tools }) => tools.some((tool) => tool.name === 'list-files'),
    },
    {
      args: ['--method', 'tools/call', '--tool-name', 'list-files', '--tool-args-json', JSON.stringify({ model_id })],
      holds: ({ isError, structuredContent }) => isError === false && structuredContent.files.length > 0,
    },
    { args: ['--method', 'resources/list'], holds: ({ resources }) => Array.isArray(resources) },
    { args: ['--method', 'prompts/list'], holds: ({ prompts }) => Array.isArray(prompts) },
  ]
  const ask = async (era, way, { args, holds }) => {
    const { before, after } = ways[way]
    const command = [path, '--cli', ...before, '--protocol-era', era, ...args, '--format', 'json', ...after]
    const { code, stdout, stderr } = await run(node, command, { ...process.env, HOME: home })
    if (code === 0 && holds(JSON.parse(stdout).result)) return []
    return [`inspector: ${way}, ${era}: ${args.slice(0, 2).join(' ')}: exit code ${code}: ${stderr || stdout}`]
  }
  const lanes = ['legacy', 'modern'].flatMap((era) => Object.keys(ways).map((way) => [era, way]))
  const answers = await Promise.all(lanes.map((lane) => inTurn(asked, (one) => ask(...lane, one))))
  const faults = answers.flat()
  const passed = lanes.length * asked.length - faults.length
  await rm(home, { recursive: true })
  console.log(`bundled capability, HTTP and stdio, both eras (${name}): ${passed} passed, ${faults.length} failed`)
  return faults
}

async function inTurn(items, each) {
  const all = []
  for (const item of items) all.push(...(await each(item)))
  return all
}

function run(node, args, env) {
  return new Promise((resolve) => {
    execFile(node, args, { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  })
}
