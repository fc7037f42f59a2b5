/**
 * The keywords of the format that are not run yet. Each occurrence is a diagnostic: a keyword is never silently
 * ignored. With --allow-unsupported the part that holds it is left out. The support tables of the reference and the README
 * come from here.
 */

import { child } from '../text/pointer.ts'

interface Keyword {
  /** Path below the root; `*` = every entry of a map or list. The matched value is what is left out. */
  readonly at: string
  readonly what: string
  /** Which values are meant; absent = all. */
  readonly when?: (value: Record<string, unknown>) => boolean
}

export const unsupportedKeywords: readonly Keyword[] = [
  { at: 'capability/consumes/*/tunnel', what: '"tunnel" is', when: (v) => v.fallback !== 'direct' },
]

/** Values of keywords that run with others: they are refused by what reads them. */
export const notRunValues: readonly string[] = ['groovy']

/** All that is not run, for readers. */
export const notRun: readonly string[] = ['tunnels without `fallback: direct`', 'scripts in Groovy']

export interface Unsupported {
  /** Where it stands, which is what is left out with --allow-unsupported. */
  readonly pointer: string
  readonly what: string
}

/** Every unsupported keyword of a valid value, in the order of the list above. */
export function findUnsupported(value: unknown): readonly Unsupported[] {
  return unsupportedKeywords.flatMap(({ at, what, when }) =>
    matches(value, at.split('/'), '')
      .filter(([, v]) => v !== false)
      .filter(([, v]) => when === undefined || (isObject(v) && when(v)))
      .map(([pointer]) => ({ pointer, what })),
  )
}

/** The value without the parts that are not run. A list keeps a null in their place, so that places stay true. */
export function withoutUnsupported(value: unknown, unsupported: readonly Unsupported[]): unknown {
  const drop = new Set(unsupported.map((u) => u.pointer))
  const visit = (node: unknown, pointer: string): unknown => {
    const keep = (key: string | number) => !drop.has(child(pointer, key))
    if (Array.isArray(node)) return node.map((v, i) => (keep(i) ? visit(v, child(pointer, i)) : null))
    if (!isObject(node)) return node
    const kept = Object.entries(node).filter(([key]) => keep(key))
    return Object.fromEntries(kept.map(([key, v]) => [key, visit(v, child(pointer, key))]))
  }
  return visit(value, '')
}

function matches(value: unknown, path: readonly string[], pointer: string): readonly (readonly [string, unknown])[] {
  const [key, ...rest] = path
  if (key === undefined) return [[pointer, value]]
  if (typeof value !== 'object' || value === null) return []
  const entries: readonly (readonly [string, unknown])[] =
    key === '*'
      ? Object.entries(value)
      : Object.hasOwn(value, key)
        ? [[key, (value as Record<string, unknown>)[key]]]
        : []
  return entries.flatMap(([name, v]) => matches(v, rest, child(pointer, name)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
