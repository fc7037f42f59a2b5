/** `capability init`: writes a small capability to begin with, from flags or from what a person answers. */

import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { initialCapability, StartError } from '../index.ts'
import { baseUriFlag } from './import.ts'
import type { Terminal } from './terminal.ts'

interface InitFlags {
  readonly name?: string
  readonly baseUri?: string
  readonly file?: string
}

export function addInit(program: Command, terminal: Terminal) {
  program
    .command('init')
    .description('write a small capability to begin with; asks for what no flag says')
    .option('--name <name>', 'what it is called, e.g. "Pet Shop"')
    .option('--base-uri <url>', 'where the API is', baseUriFlag)
    .option('--file <file>', 'where to write it (default: <name>.ikanos.yml)')
    .action((flags: InitFlags) => runInit(flags, terminal))
}

async function runInit(flags: InitFlags, { out, ask }: Terminal) {
  const name = flags.name ?? (await ask?.('Name, e.g. Pet Shop: ')) ?? ''
  if (stem(name) === '') throw new StartError('a name is needed: --name <name>')
  const baseUri = flags.baseUri ?? (await ask?.('Where the API is, e.g. https://api.example.com: ')) ?? ''
  if (baseUri === '') throw new StartError('the address of the API is needed: --base-uri <url>')
  const suggested = `${stem(name)}.ikanos.yml`
  const file = flags.file ?? ((await ask?.(`File [${suggested}]: `)) || suggested)
  write(file, await initialCapability({ name, baseUri: baseUriFlag(baseUri) }))
  out(`wrote ${file}\nnext: capability validate ${file}, then capability serve ${file}\n`)
}

const stem = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Never over a file that is there, not even one that has just come. */
function write(file: string, text: string) {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === 'EEXIST' ? new StartError(`${file} is there already, and stays as it is`) : error
  }
}
