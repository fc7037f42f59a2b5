/** Files of keys that binds point at: YAML, JSON and `.env` (spec §1.5). Their texts hold secrets and are never quoted. */

import { readFile, stat } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { StartError } from '../errors.ts'
import { fileOf } from '../text/file-uri.ts'

export type BindFile = ReadonlyMap<string, string>

/**
 * Reads the keys of a `file:` URI, each as text; relative ones belong to `directory`. A key without a value is left out.
 * Throws StartError when there is nothing to read.
 */
export async function readBindFile(location: string, directory: string): Promise<BindFile> {
  const path = fileOf(location, directory)
  if (path === undefined) throw new StartError(`binds can be read from file: URIs only, not from ${location}`)
  const unreadable = () => new StartError(`the bind file ${location} can't be read`)
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) throw unreadable()
  const text = await readFile(path, 'utf8').catch(() => {
    throw unreadable()
  })
  const keys = isEnv(path) ? envKeys(text) : await yamlKeys(text)
  if (keys === undefined) throw new StartError(`the bind file ${location} holds no map of keys`)
  return keys
}

/** `.env`, `shop.env`, `.env.local`. */
const isEnv = (path: string) => /(^|[\\/])([^\\/]*\.env|\.env\.[^\\/]+)$/i.test(path)

/** An empty value is none, as in the environment itself. */
function envKeys(text: string): BindFile {
  const given = Object.entries(parseEnv(text.replace(/^\uFEFF/, ''))).filter(([, value]) => value)
  return new Map(given.map(([key, value]) => [key, String(value)]))
}

/** JSON is YAML. A number stays as it is written: as an account or a token, 0070 is not 70. */
async function yamlKeys(text: string): Promise<BindFile | undefined> {
  const { parseDocument, isMap, isScalar } = await import('yaml')
  const document = parseDocument(text, { merge: true })
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined
  const written = new Map<string, string>()
  for (const { key, value } of document.contents.items)
    if (isScalar(value) && typeof value.value === 'number' && value.source !== undefined)
      written.set(String(key), value.source)
  const entries = Object.entries(plain(document)).filter(([, value]) => value !== null && value !== undefined)
  return new Map(entries.map(([key, value]) => [key, written.get(key) ?? asText(value)]))
}

function plain(document: { toJS(): unknown }): object {
  try {
    return document.toJS() as object
  } catch {
    // Aliases that lead nowhere or unfold without end.
    return {}
  }
}

const asText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
