/** The sections of a document and their entries, those that are imported among them (spec §1.6, §1.7). */

import { child } from '../text/pointer.ts'
import { composed, type Text } from './source.ts'

export type Raw = Readonly<Record<string, unknown>>
export type Section = 'binds' | 'consumes' | 'aggregates' | 'exposes'

export const sections: readonly Section[] = ['binds', 'consumes', 'aggregates', 'exposes']

/** An entry of a section and where it stands. `namespace` = what it is called where it stands. */
export interface Entry {
  readonly raw: Raw
  readonly pointer: string
  readonly namespace: string
}

/** An entry that stands for one of another file. A discriminant that no inline entry has. */
export function isImport(entry: Raw): boolean {
  return 'import' in entry || 'from' in entry
}

/** The entries of one section of a value that the schema accepts, in list or map form. */
export function entriesOf(section: Section, entries: unknown, pointer: string): readonly Entry[] {
  if (Array.isArray(entries))
    return entries.map((entry, i) => entryOf(section, raw(entry), child(pointer, i), undefined))
  return Object.entries(raw(entries)).map(([key, entry]) => entryOf(section, raw(entry), child(pointer, key), key))
}

function entryOf(section: Section, entry: Raw, pointer: string, key: string | undefined): Entry {
  const inline = key ?? entry.namespace ?? (section === 'exposes' ? entry.type : undefined)
  const name = isImport(entry) ? entry.as || entry.import : inline
  return { raw: entry, pointer, namespace: String(name ?? '') }
}

/** The places where a document lists the entries of its own sections. */
export const ownSections: readonly (readonly [Section, path: readonly string[]])[] = [
  ['binds', ['binds']],
  ...sections.map((section) => [section, ['capability', section]] as const),
]

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => raw(node)[key], value)
}

export function holdsImports(value: unknown): boolean {
  return ownSections.some(([section, path]) =>
    entriesOf(section, valueAt(value, path), '').some((entry) => isImport(entry.raw)),
  )
}

/** The sections of a document that only holds such: what others import, which can't be served by itself. */
export function standaloneSections(value: unknown): readonly Section[] {
  return 'capability' in raw(value) ? [] : sections.filter((section) => section in raw(value))
}

/** Sections at the root of a capability document: others may import from them, and nothing else runs them (spec §1.1). */
export function idleSections(value: unknown): readonly Section[] {
  const root = raw(value)
  return 'capability' in root ? sections.filter((section) => section !== 'binds' && section in root) : []
}

/** A standalone document as the capability that would hold its sections. */
export function asCapability(text: Text): Text {
  const { binds, consumes, aggregates, exposes, ...rest } = raw(text.value)
  const moved = Object.entries({ consumes, aggregates, exposes }).filter(([, entries]) => entries !== undefined)
  const value = { ...rest, ...(binds === undefined ? {} : { binds }), capability: Object.fromEntries(moved) }
  return composed(
    text,
    value,
    moved.map(([section]) => ({ pointer: `/capability/${section}`, at: `/${section}`, text })),
  )
}

export function raw(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {}
}
