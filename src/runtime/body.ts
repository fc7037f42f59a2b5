/** A body plan and one input -> the bytes that are sent, every value encoded for its place (spec §2.4). */

import { randomUUID } from 'node:crypto'
import type { BodyPlan, PartPlan, SparqlPlace, Value } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { asText, evaluate, type Input } from './evaluate.ts'
import { encode, refuse } from './wrong-input.ts'

export interface Written {
  readonly body: string | Buffer
  /** Where it is not the same for every request. */
  readonly contentType?: string
}

/** Which inputs are bytes, which come as base64. */
export type IsBytes = (input: string) => boolean

const noBytes: IsBytes = () => false

type Write = (input: Input) => Written
type Text = Value & { readonly type: 'text' }
type Escape = (text: string, from: Value) => string

/** What the body is sent as, unless a parameter says otherwise; a multipart body says it itself. */
export const mediaTypes: Readonly<Record<BodyPlan['type'], string | undefined>> = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  xml: 'application/xml',
  sparql: 'application/sparql-query',
  form: 'application/x-www-form-urlencoded',
  multipart: undefined,
}

/** Decides at start how the bodies of a plan are written. The answer throws `invalid-input` for what can't be encoded. */
export function bodyWriter(plan: BodyPlan, binds: BindValues, isBytes: IsBytes = noBytes): Write {
  switch (plan.type) {
    case 'json':
      return (input) => ({ body: JSON.stringify(evaluate(plan.value, input, binds) ?? null) })
    case 'text':
      if (bytesIn(plan.value.parts, isBytes))
        return (input) => ({ body: bytesOf(soleOf(plan.value.parts), input, binds) })
      return (input) => ({ body: filled(plan.value, input, binds, (text) => text) })
    case 'xml':
      return (input) => ({ body: filled(plan.value, input, binds, escapeXml) })
    case 'sparql':
      return (input) => ({ body: sparql(plan.value, plan.places, input, binds) })
    case 'form':
      return (input) => ({ body: form(plan.fields, input, binds) })
    case 'multipart':
      return (input) => multipart(plan.parts, input, binds, isBytes)
    default:
      return plan satisfies never
  }
}

/** The author's text as it is, what stands for a placeholder escaped; one without a value is empty. */
function filled({ parts }: Text, input: Input, binds: BindValues, escaped: Escape): string {
  const said = (part: string | Value) =>
    typeof part === 'string' ? part : escaped(asText(evaluate(part, input, binds)), part)
  return parts.map(said).join('')
}

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}

/** XML 1.0 §2.2: everything else can't be in a document, not even escaped. */
const xmlText = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

function escapeXml(text: string, from: Value): string {
  if (!xmlText.test(text)) throw refuse(from, 'holds a character that XML can not carry')
  return text.replace(/[&<>"'\r]/g, (character) => xmlEntities[character] ?? '')
}

/** What may stand bare in a query: a number, a word or a prefixed name, which can't hold syntax. */
const sparqlToken = /^[-+]?[A-Za-z0-9_][\w.-]*(?::[\w.-]*)?$/

const sparqlEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function sparql(value: Text, places: readonly SparqlPlace[], input: Input, binds: BindValues): string {
  let index = 0
  return filled(value, input, binds, (text, from) => {
    const place = places[index++] ?? 'bare'
    switch (place) {
      case 'whole':
        return text
      case 'string':
        return text.replace(/[\\"'\n\r\t]/g, (character) => sparqlEscapes[character] ?? '')
      case 'iri':
        return encode(from, text)
      case 'bare':
        if (sparqlToken.test(text)) return text
        throw refuse(from, 'must be a number, a word or a prefixed name: it stands outside quotes in a query')
      default:
        return place satisfies never
    }
  })
}

const formText = (from: Value, text: string) => encode(from, text).replace(/%20/g, '+')

/** A list is repeated; what is not given is left out. */
function form(fields: readonly (readonly [string, Value])[], input: Input, binds: BindValues): string {
  const pairs = fields.flatMap(([name, value]) =>
    listed(evaluate(value, input, binds)).map((one) => `${formText(value, name)}=${formText(value, asText(one))}`),
  )
  return pairs.join('&')
}

function listed(given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return []
  return Array.isArray(given) ? given : [given]
}

/** A body that is nothing but one input of bytes. */
const bytesIn = (parts: Text['parts'], isBytes: IsBytes) => parts.length === 1 && holdsBytes(soleOf(parts), isBytes)
const soleOf = ([part]: Text['parts']): Value => (typeof part === 'object' ? part : { type: 'literal', value: null })
const holdsBytes = (value: Value, isBytes: IsBytes) =>
  value.type === 'input' && value.path === undefined && isBytes(value.name)

function bytesOf(value: Value, input: Input, binds: BindValues): Buffer {
  return Buffer.from(asText(evaluate(value, input, binds)), 'base64')
}

/** RFC 7578. The boundary is random, so that no value can hold it. */
function multipart(parts: readonly PartPlan[], input: Input, binds: BindValues, isBytes: IsBytes): Written {
  const boundary = `form-${randomUUID()}`
  const pieces = parts.flatMap((part) =>
    listed(evaluate(part.value, input, binds)).flatMap((one) => [
      `--${boundary}\r\n${partHead(part, input, binds)}\r\n\r\n`,
      holdsBytes(part.value, isBytes) ? Buffer.from(asText(one), 'base64') : asText(one),
      '\r\n',
    ]),
  )
  return { body: joined([...pieces, `--${boundary}--\r\n`]), contentType: `multipart/form-data; boundary=${boundary}` }
}

function joined(pieces: readonly (string | Buffer)[]): string | Buffer {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('')
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

function partHead({ name, filename, contentType }: PartPlan, input: Input, binds: BindValues): string {
  const file = filename === undefined ? undefined : asText(evaluate(filename, input, binds))
  const type = contentType === undefined ? undefined : asText(evaluate(contentType, input, binds))
  if (contentType !== undefined && type !== undefined && !/^[\t\x20-\x7e]*$/.test(type))
    throw refuse(contentType, 'holds a character that a header can not carry')
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"`
  return [
    file === undefined || file === '' ? disposition : `${disposition}; filename="${quoted(file)}"`,
    ...(type === undefined || type === '' ? [] : [`Content-Type: ${type}`]),
  ].join('\r\n')
}

/** As browsers write names in multipart/form-data: nothing can end the quotes or the line. */
function quoted(name: string): string {
  return name.replace(/["\r\n]/g, encodeURIComponent)
}
