/** The folder of upstream schemas and fixtures that some tests check against. The project's own tests stand without it. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = process.env.SHARED_DIR ?? fileURLToPath(new URL('../../../shared', import.meta.url))

/**
 * Absolute path of a file or folder of the shared folder (`SHARED_DIR`, else `../shared` beside this repository), or
 * undefined, having said why, when it is not there:
 *
 *     const tutorial = shared('data/tutorial')
 *     describe.skipIf(tutorial === undefined)('the tutorial', …)
 */
export function shared(path: string): string | undefined {
  const found = join(root, path)
  if (existsSync(found)) return found
  console.warn(`skipped: there is no ../shared/${path}; set SHARED_DIR to the folder that holds ${path}`)
  return undefined
}
