/** How the answer of a consumed operation is read (spec §2.6). */

import type { AnswerPlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'

/** Absent = JSON. */
export function compileAnswer(operation: doc.ConsumedOperation): AnswerPlan | undefined {
  const format = operation.outputRawFormat ?? 'json'
  return format === 'json' ? undefined : { format }
}
