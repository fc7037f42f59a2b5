/** The digests by which the next publish knows what an earlier one wrote. */

import { createHash } from 'node:crypto'
import type { Published } from './publication.ts'

/** The same for every capability. */
export const provenancePath = 'provenance.json'

/** What tells the list from another file of the same name. */
export const writer = 'capability publish'

/** SHA-256, in hexadecimal. */
export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

export const digestOf = ({ text, bytes }: Published) => sha256(bytes ?? text)

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
