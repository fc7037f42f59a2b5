/** A provider folder as APIs.io reads it: every artifact that a capability and what is known beside it give. */

import { capabilityFiles } from './capabilities.ts'
import { iconFiles, indexFile } from './index-file.ts'
import { openapiFiles, overlayFiles } from './openapi.ts'
import type { Edition, Part, Published } from './publication.ts'
import { readmeFiles } from './readme.ts'
import { skillFiles } from './skills.ts'

const parts: readonly Part[] = [capabilityFiles, openapiFiles, overlayFiles, skillFiles, iconFiles]

/** Every file of the folder, by its path; the same edition gives the same files. */
export function folderOf(edition: Edition): readonly Published[] {
  const made = parts.flatMap((part) => part(edition))
  const read = readmeFiles(edition, made)
  return [...made, ...read, indexFile(edition, [...made, ...read])].sort((a, b) => (a.path < b.path ? -1 : 1))
}
