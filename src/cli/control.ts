/** The commands that ask the control surface of a capability that runs, here or elsewhere. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { levels } from '../index.ts'
import { nearest } from '../text/suggest.ts'
import type { Control } from './control/client.ts'
import type { Settings } from './control/scripting.ts'
import type { TargetFlags } from './control/target.ts'
import type { Told } from './control/told.ts'
import { pairFlag } from './flags.ts'
import type { Terminal } from './terminal.ts'

interface ControlFlags extends TargetFlags {
  readonly json?: boolean
}

export function addControl(program: Command, terminal: Terminal) {
  asking(program, 'health', 'say whether it is alive and ready; exit 1 when it is not').action((flags: ControlFlags) =>
    answer(flags, terminal, async (control) => (await import('./control/health.ts')).health(control)),
  )
  asking(program, 'status', 'say what runs, for how long, and on which ports').action((flags: ControlFlags) =>
    answer(flags, terminal, async (control) => (await import('./control/health.ts')).status(control)),
  )
  addMetrics(program, terminal)
  addTraces(program, terminal)
  addLogs(program, terminal)
  addScripting(program, terminal)
  addConfig(program, terminal)
}

function addMetrics(program: Command, terminal: Terminal) {
  asking(program, 'metrics', 'print what has been counted and measured')
    .option('--filter <regex>', 'only series whose name and labels fit, in any case', regexFlag)
    .action((flags: ControlFlags & { readonly filter?: RegExp }) =>
      answer(flags, terminal, async (control) => (await import('./control/metrics.ts')).metrics(control, flags)),
    )
}

function addTraces(program: Command, terminal: Terminal) {
  asking(program, 'traces', 'list the last calls, or show what one of them spent its time on')
    .argument('[traceId]', 'id of a trace in the list')
    .option('--operation <text>', 'only those with this in the name of the operation')
    .option('--status <status>', 'only those that ended so: OK or ERROR', statusFlag)
    .action((id: string | undefined, flags: ControlFlags & { readonly operation?: string; readonly status?: string }) =>
      answer(flags, terminal, async (control) => (await import('./control/traces.ts')).traces(control, id, flags)),
    )
}

interface LogsFlags extends ControlFlags {
  readonly follow?: boolean
  readonly level?: string
}

function addLogs(program: Command, terminal: Terminal) {
  asking(program, 'logs', 'say how much is logged, change it, or follow the log')
    .option('--follow', 'print each line as it is written, until Ctrl-C')
    .addOption(new Option('--level <level>', 'log from this level on, until the next start').choices(levels))
    .action((flags: LogsFlags) => runLogs(flags, terminal))
}

async function runLogs(flags: LogsFlags, terminal: Terminal) {
  const { level, follow } = flags
  const logs = await import('./control/logs.ts')
  const told = level === undefined ? logs.logLevels : (control: Control) => logs.setLogLevel(control, level)
  // What is followed may be read by a program, so that nothing else is told among the lines.
  if (follow === true && level !== undefined) await answer(flags, { ...terminal, out: terminal.note }, told)
  if (follow !== true) return answer(flags, terminal, told)
  await logs.followLogs(await controlFor(flags, terminal), flags.json === true, terminal)
}

function addScripting(program: Command, terminal: Terminal) {
  asking(program, 'scripting', 'say what governs scripts and what came of them, or change it until the next start')
    .option('--set <key=value>', 'change a setting; lists as a,b (repeatable)', settingFlag)
    .action((flags: ControlFlags & { readonly set?: Settings }) =>
      answer(flags, terminal, async (control) =>
        (await import('./control/scripting.ts')).scripting(control, flags.set),
      ),
    )
}

function addConfig(program: Command, terminal: Terminal) {
  asking(program, 'config', 'print what is served').action((flags: ControlFlags) =>
    answer(flags, terminal, async (control) => (await import('./control/config.ts')).config(control)),
  )
  asking(program, 'reload', 'serve the capability file as it is now; one with faults changes nothing')
    .option('--check', 'change nothing; exit 1 when the file has faults')
    .action((flags: ControlFlags & { readonly check?: boolean }) =>
      answer(flags, terminal, async (control) => {
        const { checkReload, reload } = await import('./control/config.ts')
        return flags.check === true ? checkReload(control) : reload(control)
      }),
    )
}

/** A command that asks a control surface, with the flags that say which. */
export function asking(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'print the answer as JSON')
    .optionsGroup('Which capability:')
    .addOption(new Option('--control <url>', 'address of its control surface').conflicts(['port', 'address', 'file']))
    .option('--port <n>', 'port of its control surface', askedPort)
    .option('--address <host>', 'host of its control surface')
    .option('--file <file>', 'the capability file that it serves')
    .optionsGroup('Your credential, where it asks for one:')
    .option('--user <name:password>', 'name and password')
    .option('--token <token>', 'bearer token')
    .option('--api-key <name=value>', 'header and key')
    .optionsGroup('Options:')
    .addHelpText('after', fromEnvironment)
}

const fromEnvironment = `
What is not given comes from CAPABILITY_CONTROL_URL, or IKANOS_CONTROL_PORT and IKANOS_CONTROL_ADDRESS, else from the
bundled capability; and the credential from CAPABILITY_CONTROL_USER, CAPABILITY_CONTROL_TOKEN or CAPABILITY_CONTROL_API_KEY,
which keep it out of the history of the shell.`

/** The control surface that flags and environment name. */
export async function controlFor(flags: TargetFlags, { environment }: Terminal): Promise<Control> {
  const [{ controlOf }, { targetOf }] = await Promise.all([
    import('./control/client.ts'),
    import('./control/target.ts'),
  ])
  return controlOf(await targetOf(flags, environment))
}

async function answer(flags: ControlFlags, terminal: Terminal, run: (control: Control) => Promise<Told>) {
  const { tell } = await import('./control/told.ts')
  tell(await run(await controlFor(flags, terminal)), flags.json === true, terminal)
}

function askedPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65535) throw new InvalidArgumentError('It is a number from 1 to 65535.')
  return port
}

function regexFlag(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch {
    throw new InvalidArgumentError('It is no regular expression.')
  }
}

function statusFlag(text: string): string {
  const status = text.toUpperCase()
  if (status !== 'OK' && status !== 'ERROR') throw new InvalidArgumentError('It is OK or ERROR.')
  return status
}

const settings: Readonly<Record<string, (text: string) => unknown>> = {
  enabled: wordOf,
  timeout: wordOf,
  statementLimit: wordOf,
  defaultLocation: (text) => text,
  defaultLanguage: (text) => text,
  allowedLanguages: (text) => text.split(',').flatMap((name) => name.trim() || []),
}

/** `true`, `false` and numbers; whether one fits its setting, the control surface says. */
function wordOf(text: string): unknown {
  return /^(true|false|0|[1-9]\d*)$/.test(text) ? JSON.parse(text) : text
}

function settingFlag(text: string, before: Settings = {}): Settings {
  const [name, value] = pairFlag(text, '<key>=<value>')
  const read = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (read !== undefined) return { ...before, [name]: read(value) }
  const near = nearest(name, Object.keys(settings))
  throw new InvalidArgumentError(
    near === undefined ? `There are ${Object.keys(settings).join(', ')}.` : `Did you mean "${near}"?`,
  )
}
