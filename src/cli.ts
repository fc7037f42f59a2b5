#!/usr/bin/env node
/** The command `capability`: parses arguments, calls index.ts, prints, exits 0 (ok), 1 (the operation failed) or 2 (wrong capability or command line). */

import { readFileSync, writeFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { announce } from './announce.ts'
import {
  bundledCapability,
  CapabilityError,
  call,
  convertFile,
  createLog,
  type Engine,
  engines,
  type Format,
  faultText,
  formatDiagnostic,
  formats,
  inputOfJson,
  inputOfWords,
  type Level,
  levels,
  load,
  OperationError,
  type Outcome,
  packageInfo,
  printDiagnostics,
  type Running,
  type Severity,
  StartError,
  sandbox,
  serve,
  serveStdio,
  staleArtifacts,
  type Validation,
  validate,
  writeArtifacts,
} from './index.ts'

const failed = 1
const wrong = 2

interface OpenFlags {
  readonly sandbox?: boolean
  readonly upstream?: Readonly<Record<string, string>>
  readonly allowUnsupported?: boolean
  readonly strict?: boolean
}

interface LogFlags {
  readonly logLevel: Level
}

interface ServeFlags extends OpenFlags, LogFlags {
  readonly port?: Readonly<Record<string, number>>
}

const out = (text: string) => process.stdout.write(text)
const note = (text: string) => process.stderr.write(text)

function program(): Command {
  const command = new Command('capability')
  command
    .description('Serves a capability, one YAML file, as REST, MCP and Agent Skills.')
    .version(packageInfo().version, '-V, --version')
    .showHelpAfterError('(capability --help shows what there is)')
    .addHelpText('after', examples)
    .exitOverride()
  withOpenFlags(command.command('serve'))
    .description('serve the surfaces of a capability until Ctrl-C')
    .argument('[file...]', 'capability files (default: the bundled one)')
    .option('--port <namespace=n>', 'listen on another port, 0 = any free one (repeatable)', portFlag)
    .addOption(logLevel())
    .action(runServe)
  command
    .command('validate')
    .description('check capability files and say what is wrong, where, and what to do')
    .argument('<file...>', 'capability files')
    .addOption(new Option('--format <format>', 'how to print').choices(formats).default('stylish'))
    .option('--json', 'the same as --format json')
    .option('--strict', 'treat warnings as errors')
    .option('--info', 'tell notes on style too')
    .addOption(new Option('--for <engine>', 'say whether the file is portable to an engine').choices(engines))
    .option('--allow-unsupported', 'treat keywords that are not run yet as warnings')
    .action(runValidate)
  withOpenFlags(command.command('call'))
    .description('call one operation and print what it answers')
    .argument('<flow>', 'name of the flow, e.g. files.list-files or list-files')
    .argument('[key=value...]', 'inputs; lists as a,b or as JSON')
    .option('--input <json>', 'the whole input as JSON, or - to read it from stdin')
    .option('--file <file>', 'capability file (default: the bundled one)')
    .option('--json', 'print the outcome, or the problem, as one line of JSON')
    .option('--dry-run', 'check everything and print the requests that would be sent; send none')
    .action(runCall)
  withOpenFlags(command.command('mcp'))
    .description('serve the MCP surface of a capability over stdio (logs on stderr)')
    .argument('[file]', 'capability file (default: the bundled one)')
    .addOption(logLevel())
    .action(async (file: string | undefined, flags: OpenFlags & LogFlags) =>
      serveStdio(file ?? bundledCapability(), { ...optionsOf(flags), log: createLog({ level: flags.logLevel }) }),
    )
  command
    .command('sandbox')
    .description('run the sandbox upstream alone')
    .option('--port <n>', 'port to listen on, 0 = any free one', portNumber, 0)
    .action(runSandbox)
  command
    .command('generate')
    .description('write what follows from a capability: its alpha2 form and its OpenAPI description')
    .argument('[file]', 'capability file (default: the bundled one)')
    .option('--check', 'write nothing; exit 1 when a file is stale')
    .action(runGenerate)
  command
    .command('convert')
    .description('write a capability in the other dialect, and say what could not be carried')
    .argument('<file>', 'capability file')
    .addOption(new Option('--to <dialect>', 'maps or lists').choices(['beta5', 'alpha2']).makeOptionMandatory())
    .option('--out <file>', 'write to a file instead of the terminal')
    .action(runConvert)
  for (const sub of command.commands) sub.exitOverride()
  return command
}

const examples = `
Examples:
  capability serve --sandbox                       try the bundled capability without an account
  capability serve my.ikanos.yml --port api=8081   serve your own
  capability validate my.ikanos.yml                what is wrong with it, and where
  capability call list-files model_id=… --sandbox  one call from the shell
  capability mcp --sandbox                         for an MCP client that starts programs

Exit codes: 0 ok, 1 the operation failed, 2 the capability or the command line is wrong.`

function logLevel(): Option {
  return new Option('--log-level <level>', 'what is written on stderr, as JSON lines').choices(levels).default('warn')
}

function withOpenFlags(command: Command): Command {
  return command
    .option('--sandbox', 'answer from the embedded sandbox; nothing leaves the machine')
    .option('--upstream <namespace=url>', 'another base address for a consumed API (repeatable)', upstreamFlag)
    .option('--allow-unsupported', 'go on without keywords that are not run yet')
    .option('--strict', 'treat warnings as errors')
}

function pairFlag(text: string, what: string): readonly [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError(`Write it as ${what}.`)
  return [key, value]
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535 || text.trim() === '')
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function portFlag(text: string, before: Readonly<Record<string, number>> = {}) {
  const [namespace, port] = pairFlag(text, '<namespace>=<n>')
  return { ...before, [namespace]: portNumber(port) }
}

function upstreamFlag(text: string, before: Readonly<Record<string, string>> = {}) {
  const [namespace, url] = pairFlag(text, '<namespace>=<url>')
  return { ...before, [namespace]: url }
}

function optionsOf(flags: OpenFlags) {
  return {
    sandbox: flags.sandbox === true,
    upstreams: flags.upstream ?? {},
    allowUnsupported: flags.allowUnsupported === true,
    strict: flags.strict === true,
  }
}

async function runServe(files: readonly string[], flags: ServeFlags) {
  const targets = files.length > 0 ? files : [bundledCapability()]
  const ports = await portsByFile(targets, flags.port ?? {}, flags)
  const log = createLog({ level: flags.logLevel })
  const running: Running[] = []
  try {
    for (const file of targets)
      running.push(await serve(file, { ...optionsOf(flags), log, ports: ports.get(file) ?? {} }))
  } catch (error) {
    await Promise.all(running.map((r) => r.close()))
    throw error
  }
  const stopped = interrupted()
  for (const r of running) {
    for (const d of r.capability.diagnostics) note(`${formatDiagnostic(d)}\n`)
    out(announce(r))
  }
  await stopped
  await Promise.all(running.map((r) => r.close()))
}

/** One --port serves whichever capability has that surface; a name that none has is told by the first. */
async function portsByFile(
  files: readonly string[],
  given: Readonly<Record<string, number>>,
  flags: OpenFlags,
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  if (files.length === 1) return new Map(files.map((file) => [file, given]))
  const ports = new Map<string, Readonly<Record<string, number>>>()
  const unclaimed = new Set(Object.keys(given))
  for (const file of files) {
    const { plan } = await load(file, optionsOf(flags))
    const own = Object.entries(given).filter(([namespace]) => plan.surfaces.some((s) => s.namespace === namespace))
    for (const [namespace] of own) unclaimed.delete(namespace)
    ports.set(file, Object.fromEntries(own))
  }
  const [stranger] = unclaimed
  if (stranger !== undefined) throw new StartError(`no capability has a surface "${stranger}" to give a port`)
  return ports
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

interface ValidateFlags {
  readonly format: Format
  readonly json?: boolean
  readonly strict?: boolean
  readonly info?: boolean
  readonly for?: Engine
  readonly allowUnsupported?: boolean
}

async function runValidate(files: readonly string[], flags: ValidateFlags) {
  const options = {
    allowUnsupported: flags.allowUnsupported === true,
    strict: flags.strict === true,
    info: flags.info === true,
    ...(flags.for === undefined ? {} : { portableTo: flags.for }),
  }
  const results: Validation[] = []
  for (const file of files) results.push(await validate(file, options))
  const format = flags.json === true ? 'json' : flags.format
  if (format === 'stylish') results.forEach((result, i) => void printValidation(files[i] ?? result.file, result))
  else {
    const diagnostics = results.flatMap((r) => r.diagnostics)
    out(printDiagnostics(diagnostics, format, packageInfo()))
  }
  if (results.some((r) => r.loaded === undefined && r.standalone === undefined)) process.exitCode = wrong
}

function printValidation(file: string, { diagnostics, loaded, standalone }: Validation) {
  out(printDiagnostics(diagnostics, 'stylish', packageInfo()))
  const count = (severity: Severity, word: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length
    return n === 0 ? [] : [`${n} ${word}${n > 1 ? 's' : ''}`]
  }
  const counts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'note')].join(', ')
  if (loaded === undefined && standalone === undefined) out(`✗ ${file}: ${counts}\n`)
  else out(`✓ ${file}: valid${counts === '' ? '' : `, ${counts}`}\n`)
}

