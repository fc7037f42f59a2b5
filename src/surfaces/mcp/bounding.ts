/** What a tool answers an agent whose answer is too large: what is left of it, and where the rest is read. */

import type { JsonSchema, McpPlan, ToolPlan } from '../../plan.ts'
import type { Answers } from './answers.ts'
import { type Bounds, beginning, boundsOf, type Cut, cut, exceeds, mayTell, more } from './bounded.ts'
import type { ResourceLink } from './content.ts'
import type { ToolAnswer } from './tool-call.ts'

/** An answer within its bounds, as it was where it is. */
export type Bound = (answer: ToolAnswer, value: unknown, subject: string) => ToolAnswer

/** `schema`: what structured content has to fit; absent = there is none. */
export function bounding(tool: ToolPlan, schema: JsonSchema | undefined, plan: McpPlan, answers: Answers): Bound {
  const bounds = boundsOf(tool.operation, plan)
  return (answer, value, subject) => {
    if (answer.content !== undefined) return aside(answer, tool, subject, answers, bounds)
    if (!exceeds(answer.text, value, bounds)) return answer
    const { text } = answer
    const kept = { text, subject, bounds }
    const left = cut(value, schema, bounds)
    if (left === undefined) return begun(answer, tool, schema, answers.keep(kept), bounds)
    return listed(answer, tool, schema, left, answers.keep(kept, left.shown))
  }
}

/** The first items. Where the answer is an object that may say so, it says itself that there are more. */
function listed(
  answer: ToolAnswer,
  tool: ToolPlan,
  schema: JsonSchema | undefined,
  left: Cut,
  uri: string,
): ToolAnswer {
  const { shown, of, member } = left
  const told = mayTell(left, schema) ? { ...(left.value as object), [more]: { items: of - shown, uri } } : left.value
  const text = JSON.stringify(told)
  const what = member === undefined ? 'items' : `items of "${member}"`
  const note = `The first ${shown} of ${of} ${what}. The next ones ${placeOf(uri)}`
  return {
    ...answer,
    ...(schema === undefined ? {} : { structured: told, json: text }),
    text,
    content: [note, text].map((text) => ({ type: 'text', text })),
    rest: linkTo(tool, uri),
  }
}

/**
 * How it begins. Nothing that is left of it would fit its schema: a read is then answered with a fault, which has none. A write is
 * done and must not look like a fault, so its structured content stays.
 */
function begun(
  answer: ToolAnswer,
  tool: ToolPlan,
  schema: JsonSchema | undefined,
  uri: string,
  { maxBytes }: Bounds,
): ToolAnswer {
  const { structured: _, json: __, ...rest } = answer
  const isFault = schema !== undefined && tool.operation.semantics.safe === true
  const size = Buffer.byteLength(answer.text)
  const note = `The answer has ${size} bytes, more than the ${maxBytes} that are handed over at once. All of it ${placeOf(uri)} It begins:`
  return {
    ...(isFault ? rest : answer),
    isError: isFault,
    content: [note, beginning(answer.text)].map((text) => ({ type: 'text', text })),
    rest: linkTo(tool, uri),
  }
}

const placeOf = (uri: string) => `can be read at ${uri} for 10 minutes, as it was now; or ask for less.`

/** Bytes that are no picture and no sound go beside the answer: a client may take their base64 for text. */
function aside(answer: ToolAnswer, tool: ToolPlan, subject: string, answers: Answers, bounds: Bounds): ToolAnswer {
  const [block] = answer.content ?? []
  if (block?.type !== 'resource' || !('blob' in block.resource)) return answer
  const { blob, mimeType = 'application/octet-stream' } = block.resource
  if (blob.length <= bounds.maxBytes) return answer
  const kept = () => linkTo(tool, answers.keep({ text: blob, mimeType, subject, bounds }), mimeType)
  const { link = kept(), ...rest } = answer
  const note = `The answer is ${Buffer.byteLength(blob, 'base64')} bytes of ${mimeType}. They can be read at ${link.uri}`
  const until = link === answer.link ? '.' : ' for 10 minutes, as they were now.'
  return { ...rest, content: [{ type: 'text', text: note + until }], link }
}

function linkTo({ name, title }: ToolPlan, uri: string, mimeType = 'application/json'): ResourceLink {
  return {
    type: 'resource_link',
    uri,
    name: `${name}-rest`,
    title: `Rest of ${title ?? name}`,
    mimeType,
  }
}
