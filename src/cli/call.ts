/** `capability call`: one call from the shell. */

import type { Command } from 'commander'
import {
  bundledCapability,
  call,
  digestOfResult,
  exitCodeOf,
  faultText,
  inputOfJson,
  inputOfWords,
  OperationError,
  type OperationPlan,
  type Outcome,
} from '../index.ts'
import { faultsTold } from './announce.ts'
import { bindsNote, type OpenFlags, optionsOf, unconfirmedOption, withOpenFlags } from './flags.ts'
import type { Terminal } from './terminal.ts'

interface CallFlags extends OpenFlags {
  readonly input?: string
  readonly file?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly key?: string
  readonly check?: boolean
  readonly seen?: string
  readonly role?: string
  readonly allowUnconfirmed?: boolean
  readonly record?: string
  readonly replay?: string
}

export function addCall(program: Command, terminal: Terminal) {
  withOpenFlags(program.command('call'))
    .description('call one operation and print what it answers')
    .argument('<flow>', 'name of the flow, e.g. files.list-files or list-files')
    .argument('[key=value...]', 'inputs; lists as a,b or as JSON')
    .option('--input <json>', 'the whole input as JSON, or - to read it from stdin')
    .option('--file <file>', 'capability file (default: the bundled one)')
    .option('--json', 'print the outcome, or the problem, as one line of JSON')
    .option('--role <name>', 'call as somebody who has this role of the companion file')
    .option('--dry-run', 'check everything and print the requests that would be sent; send none')
    .option('--key <key>', 'make a write once: the same key again is answered as the first call was')
    .option('--check', 'look at what is there first: send nothing when it is so already, or gone')
    .option('--seen <digest>', 'send nothing when what a read with --json told as "seen" has changed')
    .addOption(unconfirmedOption())
    .option('--record <file>', 'add what is said with the upstream to a JSON file, without credentials')
    .option('--replay <file>', 'answer from such a file; nothing is sent and no credential is needed')
    .addHelpText('after', `${bindsNote}\nExit code 3: a person has to approve it first (capability approvals list).`)
    .action((flow: string, words: readonly string[], flags: CallFlags) => runCall(flow, words, flags, terminal))
}

async function runCall(flow: string, words: readonly string[], flags: CallFlags, terminal: Terminal) {
  const { out, note, exit, input } = terminal
  const whole = flags.input === undefined ? {} : inputOfJson(flags.input === '-' ? input() : flags.input)
  const stop = progress(`calling ${flow}`, terminal)
  let isLookedAt = false
  let known = ''
  try {
    const outcome = await call(
      flags.file ?? bundledCapability(),
      flow,
      (operation, { sandbox, runtime }) => {
        isLookedAt = runtime.plan.operations.some(({ check }) => check?.flow === operation.name)
        known = knownWords(operation, sandbox?.examples ?? {})
        for (const line of faultsTold(sandbox?.faultSpec ?? '')) note(`${line}\n`)
        return { ...whole, ...inputOfWords(words, operation) }
      },
      { ...optionsOf(flags, terminal), ...callingOf(flags) },
    )
    stop()
    out(
      flags.json === true
        ? `${JSON.stringify({ ...jsonOf(outcome), ...(isLookedAt ? { seen: digestOfResult(outcome) } : {}) })}\n`
        : `${textOf(outcome)}\n`,
    )
  } catch (error) {
    stop()
    if (!(error instanceof OperationError)) throw error
    if (flags.json === true) out(`${JSON.stringify({ error: problemOf(error) })}\n`)
    else note(`${faultText(error)}\n${error.code === 'invalid-input' ? known : ''}`)
    exit(exitCodeOf(error.code))
  }
}

/** A line with what the sandbox has of the inputs that an operation can't do without, as words of a call. */
function knownWords({ input }: OperationPlan, examples: Readonly<Record<string, unknown>>): string {
  const required = (input.schema.required ?? []) as readonly string[]
  const texts = required.map((name) => [name, [examples[name] ?? []].flat()] as const)
  const words = texts.filter(([, values]) => values.length > 0 && values.every((value) => typeof value === 'string'))
  return words.length === 0 ? '' : `The sandbox knows ${words.map(([name, values]) => `${name}=${values}`).join(' ')}\n`
}

function callingOf({ record, replay, key, role, dryRun, check, seen, allowUnconfirmed }: CallFlags) {
  return {
    dryRun: dryRun === true,
    check: check === true,
    allowUnconfirmed: allowUnconfirmed === true,
    ...(seen === undefined ? {} : { seen }),
    ...(key === undefined ? {} : { key }),
    ...(role === undefined ? {} : { role }),
    ...(record === undefined ? {} : { record }),
    ...(replay === undefined ? {} : { replay }),
  }
}

function jsonOf({ status, value, binary }: Outcome) {
  if (binary !== undefined) return { status, mediaType: binary.mediaType, base64: binary.bytes.toString('base64') }
  return value === undefined ? { status } : { status, value }
}

function problemOf({ code, message, errors, retryable, upstream, approval, question }: OperationError) {
  return { code, message, errors, retryable, upstream, approval, question: question?.text }
}

function textOf({ status, value, binary }: Outcome): string {
  if (value !== undefined) return JSON.stringify(value, null, 2)
  if (binary === undefined) return `done (${status}, no content)`
  return `done (${status}, ${binary.bytes.length} bytes of ${binary.mediaType}; --json prints them as base64)`
}

/** Says on a terminal what is taking long; the answer to stop and wipe it. */
function progress(what: string, { note, watched }: Terminal): () => void {
  if (!watched) return () => {}
  const timer = setTimeout(() => note(`${what} …`), 300)
  return () => {
    clearTimeout(timer)
    note('\r\u001b[K')
  }
}