interface CallFlags extends OpenFlags {
  readonly input?: string
  readonly file?: string
  readonly json?: boolean
  readonly dryRun?: boolean
}

async function runCall(flow: string, words: readonly string[], flags: CallFlags) {
  const whole =
    flags.input === undefined ? {} : inputOfJson(flags.input === '-' ? readFileSync(0, 'utf8') : flags.input)
  const stop = progress(`calling ${flow}`)
  try {
    const outcome = await call(
      flags.file ?? bundledCapability(),
      flow,
      (operation) => ({ ...whole, ...inputOfWords(words, operation) }),
      { ...optionsOf(flags), dryRun: flags.dryRun === true },
    )
    stop()
    if (flags.json === true) out(`${JSON.stringify(jsonOf(outcome))}\n`)
    else
      out(outcome.value === undefined ? `done (${saidOf(outcome)})\n` : `${JSON.stringify(outcome.value, null, 2)}\n`)
  } catch (error) {
    stop()
    if (!(error instanceof OperationError)) throw error
    if (flags.json === true)
      out(
        `${JSON.stringify({ error: { code: error.code, message: error.message, errors: error.errors, retryable: error.retryable, upstream: error.upstream } })}\n`,
      )
    else note(`${faultText(error)}\n`)
    process.exitCode = failed
  }
}

