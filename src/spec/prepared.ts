/** Files that were parsed and checked at build: the capability that this package comes with starts without a parser. */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../package.ts'

/** Values by the SHA-256 of the text they were parsed from, so that a changed file is never taken for the one prepared. */
export type Prepared = Readonly<Record<string, unknown>>

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The value of a text that `npm run build` has parsed and found valid, else undefined; without a build there is none. */
export function preparedValue(text: string): unknown {
  prepared ??= readPrepared()
  return prepared === none ? undefined : prepared[digestOf(text)]
}

const none: Prepared = {}
let prepared: Prepared | undefined

function readPrepared(): Prepared {
  const file = join(root, 'dist', 'prepared.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none
}
