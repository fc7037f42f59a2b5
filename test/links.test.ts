/** What the documents lead to and name is there: files, headings, commands, options, scripts. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { readMarkdown } from './support/markdown.ts'
import { commandLine } from './support/say.ts'

const documents = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'schemas/README.md'].map(readMarkdown)
const { files: shipped, scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

/** Pages of others that a link may lead to. */
const elsewhere = ['https://apis.io', 'https://keepachangelog.com/en/1.1.0/', 'https://semver.org']

/** Files that a reader writes, or a command does. */
const written = /^(orders|mine|typo|said|my|a|b|<name>)\.|^SUBMISSION\.md$|^fault/

/** Methods of MCP, which look like paths. */
const methods = /^skills\/(list|get)$/

/** Options of other programs. */
const foreign = ['--no-allocation-site-pretenuring']

const commands = allOf(commandLine())

/** By its words, each command with all that are below it. */
function allOf(command: Command, words: readonly string[] = []): ReadonlyMap<string, Command> {
  const below = command.commands.flatMap((one) => [...allOf(one, [...words, one.name()])])
  return new Map([[words.join(' '), command], ...below])
}

const optionsOf = (command: Command) => ['--help', ...command.options.flatMap(({ long }) => long ?? [])]
const allOptions = new Set([...commands.values()].flatMap(optionsOf))

interface Named {
  readonly text: string
  readonly line: number
}

/** All that a document writes as code: words, and the lines of its commands. */
function codeOf({ words, snippets }: (typeof documents)[number]): readonly Named[] {
  const lines = snippets.filter(({ language }) => language === 'sh')
  return [
    ...words,
    ...lines.flatMap(({ text, line }) => text.split('\n').map((one, i) => ({ text: one, line: line + i }))),
  ]
}

describe.each(documents.map((document) => [document.file, document] as const))('%s', (file, document) => {
  test('leads to files and headings that are there', () => {
    const broken = document.links.filter(({ url }) => !isThere(file, url))
    expect(broken).toEqual([])
  })

  test('names no address of others but those', () => {
    const addresses = document.text.match(/\bhttps?:\/\/[\w.-]*\w(:\d+)?/g) ?? []
    expect(addresses.filter((address) => !canBe(address))).toEqual([])
  })

  test('names files that are there', () => {
    const paths = codeOf(document).flatMap(({ text, line }) => pathsIn(text).map((path) => ({ path, line })))
    expect(paths.filter(({ path }) => !isFile(path))).toEqual([])
  })

  test('names commands and options that the program knows, and scripts that npm has', () => {
    const wrong = codeOf(document).flatMap(({ text, line }) => unknownIn(text).map((what) => `${line}: ${what}`))
    expect(wrong).toEqual([])
  })
})

/** Whether an address is on this machine, one for examples, or one that a link may lead to. */
function canBe(address: string): boolean {
  const { hostname } = new URL(address)
  const known = elsewhere.map((one) => new URL(one).hostname)
  return /^(127\.0\.0\.1|localhost|(.+\.)?example\.com)$/.test(hostname) || known.includes(hostname)
}

function isThere(from: string, url: string): boolean {
  if (/^\w+:/.test(url)) return elsewhere.includes(url)
  const [path = '', anchor] = url.split('#')
  const file = path === '' ? from : relative('.', join(dirname(from), path))
  if (!existsSync(file)) return false
  return anchor === undefined || anchorsOf(file).includes(anchor)
}

const anchorsOf = (file: string) => (documents.find((one) => one.file === file) ?? readMarkdown(file)).anchors

const roots = 'src|test|schemas|skills|capabilities|bench|soak|fuzz|dist'
const folders = new RegExp(`^(?:${roots})(?:/[\\w.-]+)*/?$`)
const names = /^\.?[\w-]+(?:\.[\w-]+)*\.(?:md|json|ts|mjs|ya?ml)$/

/** Words of a text that are a path of the repository, or the name of a file. */
function pathsIn(text: string): readonly string[] {
  return text
    .split(/\s+/)
    .filter((word) => (folders.test(word) && !methods.test(word)) || (names.test(word) && !written.test(word)))
}

const everyName = new Set(
  roots
    .split('|')
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => basename(path))),
)

const isFile = (path: string) => existsSync(path) || everyName.has(path)

function unknownIn(text: string): readonly string[] {
  const [, script] = /^npm run (\w+)/.exec(text) ?? []
  if (script !== undefined && !(script in scripts)) return [`npm run ${script}`]
  const [, line] = /(?:^|npx )capability ((?:[a-z<].*)?)$/.exec(text) ?? []
  const options = text.match(/(?<=^|\s)--[a-z][a-z-]*/g) ?? []
  if (line === undefined || line.startsWith('<'))
    return options.filter((option) => !allOptions.has(option) && !foreign.includes(option))
  const command = commandOf(line)
  if (command === undefined) return [`capability ${line}`]
  return options.filter((option) => !optionsOf(command).includes(option)).map((option) => `${option} of "${text}"`)
}

/** The longest words of a line that are a command. */
function commandOf(line: string): Command | undefined {
  const words = line.split(' ')
  return commands.get(words.slice(0, 2).join(' ')) ?? commands.get(words[0] ?? '')
}

test('What README and the reference lead to is in the package too', () => {
  const always = ['README.md', 'LICENSE', 'package.json']
  const targets = documents
    .filter(({ file }) => file.endsWith('README.md'))
    .flatMap(({ file, links }) => links.map(({ url }) => ({ file, url })))
    .filter(({ url }) => !/^(\w+:|#)/.test(url))
    .map(({ file, url }) => relative('.', join(dirname(file), url.split('#')[0] ?? '')))
  expect(targets.length).toBeGreaterThan(5)
  const isShipped = (path: string) => [...always, ...shipped].some((one) => path === one || path.startsWith(`${one}/`))
  expect(targets.filter((path) => !isShipped(path))).toEqual([])
})

test.each([
  ['capability servr', ['capability servr']],
  ['npx capability serve --sandbox --dry-run', ['--dry-run of "npx capability serve --sandbox --dry-run"']],
  ['--sandbx', ['--sandbx']],
  ['npm run benches', ['npm run benches']],
  ['capability approvals list --all', []],
])('Of "%s" what is unknown is found', (text, unknown) => {
  expect(unknownIn(text)).toEqual(unknown)
})

test('Paths, headings and addresses that are not there are found', () => {
  expect(pathsIn('src/lod.ts schemas/skill.schema.json').filter((path) => !isFile(path))).toEqual(['src/lod.ts'])
  const urls = ['SECURITY.md', '#licence', 'schemas/README.md#errors-of-calls', 'NO.md', '#no', 'https://apis.oi']
  expect(urls.filter((url) => !isThere('README.md', url))).toEqual(['NO.md', '#no', 'https://apis.oi'])
})

test('README names every command', () => {
  const [readme] = documents
  const named = (readme === undefined ? [] : codeOf(readme)).map(({ text }) => text).join(' ')
  const told = [...commands.keys()].filter((words) => /^(?!help$)\w+$/.test(words))
  expect(told.filter((name) => !new RegExp(`\\b${name}\\b`).test(named))).toEqual([])
})
