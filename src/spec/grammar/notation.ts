/** Reads the notation of the grammar: its keys, its values and its ways, for one dialect or for both. */

import { grammar } from './grammar.ts'
import type { Dialect } from './unit.ts'
import { type ValueRule, valueRule } from './values.ts'

/** A key of a unit. */
export interface Row {
  /** Its name in each dialect that has it; `@` where it is the name of an entry. */
  readonly names: Readonly<Partial<Record<Dialect, string>>>
  /** Its names, and what published files call it. */
  readonly spellings: readonly string[]
  readonly required: boolean
  /** Its values, in each dialect. */
  readonly values: Readonly<Record<Dialect, string>>
}

export type Rule =
  | { readonly is: 'value'; readonly value: ValueRule }
  | { readonly is: 'unit'; readonly unit: string }
  | Entries
  | { readonly is: 'either'; readonly of: readonly Rule[] }

/** A collection: a list, a map, or one in the form of the dialect. */
export interface Entries {
  readonly is: 'list' | 'map' | 'named'
  readonly of: Rule
  readonly filled: boolean
  /** What the names in a map must be. */
  readonly key?: ValueRule | undefined
}

/** One of the ways to write a unit. */
export interface Way {
  readonly has: readonly string[]
  readonly lacks: readonly string[]
  /** What a key holds, if it is there. */
  readonly holds: readonly (readonly [string, Rule])[]
}

/** The keys of a unit, or undefined where the grammar has no such unit. */
export const rowsOf = remembered((unit: string): readonly Row[] | undefined => {
  const keys = grammar[unit]?.keys
  return keys && Object.entries(keys).map(([key, value]) => rowOf(key, value))
})

function rowOf(key: string, value: string): Row {
  const [newer = '', older = newer, ...others] = key.replace('!', '').split('|')
  const names = { ...(newer === '' ? {} : { beta5: newer }), ...(older === '' ? {} : { alpha2: older }) }
  const spellings = [newer, older, ...others].filter((name) => name !== '')
  const values = { beta5: side(value, 'beta5'), alpha2: side(value, 'alpha2') }
  return { names, spellings, required: key.endsWith('!'), values }
}

/** What stands left of a slash is beta5's, what stands right of it alpha2's. */
function side(text: string, dialect: Dialect): string {
  const [newer = '', older = newer] = text.split(/ \/ ?/)
  return dialect === 'beta5' ? newer : older
}

/** The name that a unit goes by: `exposes` is `exposes rest` where its type is rest. */
export function variantOf(unit: string, type: unknown): string {
  return grammar[unit] === undefined ? `${unit} ${String(type)}` : unit
}

/** The types of a unit that has variants. */
export const typesOf = (unit: string): readonly string[] =>
  Object.keys(grammar).flatMap((name) => (name.startsWith(`${unit} `) ? [name.slice(unit.length + 1)] : []))

/** What the name of an entry must be, where a unit is an entry that has one. */
export function nameRow(unit: string): Row | undefined {
  const rows = rowsOf(unit) ?? rowsOf(variantOf(unit, typesOf(unit)[0]))
  return rows?.find(({ spellings }) => spellings.includes('@'))
}

/** The rule that a value of the grammar stands for, of one dialect. */
export const ruleOf = remembered((text: string): Rule => {
  const [, open = '', inner = '', plus] = /^([[{<])([^\]}>]*)[\]}>](\+?)$/.exec(text) ?? []
  const filled = plus === '+'
  if (open === '[') return { is: 'list', of: ruleOf(inner), filled }
  if (open === '<') return { is: 'named', of: ruleOf(inner), filled }
  if (open === '{') {
    const [of = '', key] = inner.split(': ').reverse()
    return { is: 'map', key: key === undefined ? undefined : valueRule(key), of: ruleOf(of), filled }
  }
  if (text.includes(' or ')) return { is: 'either', of: text.split(' or ').map((part) => ruleOf(part)) }
  const value = valueRule(text)
  return value === undefined ? { is: 'unit', unit: text } : { is: 'value', value }
})

/** The ways of a dialect. */
export function waysOf(ways: readonly string[] = [], dialect: Dialect): readonly Way[] {
  return ways.map((way) => side(way, dialect)).flatMap((way) => (way === '' ? [] : [wayOf(way)]))
}

const wayOf = remembered((text: string): Way => {
  const words = text.split(' ')
  const isHeld = (word: string) => word.includes(':')
  return {
    has: words.filter((word) => !isHeld(word) && !word.startsWith('-')),
    lacks: words.flatMap((word) => (word.startsWith('-') ? [word.slice(1)] : [])),
    holds: words.filter(isHeld).map((word) => {
      const [key = '', rule = ''] = word.split(/:(.*)/)
      return [key, ruleOf(rule)] as const
    }),
  }
})

/** The table is read once, and only where it is asked for. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = read(text)
    known.set(text, made)
    return made
  }
}
