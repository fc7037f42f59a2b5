/** Asks the bundled capability through the MCP Inspector's command line, of each era, over HTTP and over stdio. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Prints one line; answers what went wrong. `examples`: ids that the sandbox knows. */
export async function runInspector({ name, node, path }, url, examples) {
  // It keeps a list of servers in the home of who runs it.
  const home = await mkdtemp(join(tmpdir(), 'inspector-'))
  const ways = {
    HTTP: { before: [url, '--transport', 'http'], after: [] },
    stdio: { before: [], after: ['--', node, program, 'mcp', '--sandbox'] },
  }
  const ask = async (era, way, { args, code = 0, holds }) => {
    const { before, after } = ways[way]
    const command = [path, '--cli', ...before, '--protocol-era', era, ...args, '--format', 'json', ...after]
    const answer = await run(node, command, { ...process.env, HOME: home, XDG_STATE_HOME: home })
    if (answer.code === code && holds(JSON.parse(answer.stdout.split('\n')[0]))) return []
    const said = answer.stderr || answer.stdout
    return [`Inspector, ${era} era, ${way}: ${args.slice(0, 4).join(' ')}: exit code ${answer.code}: ${said}`]
  }
  const lanes = ['legacy', 'modern'].flatMap((era) => Object.keys(ways).map((way) => [era, way]))
  const questions = questionsAbout(examples)
  const answers = await Promise.all(lanes.map((lane) => inTurn(questions, (one) => ask(...lane, one))))
  await rm(home, { recursive: true })
  const faults = answers.flat()
  const passed = lanes.length * questions.length - faults.length
  console.log(`bundled capability, HTTP and stdio, both eras (${name}): ${passed} passed, ${faults.length} failed`)
  return faults
}

/** What is asked, with which exit code it ends, and what holds of the answer. */
function questionsAbout({ model_id, request_file_id }) {
  const call = (tool, args) => ['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)]
  const lists =
    (key) =>
    ({ result }) =>
      result[key].length > 0
  return [
    // It ends with 6 where a schema has what a provider of models refuses.
    { args: ['--method', 'tools/list', '--strict'], holds: ({ result: { tools } }) => tools.length > 0 },
    {
      args: call('list-files', { model_id, days: 7 }),
      holds: ({ result: { isError, structuredContent } }) => isError === false && structuredContent.files.length > 0,
    },
    // A person has to approve it elsewhere.
    {
      args: call('delete-file', { model_id, request_file_id }),
      code: 5,
      holds: ({ result: { content } }) => content[0].text.startsWith('Approval needed'),
    },
    { args: ['--method', 'resources/list'], holds: lists('resources') },
    { args: ['--method', 'prompts/list'], holds: lists('prompts') },
    {
      args: ['--method', 'skills/list', '--verify', '--require-digests'],
      holds: ({ conformance, files }) => conformance.length === 0 && files.every(({ status }) => status === 'verified'),
    },
  ]
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
