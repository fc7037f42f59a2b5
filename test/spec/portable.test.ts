/** What `validate --for` says of a file is what the JSON Schema of that format says: of whole files, and with one thing broken. */

import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Diagnostic, type Engine, engines as formats, validate } from '../../src/index.ts'
import { breakagesOf } from '../support/breakages.ts'
import { type CapabilityFile, capabilityFile, ownFiles, tutorialFiles } from '../support/capabilities.ts'
import { formatCheck } from '../support/formats.ts'
import { exhaustive, sampled } from '../support/sampled.ts'
import { shared } from '../support/shared.ts'

const [schemas, catalog] = [shared('data/schemas'), shared('data/catalog')]

/** What is an error here though the schemas take it, by code and, where only some places are meant, by place. */
interface Exception {
  readonly code: string
  readonly at?: RegExp
  readonly why: string
}

const exceptions: readonly Exception[] = [
  { code: 'unknown-parameter', why: 'a schema does not follow names' },
  { code: 'unknown-namespace', why: 'a schema does not follow names' },
  { code: 'unknown-operation', why: 'a schema does not follow names' },
  { code: 'unknown-flow', why: 'a schema does not follow names' },
  { code: 'unknown-step', why: 'a schema does not follow names' },
  { code: 'unknown-action', why: 'a schema does not follow names' },
  { code: 'missing-parameter', why: 'a schema does not see that a call needs a value' },
  { code: 'unplaced-parameter', why: 'a schema does not see that a path has no such variable' },
  { code: 'nothing-to-do', why: 'the schemas take a REST operation that does nothing' },
  { code: 'script-refused', why: 'the language of a script may be said elsewhere, and is not' },
  { code: 'script-unreadable', why: 'a schema does not look for the script' },
  { code: 'missing-key', at: /\/authentication$/, why: 'the schemas take credentials without a secret' },
  { code: 'missing-key', at: /\/skills\/[^/]+\/tools\/[^/]+$/, why: 'instructions are files below a location' },
  { code: 'missing-key', at: /\/aggregates\/\d+$/, why: 'beta5 takes flows that nothing can call' },
  {
    code: '(missing-key|unknown-key|wrong-type|wrong-choice)',
    at: /\/resources\/[^/]+\/operations\/[^/]+\/outputParameters\//,
    why: 'beta5 does not look into the named outputs of a REST operation',
  },
]

const isFor = (d: Diagnostic) => (e: Exception) =>
  new RegExp(`^${e.code}$`).test(d.code) && e.at?.test(d.location.pointer) !== false
const formatOf = (value: object): Engine => ('ikanos' in value ? 'ikanos-1.0.0-beta5' : 'naftiko-1.0.0-alpha2')

