/** Declared answers of a REST operation: `responses`, and `responseBinary` for short (spec-servers §3.5). */

import type { MediaTypePlan, OperationPlan, ResponsePlan } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import type { Known } from './known.ts'

/** The declared answers. A media type that is never answered is told, and left out. */
export function compileResponses(
  operation: doc.ExposedOperation,
  run: OperationPlan,
  known: Known,
  pointer: string,
): readonly ResponsePlan[] {
  const { responses = {}, responseBinary } = operation
  if (responseBinary !== undefined && operation.responses !== undefined)
    known.report('wrong-value', child(pointer, 'responseBinary'), {
      value: '"responseBinary"',
      rule: 'is short for "responses": only one of them may be there',
    })
  const at = child(pointer, 'responses')
  const declared = Object.entries(responses).map(([status, response]) => {
    const contentAt = child(child(at, status), 'content')
    return responseOf(status, response, (mediaType) => child(contentAt, mediaType))
  })
  if (responseBinary !== undefined)
    declared.push(short(responseBinary, child(child(pointer, 'responseBinary'), 'mediaType')))
  return declared.map(({ content, ...response }) => ({
    ...response,
    content: answered(content, response.status, run, known),
  }))
}

interface Placed extends MediaTypePlan {
  readonly at: string
}

interface Declared extends ResponsePlan {
  readonly content: readonly Placed[]
}

function responseOf(
  status: string,
  { description, content = {} }: doc.Response,
  at: (mediaType: string) => string,
): Declared {
  return {
    status,
    ...(description === undefined ? {} : { description }),
    content: Object.entries(content).map(([mediaType, { binary, schema }]) => ({
      mediaType,
      ...(binary === true ? { binary } : {}),
      ...(schema === undefined || binary === true ? {} : { schema }),
      at: at(mediaType),
    })),
  }
}

function short(
  { status = 200, mediaType, description }: NonNullable<doc.ExposedOperation['responseBinary']>,
  at: string,
): Declared {
  const content = [{ mediaType, binary: true as const, at }]
  return { status: String(status), ...(description === undefined ? {} : { description }), content }
}

/** A result is bytes or JSON, as the operation has it; a refusal is always a problem (RFC 9457). */
function answered(
  content: readonly Placed[],
  status: string,
  run: OperationPlan,
  known: Known,
): readonly MediaTypePlan[] {
  const bytes = run.output.binary !== undefined
  const isResult = status.startsWith('2')
  return content.flatMap(({ at, ...media }) => {
    const isAnswered = isResult
      ? bytes === (media.binary === true) && (bytes || isJson(media.mediaType))
      : /^[45]/.test(status) && isJson(media.mediaType)
    if (isAnswered) return [media]
    const answers = isResult ? (bytes ? 'bytes' : 'JSON') : 'a problem (application/problem+json)'
    known.report('unanswered-type', at, { mediaType: media.mediaType, answers })
    return []
  })
}

const isJson = (mediaType: string) => /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i.test(mediaType)
