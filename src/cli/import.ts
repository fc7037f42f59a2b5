/** `capability import`: makes a capability of the description of an API. */

import { existsSync, writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { type Imported, importOpenapi, StartError } from '../index.ts'
import { namesFlag } from './flags.ts'
import type { Terminal } from './terminal.ts'

interface ImportFlags {
  readonly out?: string
  readonly operations?: readonly string[]
  readonly tags?: readonly string[]
  readonly forAgents?: boolean
  readonly baseUri?: string
  readonly force?: boolean
}

export function addImport(program: Command, terminal: Terminal) {
  const command = program
    .command('import')
    .description('make a capability of a description of an API (import openapi)')
    .helpCommand(false)
  command
    .command('openapi')
    .description('make a capability of an OpenAPI description: 2.0, 3.0, 3.1 or 3.2, in YAML or JSON')
    .argument('<source>', 'a file, an https address, or an address on this machine')
    .option('--out <file>', 'write the capability here, and what it can not say into <name>.runtime.yml beside it')
    .option('--operations <names>', 'take only these operations, as a,b (repeatable)', namesFlag)
    .option('--tags <names>', 'take only the operations of these tags, as a,b (repeatable)', namesFlag)
    .option('--for-agents', 'short descriptions, and nothing that an agent does without')
    .option('--base-uri <url>', 'where the API is (default: the first server of the description)', baseUriFlag)
    .option('--force', 'write over files that are there')
    .action((source: string, flags: ImportFlags) => runImport(source, flags, terminal))
}

async function runImport(source: string, { out: file, ...flags }: ImportFlags, { out, note }: Terminal) {
  const imported = await importOpenapi(source, flags)
  const { text, companion, operations, variables, notes } = imported
  for (const one of notes) note(`not carried as they are: ${told(one)}\n`)
  if (file === undefined) {
    if (companion !== undefined)
      note('what the format can not say of inputs is left out; --out writes it beside the file\n')
    out(text)
    return
  }
  const files = [[file, text] as const, ...(companion === undefined ? [] : [[companionPath(file), companion] as const])]
  const there = files.find(([path]) => flags.force !== true && existsSync(path))
  if (there !== undefined) throw new StartError(`${there[0]} is there already; --force writes over it`)
  for (const [path, content] of files) writeFileSync(path, content)
  const count = `${operations.length} operation${operations.length === 1 ? '' : 's'}`
  out(`wrote ${files.map(([path]) => path).join(' and ')}: ${count}\n`)
  out(`next: ${variables.length === 0 ? '' : `set ${variables.join(' and ')}, then `}capability serve ${file}\n`)
}

/** The first places stand for all. */
function told({ what, count, where }: Imported['notes'][number]): string {
  const [shown, more] = [where.slice(0, 3), count - 3]
  return `${what} (${count}): ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}

/** As `companionOf` looks for it. */
function companionPath(file: string): string {
  return `${file.replace(/(\.(ikanos|naftiko|capability))?\.ya?ml$/i, '')}.runtime.yml`
}

/** An address without query. Throws InvalidArgumentError. */
export function baseUriFlag(text: string): string {
  if (!/^https?:\/\/[^\s?#{}]+$/.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('Write it as https://…, without a query.')
  return text.replace(/\/+$/, '')
}