describe.skipIf(schemas === undefined)('validate --for', () => {
  const checks = new Map(schemas === undefined ? [] : formats.map((format) => [format, formatCheck(schemas, format)]))
  const folders = new Map<string, string>()
  const used = new Set<Exception | undefined>()
  afterAll(() => Promise.all([...folders.values()].map((folder) => rm(folder, { recursive: true }))))

  /** What is wrong with a value that stands where a file stands. */
  async function faultsOf(file: CapabilityFile, value: unknown, portableTo: Engine): Promise<readonly Diagnostic[]> {
    const path = join(await folderOf(file), 'case.yml')
    await writeFile(path, JSON.stringify(value))
    const { diagnostics } = await validate(path, { allowUnsupported: true, portableTo })
    return diagnostics.filter((d) => d.severity === 'error' || d.code === 'not-portable')
  }

  async function folderOf({ name, folder, files = {} }: CapabilityFile): Promise<string> {
    const known = folders.get(name)
    if (known !== undefined) return known
    const made = await mkdtemp(join(tmpdir(), 'portable-'))
    folders.set(name, made)
    if (folder !== undefined) await cp(folder, made, { recursive: true })
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(made, path)), { recursive: true })
      await writeFile(join(made, path), text)
    }
    return made
  }

  /** How the verdict and the schema differ, where no exception says why. */
  async function differences(file: CapabilityFile, what: string, value: unknown, format: Engine) {
    const faults = await faultsOf(file, value, format)
    const twice = faults.filter((d) => d.code === 'not-portable' && faults.some((e) => isError(e) && isBeside(d, e)))
    const told = faults.map((d) => `${d.code} ${d.location.pointer}: ${d.message}`)
    if (twice.length > 0) return [`${what}: a fault is told twice: ${told}`]
    const isSound = checks.get(format)?.(value) === true
    if (isSound === (faults.length === 0)) return []
    const reasons = faults.map((d) => exceptions.find(isFor(d)))
    if (isSound && reasons.every((reason) => reason !== undefined)) {
      for (const reason of reasons) used.add(reason)
      return []
    }
    return [`${what}: ${isSound ? `only we refuse it: ${told}` : 'only the schema refuses it'}`]
  }

  /** One after the other: each is written to a file. */
  async function allDifferences(tried: readonly Tried[]): Promise<readonly string[]> {
    const all: string[] = []
    for (const { file, what, value, format } of tried) all.push(...(await differences(file, what, value(), format)))
    return all
  }

  it('agrees about the tutorial and our own files, for either format', async () => {
    const files = [...tutorialFiles(), ...ownFiles()]
    const tried = files.flatMap((file) =>
      formats.map((format) => ({ file, what: file.name, value: () => file.value, format })),
    )
    expect(await allDifferences(sampled(tried, 15))).toEqual([])
  }, 60_000)

  it('says of the tutorial, of the bundled capability and of some of our cases that they are portable', async () => {
    const portable = await portableFiles()
    expect(portable.filter(({ name }) => name.includes('tutorial'))).toHaveLength(tutorialFiles().length)
    expect(portable.filter(({ name }) => name.includes('/capabilities/'))).toHaveLength(2)
    expect(portable.filter(({ name }) => /plans|scenarios/.test(name)).length).toBeGreaterThan(0)
  }, 60_000)

  it('agrees about portable files with each kind of key and value broken, and needs each of its exceptions', async () => {
    expect(await allDifferences(sampled(firstOfEachKind(await portableFiles()), 192))).toEqual([])
    if (!exhaustive) return
    expect(exceptions.filter((exception) => !used.has(exception)).map(({ why }) => why)).toEqual([])
  }, 240_000)

  let portable: ReturnType<typeof findPortable> | undefined
  const portableFiles = () => {
    portable ??= findPortable()
    return portable
  }

  /** Files that claim to be portable to the format they are written in: nothing says otherwise. */
  async function findPortable(): Promise<readonly CapabilityFile[]> {
    const portable: CapabilityFile[] = []
    for (const file of [...tutorialFiles(), ...ownFiles()])
      if ((await faultsOf(file, file.value, formatOf(file.value))).length === 0) portable.push(file)
    return portable
  }

  it.skipIf(catalog === undefined)(
    'agrees about the published files of the older format',
    async () => {
      const manifest: readonly { file: string; dialect: string }[] = JSON.parse(
        readFileSync(join(catalog ?? '', 'MANIFEST.json'), 'utf8'),
      )
      const files = manifest
        .filter(({ dialect }) => dialect.includes('alpha2'))
        .map(({ file }) => capabilityFile(join(catalog ?? '', file)))
      expect(files.length).toBeGreaterThan(40)
      const format = 'naftiko-1.0.0-alpha2'
      expect(
        await allDifferences(
          sampled(files, 8).map((file) => ({ file, what: file.name, value: () => file.value, format })),
        ),
      ).toEqual([])
    },
    60_000,
  )
})

interface Tried {
  readonly file: CapabilityFile
  readonly what: string
  readonly value: () => unknown
  readonly format: Engine
}

/** Every break of a kind in the smallest file that has it: the compiler is asked each time, which takes a while. */
function firstOfEachKind(files: readonly CapabilityFile[]): readonly Tried[] {
  const found = new Map<string, Tried>()
  for (const file of files.toSorted((a, b) => a.text.length - b.text.length)) {
    const format = formatOf(file.value)
    for (const { kind, what, broken } of breakagesOf(file.value)) {
      const key = `${format} ${kind}`
      if (!found.has(key)) found.set(key, { file, what: `${file.name} ${what}`, value: broken, format })
    }
  }
  return [...found.values()]
}

const isError = (d: Diagnostic) => d.severity === 'error'
const isBeside = (a: Diagnostic, b: Diagnostic) =>
  a.location.line === b.location.line && a.location.column === b.location.column
