/** `file:` URIs as capabilities write them (spec §1.5): relative ones belong to the file that holds them. */

import { isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The relative part of `file:///./x`, `file://./x`, `file:./x` and the same with `..`, else undefined. */
const relativePart = (uri: string) => /^file:(?:\/\/\/?)?(\.{1,2}(?:\/.*)?)$/.exec(uri)?.[1]

/** The path a `file:` URI of a capability means, or undefined when it is another kind of URI. */
export function fileOf(location: string, directory: string): string | undefined {
  const beside = relativePart(location)
  if (beside !== undefined) return resolve(directory, beside)
  if (!location.startsWith('file:///')) return undefined
  const path = pathOf(location)
  return path !== undefined && isAbsolute(path) ? path : undefined
}

function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

/** A URI that is relative to one folder, written relative to another. Any other URI stays as it is. */
export function rebased(uri: string, from: string, to: string): string {
  const beside = relativePart(uri)
  if (beside === undefined || from === to) return uri
  const path = relative(to, resolve(from, beside)).replaceAll('\\', '/')
  // Another drive has no relative path.
  if (isAbsolute(path)) return pathToFileURL(path).href
  return path.startsWith('../') || path === '..' ? `file:///${path}` : `file:///./${path}`
}
