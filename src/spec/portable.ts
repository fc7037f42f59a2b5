/** Whether another engine takes a file that runs here: the file as it is written, held against the grammar (spec §1, §6.3). */

import type { Report } from '../diagnostics.ts'
import { child } from '../text/pointer.ts'
import type { Engine } from './engines.ts'
import { grammar } from './grammar/grammar.ts'
import {
  type Entries,
  nameRow,
  type Row,
  type Rule,
  rowsOf,
  ruleOf,
  typesOf,
  variantOf,
  type Way,
  waysOf,
} from './grammar/notation.ts'
import type { Dialect } from './grammar/unit.ts'
import { at } from './lint/rule.ts'
import { isMap } from './raw.ts'

/** Warns of each place of a raw value that the engine's format does not take. */
export function reportNotPortable(value: unknown, engine: Engine, report: Report) {
  const dialect = engine === 'ikanos-1.0.0-beta5' ? 'beta5' : 'alpha2'
  for (const { pointer, detail } of [...notPortable(value, dialect), ...importsOfImported(value)])
    report('not-portable', pointer, { engine, detail })
}

/** What others import has to hold it, which no schema says (ikanos-standalone-no-imports). */
function importsOfImported(value: unknown): readonly Misfit[] {
  if (!isMap(value) || 'capability' in value) return fits
  return ['binds', 'consumes', 'aggregates', 'exposes'].flatMap((section) =>
    at(value, `${section}/*`).flatMap(({ pointer, value: entry }) =>
      'import' in entry
        ? [{ pointer: child(pointer, 'import'), detail: 'a document without "capability" imports nothing' }]
        : fits,
    ),
  )
}

/** What a format does not take, and what it asks for instead. */
export interface Misfit {
  readonly pointer: string
  readonly detail: string
}

/** Every place of a raw value that a dialect does not take, each once. */
export function notPortable(value: unknown, dialect: Dialect): readonly Misfit[] {
  const seen = new Set<string>()
  const found = checkUnit('root', value, '', dialect)
  return found.filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer))
}

type Keys = Readonly<Record<string, unknown>>

const fits: readonly Misfit[] = []
const asked = (pointer: string, what: string): readonly Misfit[] => [{ pointer, detail: `${what} is asked for here` }]

function check(rule: Rule, value: unknown, pointer: string, dialect: Dialect): readonly Misfit[] {
  switch (rule.is) {
    case 'value':
      return rule.value.takes(value) ? fits : asked(pointer, rule.value.says)
    case 'unit':
      return checkUnit(rule.unit, value, pointer, dialect)
    case 'list':
    case 'map':
      return checkCollection(rule, value, pointer, dialect)
    case 'named':
      return checkNamed(rule, value, pointer, dialect)
    case 'either': {
      const suiting = rule.of.find((option) => suits(option, value))
      return suiting === undefined
        ? asked(pointer, rule.of.map(kindOf).join(' or '))
        : check(suiting, value, pointer, dialect)
    }
  }
}

/** Which of several rules is meant. An import is told by its key. */
function suits(rule: Rule, value: unknown): boolean {
  if (rule.is === 'value') return rule.value.takes(value)
  if (rule.is === 'list') return Array.isArray(value)
  return isMap(value) && (rule.is !== 'unit' || rule.unit !== 'import' || 'import' in value)
}

const kindOf = (rule: Rule) => (rule.is === 'value' ? rule.value.says : rule.is === 'list' ? 'a list' : 'a map')

function checkCollection(rule: Entries, value: unknown, pointer: string, dialect: Dialect): readonly Misfit[] {
  if (rule.is === 'list' ? !Array.isArray(value) : !isMap(value)) return asked(pointer, kindOf(rule))
  const entries = Object.entries(value as Keys)
  if (rule.filled && entries.length === 0) return asked(pointer, 'at least one entry')
  return entries.flatMap(([key, entry]) => {
    const at = child(pointer, key)
    const misnamed = rule.is === 'map' && rule.key?.takes(key) === false ? asked(at, rule.key.says) : fits
    return [...misnamed, ...check(rule.of, entry, at, dialect)]
  })
}

/** A collection in the other dialect's form is told once, and its entries are looked at all the same. */
function checkNamed(rule: Entries, value: unknown, pointer: string, dialect: Dialect): readonly Misfit[] {
  const isList = Array.isArray(value)
  if (!isList && !isMap(value)) return asked(pointer, formOf(dialect))
  const entries = Object.entries(value as Keys)
  if (rule.filled && entries.length === 0) return asked(pointer, 'at least one entry')
  const form = isList === (dialect === 'beta5') ? asked(pointer, formOf(dialect)) : fits
  const inside = entries.flatMap(([key, entry]) => {
    const at = child(pointer, key)
    const named = isMap(entry) ? inForm(entry, key, isList, dialect) : entry
    const name = isList || dialect === 'alpha2' ? fits : checkName(rule.of, key, at)
    return [...name, ...check(rule.of, named, at, dialect)]
  })
  return [...form, ...inside]
}

