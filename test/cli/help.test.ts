/** The help of every command: it says what the command, each argument and each option is, all in one manner. */

import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { readFaultSpec } from '../../src/sandbox/fault-spec.ts'
import { faultSpecText } from '../../src/sandbox/fault-text.ts'
import { commandLine, say } from '../support/say.ts'

const allOf = (command: Command, words: readonly string[] = []): readonly (readonly [string, Command])[] => [
  [words.join(' '), command],
  ...command.commands.flatMap((one) => allOf(one, [...words, one.name()])),
]

const commands = allOf(commandLine()).filter(([words]) => words !== '')

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

test('What the help says of faults is what can be read', async () => {
  const { stdout } = await say(['sandbox', '--help'])
  const told = (what: string) => {
    const [, text = ''] = new RegExp(`^  ${what} +(.*(?:\\n {6,}.*)*)`, 'm').exec(stdout) ?? []
    return text
      .split(/ {3,}|\n/)
      .map((one) => one.replace(/ *\(.*\)|left out.*/g, '').trim())
      .filter(Boolean)
  }
  const [often, what, when, where] = ['how often', 'what', 'when', 'where'].map(told)
  const written = [
    ...(often ?? []).map((one) => `${one} 429`),
    ...(what ?? []),
    ...(when ?? []).map((one) => `reset ${one}`),
    ...(where ?? []).map((one) => `hang ${one}`),
  ]
  expect(written.length).toBeGreaterThan(18)
  for (const text of written) expect(faultSpecText(readFaultSpec(`${text}, seed=7`)), text).toBe(`${text}, seed=7`)
})
