/** Reads the collections of either dialect: lists whose entries carry their names, and maps. */

import type { Report } from '../../diagnostics.ts'
import { child } from '../../text/pointer.ts'
import type * as doc from '../document.ts'
import { type Raw, raw } from '../raw.ts'
import { sameSubstance } from '../substance.ts'

/** Reads collections, which need to know where they stand to report a name that occurs twice. */
export interface Reader {
  section<T>(entries: unknown, pointer: string, read: (entry: Raw, at: string, reader: Reader) => T): readonly T[]
  /** A named collection: a map, or a list whose items carry their `name` (else the name that `fallback` gives). */
  named<T>(
    collection: unknown,
    pointer: string,
    what: string,
    read: (item: Raw, at: string) => T,
    fallback?: (item: Raw, index: number, taken: ReadonlyMap<string, T>) => string,
  ): doc.Named<T>
}

/** Collections whose entries are told apart by what they say; of tools and flows the words matter to who chooses. */
const mayRepeat = new Set(['resources', 'operations', 'parameters'])

/** A reader that reports a name which occurs twice; the first one is kept. */
export function createReader(report: Report): Reader {
  const reader: Reader = {
    section(entries, pointer, read) {
      if (Array.isArray(entries)) {
        return entries.flatMap((entry, i) => (entry === null ? [] : [read(raw(entry), child(pointer, i), reader)]))
      }
      const named = Object.entries(raw(entries))
      return named.map(([key, entry]) => read({ ...raw(entry), namespace: key }, child(pointer, key), reader))
    },
    named(collection, pointer, what, read, fallback = (_, i) => String(i)) {
      const found = new Map<string, ReturnType<typeof read>>()
      if (!Array.isArray(collection)) {
        for (const [name, item] of Object.entries(raw(collection)))
          found.set(name, read(raw(item), child(pointer, name)))
        return found
      }
      collection.forEach((entry, index) => {
        if (entry === null) return
        const item = raw(entry)
        const name = typeof item.name === 'string' ? item.name : fallback(item, index, found)
        const at = child(pointer, index)
        const repeated = { name, what, first: child(pointer, name) }
        if (!found.has(name)) found.set(name, read(item, at))
        else if (mayRepeat.has(what) && sameSubstance(read(item, at), found.get(name)))
          report('repeated-name', at, repeated)
        else if (what === 'resources') {
          // The name of a resource is only a label: what is called are its operations.
          report('repeated-name', at, repeated)
          found.set(String(index), read(item, at))
        } else report('duplicate-name', at, repeated)
      })
      return found
    },
  }
  return reader
}
