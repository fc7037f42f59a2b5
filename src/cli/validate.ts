/** `capability validate`: what is wrong with files, for people and for programs. */

import { type Command, Option } from 'commander'
import {
  type Engine,
  engines,
  type Format,
  formats,
  packageInfo,
  printDiagnostics,
  type RolePlan,
  type Severity,
  type Validation,
  validate,
} from '../index.ts'
import type { Terminal } from './terminal.ts'

interface ValidateFlags {
  readonly format: Format
  readonly json?: boolean
  readonly strict?: boolean
  readonly info?: boolean
  readonly for?: Engine
  readonly allowUnsupported?: boolean
}

export function addValidate(program: Command, terminal: Terminal) {
  program
    .command('validate')
    .description('check capability files and say what is wrong, where, and what to do')
    .argument('<file...>', 'capability files')
    .addOption(new Option('--format <format>', 'how to print').choices(formats).default('stylish'))
    .option('--json', 'the same as --format json')
    .option('--strict', 'treat warnings as errors')
    .option('--info', 'tell notes on style too')
    .addOption(new Option('--for <engine>', 'say whether the file is portable to an engine').choices(engines))
    .option('--allow-unsupported', 'treat keywords that are not run yet as warnings')
    .action((files: readonly string[], flags: ValidateFlags) => runValidate(files, flags, terminal))
}

async function runValidate(files: readonly string[], flags: ValidateFlags, { out, exit }: Terminal) {
  const options = {
    allowUnsupported: flags.allowUnsupported === true,
    strict: flags.strict === true,
    info: flags.info === true,
    ...(flags.for === undefined ? {} : { portableTo: flags.for }),
  }
  const results: Validation[] = []
  for (const file of files) results.push(await validate(file, options))
  const format = flags.json === true ? 'json' : flags.format
  if (format === 'stylish') results.forEach((result, i) => void out(stylish(files[i] ?? result.file, result)))
  else {
    const diagnostics = results.flatMap((r) => r.diagnostics)
    out(printDiagnostics(diagnostics, format, packageInfo()))
  }
  if (results.some((r) => r.loaded === undefined && r.standalone === undefined)) exit(2)
}

function stylish(file: string, { diagnostics, loaded, standalone }: Validation): string {
  const count = (severity: Severity, word: string) => {
    const n = diagnostics.filter((d) => d.severity === severity).length
    return n === 0 ? [] : [`${n} ${word}${n > 1 ? 's' : ''}`]
  }
  const counts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('info', 'note')].join(', ')
  const invalid = loaded === undefined && standalone === undefined
  const verdict = invalid ? `✗ ${file}: ${counts}` : `✓ ${file}: valid${counts === '' ? '' : `, ${counts}`}`
  const roles = (loaded?.plan.roles ?? []).map((role) => `  ${roleText(role)}\n`)
  return `${printDiagnostics(diagnostics, 'stylish', packageInfo())}${verdict}\n${roles.join('')}`
}

/** What a role may run, and what its callers are known by. */
function roleText({ name, operations, scopes, tokens }: RolePlan): string {
  const way = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`])
  const ways = [...way('scope', scopes), ...way('token', tokens)]
  const by = ways.length === 0 ? 'nobody has it yet' : `by ${ways.join(' or ')}`
  return `role ${name} (${by}): ${operations.join(', ') || 'nothing'}`
}
