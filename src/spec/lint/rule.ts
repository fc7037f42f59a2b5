/** What a rule of style and meaning looks at: the value as it is written, in either dialect, and places in it. */

import type { Report } from '../../diagnostics.ts'
import { child } from '../../text/pointer.ts'
import type { Raw } from '../raw.ts'

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
  const places: Place[] = []
  collect(root, path.split('/'), 0, { pointer: '', name: '' }, places)
  return places
}

/** The entries of a section of the capability, and of the same section at the root. */
export function sections(root: unknown, section: string, below = ''): readonly Place[] {
  return [...at(root, `${section}/*${below}`), ...at(root, `capability/${section}/*${below}`)]
}

/** The units that run something: flows, tools, REST operations and the resources of MCP that are no folders. */
export function units(root: unknown): readonly Place[] {
  return [
    ...sections(root, 'aggregates', '/flows|functions/*'),
    ...sections(root, 'exposes', '/tools/*'),
    ...sections(root, 'exposes', '/resources/*/operations/*'),
    ...sections(root, 'exposes', '/resources/*').filter(({ value }) => 'uri' in value && !('location' in value)),
  ]
}

function collect(
  value: unknown,
  path: readonly string[],
  depth: number,
  { pointer, name }: Pick<Place, 'pointer' | 'name'>,
  places: Place[],
) {
  const key = path[depth]
  if (key === undefined) {
    if (isMap(value)) places.push({ pointer, name: typeof value.name === 'string' ? value.name : name, value })
    return
  }
  if (typeof value !== 'object' || value === null) return
  const held = value as Raw
  const keys = key === '*' ? Object.keys(held) : key.split('|').filter((k) => Object.hasOwn(held, k))
  for (const k of keys) collect(held[k], path, depth + 1, { pointer: child(pointer, k), name: k }, places)
}

export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text at a place. */
export interface PlacedText {
  readonly pointer: string
  readonly text: string
}

/** Every text under the given keys, however deep. */
export function textsOf(value: unknown, keys: RegExp): readonly PlacedText[] {
  const texts: PlacedText[] = []
  collectTexts(value, keys, '', texts)
  return texts
}

function collectTexts(value: unknown, keys: RegExp, pointer: string, texts: PlacedText[]) {
  if (typeof value !== 'object' || value === null) return
  for (const [key, v] of Object.entries(value)) {
    if (typeof v === 'object') collectTexts(v, keys, child(pointer, key), texts)
    else if (typeof v === 'string' && keys.test(key)) texts.push({ pointer: child(pointer, key), text: v })
  }
}
