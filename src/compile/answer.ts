/** How the answer of a consumed operation is read (spec §2.6). */

import type { AnswerPlan, OutputPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'

/** Absent = JSON. */
export function compileAnswer(operation: doc.ConsumedOperation): AnswerPlan | undefined {
  const format = operation.outputRawFormat ?? 'json'
  if (format === 'json') return undefined
  const { outputSchema, maxBinarySize } = operation
  if (format === 'binary')
    return maxBinarySize === undefined ? { format } : { format, maxBytes: bytesOf(maxBinarySize) }
  return outputSchema === undefined || !hasSchema.has(format) ? { format } : { format, schema: outputSchema }
}

const hasSchema = new Set(['html', 'markdown', 'avro', 'protobuf'])

/** What is answered as bytes; undefined for what is answered as a tree. */
export function compileBinary({ outputRawFormat, outputMediaType }: doc.ConsumedOperation): OutputPlan['binary'] {
  if (outputRawFormat !== 'binary') return undefined
  return outputMediaType === undefined ? {} : { mediaType: outputMediaType }
}

const units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

function bytesOf(size: number | string): number {
  const [, number = '', unit = 'B'] = /^([\d.]+)(B|KiB|MiB|GiB)?$/.exec(String(size)) ?? []
  return Math.floor(Number(number) * units[unit as keyof typeof units])
}
