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

async function runInit(flags: InitFlags, terminal: Terminal) {
  const { out, ask } = terminal
  const missing = [flags.name === undefined && '--name <name>', flags.baseUri === undefined && '--base-uri <url>']
  const needed = missing.filter((flag) => flag !== false)
  if (ask === undefined && needed.length > 0) throw new StartError(`init needs ${needed.join(' and ')}`)
  const asked = (question: string, fault: Fault) => answerTo(question, fault, terminal)
  if (flags.name !== undefined) refuse(nameFault(flags.name))
  const name = flags.name ?? (await asked('Name, e.g. Pet Shop: ', nameFault))
  const baseUri = flags.baseUri ?? (await asked('Where the API is, e.g. https://api.example.com: ', addressFault))
  const suggested = `${stem(name)}.ikanos.yml`
  const file = flags.file ?? ((await ask?.(`File [${suggested}]: `)) || suggested)
  write(file, await initialCapability({ name, baseUri: baseUriFlag(baseUri) }))
  out(`wrote ${file}\nnext: capability validate ${file}, then capability serve ${file}\n`)
}

/** What is wrong with an answer; undefined = it will do. */
type Fault = (answer: string) => string | undefined

const nameFault: Fault = (name) => (stem(name) === '' ? 'a name has a letter or a digit in it' : undefined)

const addressFault: Fault = (address) => {
  try {
    baseUriFlag(address)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** A question is asked again, but not for ever: whoever does not understand it is told the flag by the help. */
const tries = 3

async function answerTo(question: string, fault: Fault, { note, ask }: Terminal) {
  let wrong = ''
  for (let i = 0; i < tries; i++) {
    const answer = (await ask?.(question)) ?? ''
    wrong = fault(answer) ?? ''
    if (wrong === '') return answer
    note(`${wrong}\n`)
  }
  throw new StartError(`${question.split(',')[0]}: ${wrong}`)
}

function refuse(fault: string | undefined) {
  if (fault !== undefined) throw new StartError(fault)
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
    if (code === 'EEXIST') throw new StartError(`${file} is there already, and stays as it is`)
    throw new StartError(`${file} can't be written (${code})`)
  }
}
