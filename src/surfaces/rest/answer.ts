/** A result becomes an answer: its form, whether it may be kept, and whether the caller has it already. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RoutePlan } from '../../plan.ts'
import type { Outcome } from '../../runtime/invoke.ts'
import { digestOfResult } from '../../runtime/look.ts'
import { csvText, rowsOf } from '../../text/table.ts'
import { sendEmpty, sendTagged } from '../conditional.ts'
import { inert, send } from '../http.ts'
import { tell } from '../told.ts'
import { declaredBytes } from './bytes.ts'
import { type Form, formsOf, notAcceptable } from './negotiate.ts'

/** What is the same of every answer of a route. */
export interface Answering {
  /** In which forms a result can be had. */
  readonly forms: readonly Form[]
  /** Of bytes whose consumed operation names no media type. */
  readonly bytesType: string | undefined
  /** Names and values, flat. */
  readonly headers: readonly string[]
  /** Whether results are tagged, so that a caller who has one is not sent it again. */
  readonly tagged: boolean
}

/** Decides at start how results are answered. */
export function answering(plan: RoutePlan): Answering {
  const { binary } = plan.operation.output
  return { ...keeping(plan), forms: formsOf(plan), bytesType: binary?.mediaType ?? declaredBytes(plan) }
}

/**
 * What only reads is tagged. Only what the capability calls cacheable may be kept, by the caller alone: a cache on the
 * way may store none of it.
 */
function keeping({ method, operation }: RoutePlan): Pick<Answering, 'headers' | 'tagged'> {
  if (method !== 'GET') return { headers: [], tagged: false }
  const { safe, cacheable } = operation.semantics
  const tagged = safe === true || cacheable === true
  const varies = operation.output.binary === undefined ? ['vary', 'Accept'] : []
  return { headers: ['cache-control', cacheable === true ? 'private, no-cache' : 'no-store', ...varies], tagged }
}

/** Writes the result. Rejects with `not-acceptable` when it is no table though only a table is wanted. */
export async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  outcome: Outcome,
  answering: Answering,
  form: Form,
) {
  const { binary, text, status } = outcome
  if (binary !== undefined) return send(res, status, binary.bytes, answering.bytesType ?? binary.mediaType, inert)
  const { headers, tagged } = answering
  if (text === undefined) return sendEmpty(res, 204, headers)
  if (outcome.unsent !== undefined) tell(res, 'nothing-sent', 'true')
  const [body, type] = form === 'json' ? [text, undefined] : await written(outcome.value, form, answering)
  if (!tagged || status !== 200) return send(res, status, body, type, headers)
  sendTagged(req, res, { body, type, tag: tagOf(outcome, form), headers })
}

/** Each form has its own, and all name the result: who saw one of them has seen it (`precondition.ts`). */
function tagOf(outcome: Outcome, form: Form): string {
  const digest = digestOfResult(outcome) ?? ''
  return form === 'json' ? digest : `${digest}.${form}`
}

async function written(value: unknown, form: Form, { forms }: Answering): Promise<readonly [string, string]> {
  if (form === 'csv') {
    const rows = rowsOf(value)
    if (rows === undefined) throw notAcceptable(forms.filter((one) => one !== 'csv'))
    return [csvText(rows), 'text/csv; charset=utf-8; header=present']
  }
  const { yamlText } = await import('../../text/yaml.ts')
  return [yamlText(value), 'application/yaml; charset=utf-8']
}
