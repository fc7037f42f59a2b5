/** An OpenAPI description becomes a capability that runs, with a companion file for what the format can't say. */

import { StartError } from './errors.ts'
import type { Chosen, Detail, Written } from './openapi/capability.ts'
import type { ImportChoice } from './openapi/choice.ts'
import type { Library } from './openapi/library.ts'
import type { Note, Notes } from './openapi/notes.ts'
import { noSuch } from './text/suggest.ts'

export interface ImportOptions extends ImportChoice {
  /** Where the API is. Default: the first server of the description. */
  readonly baseUri?: string
}

export interface Imported {
  /** The capability file. */
  readonly text: string
  /** Its companion; undefined = none is needed. */
  readonly companion: string | undefined
  /** Names of the operations in it. */
  readonly operations: readonly string[]
  /** Variables of the environment that hold its credentials. */
  readonly variables: readonly string[]
  /** What was left out or changed. */
  readonly notes: readonly Note[]
}

/**
 * Reads OpenAPI 2.0, 3.0, 3.1 or 3.2 from a file or an https address and writes it as a capability. Throws StartError for
 * what can't be read, is no such description, names no server, has no operation that can be called, or more of them than
 * a file may hold.
 */
export async function importOpenapi(source: string, options: ImportOptions = {}): Promise<Imported> {
  const [{ readDescription }, { chosenOf }, { serverOf }, { startNotes }] = await Promise.all([
    import('./openapi/read.ts'),
    import('./openapi/capability.ts'),
    import('./openapi/servers.ts'),
    import('./openapi/notes.ts'),
  ])
  const notes = startNotes()
  const library = await readDescription(source, notes)
  const chosen = chosenOf(library, options)
  if (chosen.missing !== undefined) {
    const { what, name, known } = chosen.missing
    throw new StartError(noSuch(what, name, known.slice(0, 20), known))
  }
  const server = options.baseUri ?? serverOf(library, notes)
  const imported = await fitting(source, library, server, chosen, options, notes)
  return { ...imported, notes: notes.list() }
}

/** What is kept of a description, from all that is of use to the least that works. */
const details: readonly Detail[] = [
  { words: 1000, nodes: 400, answers: 1500 },
  { words: 300, nodes: 100, answers: 300 },
  { words: 120, nodes: 25 },
]

/** Characters that an operation takes in the file, at least. */
const leastOperation = 500

/** With as much detail as the files may hold. */
async function fitting(
  source: string,
  library: Library,
  server: string,
  chosen: Chosen,
  options: ImportOptions,
  notes: Notes,
): Promise<Omit<Imported, 'notes'>> {
  const [{ capabilityOf }, { callable }, { limits }] = await Promise.all([
    import('./openapi/capability.ts'),
    import('./openapi/servers.ts'),
    import('./spec/parse.ts'),
  ])
  const baseUri = callable(server)
  if (baseUri === undefined)
    throw new StartError(`${source} names no server that can be called; say where it is with --base-uri`)
  const isHopeless = chosen.operations.length * leastOperation > limits.bytes
  for (const detail of isHopeless ? [] : details) {
    const written = capabilityOf(library, baseUri, chosen, { ...options, detail }, notes)
    if (written.operations.length === 0) throw new StartError(`${source} has no operation that a capability can call`)
    const texts = await textsOf(written, limits.bytes)
    const { operations, variables } = written
    if (texts !== undefined) return { ...texts, operations, variables }
    notes.add('descriptions and schemas that were shortened, or the file would be too large', source)
  }
  throw new StartError(tooMany(source, chosen, limits.bytes))
}

/** The files; undefined = one of them is larger than may be read again. */
async function textsOf({ capability, companion }: Written, longest: number) {
  const { yamlText } = await import('./text/yaml.ts')
  const comment = 'What the capability format is too weak to say of it: JSON Schema fragments by flow.'
  const textOf = (value: object, above?: string) => {
    // YAML of it takes about as much as JSON, and is much slower to write.
    if (JSON.stringify(value).length > longest * 1.3) return undefined
    const text = yamlText(value, above)
    return Buffer.byteLength(text) > longest ? undefined : text
  }
  const text = textOf(capability)
  const beside = companion === undefined || text === undefined ? undefined : textOf(companion, comment)
  if (text === undefined || (companion !== undefined && beside === undefined)) return undefined
  return { text, companion: beside }
}

function tooMany(source: string, { operations }: Chosen, longest: number): string {
  const counts = new Map<string, number>()
  for (const { operation } of operations) for (const tag of operation.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  const largest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5)
  const tags = largest.map(([tag, count]) => `${tag} (${count})`).join(', ')
  const such = tags === '' ? '' : `; its largest tags are ${tags}`
  const size = `${longest / 1024 / 1024} MiB`
  return `${source}: ${operations.length} operations are more than a file of ${size} holds; take some with --tags or --operations${such}`
}
