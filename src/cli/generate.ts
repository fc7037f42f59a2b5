/** What writes files: `generate` and `convert`. */

import { writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { bundledCapability, convertFile, formatDiagnostic, load, staleArtifacts, writeArtifacts } from '../index.ts'
import type { Terminal } from './terminal.ts'

interface GenerateFlags {
  readonly check?: boolean
  readonly release?: boolean
}

interface ConvertFlags {
  readonly to: 'beta5' | 'alpha2'
  readonly out?: string
}

export function addGenerate(program: Command, terminal: Terminal) {
  program
    .command('generate')
    .description('write what follows from a capability: its alpha2 form, its OpenAPI description, files of its skills')
    .argument('[file]', 'capability file (default: the bundled one)')
    .option('--check', 'write nothing; exit 1 when a file is stale')
    .addOption(
      new Option(
        '--release',
        'the skills go out as they are: what changes in one then needs another version',
      ).conflicts('check'),
    )
    .action((file: string | undefined, flags: GenerateFlags) => runGenerate(file, flags, terminal))
}

export function addConvert(program: Command, terminal: Terminal) {
  program
    .command('convert')
    .description('write a capability in the other dialect, and say what could not be carried')
    .argument('<file>', 'capability file')
    .addOption(
      new Option('--to <dialect>', 'beta5 = maps, alpha2 = lists').choices(['beta5', 'alpha2']).makeOptionMandatory(),
    )
    .option('--out <file>', 'write to a file instead of the terminal')
    .action((file: string, flags: ConvertFlags) => runConvert(file, flags, terminal))
}

async function runGenerate(file: string | undefined, flags: GenerateFlags, { out, exit }: Terminal) {
  const capability = await load(file ?? bundledCapability())
  const changed = flags.check === true ? await staleArtifacts(capability) : await writeArtifacts(capability, flags)
  for (const { path } of changed)
    out(flags.check === true ? `${path} is stale — run "capability generate"\n` : `wrote ${path}\n`)
  if (changed.length === 0) out('everything is up to date\n')
  else if (flags.check === true) exit(1)
}

async function runConvert(file: string, flags: ConvertFlags, { out, note }: Terminal) {
  const { text, diagnostics } = await convertFile(file, flags.to)
  for (const d of diagnostics) note(`${formatDiagnostic(d)}\n\n`)
  if (flags.out === undefined) out(text)
  else writeFileSync(flags.out, text)
}
