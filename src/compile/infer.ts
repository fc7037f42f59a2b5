/** Inputs that published files use but never declare: what a unit's `with` and the called operation say about them. */

import type { Report } from '../diagnostics.ts'
import type { Json } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { isSpeltAlike, nearest } from '../text/suggest.ts'
import { parseTemplate, TemplateSyntaxError } from '../text/template.ts'
import { pathVariables } from './consumes.ts'
import type { ConsumedEntry } from './known.ts'
import { lookup, type Scope, valueScope, within } from './scope.ts'

/** A unit with its own `call`, as far as inference looks at it. */
export interface CallingUnit {
  readonly call?: string
  readonly with: doc.Named<Json>
  readonly inputParameters: doc.Named<doc.Input>
}

/** One use of a name: what stands there, where, and the consumed parameter that the value goes into. */
interface Use {
  readonly written: string
  readonly pointer: string
  readonly target?: doc.ConsumedInput | undefined
  /** Part of a longer text, so that the value is a text too. */
  readonly inText: boolean
}

/**
 * The declared inputs of a unit, then those its `with` refers to, then those the called operation needs and nobody
 * supplies; where a unit says neither inputs nor `with`, all of the operation's. Each inferred one is a warning.
 */
export function inferInputs(
  unit: CallingUnit,
  entry: ConsumedEntry,
  scope: Scope,
  pointer: string,
  report: Report,
): doc.Named<doc.Input> {
  const inputs = new Map(unit.inputParameters)
  const add = (name: string, input: doc.Input, why: string, at: string) => {
    if (inputs.has(name)) return
    inputs.set(name, input)
    report('inferred-input', at, { name, why })
  }
  for (const { use, name } of newNames(usesOf(unit, entry, pointer), unit, entry, scope)) {
    const input = inputOf(use.target, use.inText)
    add(name, input, `"${use.written}" refers to it`, use.pointer)
  }
  const silent = unit.with.size === 0 && unit.inputParameters.size === 0
  const idle = [...idleInputs(unit, entry, pointer), ...idleValues(unit, entry)]
  for (const { name, input } of openInputs(entry, unit, scope)) {
    const called = `"${entry.namespace}.${entry.name}"`
    const needs = input.required === true || input.in === 'path'
    const why = needs ? `${called} needs it and nothing supplies it` : `${called} takes it`
    if ((needs || silent) && nearest(name, idle) === undefined)
      add(name, inputOf(input, false), why, child(pointer, 'call'))
  }
  return inputs
}

/**
 * The unit with each idle input handed on to what the called operation needs, where their names differ in separators
 * only: published files write `{file-id}` for their callers and `{file_id}` for the API. Each is a warning.
 */
export function respelt<T extends CallingUnit>(
  unit: T,
  entry: ConsumedEntry,
  scope: Scope,
  pointer: string,
  report: Report,
): T {
  const idle = idleInputs(unit, entry, pointer)
  const found = openInputs(entry, unit, scope).flatMap(({ name }) => {
    const own = unit.inputParameters.has(name) ? undefined : idle.find((input) => isSpeltAlike(input, name))
    return own === undefined ? [] : [[name, own] as const]
  })
  if (found.length === 0) return unit
  for (const [name, own] of found) report('read-as', child(pointer, 'call'), { found: `"${own}"`, meant: `"${name}"` })
  return { ...unit, with: new Map([...unit.with, ...found.map(([name, own]) => [name, `{{${own}}}`] as const)]) }
}

/** Names under `with` that go nowhere: a needed name that is nearly one of them is a slip, and told as missing. */
function idleValues(unit: CallingUnit, entry: ConsumedEntry): readonly string[] {
  const sent = entry.inputs.filter(({ input }) => input.in !== 'path').map(({ name }) => name)
  const inBody = textsOf(entry.body ?? null).flatMap(placeholders)
  const taken = new Set([...sent, ...pathVariables(entry.path), ...inBody.map(({ written }) => written)])
  return [...unit.with.keys()].filter((name) => !taken.has(name))
}

