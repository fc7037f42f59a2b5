/** How the answer of a consumed operation is read (spec §2.6). */

import type { Report } from '../diagnostics.ts'
import type { AnswerFormat, AnswerPlan, OperationPlan, OutputPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileOutputs, merge } from './outputs.ts'

/** Absent = JSON. */
export function compileAnswer(
  operation: doc.ConsumedOperation,
  report: Report,
  pointer: string,
): AnswerPlan | undefined {
  const format = operation.outputRawFormat ?? 'json'
  if (format === 'text') report('beyond-format', child(pointer, 'outputRawFormat'), { word: 'text' })
  if (format === 'json') return undefined
  const { outputSchema, maxBinarySize } = operation
  if (format === 'binary')
    return maxBinarySize === undefined ? { format } : { format, maxBytes: bytesOf(maxBinarySize) }
  return outputSchema === undefined || !hasSchema.has(format) ? { format } : { format, schema: outputSchema }
}

/** The outputs of a call whose answer has a format. A plain text has no members: "the whole object" is the text itself. */
export function compileAnswered(
  format: AnswerFormat | undefined,
  ...[outputs, refinement, report, pointer]: Parameters<typeof compileOutputs>
): OutputPlan {
  const output = compileOutputs(outputs, refinement, report, pointer)
  const isWhole = outputs.length > 0 && output.projection === undefined
  if (format !== 'text' || !isWhole) return output
  report('read-as', child(pointer, 0), { found: 'an object', meant: 'the text of the answer' })
  return { schema: merge({ type: 'string' }, refinement) }
}

const hasSchema = new Set(['html', 'markdown', 'avro', 'protobuf'])

/** What is answered as bytes; undefined for what is answered as a tree. */
export function compileBinary({ outputRawFormat, outputMediaType }: doc.ConsumedOperation): OutputPlan['binary'] {
  if (outputRawFormat !== 'binary') return undefined
  return outputMediaType === undefined ? {} : { mediaType: outputMediaType }
}

/** An operation as a surface answers it: bytes up to the smaller of its limit and that of the operation (spec-servers §2). */
export function limited(operation: OperationPlan, surface: Limiting, name: string): OperationPlan {
  const { run } = operation
  if (surface.maxBinarySize === undefined || run.type !== 'call' || run.request.answer?.format !== 'binary')
    return operation
  const { answer } = run.request
  const maxBytes = Math.min(bytesOf(surface.maxBinarySize), answer.maxBytes ?? Number.POSITIVE_INFINITY)
  if (maxBytes === answer.maxBytes) return operation
  const request = { ...run.request, answer: { ...answer, maxBytes } }
  return { ...operation, name: `${surface.namespace}.${name}`, run: { ...run, request } }
}

type Limiting = Pick<doc.ExposesRest, 'namespace' | 'maxBinarySize'>

const units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** A size as the format writes it, e.g. `10MiB`, in bytes. */
export function bytesOf(size: number | string): number {
  const [, number = '', unit = 'B'] = /^([\d.]+)(B|KiB|MiB|GiB)?$/.exec(String(size)) ?? []
  return Math.floor(Number(number) * units[unit as keyof typeof units])
}
