/** Who made which file of a folder, and its digest: for readers, and for the next publish, which changes only its own. */

import { createHash } from 'node:crypto'
import { frame, jsonFile, present } from './frame.ts'
import type { Edition, Published } from './publication.ts'

/** The same for every capability: it is how the next publish knows what this one wrote. */
export const provenancePath = 'provenance.json'

const writer = 'capability publish'

/** SHA-256, in hexadecimal. */
export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

/** The list over all other files. */
export function provenanceFile(edition: Edition, files: readonly Published[]): Published {
  const value = {
    writtenBy: writer,
    ...frame(edition, 'Every other file of this folder with its SHA-256; what is not by the publisher says by whom.'),
    files: files.map(({ path, text, copied }) => present({ path, sha256: sha256(text), ...copied })),
  }
  return jsonFile(provenancePath, value)
}

/** path -> SHA-256 */
export type Digests = ReadonlyMap<string, string>

/** What such a list says, or undefined for another file of the same name. Paths that lead out of the folder make it another. */
export function digestsIn(text: string): Digests | undefined {
  const { writtenBy, files } = membersOf(text)
  if (writtenBy !== writer || !Array.isArray(files)) return undefined
  const entries = files.map((one): [string, string] => [String(one?.path), String(one?.sha256)])
  return entries.every(([path]) => isInside(path)) ? new Map(entries) : undefined
}

function membersOf(text: string): { readonly writtenBy?: unknown; readonly files?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Whether a path stays below a folder on every system, and out of what Git keeps there. */
export function isInside(path: string): boolean {
  const steps = path.split('/')
  return steps.every((step) => step !== '' && !/^\.{1,2}$|^\.git$|[\\:*?"<>|\p{Cc}]|[. ]$/iu.test(step))
}
