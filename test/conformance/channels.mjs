/**
 * Gives the folder of skills, with the manifests beside it, to independent validators and to the real clients: each has an
 * empty home of its own, needs no login, and is asked what it has found. Installed is what the package holds, nothing runs.
 */

import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchTool, Unreachable } from './fetch.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const plugin = 'nanonets-file-management'
const listed = `${plugin}@${plugin}-skills`
const parts = [
  'skills',
  'plugin.json',
  'mcp.json',
  'gemini-extension.json',
  '.claude-plugin',
  '.codex-plugin',
  'README.md',
]

/**
 * Package, command, and what is asked: arguments and what has to hold of stdout, or of all that is said, one after the other.
 * `bundle` = a copy of what clients are given, `names` = of the skills.
 */
const clients = [
  {
    name: 'skills-ref@0.1.5',
    command: 'skills-ref',
    asks: ({ bundle, names }) =>
      names.map((name) => [['validate', join(bundle, 'skills', name)], (out) => out.startsWith('Valid skill')]),
  },
  {
    name: 'skill-check@1.2.0',
    command: 'skill-check',
    asks: ({ bundle, names }) => [
      [
        ['check', join(bundle, 'skills'), '--no-security-scan', '--strict', '--format', 'json'],
        (out) => {
          const { skillCount, errorCount, warningCount } = JSON.parse(out).summary
          return skillCount === names.length && errorCount + warningCount === 0
        },
      ],
    ],
  },
  {
    name: 'skills@1.7.4',
    command: 'skills',
    asks: ({ bundle, home, names }) => [
      [['add', bundle, '--skill', '*', '-a', 'codex', '-a', 'cursor', '-y', '--copy'], () => true],
      [['list', '--json'], (out) => names.every((name) => out.includes(join(home, '.agents/skills', name)))],
    ],
  },
  {
    name: '@anthropic-ai/claude-code@2.1.332',
    large: true,
    command: 'claude',
    // Where scripts of packages may not run at their installation, the command is a stub.
    beside: '../cli-wrapper.cjs',
    asks: ({ bundle, names }) => [
      [['plugin', 'validate', bundle, '--strict'], (out) => out.includes('Validation passed')],
      [['plugin', 'marketplace', 'add', bundle], () => true],
      [['plugin', 'install', listed], () => true],
      [['plugin', 'details', plugin], (out) => out.includes('files-mcp') && names.every((name) => out.includes(name))],
    ],
  },
  {
    name: '@openai/codex@0.171.0',
    large: true,
    command: 'codex',
    asks: ({ bundle }) => [
      [['plugin', 'marketplace', 'add', bundle], () => true],
      [['plugin', 'add', listed], () => true],
      [['plugin', 'list'], (out) => new RegExp(`${listed}\\s+installed, enabled`).test(out)],
      [['mcp', 'list'], (out) => out.includes('files-mcp')],
    ],
  },
  {
    name: '@google/gemini-cli@0.61.0',
    large: true,
    command: 'gemini',
    asks: ({ bundle, names }) => [
      [['extensions', 'validate', bundle], (_, all) => all.includes('successfully validated')],
      [['extensions', 'install', bundle, '--consent'], (_, all) => all.includes('installed successfully')],
      [['extensions', 'list'], (_, all) => all.includes('files-mcp') && names.every((name) => all.includes(name))],
    ],
  },
]

/** Prints a line a client; answers what went wrong. One that can't be fetched, or is large and not asked for, is skipped. */
export async function runChannels({ large }) {
  const bundle = await mkdtemp(join(tmpdir(), 'bundle-'))
  await Promise.all(parts.map((part) => cp(join(root, part), join(bundle, part), { recursive: true })))
  const entries = await readdir(join(bundle, 'skills'), { withFileTypes: true })
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  const asked = clients.filter((client) => large || client.large !== true)
  for (const { name } of clients.filter((client) => !asked.includes(client)))
    console.log(`skills for ${name}: skipped, it is large: ask for it with --clients`)
  const faults = await Promise.all(asked.map((client) => runClient(client, { bundle, names })))
  await rm(bundle, { recursive: true })
  return faults.flat()
}

async function runClient(client, given) {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'home-')))
  try {
    const { node, path } = await fetchTool(client.name, client.command)
    const program = client.beside === undefined ? path : join(dirname(await realpath(path)), client.beside)
    return await askAll(client, { ...given, home }, (args) => run(node, [program, ...args], home))
  } catch (error) {
    const isSkipped = error instanceof Unreachable
    console.log(`skills for ${client.name}: ${isSkipped ? 'skipped' : 'failed'}, ${error.message}`)
    return isSkipped ? [] : [`${client.name}: ${error.message}`]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** One question builds on the one before: the first that fails is the last. */
async function askAll({ name, asks }, given, ask) {
  const questions = asks(given)
  for (const [args, holds] of questions) {
    const { code, stdout, all } = await ask(args)
    if (code === 0 && holds(stdout, all)) continue
    console.log(`skills for ${name}: failed`)
    return [`${name}: ${args.join(' ')}: exit code ${code}: ${all}`]
  }
  console.log(`skills for ${name}: ${questions.length} passed, 0 failed`)
  return []
}

/** With nothing of this machine's settings but the path. Gemini CLI asks about each folder unless it is told. */
function run(node, args, home) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    DISABLE_TELEMETRY: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }
  return new Promise((resolve) => {
    const child = execFile(node, args, { env, cwd: home, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? 1), stdout, all: stdout + stderr }),
    )
    child.stdin.end()
  })
}
