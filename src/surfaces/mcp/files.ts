/** The files of static resources (spec-servers §4.8), read once at start: a URI that was not listed leads nowhere. */

import { isUtf8 } from 'node:buffer'
import { StartError } from '../../errors.ts'
import type { StaticResourcePlan } from '../../plan.ts'
import type { Log } from '../../runtime/log.ts'
import { fileOf } from '../../text/file-uri.ts'
import { type FolderFile, readFolder } from '../folder.ts'
import { isText, mediaTypeOf } from '../media-types.ts'
import type { ListedResource, ResourceContents } from './content.ts'

/** Of one folder; what one file may have is the capability's to say. */
const limits = { files: 2048, bytes: 64 * 1024 * 1024, depth: 16 } as const
const defaultMaxBytes = 10 * 1024 * 1024

export interface ServedFile {
  readonly plan: StaticResourcePlan
  readonly listed: ListedResource
  readonly contents: ResourceContents
}

/** Reads the files of one resource, sorted by path; a relative location starts from `directory`. Throws StartError. */
export async function readFiles(plan: StaticResourcePlan, directory: string, log: Log): Promise<readonly ServedFile[]> {
  const { name, location } = plan
  const folder = fileOf(location, directory)
  const files = folder === undefined ? undefined : await read(plan, folder, log)
  if (files === undefined) throw new StartError(`the resource "${name}" has no folder: ${location}`)
  return files.map((file) => served(plan, file))
}

async function read({ name, maxBytes = defaultMaxBytes }: StaticResourcePlan, folder: string, log: Log) {
  const skipped = (path: string) => log.write('warn', 'not served', { resource: name, path })
  try {
    return await readFolder(folder, { ...limits, fileBytes: maxBytes }, skipped)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR') return undefined
    throw new StartError(`the resource "${name}" can't be read: ${code ?? message}`)
  }
}

function served(plan: StaticResourcePlan, { path, bytes }: FolderFile): ServedFile {
  const { name, title, description } = plan
  const uri = `${plan.uri}${plan.uri.endsWith('/') ? '' : '/'}${path}`
  const mimeType = plan.mimeType ?? mediaTypeOf(path).split(';')[0] ?? ''
  return {
    plan,
    listed: { uri, name, title, description, mimeType, size: bytes.length },
    contents: contentsOf(uri, mimeType, bytes),
  }
}

/** Bytes as text where they are some, else in base64. */
export function contentsOf(uri: string, mimeType: string, bytes: Buffer): ResourceContents {
  const readable = isText(mimeType) && isUtf8(bytes)
  return { uri, mimeType, ...(readable ? { text: bytes.toString() } : { blob: bytes.toString('base64') }) }
}
