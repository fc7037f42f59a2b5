/** A description from a file or an address, with the documents beside it that it refers to. */

import { readFile, stat } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { StartError } from '../errors.ts'
import { isMap, type Raw, text } from '../spec/raw.ts'
import { yamlValue } from '../text/yaml.ts'
import { collect, type Library } from './library.ts'
import type { Notes } from './notes.ts'

const maxBytes = 32 * 1024 * 1024

/** Deeper than any description, and not too deep for a walk. */
const maxDepth = 200

/** Reads OpenAPI 2.0 to 3.2, in YAML or JSON. Throws StartError for what can't be read or is something else. */
export async function readDescription(source: string, notes: Notes): Promise<Library> {
  const isAddress = /^https?:\/\//i.test(source)
  const { url, value } = isAddress ? await fetched(source) : await readFrom(pathToFileURL(resolve(source)).href, source)
  if (!isMap(value) || versionOf(value) === undefined)
    throw new StartError(`${source} is no OpenAPI description: it has neither "openapi: 3.x" nor "swagger: 2.0"`)
  return collect(value, url, isAddress ? besideAddress(url) : besideFile(source), notes)
}

function versionOf({ openapi, swagger }: Raw): string | undefined {
  const version = text(openapi) ?? String(swagger ?? openapi ?? '')
  return /^[23](\.|$)/.test(version) ? version : undefined
}

async function fetched(address: string) {
  const { fetchText } = await import('../runtime/fetch-text.ts')
  const { text: found, url } = await fetchText(address)
  return { url, value: parsed(found, address) }
}

async function readFrom(url: string, shown: string) {
  const path = fileURLToPath(url)
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) throw new StartError(`there is no file ${shown} to read`)
  if (found.size > maxBytes) throw new StartError(`${shown} is larger than ${maxBytes / 1024 / 1024} MiB`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) throw new StartError(`${shown} can not be read`)
  return { url, value: parsed(text, shown) }
}

function parsed(given: string, shown: string): unknown {
  const value = valueIn(given.charCodeAt(0) === 0xfeff ? given.slice(1) : given, shown)
  if (!isFlat(value, maxDepth, new Map()))
    throw new StartError(`${shown} is nested deeper than ${maxDepth} levels, or holds itself`)
  return value
}

function valueIn(given: string, shown: string): unknown {
  try {
    return /^\s*[{[]/.test(given) ? JSON.parse(given) : yamlValue(given)
  } catch (error) {
    if (error instanceof RangeError) throw new StartError(`${shown} is nested too deep`)
    const [why = ''] = (error as Error).message.split('\n')
    if (/alias count/i.test(why)) throw new StartError(`${shown} has aliases that unfold to too many values`)
    throw new StartError(`${shown} is neither JSON nor YAML: ${why}`)
  }
}

/** Whether a value ends within so many levels. `known` = levels that were enough for a value, which may stand in many places. */
function isFlat(value: unknown, levels: number, known: Map<object, number>): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if ((known.get(value) ?? Number.POSITIVE_INFINITY) <= levels) return true
  if (!Object.values(value).every((inner) => isFlat(inner, levels - 1, known))) return false
  known.set(value, levels)
  return true
}

/** Nothing is read above the folder of the description. */
function besideFile(source: string) {
  const folder = dirname(resolve(source))
  return async (url: string): Promise<unknown> => {
    if (!url.startsWith('file:')) return undefined
    const path = relative(folder, fileURLToPath(url))
    if (path.startsWith('..') || path.startsWith(sep)) return undefined
    return orNothing(async () => (await readFrom(url, path)).value)
  }
}

/** Nothing is fetched from another origin. */
function besideAddress(root: string) {
  return async (url: string): Promise<unknown> =>
    new URL(url).origin === new URL(root).origin ? orNothing(async () => (await fetched(url)).value) : undefined
}

/** A document beside the description that can't be read is told as one that was not. */
async function orNothing(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof StartError) return undefined
    throw error
  }
}
