/** A provider folder as APIs.io reads it: every artifact that a capability and what is known beside it give. */

import { accessFiles, authenticationFiles, lifecycleFiles } from './access.ts'
import { capabilityFiles } from './capabilities.ts'
import { collectionFiles } from './collections.ts'
import { llmsFiles, wellKnownFiles } from './discovery.ts'
import { iconFiles, indexFile } from './index-file.ts'
import { mcpFiles } from './mcp.ts'
import { openapiFiles, overlayFiles } from './openapi.ts'
import { provenanceFile } from './provenance.ts'
import type { Edition, Part, Published } from './publication.ts'
import { readmeFiles } from './readme.ts'
import { errorFiles, ruleFiles, vocabularyFiles } from './rules.ts'
import { contextFiles, exampleFiles, schemaFiles } from './schemas.ts'
import { skillFiles } from './skills.ts'
import { changelogFiles, claimFiles, conformanceFiles, planFiles, rateLimitFiles } from './terms.ts'
import { workflowFiles } from './workflows.ts'

/** In the order in which the index lists what they make. */
const parts: readonly Part[] = [
  capabilityFiles,
  openapiFiles,
  overlayFiles,
  workflowFiles,
  mcpFiles,
  skillFiles,
  accessFiles,
  authenticationFiles,
  lifecycleFiles,
  errorFiles,
  claimFiles,
  schemaFiles,
  contextFiles,
  vocabularyFiles,
  ruleFiles,
  exampleFiles,
  collectionFiles,
  rateLimitFiles,
  planFiles,
  conformanceFiles,
  changelogFiles,
  llmsFiles,
  wellKnownFiles,
  iconFiles,
]

/** Every file of the folder, by its path; the same edition gives the same files. */
export function folderOf(edition: Edition): readonly Published[] {
  const made = parts.flatMap((part) => part(edition))
  const read = readmeFiles(edition, made)
  const files = [...made, ...read, indexFile(edition, [...made, ...read])].sort((a, b) => (a.path < b.path ? -1 : 1))
  return [...files, provenanceFile(edition, files)]
}
