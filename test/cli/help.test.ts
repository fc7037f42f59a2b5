/** The help of every command: it says what the command, each argument and each option is, all in one manner. */

import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { say } from '../support/say.ts'

const allOf = (command: Command, words: readonly string[] = []): readonly (readonly [string, Command])[] => [
  [words.join(' '), command],
  ...command.commands.flatMap((one) => allOf(one, [...words, one.name()])),
]

const commands = allOf(program(processTerminal())).filter(([words]) => words !== '')

test.each(commands)(
  'The help of "%s" says what everything is, without a capital or a full stop',
  async (words, command) => {
    const texts = [command.description(), ...command.options.map(({ description }) => description)]
    const all = [...texts, ...command.registeredArguments.map(({ description }) => description)]
    for (const text of all) expect(text, words).toMatch(/^(?![A-Z][a-z]).*[^.]$/s)
    const { stdout } = await say([...words.split(' '), '--help'])
    expect(stdout).toContain(`Usage: capability ${words}`)
    for (const { long } of command.options) expect(stdout).toContain(long)
  },
)
