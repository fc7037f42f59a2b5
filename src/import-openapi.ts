/** An OpenAPI description becomes a capability that runs, with a companion file for what the format can't say. */

import { StartError } from './errors.ts'
import type { ImportChoice } from './openapi/capability.ts'
import type { Library } from './openapi/library.ts'
import type { Note } from './openapi/notes.ts'
import { list, raw, text } from './spec/raw.ts'
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
  /** What was left out or changed. */
  readonly notes: readonly Note[]
}

/**
 * Reads OpenAPI 2.0, 3.0, 3.1 or 3.2 from a file or an https address and writes it as a capability. Throws StartError for
 * what can't be read, is no such description, names no server, or has no operation that can be called.
 */
export async function importOpenapi(source: string, options: ImportOptions = {}): Promise<Imported> {
  const [{ readDescription }, { capabilityOf }, { startNotes }, { yamlText }] = await Promise.all([
    import('./openapi/read.ts'),
    import('./openapi/capability.ts'),
    import('./openapi/notes.ts'),
    import('./text/yaml.ts'),
  ])
  const notes = startNotes()
  const library = await readDescription(source, notes)
  const baseUri = checked(options.baseUri ?? serverOf(library), source)
  const { capability, companion, operations, missing, known } = capabilityOf(library, baseUri, options, notes)
  const [unknown] = missing
  if (unknown !== undefined) throw new StartError(noSuch('operation or tag', unknown, known.slice(0, 40), known))
  if (operations.length === 0) throw new StartError(`${source} has no operation that a capability can call`)
  const comment = 'What the capability format is too weak to say of it: JSON Schema fragments by flow.'
  return {
    text: yamlText(capability),
    companion: companion === undefined ? undefined : yamlText(companion, comment),
    operations,
    notes: notes.list(),
  }
}

/** The first server, its variables at their defaults; in 2.0 what scheme, host and base path say. */
function serverOf({ root, base }: Library): string {
  const server = raw(list(root.servers)[0])
  const old = text(root.host)
  const schemes = list(root.schemes)
  const scheme = schemes.length === 0 || schemes.includes('https') ? 'https' : 'http'
  const said =
    old === undefined
      ? (text(server.url) ?? text(root.basePath) ?? '')
      : `${scheme}://${old}${text(root.basePath) ?? ''}`
  const address = said.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = raw(raw(server.variables)[name])
    return String(variable.default ?? list(variable.enum)[0] ?? whole)
  })
  const isRelative = !/^https?:\/\//i.test(address)
  return isRelative && base.startsWith('http') && URL.canParse(address, base) ? new URL(address, base).href : address
}

function checked(address: string, source: string): string {
  const trimmed = address.replace(/\/+$/, '')
  const isSound = /^https?:\/\//i.test(trimmed) && !/[{}]/.test(trimmed) && URL.canParse(trimmed)
  if (!isSound) throw new StartError(`${source} names no server that can be called; say where it is with --base-uri`)
  const { origin, pathname } = new URL(trimmed)
  return `${origin}${pathname === '/' ? '' : pathname.replace(/\/+$/, '')}`
}
