/** Python runs where the optional package `pyodide` is installed beside this one, in the version that is known to be shut off. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { packageInfo } from '../package.ts'

const { resolve } = createRequire(import.meta.url)

/** Why Python can't run here and what to do, or undefined when it can. */
export function pythonFault(): string | undefined {
  const wanted = packageInfo().peerDependencies.pyodide
  const version = installed()
  if (version === wanted) return undefined
  const found =
    version === undefined ? 'Python is not installed' : `pyodide ${version} is not the version that is known`
  return `${found}; "npm install pyodide@${wanted}" makes Python run`
}

function installed(): string | undefined {
  try {
    return JSON.parse(readFileSync(resolve('pyodide/package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}