const formOf = (dialect: Dialect) =>
  dialect === 'beta5' ? 'a map, each entry under its name,' : 'a list, each entry with its "name",'

/** An entry as the dialect would have it, by its name alone: the form of the collection is told already. */
function inForm(entry: Keys, key: string, isList: boolean, dialect: Dialect): Keys {
  if (isList && dialect === 'beta5') return Object.fromEntries(Object.entries(entry).filter(([k]) => k !== 'name'))
  return isList || dialect === 'beta5' ? entry : { name: key, ...entry }
}

/** The key of an entry in a map is its name. */
function checkName(rule: Rule, key: string, pointer: string): readonly Misfit[] {
  const name = rule.is === 'unit' ? nameRow(rule.unit) : undefined
  return name === undefined ? fits : check(ruleOf(name.values.beta5), key, pointer, 'beta5')
}

function checkUnit(unit: string, value: unknown, pointer: string, dialect: Dialect): readonly Misfit[] {
  if (!isMap(value)) return asked(pointer, 'a map')
  const variant = variantOf(unit, value.type)
  const rows = rowsOf(variant)
  if (rows === undefined) return checkType(unit, value, pointer)
  const { any, one } = grammar[variant] ?? {}
  return [
    ...checkKeys(rows, value, pointer, dialect),
    ...checkWays(waysOf(any, dialect), false, value, pointer, dialect),
    ...checkWays(waysOf(one, dialect), true, value, pointer, dialect),
  ]
}

function checkType(unit: string, value: Keys, pointer: string): readonly Misfit[] {
  return asked(child(pointer, 'type'), 'type' in value ? `one of ${typesOf(unit).join(', ')}` : '"type"')
}

function checkKeys(rows: readonly Row[], value: Keys, pointer: string, dialect: Dialect): readonly Misfit[] {
  const keyed = ({ names }: Row) => keyOf(names[dialect], dialect)
  const known = new Map(rows.map((row) => [keyed(row), row]))
  const meant = new Set<string>()
  const given = Object.entries(value).flatMap(([key, v]) => {
    const at = child(pointer, key)
    const row = known.get(key) ?? rows.find((r) => r.spellings.includes(key) && !((keyed(r) ?? key) in value))
    if (row === undefined) return [{ pointer: at, detail: `"${key}" is not known here` }]
    const name = keyed(row)
    if (name === undefined) return [{ pointer: at, detail: `"${key}" is not known here` }]
    meant.add(name)
    const misnamed = name === key ? fits : [{ pointer: at, detail: `"${key}" is called "${name}" here` }]
    return [...misnamed, ...check(ruleOf(row.values[dialect]), v, at, dialect)]
  })
  const missing = rows.flatMap((row) => {
    const name = keyed(row)
    return row.required && name !== undefined && !meant.has(name) ? asked(child(pointer, name), `"${name}"`) : fits
  })
  return [...given, ...missing]
}

/** The name of an entry is a key of it only in lists. */
function keyOf(name: string | undefined, dialect: Dialect): string | undefined {
  if (name !== '@') return name
  return dialect === 'alpha2' ? 'name' : undefined
}

function checkWays(
  ways: readonly Way[],
  onlyOne: boolean,
  value: Keys,
  pointer: string,
  dialect: Dialect,
): readonly Misfit[] {
  if (ways.length === 0) return fits
  const has = (key: string) => (key === '@' ? dialect === 'beta5' || 'name' in value : key in value)
  const open = ways.filter((way) => way.has.every(has) && !way.lacks.some(has))
  if (open.length === 0) return nearestWay(ways, has, pointer)
  const tried = open.map((way) =>
    way.holds.flatMap(([key, rule]) => (key in value ? check(rule, value[key], child(pointer, key), dialect) : fits)),
  )
  const clean = open.filter((_, i) => tried[i]?.length === 0)
  if (clean.length === 0) return tried[0] ?? fits
  if (clean.length === 1 || !onlyOne) return fits
  return [
    { pointer, detail: `only one of ${clean.map(({ has: [key] }) => `"${key}"`).join(' and ')} has a place here` },
  ]
}

/** What would make the least change. */
function nearestWay(ways: readonly Way[], has: (key: string) => boolean, pointer: string): readonly Misfit[] {
  const missing = ways.map((way) => way.has.filter((key) => !has(key)))
  const least = Math.min(...missing.map((keys) => keys.length))
  if (least > 0) {
    const keys = new Set(missing.filter((m) => m.length === least).map(([key]) => (key === '@' ? 'name' : key)))
    return asked(pointer, [...keys].map((key) => `"${key}"`).join(' or '))
  }
  const way = ways.find((_, i) => missing[i]?.length === 0)
  const extra = way?.lacks.find(has) ?? ''
  return [{ pointer: child(pointer, extra), detail: `"${extra}" has no place beside "${way?.has[0]}"` }]
}
