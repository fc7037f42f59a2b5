/** The published formats as their own JSON Schemas read them, which are no part of this project. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Engine } from '../../src/index.ts'

const checks = new Map<string, (value: unknown) => boolean>()

/** Whether a value is a file of a format, by the schema of that name in a folder, which is compiled once. */
export function formatCheck(folder: string, format: Engine): (value: unknown) => boolean {
  const file = join(folder, `${format}.json`)
  const check = checks.get(file) ?? compiled(file)
  checks.set(file, check)
  return check
}

function compiled(file: string) {
  const ajv = new Ajv2020({ strict: false })
  ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
}
