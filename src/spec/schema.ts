/** Our JSON Schemas (schemas/) as validators. */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { root } from '../package.ts'

export type SchemaName = 'capability' | 'runtime' | 'skill' | 'publish'

/** One ajv error, as far as we read it. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  /** The value that does not fit. */
  readonly data?: unknown
  /** The schema that holds the keyword. */
  readonly parentSchema?: Readonly<Record<string, unknown>>
  /** A key that does not fit, where the fault is in a key's name. */
  readonly propertyName?: string
}

type Check = (value: unknown) => boolean
type Validator = Check & { errors?: readonly SchemaError[] | null }

const schemaFile = (name: SchemaName) => join(root, 'schemas', `${name}.schema.json`)
const checks = new Map<SchemaName, Check>()
const validators = new Map<SchemaName, Validator>()

/**
 * Whether a value fits a schema. `npm run build` writes a check beside the program that only says yes or no: compiling a
 * schema so that it can say why costs more than a whole start, and only a fault needs it.
 */
export function fitsSchema(name: SchemaName, value: unknown): boolean {
  const check = checks.get(name) ?? builtCheck(name) ?? validatorOf(name)
  checks.set(name, check)
  return check(value)
}

/** Every violation of a schema; none when the value is valid. */
export function schemaErrors(name: SchemaName, value: unknown): readonly SchemaError[] {
  if (fitsSchema(name, value)) return []
  const validator = validatorOf(name)
  return validator(value) ? [] : (validator.errors ?? [])
}

function builtCheck(name: SchemaName): Check | undefined {
  const file = fileURLToPath(new URL(`./${name}-check.cjs`, import.meta.url))
  return existsSync(file) ? createRequire(import.meta.url)(file) : undefined
}

function validatorOf(name: SchemaName): Validator {
  const validator = validators.get(name) ?? compile(name)
  validators.set(name, validator)
  return validator
}

/** `verbose` lets an error name the keys that would have been right. */
function compile(name: SchemaName): Validator {
  return new Ajv2020({ strict: false, allErrors: true, verbose: true }).compile(readSchema(name))
}

/** A schema as it stands in its file. */
export function readSchema(name: SchemaName): { readonly [keyword: string]: unknown } {
  return JSON.parse(readFileSync(schemaFile(name), 'utf8'))
}
