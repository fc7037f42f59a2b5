/** The files that prompts of an MCP surface stand in, and the folders of its resources (spec-servers §4.8, §4.9). */

import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Report } from '../diagnostics.ts'
import { fileOf } from '../text/file-uri.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import { strayPlaceholder } from '../text/template.ts'
import type * as doc from './document.ts'

const maxPromptBytes = 1024 * 1024

/**
 * The document with the text of each prompt that stands in a file as its one message. What can't be read is reported, as
 * is a folder that is not there; what is in the folders is read by who serves it. `directory` is what `file:///./x` is
 * relative to.
 */
export async function readMcpFiles(document: doc.Document, directory: string, report: Report): Promise<doc.Document> {
  if (!document.exposes.some(namesFiles)) return document
  const exposes = await Promise.all(
    document.exposes.map((surface) => (namesFiles(surface) ? readSurface(surface, directory, report) : surface)),
  )
  return { ...document, exposes }
}

/** Locations of the folders of resources and of the files of prompts, as they are written. */
export function mcpLocations({ exposes }: doc.Document) {
  const surfaces = exposes.filter((surface) => surface.type === 'mcp')
  const of = (key: 'resources' | 'prompts') =>
    surfaces.flatMap((surface) => [...surface[key].values()].flatMap(({ location }) => location ?? []))
  return { resources: of('resources'), prompts: of('prompts') }
}

const namesFiles = (surface: doc.Exposes): surface is doc.ExposesMcp =>
  surface.type === 'mcp' &&
  [...surface.resources.values(), ...surface.prompts.values()].some(({ location }) => location !== undefined)

async function readSurface(surface: doc.ExposesMcp, directory: string, report: Report): Promise<doc.ExposesMcp> {
  const { resources, prompts, pointer } = surface
  const found = async (key: string, name: string, location: string | undefined, read: Read) => {
    if (location === undefined) return undefined
    const at = child(child(child(pointer, key), name), 'location')
    return readLocation(location, directory, read, (fault) => report('unreadable-location', at, fault))
  }
  await Promise.all([...resources].map(([name, { location }]) => found('resources', name, location, readFolder)))
  const read = [...prompts].map(async ([name, prompt]) => {
    const content = await found('prompts', name, prompt.location, readPrompt)
    return [
      name,
      content === undefined ? prompt : { ...prompt, template: [{ role: 'user', content }] as const },
    ] as const
  })
  return { ...surface, prompts: new Map(await Promise.all(read)) }
}

/** Answers the text at a path, or why there is none. */
type Read = (path: string) => Promise<{ readonly text: string } | { readonly detail: string }>

interface Fault {
  readonly location: string
  readonly detail: string
  readonly near?: string
}

async function readLocation(location: string, directory: string, read: Read, tell: (fault: Fault) => void) {
  // A placeholder in a location is told when the capability is compiled.
  if (strayPlaceholder(location) !== undefined) return undefined
  const path = fileOf(location, directory)
  const found = path === undefined ? { detail: 'it is no file: URI of this machine' } : await read(path)
  if ('text' in found) return found.text
  const near = path === undefined ? undefined : await nearLocation(location, path)
  tell({ location, detail: found.detail, ...(near === undefined ? {} : { near }) })
  return undefined
}

async function readFolder(path: string): ReturnType<Read> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return { detail: 'there is no such folder' }
  return found.isDirectory() ? { text: '' } : { detail: 'it is no folder' }
}

async function readPrompt(path: string): ReturnType<Read> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return { detail: 'there is no such file' }
  if (!found.isFile()) return { detail: 'it is no file' }
  if (found.size > maxPromptBytes) return { detail: 'it is larger than 1 MiB' }
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return { detail: 'it is no file that can be read' }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { detail: 'it is no text in UTF-8' }
  }
}

/** The location with nearly the same name beside it; undefined when there is none. */
async function nearLocation(location: string, path: string): Promise<string | undefined> {
  const name = basename(path)
  const near = nearest(name, await readdir(dirname(path)).catch(() => []))
  return near === undefined || near === name || !location.endsWith(name)
    ? undefined
    : location.slice(0, -name.length) + near
}
