/** inputParameters -> one JSON Schema and one validator, the same on every surface (spec §3.6, our deviation: enforced). */

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { InputFault } from '../errors.ts'
import type { InputPlan, Json, JsonSchema } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { explain } from './input-faults.ts'

/** Refinements of a flow's inputs from the companion file, by parameter. */
export type Refinements = ReadonlyMap<string, JsonSchema>

/** JSON Schema of an input: closed, every parameter with its type and description, refinements merged over them. */
export function inputSchema(inputs: doc.Named<doc.Input>, refinements?: Refinements): JsonSchema {
  const properties: Record<string, Json> = {}
  for (const [name, input] of inputs) {
    const { type, description, pattern } = input
    properties[name] = {
      ...(type === undefined ? {} : { type }),
      ...(description === undefined ? {} : { description }),
      ...(pattern === undefined ? {} : { pattern }),
      ...refinements?.get(name),
    }
  }
  const required = [...inputs].filter(([, input]) => input.required).map(([name]) => name)
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false }
}

/** An input above this many values gets its first fault only: a long list of faults must not be a way to hurt. */
const maxExplained = 2000

/** The validator of an input schema. Its two functions are compiled when they are first needed, and kept. */
export function inputPlan(schema: JsonSchema): InputPlan {
  const fits = compiledLater(schema, false)
  const everyFault = compiledLater(schema, true)
  const validate = (input: Readonly<Record<string, unknown>>): readonly InputFault[] => {
    const quick = fits()
    if (quick(input)) return none
    if (sizeOf(input, maxExplained) >= maxExplained) return explain(quick.errors ?? [], schema)
    const thorough = everyFault()
    thorough(input)
    return explain(thorough.errors ?? [], schema)
  }
  return { schema, validate: Object.assign(validate, { toJSON: () => 'compiled from the schema' }) }
}

const none: readonly InputFault[] = []

function compiledLater(schema: JsonSchema, allErrors: boolean): () => ValidateFunction {
  let compiled: ValidateFunction | undefined
  return () => {
    compiled ??= ajv(allErrors).compile(schema)
    return compiled
  }
}

const compilers = new Map<boolean, Ajv2020>()

/**
 * One instance that stops at the first fault, for every call, and one that finds all, for refusals. Neither checks a
 * schema against its meta-schema, which costs more than the rest of a start: what a schema may hold is checked by ours
 * (schemas/runtime.schema.json), which is compiled at build.
 */
function ajv(allErrors: boolean): Ajv2020 {
  const known = compilers.get(allErrors)
  if (known !== undefined) return known
  // An input may be called `constructor`, which every object has without being given it.
  const instance = new Ajv2020({ allErrors, strict: false, validateSchema: false, ownProperties: true })
  // The package is CommonJS: its function is the default of its default, as TypeScript sees it, and itself at run time.
  ;(formats as unknown as (ajv: Ajv2020) => void)(instance)
  instance.addFormat('byte', isBase64)
  compilers.set(allErrors, instance)
  return instance
}

/** The package's own check backtracks, which a few megabytes are too much for. */
function isBase64(text: string): boolean {
  const end = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
  return text.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(text.slice(0, end))
}

/** Counts values up to a bound. */
function sizeOf(value: unknown, bound: number): number {
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const v of Object.values(value)) {
    size += sizeOf(v, bound - size)
    if (size >= bound) return bound
  }
  return size
}
