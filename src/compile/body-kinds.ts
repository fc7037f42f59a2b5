/** Bodies that are no JSON: text, XML, SPARQL, forms (spec §2.4). What a placeholder may hold depends on its place. */

import type { Report } from '../diagnostics.ts'
import type { BodyPlan, Json, PartPlan, SparqlPlace, Value } from '../plan.ts'
import { child } from '../text/pointer.ts'
import { isEnvReference, parseTemplate, solePlaceholder, TemplateSyntaxError } from '../text/template.ts'
import { compileText, type Scope } from './scope.ts'

type Text = Value & { readonly type: 'text' }

/** Kinds of bodies, as the format names them, without JSON. */
export type BodyKind = 'text' | 'xml' | 'sparql' | 'formUrlEncoded' | 'multipartForm'

/** Compiles the data of a body that is no JSON. */
export function compileKind(kind: BodyKind, data: Json, scope: Scope, report: Report, pointer: string): BodyPlan {
  switch (kind) {
    case 'text':
    case 'xml':
      return { type: kind, value: asText(String(data), scope, report, pointer) }
    case 'sparql': {
      const value = asText(String(data), scope, report, pointer)
      return { type: 'sparql', value, places: sparqlPlaces(value.parts) }
    }
    case 'formUrlEncoded':
      return formBody(formFields(data, scope, report, pointer))
    case 'multipartForm':
      return multipartBody(data as unknown as readonly Part[], scope, report, pointer)
    default:
      return kind satisfies never
  }
}

/** A form of fields by name. */
export function formBody(fields: readonly (readonly [string, Value])[]): BodyPlan {
  return { type: 'form', fields, value: { type: 'array', items: fields.map(([, value]) => value) } }
}

/** A text whose own words are told from what stands for its placeholders, even where it is one placeholder. */
function asText(source: string, scope: Scope, report: Report, pointer: string): Text {
  const value = compileText(source, scope, report, pointer)
  if (isSole(source) || isEnvReference(source)) return { type: 'text', source, parts: [value] }
  return value.type === 'text' ? value : { type: 'text', source, parts: [source] }
}

function isSole(source: string): boolean {
  try {
    return solePlaceholder(parseTemplate(source)) !== undefined
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return false
    throw error
  }
}

function formFields(data: Json, scope: Scope, report: Report, pointer: string): readonly (readonly [string, Value])[] {
  const field = (name: string, value: string, at: string) => {
    if (name.includes('{{'))
      report('bad-template', at, { detail: `a placeholder can't stand in a name, as in "${name}"` })
    return [name, compileText(value, scope, report, at)] as const
  }
  if (typeof data !== 'string')
    return Object.entries(data as Record<string, Json>).map(([name, v]) => field(name, String(v), child(pointer, name)))
  return pairsOf(data).map(([name, value]) => field(name, value, pointer))
}

/** `a=b&c={{d}}` as pairs, decoded: they are encoded again when they are sent. `{{&x}}` is a placeholder too. */
function pairsOf(text: string): readonly (readonly [string, string])[] {
  const pieces = text.trim().split(/(?<!\{\{\s*)&/)
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [, name = '', value = ''] = /^((?:\{\{.*?\}\}|[^=])*)=?(.*)$/s.exec(piece) ?? []
      return [decoded(name), decoded(value)]
    })
}

function decoded(text: string): string {
  const spaced = text.replace(/\+/g, ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

interface Part {
  readonly name: string
  readonly value: string
  readonly filename?: string
  readonly contentType?: string
}

function multipartBody(data: readonly Part[], scope: Scope, report: Report, pointer: string): BodyPlan {
  const parts = data.map((part, i): PartPlan => {
    const at = child(pointer, i)
    const text = (key: 'value' | 'filename' | 'contentType') =>
      part[key] === undefined ? undefined : compileText(part[key], scope, report, child(at, key))
    const [filename, contentType] = [text('filename'), text('contentType')]
    return {
      name: part.name,
      value: text('value') ?? { type: 'literal', value: '' },
      ...(filename === undefined ? {} : { filename }),
      ...(contentType === undefined ? {} : { contentType }),
    }
  })
  const items = parts.flatMap((p) => [p.value, p.filename, p.contentType].filter((v) => v !== undefined))
  return { type: 'multipart', parts, value: { type: 'array', items } }
}

/** Where each placeholder of a query stands. One that is the whole query is the caller's own query. */
function sparqlPlaces(parts: readonly (string | Value)[]): readonly SparqlPlace[] {
  if (parts.length === 1 && typeof parts[0] === 'object') return ['whole']
  const places: SparqlPlace[] = []
  let place: SparqlState = 'bare'
  for (const part of parts) {
    if (typeof part === 'string') place = sparqlAfter(part, place)
    else places.push(place === 'bare' || place === 'comment' ? 'bare' : place === 'iri' ? 'iri' : 'string')
  }
  return places
}

/** Bare, in an IRI, in a comment, or in a string that ends with these quotes. */
type SparqlState = 'bare' | 'iri' | 'comment' | '"' | "'" | '"""' | "'''"

const sparqlTokens = /\\.|"""|'''|["'<>#\n\s]/gs

function sparqlAfter(text: string, before: SparqlState): SparqlState {
  let state = before
  for (const [token] of text.matchAll(sparqlTokens)) state = sparqlNext(state, token)
  return state
}

function sparqlNext(state: SparqlState, token: string): SparqlState {
  switch (state) {
    case 'bare':
      if (token === '<') return 'iri'
      if (token === '#') return 'comment'
      return token === '"' || token === "'" || token === '"""' || token === "'''" ? token : 'bare'
    case 'comment':
      return token === '\n' ? 'bare' : 'comment'
    case 'iri':
      // An IRI holds no blank: this "<" was a comparison.
      return token === '>' || token.trim() === '' ? 'bare' : 'iri'
    default:
      return token === state ? 'bare' : state
  }
}
