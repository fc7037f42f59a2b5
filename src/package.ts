/** What this package says about itself, and where it keeps the capability it comes with. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json: one above src/ as well as above dist/. */
export const root = fileURLToPath(new URL('..', import.meta.url))

interface PackageInfo {
  readonly name: string
  readonly version: string
  readonly homepage?: string
  /** What can be installed beside it. */
  readonly peerDependencies: { readonly pyodide: string }
}

/** From package.json. */
export function packageInfo(): PackageInfo {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}

/** The bundled capability: what a command works on when it is given no file. */
export function bundledCapability(): string {
  const folder = join(root, 'capabilities')
  const file = readdirSync(folder).find((name) => name.endsWith('.ikanos.yml'))
  if (file === undefined) throw new Error('Unexpected: this package comes without a capability. Please report this.')
  return join(folder, file)
}
