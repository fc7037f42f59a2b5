/** A description from a file or an address, with the documents beside it that it refers to. */

import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { StartError } from '../errors.ts'
import { isMap, type Raw, text } from '../spec/raw.ts'
import { yamlValue } from '../text/yaml.ts'
import { collect, type Library } from './library.ts'
import type { Notes } from './notes.ts'

const maxBytes = 32 * 1024 * 1024

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
  return /^(2|3)(\.\d+)*/.test(version) ? version : undefined
}

async function fetched(address: string) {
  const { fetchText } = await import('../runtime/fetch-text.ts')
  const { text: found, url } = await fetchText(address)
  return { url, value: parsed(found, address) }
}

async function readFrom(url: string, shown: string) {
  const found = await readFile(fileURLToPath(url), 'utf8').catch(() => undefined)
  if (found === undefined) throw new StartError(`there is no file ${shown} to read`)
  if (found.length > maxBytes) throw new StartError(`${shown} is larger than ${maxBytes} bytes`)
  return { url, value: parsed(found, shown) }
}

function parsed(given: string, shown: string): unknown {
  const found = given.charCodeAt(0) === 0xfeff ? given.slice(1) : given
  try {
    return /^\s*[{[]/.test(found) ? JSON.parse(found) : yamlValue(found)
  } catch (error) {
    throw new StartError(`${shown} is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`)
  }
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
