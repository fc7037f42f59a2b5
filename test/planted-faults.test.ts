/**
 * Single faults planted into valid capabilities, one after the other: each must be found, at a place, and told about
 * once. The tutorial and our own capability are the soil.
 */

import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Diagnostic, validate } from '../src/index.ts'
import { sampled } from './support/sampled.ts'
import { shared } from './support/shared.ts'

type Key = string | number
type Entry = readonly [Key, unknown]
type Expected = 'error' | 'told' | 'valid' | 'either'

/** A key or an entry of a capability. `named` = its name is the author's, not a keyword. */
interface Site {
  readonly path: readonly Key[]
  readonly key: string
  readonly value: unknown
  readonly named: boolean
}

interface Fault {
  readonly what: string
  readonly expected: Expected
  /** Made when it is asked for. */
  readonly capability: () => unknown
}

/** Collections whose keys are names that the author gave. */
const collections = new Set(
  'inputParameters resources operations tools prompts arguments flows skills properties keys with metadata steps'.split(
    ' ',
  ),
)

function* sitesOf(value: unknown, path: readonly Key[] = [], named = false): Generator<Site> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* sitesOf(item, [...path, i])
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    yield { path: [...path, key], key, value: child, named }
    const isShort = key === 'items' && typeof Object(child).type !== 'string'
    const names = !named && (collections.has(key) || isShort || (key === 'outputParameters' && !Array.isArray(child)))
    yield* sitesOf(child, [...path, key], names)
  }
}

/** The capability with one entry replaced, renamed or, where the answer is undefined, dropped. */
function changed(root: unknown, path: readonly Key[], change: (key: Key, value: unknown) => Entry | undefined) {
  const copy: unknown = structuredClone(root)
  const parents = path.slice(0, -1).reduce((node, key) => (node as Record<Key, unknown>)[key], copy)
  const parent = parents as Record<Key, unknown>
  const entries = Object.entries(parent)
  for (const [key] of entries) delete parent[key]
  for (const [key, value] of entries) {
    const entry = key === String(path.at(-1)) ? change(key, value) : ([key, value] as Entry)
    if (entry !== undefined) parent[entry[0]] = entry[1]
  }
  return copy
}

/** A slip of the pen: two letters swapped, a letter left out, a letter doubled; which one depends on the word. */
function misspelt(word: string): string {
  const last = word.at(-1) ?? 'x'
  const swapped = `${word.slice(0, -2)}${last}${word.at(-2) ?? ''}`
  if (word.length < 4) return word + last
  return (
    [swapped === word ? word + last : swapped, word.slice(0, 2) + word.slice(3), word + last][word.length % 3] ?? word
  )
}

type Operator = (site: Site) => readonly (readonly [what: string, Expected, replacement: Entry | undefined])[]

const isText = (value: unknown): value is string => typeof value === 'string'

const misspellKeyword: Operator = ({ key, value, named }) =>
  named ? [] : [[`misspells the key as "${misspelt(key)}"`, 'error', [misspelt(key), value]]]

/** Keys that nothing can do without, wherever they stand. */
const needed = new Set(
  'ikanos type namespace baseUri path method in port tools skills call ref keys sourceNamespace action from username token'.split(
    ' ',
  ),
)
const spare = new Set(
  'display tags created modified version semantics hints ttlMs cacheScope address password info'.split(' '),
)

const dropKeyword: Operator = ({ key, named, path }) => {
  if (named || path.includes('metadata')) return []
  if (key === 'capability' || key === 'exposes')
    return [['drops the key, which leaves something for others to import, or nothing', 'either', undefined]]
  // A skill may be its texts alone.
  if (key === 'tools' && path.includes('skills')) return [['drops the key, which is optional', 'valid', undefined]]
  if (needed.has(key) && !(key === 'namespace' && path.includes('aggregates')))
    return [['drops the key', 'error', undefined]]
  return spare.has(key) ? [['drops the key, which is optional', 'valid', undefined]] : []
}

