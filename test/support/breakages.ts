/** Copies of a value with one thing broken each. */

import { child } from '../../src/text/pointer.ts'

export interface Breakage {
  /** Where, and what was done, such as `/capability/exposes: misspelt`. */
  readonly what: string
  /** The same for all places of one kind: an entry of a list or of a named collection is `*`. */
  readonly kind: string
  /** The value with the break; made when it is asked for. */
  readonly broken: () => unknown
}

type Path = readonly (string | number)[]

/** Every key misspelt, every key removed, every scalar with a value of another type. */
export function breakagesOf(value: unknown): readonly Breakage[] {
  return places(value, []).flatMap(({ path, node, key }) => {
    if (key !== undefined) {
      const misspelt = `${key.slice(0, -1)}_${key.slice(-1)}`
      return [
        one([...path, key], 'misspelt', () => edited(value, path, (map) => renamed(map as object, key, misspelt))),
        one([...path, key], 'removed', () => edited(value, path, (map) => renamed(map as object, key, undefined))),
      ]
    }
    if (typeof node === 'object' && node !== null) return []
    const [as, other] = typeof node === 'string' ? ['a number', 0.5] : ['text', 'text']
    return [one(path, `as ${as}`, () => edited(value, path, () => other))]
  })
}

/** What else may be wrong with a value: odd texts, scalars for collections and the reverse, collections emptied or in the other form. */
export function oddBreakagesOf(value: unknown): readonly Breakage[] {
  const scalars = ['§ no such § value', true, null, 70_000, -1].map((v) => [String(v), v] as const)
  const odd: readonly (readonly [string, unknown])[] = [...scalars, ['a map', {}], ['a list', []]]
  return places(value, []).flatMap(({ path, node, key }) => {
    if (key !== undefined || path.length === 0) return []
    const other = odd.map(([as, v]) => one(path, `as ${as}`, () => edited(value, path, () => v)))
    if (typeof node !== 'object' || node === null) return other
    const turned = Array.isArray(node) ? { ...node } : Object.values(node)
    const more = Object.keys(node).map((name) =>
      one([...path, name], 'oddly named', () => edited(value, path, (map) => renamed(map as object, name, '§ odd'))),
    )
    return [
      ...other,
      one(path, 'in the other form', () => edited(value, path, () => turned)),
      ...(Array.isArray(node) ? [] : more),
    ]
  })
}

interface Place {
  readonly path: Path
  readonly node: unknown
  /** A key of the map at this place. */
  readonly key?: string
}

function places(node: unknown, path: Path): readonly Place[] {
  if (typeof node !== 'object' || node === null) return [{ path, node }]
  const entries = Object.entries(node)
  const keys = Array.isArray(node) ? [] : entries.map(([key]) => ({ path, node, key }))
  const below = entries.flatMap(([key, v]) => places(v, [...path, Array.isArray(node) ? Number(key) : key]))
  return [{ path, node }, ...keys, ...below]
}

function one(path: Path, how: string, broken: () => unknown): Breakage {
  const pointer = path.reduce<string>((above, key) => child(above, key), '')
  const kind = path.map((key, i) => (typeof key === 'number' || isName(path, i) ? '*' : key)).join('/')
  return { what: `${pointer}: ${how}`, kind: `/${kind}: ${how}`, broken }
}

/** Collections whose keys are names that an author gave. */
const collections = new Set(
  'keys resources operations inputParameters outputParameters properties flows steps tools prompts arguments skills with'.split(
    ' ',
  ),
)

function isName(path: Path, i: number): boolean {
  const above = path[i - 1]
  return typeof above === 'string' && collections.has(above) && !isName(path, i - 1)
}

/** A copy with the value at a path replaced. */
function edited(value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  const next = (k: string | number, v: unknown) => (k === key ? edited(v, rest, change) : v)
  if (Array.isArray(value)) return value.map((v, i) => next(i, v))
  return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, next(k, v)]))
}

/** The map with another name for a key, or without it. */
function renamed(map: object, key: string, to: string | undefined): object {
  const entries = Object.entries(map).flatMap(([k, v]) => (k !== key ? [[k, v]] : to === undefined ? [] : [[to, v]]))
  return Object.fromEntries(entries)
}