/** Declared inputs that nothing takes, which are slips in the same way. */
function idleInputs(unit: CallingUnit, entry: ConsumedEntry, pointer: string): readonly string[] {
  const sent = entry.inputs.filter(({ input }) => input.in !== 'path').map(({ name }) => name)
  const used = usesOf(unit, entry, pointer).map(({ written }) => written.split('.').at(-1))
  const taken = new Set([...sent, ...used, ...pathVariables(entry.path)])
  return [...unit.inputParameters.keys()].filter((name) => !taken.has(name))
}

/** The type, the description and the need of an inferred input are those of the parameter it goes into. */
function inputOf(target: doc.ConsumedInput | undefined, inText: boolean): doc.Input {
  const type = inText ? 'string' : (target?.type ?? (isLine(target) ? 'string' : undefined))
  return {
    ...(type === undefined ? {} : { type }),
    ...(target?.description === undefined ? {} : { description: target.description }),
    required: target?.required === true || target?.in === 'path',
  }
}

/** A path, a query and a header carry text; a body carries anything. */
const isLine = (target: doc.ConsumedInput | undefined) => target !== undefined && target.in !== 'body'

/** Parameters of the operation that get no value from anywhere, path variables that nobody declared among them. */
function openInputs(entry: ConsumedEntry, unit: CallingUnit, scope: Scope) {
  const known = within(valueScope(new Map([...unit.with.keys()].map((k) => [k, nothing]))), scope)
  const declared = new Map(entry.inputs.map(({ name, input }) => [name, input]))
  for (const name of pathVariables(entry.path)) if (!declared.has(name)) declared.set(name, { in: 'path' })
  return [...declared]
    .map(([name, input]) => ({ name, input }))
    .filter(({ name, input }) => input.value === undefined && lookup(known, name) === undefined)
    .filter(({ name, input }) => input.in !== 'environment' && !isCredential(name, input))
}

const nothing = { type: 'literal', value: null } as const

/** What authenticates a call is a matter of the capability, not of its caller. */
const isCredential = (name: string, input: doc.ConsumedInput) => input.in === 'header' && /^authorization$/i.test(name)

/** Every name a unit uses: in its `with`, and in the fixed values and the body of what it calls. */
function usesOf(unit: CallingUnit, entry: ConsumedEntry, pointer: string): readonly Use[] {
  const target = (key: string) =>
    entry.inputs.find(({ name }) => name === key)?.input ??
    (pathVariables(entry.path).includes(key) ? ({ in: 'path' } as const) : undefined)
  const own = withUses(unit.with, pointer).map(({ key, ...use }) => ({
    ...use,
    target: use.inText ? undefined : target(key),
  }))
  const fixed = [...textsOf(entry.body ?? null), ...entry.inputs.map(({ input }) => input.value ?? null)]
  const called = fixed.flatMap((text) =>
    typeof text === 'string'
      ? placeholders(text).map((use) => ({
          ...use,
          pointer: child(pointer, 'call'),
          target: target(use.written.split('.').at(-1) ?? ''),
        }))
      : [],
  )
  return [...own, ...called]
}

/** Every name that the texts of a `with` use; `key` = the parameter that the value is for. */
function withUses(values: doc.Named<Json>, pointer: string) {
  return [...values].flatMap(([key, value]) => {
    const at = child(child(pointer, 'with'), key)
    if (typeof value !== 'string') return []
    if (/^[^\s{}]+\.[^\s{}]+$/.test(value)) return [{ key, written: value, pointer: at, inText: false }]
    return placeholders(value).map((use) => ({ key, ...use, pointer: at }))
  })
}

/**
 * What the `with` of a reference takes from its caller without declaring it: inputs of the flow, which stay as the flow
 * declares them, and others, each with a warning. `scope` = what the unit declares, and the binds.
 */
