/** The flagship's folder for APIs.io, made once for all that look at it. */

import { readFile } from 'node:fs/promises'
import { bundledCapability, load } from '../../src/index.ts'
import { type PublishOptions, publish } from '../../src/publish.ts'
import { shared } from './shared.ts'

/** The description of the called API by somebody else, which is not ours to keep here. */
export const described = shared('data/nanonets/nanonets-file-management-api-openapi.yml')

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents whose shape is what they check
export type Document = any

/** What its files are called by. */
export const slug = 'nanonets-file-management'

/** What it is described to do. */
export const operations = [
  'approve-file',
  'assign-files',
  'delete-file',
  'get-file',
  'get-page',
  'list-files',
  'retry-exports',
  'unapprove-file',
  'update-fields',
]

export type Folder = ReadonlyMap<string, string>

/** A day on which its security.txt holds. */
export const now = '2026-11-28T12:00:00Z'

/** The texts of a folder by their paths. */
export async function folder(options: PublishOptions = {}): Promise<Folder> {
  const given = described === undefined ? {} : { openapi: described }
  const { files } = await publish(await load(bundledCapability()), { ...given, now, ...options })
  return new Map(files.map(({ path, text }) => [path, text]))
}

let made: Promise<Folder> | undefined

/** The folder as it is published without a word. */
export function published(): Promise<Folder> {
  made ??= folder()
  return made
}

/** The text of a file that has to be there. */
export async function text(path: string): Promise<string> {
  const found = (await published()).get(path)
  if (found === undefined) throw new Error(`${path} is not published`)
  return found
}

/** What was given, byte for byte. */
export const given = () => readFile(described ?? '', 'utf8')
