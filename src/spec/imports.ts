/** Import entries -> the entries they stand for, each in its place (spec §1.6). Loaded when a document has one. */

import { dirname } from 'node:path'
import { child } from '../text/pointer.ts'
import { adopted } from './adopt.ts'
import {
  type Entry,
  entriesOf,
  isImport,
  ownSections,
  type Raw,
  raw,
  type Section,
  sections,
  valueAt,
} from './import-entries.ts'
import {
  type Found,
  follow,
  type ImportInput,
  identity,
  identityOf,
  type Linking,
  type Origin,
  originOf,
} from './import-sources.ts'
import { composed, type Part, type Text } from './source.ts'

/**
 * The text with every import replaced by what it stands for; undefined after a report of what can't be imported. Places
 * in an imported part are places in its own file.
 */
export async function resolveImports(input: ImportInput): Promise<Text | undefined> {
  const main = await originOf(input.file, input.text, input)
  const linking: Linking = { ...input, origins: new Map([[main.id, main]]) }
  const linked = new Map<string, Found>()
  let sound = true
  for (const [section, entry] of ownEntries(input.text.value)) {
    if (!isImport(entry.raw)) continue
    const found = await follow([{ origin: main, section, entry }], linking)
    if (found === undefined) sound = false
    else linked.set(entry.pointer, found)
  }
  if (!sound || reportDuplicates(main)) return undefined
  return put(main, linked, linking)
}

function ownEntries(value: unknown): readonly (readonly [Section, Entry])[] {
  return ownSections.flatMap(([section, path]) =>
    entriesOf(section, valueAt(value, path), `/${path.join('/')}`).map((entry) => [section, entry] as const),
  )
}

const kinds: Readonly<Record<Section, string>> = {
  binds: 'binds',
  consumes: 'consumed APIs',
  aggregates: 'aggregates',
  exposes: 'surfaces',
}

/** Two entries of one section that have the same namespace because at least one of them is imported. */
function reportDuplicates({ text, report }: Origin): boolean {
  let found = false
  for (const [section, path] of ownSections) {
    const seen = new Map<string, Entry>()
    for (const entry of entriesOf(section, valueAt(text.value, path), `/${path.join('/')}`)) {
      const { namespace, pointer } = entry
      const first = seen.get(namespace)
      if (first === undefined) seen.set(namespace, entry)
      else if (isImport(first.raw) || isImport(entry.raw)) {
        report('duplicate-name', pointer, { name: namespace, what: kinds[section], first: first.pointer })
        found = true
      }
    }
  }
  return found
}

/** Puts what was found in the place of the imports. */
function put(main: Origin, linked: ReadonlyMap<string, Found>, linking: Linking): Text {
  const names = namesOf(main, linked)
  const parts: Part[] = []
  const placed = ([section, path]: (typeof ownSections)[number]): unknown => {
    const entries = valueAt(main.text.value, path)
    const pointer = `/${path.join('/')}`
    const merged = entriesOf(section, entries, pointer).map((entry, i) => {
      const found = linked.get(entry.pointer)
      if (found === undefined) return entry
      const at = child(pointer, Array.isArray(entries) ? i : entry.namespace)
      parts.push({ pointer: at, at: found.entry.pointer, text: found.home.text })
      return { ...entry, raw: renamed(found, entry.namespace, names, main, linking) }
    })
    if (Array.isArray(entries)) return merged.map((entry, i) => (entries[i] === null ? null : entry.raw))
    return Object.fromEntries(merged.map((entry) => [entry.namespace, entry.raw]))
  }
  const root = raw(main.text.value)
  const own = (section: Section) => (section in raw(root.capability) ? [section] : [])
  const inside = sections.flatMap(own).map((section) => [section, placed([section, ['capability', section]])] as const)
  const value = {
    ...root,
    ...('binds' in root ? { binds: placed(['binds', ['binds']]) } : {}),
    capability: { ...raw(root.capability), ...Object.fromEntries(inside) },
  }
  return composed(main.text, value, parts)
}

type Names = ReadonlyMap<string, readonly string[]>

/** What the importing file calls each entry that it holds, by the entry's identity. */
function namesOf(main: Origin, linked: ReadonlyMap<string, Found>): Names {
  const names = new Map<string, string[]>()
  for (const [section, entry] of ownEntries(main.text.value)) {
    const { home, entry: held } = linked.get(entry.pointer) ?? { home: main, entry }
    const id = identity(home, section, held)
    names.set(id, [...(names.get(id) ?? []), entry.namespace])
  }
  return names
}

/** The imported entry under its new name, with references that mean what they meant at home. */
function renamed({ home, entry }: Found, namespace: string, names: Names, main: Origin, linking: Linking): Raw {
  const inner = adopted(entry.raw, {
    from: dirname(home.path),
    to: dirname(main.path),
    renamed: (section, name) => {
      const held = names.get(identityOf(home, section, name, linking) ?? '')
      return held === undefined || held.includes(name) ? name : (held[0] ?? name)
    },
  })
  if (entry.namespace === namespace) return { ...inner, namespace }
  return { ...inner, namespace, formerly: entry.namespace }
}
