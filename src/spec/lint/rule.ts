/** What a rule of style and meaning looks at: the value as it is written, in either dialect, and places in it. */

import type { Report } from '../../diagnostics.ts'
import { child } from '../../text/pointer.ts'
import type { Raw } from '../repair.ts'

/** Looks at a whole valid value, keywords that are not run among it, and reports what it finds (spec §7). */
export type LintRule = (root: unknown, report: Report) => void

/** A map at a place. `name` = its key, or its `name` where the collection is a list. */
export interface Place {
  readonly pointer: string
  readonly name: string
  readonly value: Raw
}

/** Every map at a path of keys; `*` = each entry of a list or map, `a|b` = either key. */
export function at(root: unknown, path: string): readonly Place[] {
  return found(root, path.split('/'), '', '').flatMap(({ pointer, name, value }) =>
    isMap(value) ? [{ pointer, name: typeof value.name === 'string' ? value.name : name, value }] : [],
  )
}

/** The entries of a section of the capability, and of the same section at the root. */
export function sections(root: unknown, section: string, below = ''): readonly Place[] {
  return [...at(root, `${section}/*${below}`), ...at(root, `capability/${section}/*${below}`)]
}

/** The units that run something: flows, tools and REST operations. */
export function units(root: unknown): readonly Place[] {
  return [
    ...sections(root, 'aggregates', '/flows|functions/*'),
    ...sections(root, 'exposes', '/tools/*'),
    ...sections(root, 'exposes', '/resources/*/operations/*'),
  ]
}

interface Found {
  readonly pointer: string
  readonly name: string
  readonly value: unknown
}

function found(value: unknown, [key, ...rest]: readonly string[], pointer: string, name: string): readonly Found[] {
  if (key === undefined) return [{ pointer, name, value }]
  if (typeof value !== 'object' || value === null) return []
  const keys = key.split('|')
  const entries = Object.entries(value).filter(([k]) => key === '*' || keys.includes(k))
  return entries.flatMap(([k, v]) => found(v, rest, child(pointer, k), k))
}

export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every text under the given keys, however deep. */
export function textsOf(value: unknown, keys: RegExp, pointer = ''): readonly { pointer: string; text: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, v]) => {
    const here = child(pointer, key)
    return typeof v === 'string' ? (keys.test(key) ? [{ pointer: here, text: v }] : []) : textsOf(v, keys, here)
  })
}
