/** What differs between two JSON values, field by field. */

import { child } from './pointer.ts'

/** One place. `from` is absent where there was nothing, `to` where nothing will be. */
export interface Difference {
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** Most places, and the longest value, in characters of its JSON: more than a person reads before they click. */
const limits = { places: 100, value: 300 } as const

/** The places, and how many more there are. */
export interface Differences {
  readonly places: readonly Difference[]
  readonly more: number
}

/**
 * The differences below `path`, an RFC 6901 pointer. Elements of a list are told apart by the first member of `by` whose
 * value no other element has, on either side; without one by their position.
 */
export function differencesOf(from: unknown, to: unknown, path: string, by: readonly string[]): Differences {
  const all = Array.isArray(from) && Array.isArray(to) ? keyed(from, to, path, by) : between(from, to, path)
  const places = all.slice(0, limits.places).map((one) => ({
    path: one.path,
    ...('from' in one ? { from: short(one.from) } : {}),
    ...('to' in one ? { to: short(one.to) } : {}),
  }))
  return { places, more: all.length - places.length }
}

function between(from: unknown, to: unknown, path: string): readonly Difference[] {
  if (from === undefined || to === undefined)
    return from === to ? [] : [{ path, ...(from === undefined ? { to } : { from }) }]
  if (isObject(from) && isObject(to)) return members(from, to, path)
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return members({ ...from }, { ...to }, path)
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }]
}

type Members = Readonly<Record<string, unknown>>

function members(from: Members, to: Members, path: string): readonly Difference[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)])
  const own = (object: Members, name: string) => (Object.hasOwn(object, name) ? object[name] : undefined)
  return [...names].flatMap((name) => between(own(from, name), own(to, name), child(path, name)))
}

function keyed(from: readonly unknown[], to: readonly unknown[], path: string, by: readonly string[]) {
  const names = by.map((member) => ({ member, ambiguous: new Set([from, to].flatMap((all) => repeated(all, member))) }))
  const keyOf = (element: unknown, i: number) => {
    for (const { member, ambiguous } of names) {
      const value = scalarOf(element, member)
      if (value !== undefined && !ambiguous.has(value)) return value
    }
    return `${i}`
  }
  const [before, after] = [from, to].map((all) => byKey(all, keyOf))
  const keys = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])
  return [...keys].flatMap((key) => between(before?.get(key), after?.get(key), child(path, key)))
}

/** No element is lost: one whose key is taken has its position beside it. */
function byKey(all: readonly unknown[], keyOf: (element: unknown, i: number) => string): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [i, element] of all.entries()) {
    const key = keyOf(element, i)
    found.set(found.has(key) ? `${key} ${i}` : key, element)
  }
  return found
}

/** Values of a member that several elements have. */
function repeated(all: readonly unknown[], member: string): readonly string[] {
  const values = all.flatMap((element) => scalarOf(element, member) ?? [])
  return values.filter((value, i) => values.indexOf(value) !== i)
}

function scalarOf(element: unknown, member: string): string | undefined {
  const value = isObject(element) && Object.hasOwn(element, member) ? element[member] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text.length <= limits.value ? value : `${text.slice(0, limits.value)}…`
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