function jsonOf({ status, value, binary }: Outcome) {
  if (binary !== undefined) return { status, mediaType: binary.mediaType, base64: binary.bytes.toString('base64') }
  return value === undefined ? { status } : { status, value }
}

function saidOf({ status, binary }: Outcome): string {
  if (binary === undefined) return `${status}, no content`
  return `${status}, ${binary.bytes.length} bytes of ${binary.mediaType}; --json prints them as base64`
}

/** Says on a terminal what is taking long; the answer to stop and wipe it. */
function progress(what: string): () => void {
  if (!process.stderr.isTTY) return () => {}
  const timer = setTimeout(() => note(`${what} …`), 300)
  return () => {
    clearTimeout(timer)
    note('\r\u001b[K')
  }
}

async function runSandbox(flags: { readonly port: number }) {
  const running = await sandbox({ port: flags.port })
  const stopped = interrupted()
  out(`Sandbox on ${running.url}\n`)
  out(`Requests, faults and export rows: ${running.url}/__sandbox/\n`)
  out(`Stop it with Ctrl-C.\n`)
  await stopped
  await running.close()
}

async function runGenerate(file: string | undefined, flags: { readonly check?: boolean }) {
  const capability = await load(file ?? bundledCapability())
  const changed = flags.check === true ? await staleArtifacts(capability) : await writeArtifacts(capability)
  for (const { path } of changed)
    out(flags.check === true ? `${path} is stale — run "npm run generate"\n` : `wrote ${path}\n`)
  if (changed.length === 0) out('everything is up to date\n')
  else if (flags.check === true) process.exitCode = failed
}

async function runConvert(file: string, flags: { readonly to: 'beta5' | 'alpha2'; readonly out?: string }) {
  const { text, diagnostics } = await convertFile(file, flags.to)
  for (const d of diagnostics) note(`${formatDiagnostic(d)}\n\n`)
  if (flags.out === undefined) out(text)
  else writeFileSync(flags.out, text)
}

/** What went wrong, in words; the exit code says whose fault it is. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrong
  if (error instanceof CapabilityError) {
    note(`${error.message}\n\nThe capability can't run as written.\n`)
    return wrong
  }
  if (error instanceof StartError) {
    note(`capability: ${error.message}\n`)
    return wrong
  }
  note(`capability: ${error instanceof Error ? error.message : String(error)}\n`)
  return failed
}

try {
  await program().parseAsync()
} catch (error) {
  process.exitCode = report(error)
}
