/** What a path that names no file may have been meant as. */

import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { nearest } from '../text/suggest.ts'
import { stemOf } from './companion.ts'

/** A YAML file with nearly the same name beside it, or the first one in the folder that it is; undefined when there is none. */
export async function nearFile(path: string): Promise<string | undefined> {
  const inside = await yamlFiles(path)
  if (inside !== undefined) return inside[0] === undefined ? undefined : join(path, inside[0])
  const beside = (await yamlFiles(dirname(path))) ?? []
  const found = beside.find((name) => stemOf(name) === stemOf(path)) ?? nearest(basename(path), beside)
  return found === undefined ? undefined : join(dirname(path), found)
}

/** Companions are read with their capability only. */
async function yamlFiles(folder: string): Promise<readonly string[] | undefined> {
  const names = await readdir(folder).catch(() => undefined)
  return names?.filter((name) => /\.ya?ml$/i.test(name) && !/\.runtime\.yml$/.test(name)).sort()
}