export function forwardedInputs(
  unit: Pick<CallingUnit, 'with' | 'inputParameters'>,
  flow: doc.Named<doc.Input>,
  scope: Scope,
  pointer: string,
  report: Report,
): doc.Named<doc.Input> {
  const found = new Map<string, doc.Input>()
  const uses = withUses(unit.with, pointer)
  const used = new Set(uses.map(({ written }) => written.split('.').at(-1)))
  const orphans = [...unit.inputParameters.keys()].filter((name) => !used.has(name))
  for (const { key, written, pointer: at, inText } of uses) {
    if (lookup(scope, written) !== undefined) continue
    const prefixed = inputName(written, scope.prefixes)
    const name = prefixed ?? written.split('.')[0] ?? written
    const declared = flow.get(name)
    if (declared !== undefined) found.set(name, declared)
    if (declared !== undefined || prefixed === undefined || found.has(name)) continue
    if (nearest(name, orphans) !== undefined) continue
    found.set(name, inText ? { type: 'string', required: true } : (flow.get(key) ?? { required: true }))
    report('inferred-input', at, { name, why: `"${written}" refers to it` })
  }
  return found
}

function placeholders(text: string) {
  try {
    const { parts } = parseTemplate(text)
    return parts.flatMap((part) =>
      typeof part === 'string' ? [] : [{ written: part.name, inText: parts.length > 1 && !/^\s*[[{]/.test(text) }],
    )
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return []
    throw error
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** The uses that mean a caller's input which is not declared. One that is nearly a declared, unused name is a slip. */
function newNames(uses: readonly Use[], unit: CallingUnit, entry: ConsumedEntry, scope: Scope) {
  const withs = valueScope(new Map([...unit.with.keys()].map((key) => [key, nothing])))
  const inside = within(withs, scope)
  const used = new Set(uses.map(({ written }) => written.split('.').at(-1)))
  const orphans = [...unit.inputParameters.keys()].filter((name) => !used.has(name))
  return uses.flatMap((use) => {
    const found = lookup(use.pointer.includes('/with/') ? scope : inside, use.written)
    if (found !== undefined) return []
    const name = inputName(use.written, scope.prefixes) ?? bareName(use, entry)
    return name === undefined || nearest(name, orphans) !== undefined ? [] : [{ use, name }]
  })
}

/** `rest.body.x`, `tools.x`, `namespace.x` -> x; of `tools.x.y` the input is x; `rest.body` alone is the whole body. */
function inputName(written: string, prefixes: readonly string[]): string | undefined {
  const prefix = prefixes.filter((p) => written.startsWith(`${p}.`)).sort((a, b) => b.length - a.length)[0]
  return prefix === undefined ? undefined : written.slice(prefix.length + 1).split('.')[0]
}

/** A bare name in what is called is a parameter of it, unless it looks like a variable, which has to be bound. */
function bareName({ written, pointer }: Use, entry: ConsumedEntry): string | undefined {
  const isVariable = /^[A-Z][A-Z0-9_]*$/.test(written)
  if (pointer.includes('/with/') || written.includes('.') || isVariable) return undefined
  return entry.body !== undefined ? written : undefined
}

/**
 * Where a REST operation's `with` says an undeclared input comes from: `rest.query.x`, `rest.body.x`, `rest.body`. One
 * that is called `body` in an operation that says nothing is the whole body.
 */
export function writtenPlace(name: string, unit: Pick<CallingUnit, 'call' | 'with'>): Written | undefined {
  const written = [...unit.with.values()].flatMap((value) => (typeof value === 'string' ? value.split(/[\s{}]+/) : []))
  if (name === 'body' && (written.includes('rest.body') || (unit.call !== undefined && unit.with.size === 0)))
    return 'whole'
  if (written.includes(`rest.query.${name}`)) return 'query'
  return written.includes(`rest.body.${name}`) ? 'body' : undefined
}

/** A path variable that an operation's `with` spells otherwise (`request-id`, `rest.request_id`), as it is used there. */
export function usedSpelling(variable: string, values: doc.Named<Json>): string {
  const used = [...values.values()].flatMap((value) => /^rest\.(?:path\.)?([^\s{}.]+)$/.exec(String(value))?.[1] ?? [])
  const plain = (name: string) => name.replace(/[-_]/g, '').toLowerCase()
  return used.includes(variable) ? variable : (used.find((name) => plain(name) === plain(variable)) ?? variable)
}

export type Written = 'query' | 'body' | 'whole'
