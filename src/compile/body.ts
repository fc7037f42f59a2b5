/** Request bodies as values. JSON is built as JSON: what a caller sends can't leave its place (spec §2.4). */

import type { Report } from '../diagnostics.ts'
import type { BodyPlan, Json, Value } from '../plan.ts'
import { jsonFault } from '../text/json-fault.ts'
import { child } from '../text/pointer.ts'
import { isEnvReference, parseTemplate, TemplateSyntaxError } from '../text/template.ts'
import { type BodyKind, compileKind } from './body-kinds.ts'
import { compileText, type Scope } from './scope.ts'

/**
 * Compiles a declared body: `{type, data}`, or text, which is JSON unless the fixed Content-Type of the operation says
 * otherwise.
 */
export function compileBody(
  body: string | { readonly type: string; readonly data: Json },
  scope: Scope,
  report: Report,
  pointer: string,
  contentType?: string,
): BodyPlan {
  if (typeof body === 'string') {
    const kind = kindOf(contentType)
    if (kind !== undefined) return compileKind(kind, body, scope, report, pointer)
    return { type: 'json', value: compileJsonText(body, scope, report, pointer) }
  }
  const at = child(pointer, 'data')
  if (body.type !== 'json') return compileKind(body.type as BodyKind, body.data, scope, report, at)
  if (typeof body.data === 'string') return { type: 'json', value: compileJsonText(body.data, scope, report, at) }
  return { type: 'json', value: compileData(body.data, scope, report, at) }
}

/** What a body is by its media type; undefined = JSON, or not known at load. */
export function kindOf(contentType: string | undefined): Exclude<BodyKind, 'multipartForm'> | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  if (type === undefined || type.includes('{') || /^application\/(?:[^;]+\+)?json$/.test(type)) return undefined
  if (/[/+]xml$/.test(type)) return 'xml'
  if (type === 'application/x-www-form-urlencoded') return 'formUrlEncoded'
  return type.startsWith('application/sparql-') ? 'sparql' : 'text'
}

/** A JSON value whose strings may hold placeholders; a string that is one placeholder takes the value's own type. */
function compileData(data: Json, scope: Scope, report: Report, pointer: string): Value {
  if (typeof data === 'string') return compileText(data, scope, report, pointer)
  if (Array.isArray(data))
    return { type: 'array', items: data.map((v: Json, i) => compileData(v, scope, report, child(pointer, i))) }
  if (typeof data !== 'object' || data === null) return { type: 'literal', value: data }
  const members = Object.entries(data as Record<string, Json>)
  for (const [key] of members) if (key.includes('{{')) report('bad-body', child(pointer, key), { detail: noNames(key) })
  return {
    type: 'object',
    members: members.map(([key, v]) => [key, compileData(v, scope, report, child(pointer, key))]),
  }
}

const noNames = (name: string) => `a placeholder can't stand in a name, as in "${name}"`

/**
 * JSON text with placeholders: inside quotes one is text, bare it is a JSON value. Each is replaced by a marker that no
 * document can hold, the text is parsed as JSON, and the markers become values.
 */
function compileJsonText(source: string, scope: Scope, report: Report, pointer: string): Value {
  try {
    const marked = mark(source)
    const fault = jsonFault(marked.text)
    const { names } = marked
    if (fault !== undefined) {
      report('bad-body', pointer, { detail: `expected ${fault.expected} ${excerpt(marked, fault.offset)}` })
      return { type: 'literal', value: null }
    }
    return unmark(JSON.parse(marked.text), {
      text: (text) => unmarkText(text, names, (name) => compileText(`{{${name}}}`, scope, report, pointer)),
      name: (name) => {
        if (markShape.test(name)) report('bad-body', pointer, { detail: noNames(sourceOf(name, names)) })
        return name
      },
    })
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error
    report('bad-template', pointer, { detail: error.message })
    return { type: 'literal', value: null }
  }
}

/** What stands at an offset of the marked text, as its author wrote it. */
function excerpt({ text, names }: Marked, offset: number): string {
  const rest = text.slice(offset).replace(/"?\\u0000(?:bare|text):(\d+)\\u0000"?/g, (_, i) => `{{${names[Number(i)]}}}`)
  if (rest === '') return 'where the body ends'
  return `at ${rest.length > 24 ? `${rest.slice(0, 24)}…` : rest}`
}

const bareMark = (index: number) => `\\u0000bare:${index}\\u0000`
const quotedMark = (index: number) => `\\u0000text:${index}\\u0000`
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is the marker because JSON text can't hold it unescaped.
const markShape = /\u0000(bare|text):(\d+)\u0000/

interface Marked {
  readonly text: string
  readonly names: readonly string[]
}

function mark(source: string): Marked {
  const names: string[] = []
  let text = ''
  let quoted = false
  for (const part of parseTemplate(source).parts) {
    if (typeof part === 'string') {
      text += part
      quoted = insideQuotes(part, quoted)
      continue
    }
    text += quoted ? quotedMark(names.length) : `"${bareMark(names.length)}"`
    names.push(part.name)
  }
  return { text, names }
}

function insideQuotes(text: string, before: boolean): boolean {
  let inside = before
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') inside = !inside
  }
  return inside
}

interface Unmark {
  readonly text: (text: string) => Value
  readonly name: (name: string) => string
}

function unmark(json: unknown, to: Unmark): Value {
  if (typeof json === 'string') return to.text(json)
  if (Array.isArray(json)) return { type: 'array', items: json.map((v) => unmark(v, to)) }
  if (typeof json !== 'object' || json === null) return { type: 'literal', value: json as Json }
  return { type: 'object', members: Object.entries(json).map(([key, v]) => [to.name(key), unmark(v, to)]) }
}

function unmarkText(text: string, names: readonly string[], resolve: (name: string) => Value): Value {
  const pieces = text.split(markShape)
  if (pieces.length === 1) return isEnvReference(text) ? resolve(text) : { type: 'literal', value: text }
  if (pieces.length === 4 && pieces[0] === '' && pieces[1] === 'bare' && pieces[3] === '') {
    return resolve(names[Number(pieces[2])] ?? '')
  }
  const parts: (string | Value)[] = []
  for (let i = 0; i < pieces.length; i += 3) {
    const literal = pieces[i] ?? ''
    if (literal !== '') parts.push(literal)
    const index = pieces[i + 2]
    if (index !== undefined) parts.push(resolve(names[Number(index)] ?? ''))
  }
  return { type: 'text', source: sourceOf(text, names), parts }
}

/** A marked text as its author wrote it. */
function sourceOf(text: string, names: readonly string[]): string {
  return text.replace(new RegExp(markShape, 'g'), (_, _kind, i) => `{{${names[Number(i)]}}}`)
}
