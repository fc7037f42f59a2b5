/** What is said when a command line can't be understood, or what it asked for went wrong. */

import { resolve } from 'node:path'
import { type Command, CommanderError } from 'commander'
import { bundledCapability, CapabilityError, StartError } from '../index.ts'
import { nearest } from '../text/suggest.ts'
import type { ExitCode, Terminal } from './terminal.ts'

/** Has every command tell what is wrong with its words as a StartError. Call it once all commands are there. */
export function refuseInWords(program: Command) {
  for (const command of program.commands) refuseInWords(command)
  program.exitOverride((error) => {
    throw error.code.startsWith('commander.help') || error.exitCode === 0 ? error : refusal(error, program)
  })
}

/** Says what went wrong; the exit code says whose fault it is. */
export function report(error: unknown, { note }: Pick<Terminal, 'note'>): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof CapabilityError) {
    note(`${error.message}\n${endingOf(error)}`)
    return 2
  }
  note(`capability: ${error instanceof Error ? error.message : String(error)}\n`)
  return error instanceof StartError ? 2 : 1
}

/** What is said after the faults of a capability. Nothing is wrong with one that only lacks a file or a variable. */
function endingOf({ diagnostics }: CapabilityError): string {
  if (diagnostics.every(({ code }) => code === 'file-not-found')) return ''
  if (diagnostics.some(({ code }) => code !== 'unbound')) return "\nThe capability can't run as written.\n"
  const isBundled = diagnostics.every(({ location }) => resolve(location.file) === bundledCapability())
  return isBundled ? '\nWithout an account, --sandbox answers in its place.\n' : ''
}

function refusal(error: CommanderError, command: Command): StartError {
  const what = wordsOf(error, command)
  return new StartError(`${what}\n(${pathOf(command)} --help shows what there is)`)
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function wordsOf({ code, message }: CommanderError, command: Command): string {
  const [, word = ''] = /'(.*)'$/s.exec(message) ?? []
  if (code === 'commander.unknownOption') return unknownOption(word, command)
  if (code === 'commander.unknownCommand') return unknownCommand(word, command)
  return message
    .replace(/^error: (command-argument value )?/, '')
    .replace(' for argument ', ' for ')
    .replaceAll("'", '"')
}

/** What stands after `=` is not repeated: it may be a credential. */
function unknownOption(word: string, command: Command): string {
  const [flag = '', value] = word.split(/=(.*)/s)
  const known = command.options.flatMap(({ long }) => long ?? [])
  const near = flag.startsWith('--')
    ? nearest(
        flag.slice(2),
        [...known, '--help'].map((one) => one.slice(2)),
      )
    : undefined
  if (near !== undefined) return `unknown option "${flag}"; did you mean "--${near}"?`
  if (command.name() !== 'call' || !flag.startsWith('--')) return `unknown option "${flag}"`
  return `unknown option "${flag}"; an input is written without dashes: ${flag.slice(2)}=${value === undefined ? '<value>' : '…'}`
}

/** Says what a word that is no command may have been meant as. */
export function unknownCommand(word: string, program: Command): string {
  if (/\.(ya?ml|json)$/i.test(word)) return `"${word}" is no command; did you mean "${program.name()} serve ${word}"?`
  const near = nearest(
    word,
    program.commands.map((command) => command.name()),
  )
  return `there is no command "${word}"${near === undefined ? '' : `; did you mean "${near}"?`}`
}
