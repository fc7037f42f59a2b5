/** Options that several commands have, and how their values are read. */

import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Level, levels } from '../index.ts'
import { stateDirectoryOf } from './state.ts'
import type { Terminal } from './terminal.ts'

/** How a capability is opened. */
export interface OpenFlags {
  readonly sandbox?: boolean
  readonly faults?: string
  readonly upstream?: Readonly<Record<string, string>>
  readonly allowUnsupported?: boolean
  readonly allowPrivateUpstreams?: boolean
  readonly strict?: boolean
  readonly state?: string
  readonly allowUnaudited?: boolean
}

/** What of a capability is served, and how freely. */
export interface NarrowFlags {
  readonly allowUnconfirmed?: boolean
  readonly allowElicitedApproval?: boolean
  readonly allowUnboundedAnswers?: boolean
  readonly readOnly?: boolean
  readonly tools?: readonly string[]
  readonly role?: string
}

export interface LogFlags {
  readonly logLevel: Level
}

/** Where a capability has what it declares, for the end of a help. */
export const bindsNote = '\nVariables that a capability declares under "binds" come from the environment.'

/** Adds what says how a capability is opened. */
export function withOpenFlags(command: Command): Command {
  return command
    .option('--sandbox', 'answer from the embedded sandbox; nothing leaves the machine')
    .addOption(faultsOption())
    .option('--upstream <namespace=url>', 'another base address for a consumed API (repeatable)', upstreamFlag)
    .option('--allow-unsupported', 'go on without keywords that are not run yet')
    .option('--allow-private-upstreams', 'connect to private addresses that names lead to or variables bring')
    .option('--strict', 'treat warnings as errors')
    .option(
      '--state <dir>',
      'keep audit, approvals and keys of writes below this folder (default: ~/.local/state/capability)',
    )
    .option('--allow-unaudited', 'keep no audit, and start where nothing can be kept')
}

/** The same as options of `serve`, `call` and `load`. */
export function optionsOf(flags: OpenFlags, { environment }: Pick<Terminal, 'environment'>) {
  return {
    sandbox: flags.sandbox === true,
    ...(flags.faults === undefined ? {} : { faults: flags.faults }),
    upstreams: flags.upstream ?? {},
    allowUnsupported: flags.allowUnsupported === true,
    allowPrivateUpstreams: flags.allowPrivateUpstreams === true,
    strict: flags.strict === true,
    stateDirectory: flags.state ?? stateDirectoryOf(environment),
    allowUnaudited: flags.allowUnaudited === true,
  }
}

/** What goes wrong in the sandbox, from the words themselves or from a file. */
export function faultsOption(): Option {
  const what = "what goes wrong in the sandbox, e.g. '5% 429 retry-after=2, hang on delete', or @file (sandbox --help)"
  return new Option('--faults <spec>', what).argParser(faultsFlag)
}

/** How faults are written, for the end of a help. */
export const faultsHelp = `
Faults are written with commas between them, or one a line in a file, with comments behind #:
  how often   5%   first 2   first 2 5%   left out = always; the first fault that strikes decides, "slow" adds up
  what        429 (400 to 599)   429 retry-after=2   slow=300ms   hang   reset   reset-body   empty   html   html=200
              truncated   content-type=text/csv   echo (an error that repeats the credential)
  when        after effect (it is carried out, and only its answer is lost)   before effect
  where       on delete (an operation)   on POST   on GET /files/*   left out = everywhere
  seed=7      the same draws again; one is drawn and printed where none is given
While it runs, PUT /__sandbox/faults.txt takes the same text, and /__sandbox/journal has each request with its fault.`

function faultsFlag(text: string): string {
  if (!text.startsWith('@')) return text
  try {
    return readFileSync(text.slice(1), 'utf8')
  } catch {
    throw new InvalidArgumentError(`There is no file "${text.slice(1)}" to read.`)
  }
}

/** Adds what says how much of a capability is served, and how freely. */
export function withNarrowFlags(command: Command): Command {
  return command
    .option('--read-only', 'offer only what reads: nothing that changes, sends or deletes')
    .option('--tools <names>', 'offer only these MCP tools, as a,b (repeatable)', toolsFlag)
    .option('--role <name>', 'offer only what this role of the companion file may run')
    .addOption(unconfirmedOption())
    .option('--allow-unbounded-answers', 'hand agents whole answers, whatever their size')
    .option('--allow-elicited-approval', 'take a yes through the MCP client of an agent for that of a person')
}

/** Nobody is asked. */
export function unconfirmedOption(): Option {
  return new Option('--allow-unconfirmed', "run what loses something without a person's approval")
}

/** The same as options of `serve` and `openStdio`. */
export function narrowingOf({ readOnly, tools, role, ...allowed }: NarrowFlags) {
  return {
    readOnly: readOnly === true,
    allowUnconfirmed: allowed.allowUnconfirmed === true,
    allowElicitedApproval: allowed.allowElicitedApproval === true,
    allowUnboundedAnswers: allowed.allowUnboundedAnswers === true,
    ...(tools === undefined ? {} : { tools }),
    ...(role === undefined ? {} : { role }),
  }
}

export function logLevel(): Option {
  return new Option('--log-level <level>', 'what is written on stderr, as JSON lines').choices(levels).default('warn')
}

/** The two sides of the first `=`. Throws InvalidArgumentError. */
export function pairFlag(text: string, what: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError(`Write it as ${what}.`)
  return [key, value]
}

/** A port, 0 = any free one. Throws InvalidArgumentError. */
export function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535 || text.trim() === '')
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

/** `<namespace>=<n>`, beside those that stood before it. */
export function portFlag(text: string, before: Readonly<Record<string, number>> = {}) {
  const [namespace, port] = pairFlag(text, '<namespace>=<n>, with the namespace of a surface')
  return { ...before, [namespace]: portNumber(port) }
}

function toolsFlag(text: string, before: readonly string[] = []): readonly string[] {
  return namesOf(text, before, 'Write it as <name>,<name>, with names of MCP tools.')
}

/** `<name>,<name>`, beside those that stood before it. Throws InvalidArgumentError. */
export function namesFlag(text: string, before: readonly string[] = []): readonly string[] {
  return namesOf(text, before, 'Write it as <name>,<name>.')
}

function namesOf(text: string, before: readonly string[], wrong: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError(wrong)
  return [...before, ...names]
}

function upstreamFlag(text: string, before: Readonly<Record<string, string>> = {}) {
  const [namespace, url] = pairFlag(text, '<namespace>=<url>')
  return { ...before, [namespace]: url }
}
