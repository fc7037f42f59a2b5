/** Tags of a description: what they are called and said to be, and which stand within which (OpenAPI 3.2 §4.22). */

import { isMap, list, type Raw, text } from '../spec/raw.ts'
import { kebab } from './names.ts'

export interface Tags {
  readonly display: (name: string) => string
  readonly description: (name: string) => string
  /** The tag with all that it stands within, the nearest first. */
  readonly lineage: (name: string) => readonly string[]
  /** Of the tags of an operation, the one that groups it; undefined = none does. */
  readonly grouping: (names: readonly string[]) => string | undefined
}

/** Kinds that say something of an operation, not where it belongs. */
const marks = ['badge', 'audience']

export function tagsOf(root: Raw): Tags {
  const known = new Map(
    list(root.tags)
      .filter(isMap)
      .map((tag) => [String(tag.name), tag]),
  )
  const of = (name: string, key: string) => text(known.get(name)?.[key])
  return {
    display: (name) => of(name, 'summary') ?? name,
    description: (name) => of(name, 'description') ?? '',
    lineage: (name) => {
      const line = new Set([name])
      for (let up = of(name, 'parent'); up !== undefined && !line.has(up); up = of(up, 'parent')) line.add(up)
      return [...line]
    },
    grouping: (names) => {
      const named = names.filter((name) => kebab(name) !== '')
      return named.find((name) => !marks.includes(of(name, 'kind') ?? '')) ?? named[0]
    },
  }
}
