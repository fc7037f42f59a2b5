/** Who made which file of a folder, and its digest. */

import { digestOf, provenancePath, writer } from './digests.ts'
import { frame, jsonFile, present } from './frame.ts'
import type { Edition, Published } from './publication.ts'

/** The list over all other files. */
export function provenanceFile(edition: Edition, files: readonly Published[]): Published {
  const value = {
    writtenBy: writer,
    ...frame(edition, 'Every other file of this folder with its SHA-256; what is not by the publisher says by whom.'),
    files: files.map((file) =>
      present({ path: file.path, method: 'declared', sha256: digestOf(file), ...file.copied }),
    ),
  }
  return jsonFile(provenancePath, value)
}