const changeType: Operator = ({ key, value, named }) => {
  if (key === 'const' || (named && isText(value))) return []
  const other =
    typeof value === 'object' || typeof value === 'boolean' ? 'text' : typeof value === 'number' ? 'many' : { a: 1 }
  return [
    // Published files write a value with members where they mean a parameter, which is understood with a warning.
    [`makes it ${JSON.stringify(other)}`, key === 'value' ? 'told' : 'error', [key, other]],
    ...(typeof value === 'object' ? ([['leaves it empty', 'error', [key, null]]] as const) : []),
  ]
}

const misspellChoice: Operator = ({ key, value, named }) =>
  !named && isText(value) && ['type', 'in', 'method', 'cacheScope', 'transport'].includes(key)
    ? [[`misspells the value as "${misspelt(value)}"`, 'error', [key, misspelt(value)]]]
    : []

const misspellReference: Operator = ({ key, value, path }) => {
  if (!isText(value)) return []
  if (['sourceNamespace', 'action'].includes(key))
    return [[`refers to "${misspelt(value)}"`, 'error', [key, misspelt(value)]]]
  const isReference = ['call', 'ref'].includes(key) || (path.at(-2) === 'with' && /^[\w-]+\.[\w-]+$/.test(value))
  if (!isReference) return []
  const [namespace = '', name = ''] = value.split('.')
  return [`${misspelt(namespace)}.${name}`, `${namespace}.${misspelt(name)}`].map(
    (wrong) => [`refers to "${wrong}"`, 'error', [key, wrong]] as const,
  )
}

const misspellPlaceholder: Operator = ({ key, value, path }) => {
  if (!isText(value) || !/\{\{[\w-]+\}\}/.test(value)) return []
  const wrong = value.replace(/\{\{([\w-]+)\}\}/, (_, name: string) => `{{${misspelt(name)}}}`)
  const open = value.replace(/\{\{([\w-]+)\}\}/, '{{$1}')
  // Text for a model may hold placeholders and braces of its own.
  const expected = path.includes('prompts') ? 'told' : 'error'
  return [
    [`means ${wrong}`, expected, [key, wrong]],
    [`forgets a brace: ${open}`, expected, [key, open]],
  ]
}

const renameDeclaration: Operator = ({ key, value, named, path }) => {
  const collection = path.at(-2)
  const renamed = [[`renames "${key}" to "${misspelt(key)}"`, 'told', [misspelt(key), value]]] as const
  if (!named) return []
  if (collection === 'with' || collection === 'keys' || collection === 'flows') return renamed
  // A header with a value of its own may have any name.
  if (collection === 'inputParameters') return Object(value).in === 'header' ? [] : renamed
  return collection === 'operations' && path.includes('consumes') ? renamed : []
}

const breakValue: Operator = ({ key, value, named }) => {
  if (named) return []
  switch (key) {
    case 'mapping':
      return [
        ['leaves the path open', 'error', [key, `${String(value)}[`]],
        ['ends the path with two dots', 'error', [key, `${String(value)}..`]],
      ]
    case 'port':
      return [['is too high', 'error', [key, 70000]]]
    case 'namespace':
      return [['has a blank', 'error', [key, `${String(value)} x`]]]
    case 'baseUri':
      return [['has no scheme', 'error', [key, String(value).replace('https://', '')]]]
    default:
      return []
  }
}

const operators: readonly Operator[] = [
  misspellKeyword,
  dropKeyword,
  changeType,
  misspellChoice,
  misspellReference,
  misspellPlaceholder,
  renameDeclaration,
  breakValue,
]

function faultsOf(root: unknown): readonly Fault[] {
  return [...sitesOf(root)].flatMap((site) =>
    operators.flatMap((operator) =>
      operator(site).map(([what, expected, replacement]) => ({
        what: `/${site.path.join('/')} ${what}`,
        expected,
        capability: () => changed(root, site.path, () => replacement),
      })),
    ),
  )
}

