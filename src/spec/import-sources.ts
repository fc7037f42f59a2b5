/** From an import to the entry it stands for, over as many files as it takes (spec §1.6). */

import { realpath, stat } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import type { DiagnosticArgs, DiagnosticCode, Report } from '../diagnostics.ts'
import { fileOf } from '../text/file-uri.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import { fitted } from './fitting.ts'
import { foreignShape } from './foreign.ts'
import { type Entry, entriesOf, isImport, raw, type Section, valueAt } from './import-entries.ts'
import type { Text } from './source.ts'

/** How far imports may lead on, and to how many files. */
export const importLimits = { depth: 20, files: 100 } as const

export interface ImportInput {
  /** Absolute path of the importing file. */
  readonly file: string
  /** Its text; the value fits the schema. */
  readonly text: Text
  /** Reads and parses a file; undefined = it has faults, which were reported. */
  readonly read: (file: string) => Promise<Text | undefined>
  /** How faults of a text are reported. */
  readonly reporter: (text: Text) => Report
}

/** A file whose entries are looked at. `id` is its real path, so that a file has one identity. */
export interface Origin {
  readonly path: string
  readonly id: string
  readonly text: Text
  readonly report: Report
}

/** The inline entry that an import stands for in the end. */
export interface Found {
  readonly home: Origin
  readonly entry: Entry
}

export interface Linking extends ImportInput {
  readonly origins: Map<string, Origin | undefined>
}

/** One import on the way to the entry it stands for. */
interface Step {
  readonly origin: Origin
  readonly section: Section
  readonly entry: Entry
}

/** A file as one that others may be imported from. */
export async function originOf(path: string, text: Text, { reporter }: Pick<ImportInput, 'reporter'>): Promise<Origin> {
  // The text may have been given in place of a file that is not there any more.
  const id = await realpath(path).catch(() => path)
  return { path, id, text, report: reporter(text) }
}

/** What others may import from a value: a section at its root if there is one, else that of its capability. */
function offered(value: unknown, section: Section): readonly Entry[] {
  const atRoot = entriesOf(section, raw(value)[section], `/${section}`)
  return atRoot.length > 0
    ? atRoot
    : entriesOf(section, valueAt(value, ['capability', section]), `/capability/${section}`)
}

/** The inline entry that the last import of a chain leads to. */
export async function follow(chain: readonly Step[], linking: Linking): Promise<Found | undefined> {
  const { origin, section, entry } = chain.at(-1) as Step
  const fail: Report = (code, key, args) => origin.report(code, child(entry.pointer, key), args)
  const start = chain.findIndex((step) => step !== chain.at(-1) && isSame(step, chain.at(-1) as Step))
  if (start >= 0) {
    const names = chain.slice(start).map((s) => `"${s.entry.namespace}" of ${shown(s.origin.path, linking)}`)
    return failed(fail, 'import-cycle', 'import', { chain: names.join(' → ') })
  }
  const home = await open(origin, entry, chain.length, fail, linking)
  if (home === undefined) return undefined
  const entries = offered(home.text.value, section)
  const wanted = String(entry.raw.import)
  const named = entries.filter((e) => e.namespace === wanted)
  const inline = named.find((e) => !isImport(e.raw))
  if (inline !== undefined) return { home, entry: inline }
  const next = named[0]
  if (next !== undefined) return follow([...chain, { origin: home, section, entry: next }], linking)
  const known = entries.map((e) => e.namespace)
  const source = shown(home.path, linking)
  return failed(fail, 'unknown-import', 'import', {
    name: wanted,
    nearest: nearest(wanted, known),
    known,
    section,
    source,
  })
}

const isSame = (a: Step, b: Step) =>
  a.origin.id === b.origin.id && a.section === b.section && a.entry.pointer === b.entry.pointer

function failed<C extends DiagnosticCode>(report: Report, code: C, pointer: string, args: DiagnosticArgs<C>) {
  report(code, pointer, args)
  return undefined
}

/** A path as it reads in a message: relative to the file that the program was given. */
const shown = (path: string, { file }: Linking) => relative(dirname(file), path).replaceAll('\\', '/') || path

/** The file that an import is from, read once. */
async function open(importer: Origin, { raw: entry }: Entry, depth: number, fail: Report, linking: Linking) {
  const from = entry.from ?? entry.location
  if (typeof from !== 'string' || from === '') return failed(fail, 'missing-key', 'from', { name: 'from' })
  const bad = (detail: string) => failed(fail, 'bad-import', 'from', { from, detail })
  const path = pathOf(from, dirname(importer.path))
  if (path === undefined) return bad('only files can be imported from')
  if (depth > importLimits.depth) return bad(`imports lead on more than ${importLimits.depth} times`)
  const known = await realpath(path).catch(() => undefined)
  if (known === undefined) return failed(fail, 'import-not-found', 'from', { path: shown(path, linking) })
  if (linking.origins.has(known)) return linking.origins.get(known)
  if (!(await stat(known)).isFile()) return bad('it is no regular file')
  if (linking.origins.size > importLimits.files) return bad(`there are more than ${importLimits.files} other files`)
  const text = await linking.read(path)
  const foreign = text === undefined ? undefined : foreignShape(text.value)
  if (foreign !== undefined) return bad(foreign)
  // The same rules hold for an imported file as for the importing one.
  const fit = text && fitted(text, linking.reporter(text))
  const origin = fit && (await originOf(path, fit, linking))
  linking.origins.set(known, origin)
  return origin
}

/** A path, or a `file:` URI; relative ones belong to the importing file's folder. One letter is a drive, no scheme. */
function pathOf(from: string, directory: string): string | undefined {
  if (from.startsWith('file:')) return fileOf(from, directory)
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(from) ? undefined : resolve(directory, from)
}

/** The one identity of an entry, wherever it is imported to. */
export const identity = (home: Origin, section: Section, { pointer }: Entry) => `${section} ${home.id} ${pointer}`

/** Which entry a file means by a namespace, as far as the files it leads to were read. */
export function identityOf(
  home: Origin,
  section: Section,
  namespace: string,
  linking: Linking,
  depth = 0,
): string | undefined {
  const named = offered(home.text.value, section).filter((e) => e.namespace === namespace)
  const inline = named.find((e) => !isImport(e.raw))
  if (inline !== undefined) return identity(home, section, inline)
  const from = named[0]?.raw.from ?? named[0]?.raw.location
  const path = typeof from === 'string' ? pathOf(from, dirname(home.path)) : undefined
  const next = [...linking.origins.values()].find((origin) => origin?.path === path)
  if (next === undefined || depth > importLimits.depth) return undefined
  return identityOf(next, section, String(named[0]?.raw.import), linking, depth + 1)
}
