/** What goes on until it is told to stop: `serve`, `mcp` and `sandbox`. */

import type { Command } from 'commander'
import {
  bundledCapability,
  type Change,
  createLog,
  formatDiagnostic,
  openStdio,
  type Running,
  sandbox,
  serve,
  type Watched,
  watch,
} from '../index.ts'
import { announce, faultsTold } from './announce.ts'
import {
  bindsNote,
  faultsHelp,
  faultsOption,
  type LogFlags,
  logLevel,
  type NarrowFlags,
  narrowingOf,
  type OpenFlags,
  optionsOf,
  portFlag,
  portNumber,
  withNarrowFlags,
  withOpenFlags,
} from './flags.ts'
import { sharedOut } from './shared-out.ts'
import { expectShortLived } from './short-lived.ts'
import type { Terminal } from './terminal.ts'

interface McpFlags extends OpenFlags, NarrowFlags, LogFlags {
  readonly watch?: boolean
}

interface ServeFlags extends McpFlags {
  readonly port?: Readonly<Record<string, number>>
}

interface SandboxFlags {
  readonly port: number
  readonly faults?: string
}

export function addServe(program: Command, terminal: Terminal) {
  withNarrowFlags(withOpenFlags(program.command('serve')))
    .description('serve the surfaces of a capability until Ctrl-C')
    .argument('[file...]', 'capability files (default: the bundled one)')
    .option('--port <namespace=n>', 'listen on another port, 0 = any free one (repeatable)', portFlag)
    .option('--watch', 'serve a capability anew when one of its files changes')
    .addOption(logLevel())
    .addHelpText('after', bindsNote)
    .action((files: readonly string[], flags: ServeFlags) => runServe(files, flags, terminal))
}

export function addMcp(program: Command, terminal: Terminal) {
  withNarrowFlags(withOpenFlags(program.command('mcp')))
    .description('serve the MCP surface of a capability over stdio (logs on stderr)')
    .argument('[file]', 'capability file (default: the bundled one)')
    .option('--watch', 'offer the capability anew when one of its files changes, and tell the client')
    .addOption(logLevel())
    .addHelpText('after', bindsNote)
    .action((file: string | undefined, flags: McpFlags) => runMcp(file ?? bundledCapability(), flags, terminal))
}

export function addSandbox(program: Command, terminal: Terminal) {
  program
    .command('sandbox')
    .description('run the sandbox alone, as an upstream for something else')
    .option('--port <n>', 'port to listen on, 0 = any free one', portNumber, 0)
    .addOption(faultsOption())
    .addHelpText('after', faultsHelp)
    .action((flags: SandboxFlags) => runSandbox(flags, terminal))
}

async function runServe(files: readonly string[], flags: ServeFlags, terminal: Terminal) {
  const { out, note, interrupted } = terminal
  expectShortLived()
  const targets = files.length > 0 ? files : [bundledCapability()]
  const given = { ports: flags.port ?? {}, ...narrowingOf(flags) }
  const opening = optionsOf(flags, terminal)
  const shares = await sharedOut(targets, given, opening)
  const log = createLog({ level: flags.logLevel })
  const running: Running[] = []
  try {
    for (const file of targets) {
      const [beside] = running
      const options = { ...opening, ...given, ...shares.get(file), log }
      running.push(await serve(file, beside === undefined ? options : { ...options, beside }))
    }
  } catch (error) {
    await Promise.all(running.map((r) => r.close()))
    throw error
  }
  const stopped = interrupted()
  for (const r of running) {
    for (const d of r.capability.diagnostics) note(`${formatDiagnostic(d)}\n`)
    out(announce(r))
  }
  const watches = flags.watch === true ? running.map((r) => watch(r, (change) => note(changeText(r, change)))) : []
  await stopped
  for (const one of watches) one.close()
  await Promise.all(running.map((r) => r.close()))
}

async function runMcp(file: string, flags: McpFlags, terminal: Terminal) {
  const { note } = terminal
  const log = createLog({ level: flags.logLevel })
  const running = await openStdio(file, { ...optionsOf(flags, terminal), ...narrowingOf(flags), log })
  for (const line of faultsTold(running.sandbox?.faultSpec ?? '')) note(`${line}\n`)
  for (const notice of running.notices) note(`Warning: ${notice}.\n`)
  const watching = flags.watch === true ? watch(running, (change) => note(changeText(running, change))) : undefined
  await running.ended
  watching?.close()
}

/** What came of a change of a file that is watched. */
function changeText({ capability }: Watched, { diagnostics, failure }: Change): string {
  const found = diagnostics.map((d) => `${formatDiagnostic(d)}\n`).join('')
  const kept = 'what was served before goes on'
  if (failure !== undefined) return `${found}${failure.message}; ${kept}\n`
  const broken = diagnostics.some(({ severity }) => severity === 'error')
  return `${found}${broken ? `Not reloaded: ${kept}` : `Reloaded ${capability.plan.capability.title}`}\n`
}

async function runSandbox(flags: SandboxFlags, { out, interrupted }: Terminal) {
  const running = await sandbox(flags)
  const stopped = interrupted()
  out(`Sandbox on ${running.url}\n`)
  for (const line of faultsTold(running.faultSpec)) out(`${line}\n`)
  out(`Requests, faults and export rows: ${running.url}/__sandbox/\n`)
  out(`Stop it with Ctrl-C.\n`)
  await stopped
  await running.close()
}
