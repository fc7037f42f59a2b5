/** Every rule of the published ruleset and of ours: the capability that breaks it, in each form, and its neighbour. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Diagnostic, type DiagnosticCode, ruleOf, type Severity } from '../../src/diagnostics.ts'
import { validate } from '../../src/index.ts'
import { child, pointerKeys } from '../../src/text/pointer.ts'
import { listForm } from '../support/list-form.ts'
import { exhaustive } from '../support/sampled.ts'
import { writeCapability } from '../support/serve.ts'

type Raw = Readonly<Record<string, unknown>>

interface Row {
  readonly rule: number | string
  readonly code: DiagnosticCode | 'none'
  readonly severity?: Severity
  readonly theirs?: Severity
  readonly why?: string
  readonly at?: string
  readonly put?: string
  readonly bad?: unknown
  readonly good?: unknown
  readonly also?: readonly string[]
  readonly given?: Readonly<Record<string, unknown>>
  readonly root?: true
  readonly only?: 'root'
  readonly files?: Readonly<Record<string, unknown>>
}

const file = new URL('./lint.yaml', import.meta.url)
const { base, rows } = parse(readFileSync(file, 'utf8')) as { readonly base: Raw; readonly rows: readonly Row[] }

/** The value with another one at a pointer, or without what stands there. Missing maps on the way are made. */
function withValue(root: unknown, pointer: string, value: unknown): unknown {
  const copy = structuredClone(root)
  const keys = pointerKeys(pointer)
  const last = keys.at(-1) ?? ''
  const parent = keys.slice(0, -1).reduce<Raw>((node, key) => {
    const inner = node as Record<string, Raw>
    inner[key] ??= {}
    return inner[key]
  }, copy as Raw) as Record<string, unknown>
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

function capabilityOf(row: Row, which: 'bad' | 'good'): unknown {
  const given = Object.entries(row.given ?? {}).reduce((value, [at, v]) => withValue(value, at, v), base as unknown)
  return withValue(given, row.put ?? row.at ?? '', row[which])
}

/** The same as a document that only holds sections, which others import. */
function atRoot(value: unknown): unknown {
  const { capability, ...rest } = value as { readonly capability: Raw }
  return { ...rest, ...capability }
}

const naftiko = (value: unknown) => {
  const { ikanos, ...rest } = value as Raw
  return { naftiko: '1.0.0-alpha2', ...rest }
}
const ikanos = (value: unknown) => {
  const { naftiko: _, ...rest } = value as Raw
  return { ikanos: '1.0.0-beta5', ...rest }
}

const forms: Readonly<Record<string, (value: unknown) => unknown>> = {
  'maps of ikanos': (value) => value,
  'lists of ikanos': (value) => ikanos(listForm(value)),
  'maps of naftiko': naftiko,
  'lists of naftiko': listForm,
}

async function diagnosticsOf(capability: unknown, { files = {} }: Row): Promise<readonly Diagnostic[]> {
  const beside = Object.fromEntries(
    Object.entries(files).map(([name, held]) => [name, typeof held === 'string' ? held : JSON.stringify(held)]),
  )
  const path = await writeCapability(capability as object, { files: beside })
  return (await validate(path, { info: true, allowUnsupported: true })).diagnostics
}

/** A pointer into a list form as the one into the map form: entries by name, keys by their newer spelling. */
function newer(pointer: string, root: unknown): string {
  let node: unknown = root
  let at = ''
  for (const key of pointerKeys(pointer)) {
    const item = Array.isArray(node)
      ? (node as readonly Raw[]).find((i, n) => key === String(n) || i?.name === key)
      : undefined
    at = child(at, typeof item?.name === 'string' ? item.name : (spellings[key] ?? key))
    node = item ?? heldAt(node as Raw | undefined, key)
  }
  return at
}

/** The compiler tells of a place by the newer spelling of its keys. */
const heldAt = (node: Raw | undefined, key: string) =>
  node?.[key] ?? node?.[Object.keys(spellings).find((older) => spellings[older] === key) ?? '']

const spellings: Readonly<Record<string, string>> = { functions: 'flows', label: 'display', location: 'from' }

const told = (diagnostics: readonly Diagnostic[], { also = [] }: Row, root: unknown) =>
  diagnostics.filter((d) => !also.includes(d.code)).map((d) => [d.code, d.severity, newer(d.location.pointer, root)])

const shown = ({ rule, code, at, put, bad }: Row) => `${rule}: ${put ?? at} = ${JSON.stringify(bad)} gives ${code}`

describe('The table of rules', () => {
  test('has a row for each of the 33 rules of the ruleset', () => {
    const numbers = rows.map(({ rule }) => rule).filter((rule) => typeof rule === 'number')
    expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, i) => i + 1))
  })

  test('says why where we weigh a rule in another way or say nothing', () => {
    const otherwise = rows.filter((row) => row.theirs !== undefined || row.code === 'none')
    expect(otherwise.filter((row) => row.why === undefined).map(shown)).toEqual([])
  })

  test('weighs a fault as the catalogue does', () => {
    for (const { code, severity } of rows) if (code !== 'none') expect(severity, code).toBe(ruleOf(code).severity)
  })

  test.each(Object.entries(forms))('starts from a capability that breaks none, in %s', async (_, form) => {
    expect(await diagnosticsOf(form(base), { rule: 0, code: 'none' })).toEqual([])
  })
})

describe.each(rows.map((row, i) => [shown(row), row, i] as const))('Rule %s', (_, row, index) => {
  const expected = row.code === 'none' ? [] : [[row.code, row.severity, row.at]]
  // The form and the version are looked at apart: what differs in one of them differs in one of these two.
  const apart = Object.entries(forms).filter(([name]) => !/lists of ikanos|maps of naftiko/.test(name))
  const ways = exhaustive ? Object.entries(forms) : apart.slice(index % 2, (index % 2) + 1)
  const [inCapability, atTheRoot] = [row.only !== 'root', row.root === true || row.only === 'root']

  test.each(inCapability ? ways : [])('in %s', async (_, form) => {
    const [bad, good] = [form(capabilityOf(row, 'bad')), form(capabilityOf(row, 'good'))]
    expect(told(await diagnosticsOf(bad, row), row, bad)).toEqual(expected)
    expect(told(await diagnosticsOf(good, row), row, good)).toEqual([])
  })

  test.each(atTheRoot ? ways : [])('in %s, sections at the root', async (_, form) => {
    const [bad, good] = [atRoot(form(capabilityOf(row, 'bad'))), atRoot(form(capabilityOf(row, 'good')))]
    const moved = expected.map(([code, severity, at]) => [code, severity, at?.replace('/capability', '')])
    expect(told(await diagnosticsOf(bad, row), row, bad)).toEqual(moved)
    expect(told(await diagnosticsOf(good, row), row, good)).toEqual([])
  })
})

test('An import in a document that only holds sections is told to who asks for another engine', async () => {
  const other = { type: 'http', namespace: 'other', baseUri: 'https://other.acme.test' }
  const beside = { 'other.yaml': JSON.stringify({ ikanos: '1.0.0-beta5', consumes: [other] }) }
  const imported = { import: 'other', from: './other.yaml' }
  const path = await writeCapability({ ikanos: '1.0.0-beta5', consumes: [imported] }, { files: beside })
  const { diagnostics } = await validate(path, { portableTo: 'ikanos-1.0.0-beta5' })
  expect(diagnostics.map((d) => [d.code, d.location.pointer])).toEqual([['not-portable', '/consumes/0/import']])
})
