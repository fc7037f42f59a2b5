/** `capability audit`: whether what was written down of calls is whole, and what is in it. */

import { stat } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type Read, readJournals, StartError } from '../index.ts'
import { csvText } from '../text/table.ts'
import { stateDirectoryOf } from './state.ts'
import type { Terminal } from './terminal.ts'

type Entry = NonNullable<Read['entry']>

interface QueryFlags {
  readonly flow?: string
  readonly since?: string
  readonly until?: string
  readonly caller?: string
  readonly surface?: string
  readonly outcome?: string
  readonly id?: string
  readonly json?: boolean
  readonly format?: 'jsonl' | 'csv'
}

const ofFolder = 'the folder given as --state, or one below it (default: ~/.local/state/capability)'

export function addAudit(program: Command, terminal: Terminal) {
  const folderOf = (directory: string | undefined) => directory ?? stateDirectoryOf(terminal.environment)
  const audit = program.command('audit').description('check or read what was written down of calls').helpCommand(false)
  audit
    .command('verify')
    .description('check that no line was changed, left out or put in; exit 1 when one was')
    .argument('[dir]', ofFolder)
    .option('--json', 'print the result as JSON')
    .action((directory: string | undefined, flags: QueryFlags) => verify(folderOf(directory), flags, terminal))
  filtered(audit.command('query'))
    .description('list calls, a line each')
    .option('--json', 'print each as a line of JSON')
    .action(async (directory: string | undefined, flags: QueryFlags) => {
      const print = flags.json === true ? JSON.stringify : lineOf
      for await (const entry of found(folderOf(directory), flags)) terminal.out(`${print(entry)}\n`)
    })
  filtered(audit.command('export'))
    .description('print all there is of calls')
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .action(async (directory: string | undefined, flags: QueryFlags) => {
      const entries = []
      for await (const entry of found(folderOf(directory), flags)) entries.push(entry)
      if (flags.format === 'csv') terminal.out(csvText(entries.map(rowOf)))
      else terminal.out(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    })
}

function filtered(command: Command): Command {
  return command
    .argument('[dir]', ofFolder)
    .option('--flow <text>', 'only operations with this in their name')
    .option('--since <time>', 'only from this time on (ISO 8601)', timeFlag)
    .option('--until <time>', 'only before this time (ISO 8601)', timeFlag)
    .option('--caller <text>', 'only calls of callers with this in their name')
    .option('--surface <name>', 'only calls over this surface: rest, mcp, cli, or its namespace')
    .option('--outcome <outcome>', 'only those that ended so: ok, or the code of a fault')
    .option('--id <id>', 'only calls about this id')
}

function timeFlag(text: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new StartError(`"${text}" is no time; write it as 2026-11-28 or 2026-11-28T22:00:00Z`)
  return new Date(time).toISOString()
}

async function* readAll(directory: string): AsyncGenerator<Read> {
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isThere) throw new StartError(`there is no folder ${directory}`)
  yield* readJournals(directory, 'audit')
}

async function verify(directory: string, { json }: QueryFlags, { out, exit }: Terminal) {
  let lines = 0
  let last: Read | undefined
  for await (const read of readAll(directory)) {
    const { file, line, fault } = read
    lines += 1
    last = read
    if (fault === undefined) continue
    out(json === true ? `${JSON.stringify({ ok: false, file, line, fault })}\n` : `${file}:${line}: ${fault}\n`)
    return exit(1)
  }
  const hash = last?.link?.hash
  if (json === true) return out(`${JSON.stringify({ ok: true, lines, last: hash })}\n`)
  out(`${lines} lines, none changed, left out or put in${hash === undefined ? '' : `; the last one is ${hash}`}\n`)
}

async function* found(directory: string, flags: QueryFlags): AsyncGenerator<Entry> {
  for await (const { entry } of readAll(directory)) if (entry !== undefined && fits(entry, flags)) yield entry
}

function fits(entry: Entry, { flow, since, until, caller, surface, outcome, id }: QueryFlags): boolean {
  const at = String(entry.at)
  return (
    (flow === undefined || String(entry.operation).includes(flow)) &&
    (since === undefined || at >= since) &&
    (until === undefined || at < until) &&
    (caller === undefined || String(entry.caller ?? '').includes(caller)) &&
    (surface === undefined || entry.surface === surface || entry.namespace === surface) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (id === undefined || idsOf(entry).includes(id))
  )
}

function idsOf({ ids }: Entry): readonly unknown[] {
  return Object.values((ids ?? {}) as Readonly<Record<string, unknown>>).flat()
}

function lineOf(entry: Entry): string {
  const { at, event, operation, outcome, caller, client, surface } = entry
  const who = [surface, client, caller].filter((one) => one !== undefined).join(' ')
  return [at, event, operation, idsOf(entry).join(','), outcome ?? '', who].join('  ')
}

const columns = ['at', 'event', 'id', 'operation', 'ids', 'digest', 'surface', 'namespace', 'client', 'authentication']
const more = [
  'remote',
  'caller',
  'approval',
  'approved_by',
  'by',
  'reason',
  'dry_run',
  'replayed',
  'outcome',
  'upstream_status',
  'duration_ms',
]

function rowOf(entry: Entry): Readonly<Record<string, string>> {
  const textOf = (name: string) => (name === 'ids' ? idsOf(entry).join(' ') : String(entry[name] ?? ''))
  return Object.fromEntries([...columns, ...more, 'trace_id'].map((name) => [name, defused(textOf(name))]))
}

/** A spreadsheet must not run what a client calls itself. */
const defused = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
