/** The command `publish`: what it is given, what it tells, and what it asks for. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { program as command } from '../src/cli/program.ts'
import type { Terminal } from '../src/cli/terminal.ts'
import { load } from '../src/index.ts'
import { publish } from '../src/publish.ts'
import { kinScore } from './support/kin.ts'
import { described, type Folder, folder, published, text } from './support/published.ts'
import { writeCapability } from './support/serve.ts'
import { ships, shipsFacts } from './support/ships.ts'

let files: Folder

beforeAll(async () => {
  files = await published()
}, 20_000)

const terminal: Terminal = {
  out: () => {},
  note: () => {},
  exit: () => {},
  environment: {},
  input: () => '',
  colours: false,
  watched: false,
  interrupted: () => new Promise(() => {}),
  left: new Promise(() => {}),
}

/** All that the command can be given, so that the folder can be pushed. */
const named = {
  baseUrl: 'https://files.harbour.test/catalogue',
  contact: 'files@harbour.test',
  repository: 'https://github.com/harbour/files',
  registryName: 'io.github.harbour/files',
  servedAt: 'https://api.harbour.test',
}

describe('Addresses that nobody named', () => {
  const addresses = /[\w.@:/-]*\bexample\.(?:com|net|org)\b[\w./-]*|\borg\.example\b[\w./-]*/g
  /** Whoever is made up in an example has an address that is nobody's, and keeps it. */
  const isMadeUp = (address: string) => /^[\w.]+@example\.com$/.test(address)
  const inFolder = (folder: Folder) => [...new Set([...folder.values()].flatMap((one) => one.match(addresses) ?? []))]

  test('are told in the README a line each, and nothing that holds one passes for ready', async () => {
    const [, list = ''] = /## Before it is pushed\n\n.*\n\n((?:- .*\n)+)/.exec(await text('README.md')) ?? []
    const host = 'nanonets-file-management.example.org'
    const told = [`https://${host}`, `maintainers@${host}`, 'org.example.nanonets-file-management/files']
    expect(list.split('\n').filter((line) => line !== '')).toEqual(
      told.map((address) =>
        expect.stringMatching(`^- ${address} is nobody's: give --[\\w-]+ <\\w+>, or \\w+\\.\\w+ in `),
      ),
    )
    expect(inFolder(files).filter((one) => !isMadeUp(one) && !told.some((address) => one.includes(address)))).toEqual(
      [],
    )
    expect(await text('SUBMISSION.md')).toContain('**Not yet**')
    expect(await text('apis.yml')).toMatch(/^# Some addresses are stand-ins/m)
  })

  test('are gone once they are given with the command', async () => {
    const ready = await folder(named)
    expect(inFolder(ready).filter((one) => !isMadeUp(one))).toEqual([])
    const all = [...ready.values()].join('\n')
    expect(all).not.toMatch(/Before it is pushed|Not yet|stand-in/)
    const local = [...ready].filter(
      ([path, one]) => !/^(skills|capabilities|ikanos)\//.test(path) && one.includes('127.0.0.1'),
    )
    expect(local.map(([path]) => path)).toEqual([])
    const { maintainers, common } = parse(ready.get('apis.yml') ?? '')
    expect(maintainers).toEqual([expect.objectContaining({ email: named.contact, url: named.baseUrl })])
    expect(common).toContainEqual({ type: 'SourceCode', url: named.repository, name: 'Where this is kept' })
    const { name, repository } = JSON.parse(ready.get('mcp/server.json') ?? '')
    expect({ name, repository }).toEqual({
      name: named.registryName,
      repository: { url: named.repository, source: 'github' },
    })
    const { missed } = kinScore(ready)
    expect(missed.map(({ id }) => id)).not.toContain('maintainer_present')
  })

  test('do not stand in for a security.txt that has expired', async () => {
    const text = shipsFacts().replace('test }', 'test, securityExpires: "2026-01-01T00:00:00Z" }')
    const file = await writeCapability(ships, { files: { 'case.publish.yml': text } })
    const { standIns } = await publish(await load(file), { now: '2026-01-01T00:00:01Z' })
    expect(standIns.filter(({ needed }) => needed)).toEqual([
      { needed: true, says: expect.stringMatching(/^security\.txt has expired: .* publisher\.securityExpires/) },
    ])
  })
})

describe('The command', () => {
  const given = described === undefined ? [] : ['--openapi', described]
  const run = async (directory: string, ...more: readonly string[]) => {
    const told = { out: [] as string[], note: [] as string[] }
    await command({
      ...terminal,
      out: (one) => void told.out.push(one),
      note: (one) => void told.note.push(one),
    }).parseAsync(['publish', '--out', directory, ...given, ...more], { from: 'user' })
    return { out: told.out.join(''), note: told.note.join('') }
  }
  const outOf = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'publish-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    return directory
  }

  test('writes the folder and says at its end what has to be given, a line each', async () => {
    const directory = await outOf()
    const { out, note } = await run(directory)
    expect(out).toBe(`wrote ${files.size} files to ${directory}\n`)
    const [, list = ''] = /^before it is pushed, .*:\n((?:- .*\n)+)it tells more/m.exec(note) ?? []
    // One day its security.txt will have expired, which it says then.
    expect(list.replace(/^- security\.txt .*\n/m, '').split('\n')).toHaveLength(4)
    expect(await readFile(join(directory, 'README.md'), 'utf8')).toContain(list)
  })

  test.skipIf(described === undefined)('has nothing to ask for once all is given', async () => {
    const { baseUrl, contact, repository, registryName, servedAt } = named
    const flags = { 'base-url': baseUrl, contact, repository, 'registry-name': registryName, 'served-at': servedAt }
    const { note } = await run(await outOf(), ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]))
    expect(note.replace(/^before it is pushed.*\n- security\.txt .*\n/, '')).toBe('')
  })

  test('tells what it removed, kept and wrote over', async () => {
    const directory = await outOf()
    const file = await writeCapability(ships, { files: { 'case.publish.yml': shipsFacts('deprecation: Never.') } })
    await run(directory, file)
    await writeFile(join(directory, 'README.md'), 'by a person')
    await expect(run(directory, file)).rejects.toThrow('(README.md): keep them elsewhere')
    expect((await run(directory, file, '--force')).note).toContain(
      'wrote over what was changed by hand or by others: README.md\n',
    )
    const other = await writeCapability(ships, { files: { 'case.publish.yml': shipsFacts() } })
    expect((await run(directory, other)).out).toBe(
      `removed what is published no more: lifecycle/ships-lifecycle.yml\nwrote 3 of 9 files to ${directory}\n`,
    )
    await run(directory, file)
    await writeFile(join(directory, 'lifecycle/ships-lifecycle.yml'), 'by a person')
    expect((await run(directory, other)).note).toContain('changed by hand: lifecycle/ships-lifecycle.yml\n')
  })

  test.each([
    ['--contact', 'nobody'],
    ['--registry-name', 'files'],
    ['--repository', 'ftp://harbour.test'],
  ])('takes no %s that is none', async (option, value) => {
    await expect(run(await outOf(), option, value)).rejects.toThrow(/Write (it|a domain)/)
  })
})