interface Finding extends Fault {
  readonly diagnostics: readonly Diagnostic[]
  readonly valid: boolean
}

const errorsOf = ({ diagnostics }: Finding) => diagnostics.filter((d) => d.severity === 'error')

function agrees(finding: Finding): boolean {
  const { expected, valid, diagnostics } = finding
  if (expected === 'valid') return valid
  if (expected === 'either') return valid !== errorsOf(finding).length > 0
  return expected === 'error' ? !valid && errorsOf(finding).length > 0 : diagnostics.length > 0
}

const shown = (finding: Finding) =>
  [
    finding.what,
    ...finding.diagnostics.map((d) => `    ${d.location.line}: ${d.severity} ${d.code}: ${d.message}`),
  ].join('\n')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planted-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Plants one in so many of the faults that there are; `EXHAUSTIVE=1`: every one. */
async function plant(source: string, every: number): Promise<readonly Finding[]> {
  const root: unknown = parse(readFileSync(source, 'utf8'))
  const stem = basename(source).replace(/\..*$/, '')
  const companion = source.replace(/\.ikanos\.yml$/, '.runtime.yml')
  if (companion !== source && existsSync(companion))
    await writeFile(join(folder, `${stem}.runtime.yml`), readFileSync(companion))
  const scripts = join(dirname(source), 'scripts')
  if (existsSync(scripts)) await cp(scripts, join(folder, 'scripts'), { recursive: true })
  const file = join(folder, `${stem}.ikanos.yml`)
  const findings: Finding[] = []
  for (const fault of sampled(faultsOf(root), every)) {
    await writeFile(file, JSON.stringify(fault.capability(), null, 1))
    const { diagnostics, loaded, standalone } = await validate(file)
    findings.push({ ...fault, diagnostics, valid: loaded !== undefined || standalone !== undefined })
  }
  return findings
}

const own = fileURLToPath(new URL('../capabilities/nanonets-file-management.ikanos.yml', import.meta.url))
const tutorial = shared('data/tutorial')
const steps = [
  'step-1-shipyard-mock',
  'step-2-shipyard-wiring',
  'step-3-shipyard-auth',
  'step-4-shipyard-output-shaping',
]
const soil = [own, ...(tutorial === undefined ? [] : steps.map((step) => join(tutorial, `${step}.yml`)))]

describe.each(soil.map((source) => [basename(source), source] as const))('Faults planted into %s', (name, source) => {
  let findings: readonly Finding[] = []
  beforeAll(async () => {
    findings = await plant(source, source === own ? 20 : 6)
  }, 60_000)

  test('are found, and what is no fault is not', () => {
    expect(findings.length).toBeGreaterThan(source === own ? 100 : 15)
    expect(findings.filter((f) => !agrees(f)).map((f) => `${f.expected} expected: ${shown(f)}`)).toEqual([])
  })

  test('are told at a place in the file', () => {
    const lost = findings.flatMap((f) => f.diagnostics).filter((d) => d.location.line < 1 || d.location.column < 1)
    expect(lost).toEqual([])
  })

  test('give at most 1.5 errors on the average', () => {
    const planted = findings.filter((f) => errorsOf(f).length > 0)
    const errors = planted.map((f) => errorsOf(f).length)
    const mean = errors.reduce((a, b) => a + b, 0) / errors.length
    const worst = [...planted].sort((a, b) => errorsOf(b).length - errorsOf(a).length).slice(0, 10)
    console.info(
      `${name}: ${findings.length} planted, ${mean.toFixed(2)} errors a fault, at most ${Math.max(...errors)}`,
    )
    expect(mean, `the worst:\n${worst.map(shown).join('\n')}`).toBeLessThanOrEqual(1.5)
  })
})
