/** The bundled capability, or a copy of it whose upstream is held to other limits. */

import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const name = 'nanonets-file-management'

/** Answers the arguments of `serve` that name it. `limits` as a companion has them for an upstream; absent = as it is. */
export async function capabilityWith(limits, directory) {
  if (limits === undefined) return []
  await mkdir(directory)
  await cp(here('../capabilities'), join(directory, 'capabilities'), { recursive: true })
  await symlink(here('../skills'), join(directory, 'skills'))
  const companion = join(directory, 'capabilities', `${name}.runtime.yml`)
  const held = parse(await readFile(companion, 'utf8'))
  const nanonets = { ...held.upstreams?.nanonets, ...limits }
  await writeFile(companion, stringify({ ...held, upstreams: { ...held.upstreams, nanonets } }))
  return [join(directory, 'capabilities', `${name}.ikanos.yml`)]
}
