/** A request plan and one input -> the request that is sent. Every value is encoded for the place where it stands. */

import type { AnswerPlan, JsonSchema, OperationPlan, ParameterPlan, RequestPlan, Value } from '../plan.ts'
import type { BindValues } from './binds.ts'
import { bodyWriter, type IsBytes, mediaTypes } from './body.ts'
import { asText, evaluate, type Input, varies } from './evaluate.ts'
import { accepted } from './formats/formats.ts'
import type { RawAnswer, UpstreamRequest } from './message.ts'
import type { Upstream } from './upstream.ts'
import { encode, refuse } from './wrong-input.ts'

const userAgent = 'capability-runtime'

/** Decides at start what every request of a plan has in common; the answer builds one request from one input. */
export function requestBuilder(
  plan: RequestPlan,
  upstream: Upstream,
  binds: BindValues,
  isBytes?: IsBytes,
): (input: Input) => UpstreamRequest {
  const { headers: declared, query: parameters } = withoutCredentials(plan, upstream)
  const [fixed, varying] = splitHeaders(declared, binds)
  const common = commonHeaders(plan, upstream, fixed)
  const { query } = upstream.credentials
  const { cookies = [], answer } = plan
  const raw = answer && rawOf(answer)
  const isFixed = varying.length === 0 && cookies.length === 0
  const write = plan.body === undefined ? undefined : bodyWriter(plan.body, binds, isBytes)
  const continues = plan.path.some((part) => typeof part === 'string' && part.includes('?'))
  return (input) => {
    const added = queryOf(parameters, query, input, binds)
    const path = upstream.basePath + pathOf(plan.path, input, binds) + (continues ? added.replace('?', '&') : added)
    const headers = isFixed
      ? common
      : [...common, ...headersOf(varying, input, binds), ...cookieOf(cookies, input, binds)]
    const head =
      raw === undefined ? { method: plan.method, path, headers } : { method: plan.method, path, headers, raw }
    if (write === undefined) return head
    const { body, contentType } = write(input)
    return contentType === undefined
      ? { ...head, body }
      : { ...head, body, headers: [...headers, 'content-type', contentType] }
  }
}

function rawOf({ format, maxBytes }: AnswerPlan): RawAnswer {
  if (format !== 'binary') return {}
  return { limit: 'maxBinarySize', ...(maxBytes === undefined ? {} : { maxBytes }) }
}

/** The place of a credential is taken: a parameter of its name is not sent beside it, or an input could replace it. */
function withoutCredentials({ headers, query, body }: RequestPlan, { credentials }: Upstream) {
  const taken = new Set(credentials.headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()))
  // Only the body itself knows its boundary.
  if (body?.type === 'multipart') taken.add('content-type')
  for (const name of credentials.reserved ?? []) taken.add(name)
  const [takenKey] = credentials.query.split('=')
  return {
    headers: headers.filter(({ name }) => !taken.has(name.toLowerCase())),
    query: query.filter(({ name }) => encodeURIComponent(name) !== takenKey),
  }
}

/** Header texts that are the same on every call, and the parameters that are not. */
function splitHeaders(
  headers: readonly ParameterPlan[],
  binds: BindValues,
): readonly [readonly string[], readonly ParameterPlan[]] {
  const fixed = headers.filter(({ value }) => !varies(value))
  return [headersOf(fixed, {}, binds), headers.filter(({ value }) => varies(value))]
}

/** Declared headers replace our defaults; the credentials of the upstream stand last. */
function commonHeaders(plan: RequestPlan, upstream: Upstream, fixed: readonly string[]): string[] {
  const mediaType = plan.body === undefined ? undefined : mediaTypes[plan.body.type]
  const declared = new Set(plan.headers.map(({ name }) => name.toLowerCase()))
  const defaults: readonly (readonly [string, string])[] = [
    ['accept', plan.answer === undefined ? 'application/json' : accepted[plan.answer.format]],
    ['user-agent', userAgent],
    ...(mediaType === undefined ? [] : [['content-type', mediaType] as const]),
  ]
  return [...defaults.filter(([name]) => !declared.has(name)).flat(), ...fixed, ...upstream.credentials.headers]
}

function pathOf(parts: readonly (string | Value)[], input: Input, binds: BindValues): string {
  let path = ''
  for (const part of parts)
    path += typeof part === 'string' ? part : segment(part, asText(evaluate(part, input, binds)))
  return path
}

/** One path segment: it can't be empty, can't climb, and nothing in it can end it. */
function segment(from: Value, text: string): string {
  if (text === '') throw refuse(from, 'must not be empty: it is part of a path')
  if (text === '.' || text === '..') throw refuse(from, 'must not be "." or "..": it is part of a path')
  try {
    return encodeURIComponent(text)
  } catch {
    throw refuse(from, 'is not well-formed text')
  }
}

function queryOf(parameters: readonly ParameterPlan[], credentials: string, input: Input, binds: BindValues): string {
  let query = ''
  for (const { name, value } of parameters) {
    const given = evaluate(value, input, binds)
    if (given === undefined || given === null) continue
    const values: readonly unknown[] = Array.isArray(given) ? given : [given]
    for (const one of values)
      query += `${query === '' ? '?' : '&'}${encodeURIComponent(name)}=${encode(value, asText(one))}`
  }
  return credentials === '' ? query : `${query}${query === '' ? '?' : '&'}${credentials}`
}

/** RFC 6265 §4.2.1: nothing in a value can end it. None given, none sent. */
function cookieOf(cookies: readonly ParameterPlan[], input: Input, binds: BindValues): readonly string[] {
  const pairs = cookies.flatMap(({ name, value }) => {
    const given = evaluate(value, input, binds)
    return given === undefined || given === null ? [] : [`${name}=${encode(value, asText(given))}`]
  })
  return pairs.length === 0 ? [] : ['cookie', pairs.join('; ')]
}

/** RFC 9110 §5.5: visible ASCII, blanks and tabs. No line break can start another header. */
const fieldValue = /^[\t\x20-\x7e]*$/

function headersOf(parameters: readonly ParameterPlan[], input: Input, binds: BindValues): readonly string[] {
  const out: string[] = []
  for (const { name, value } of parameters) {
    const given = evaluate(value, input, binds)
    if (given === undefined || given === null) continue
    const text = asText(given)
    if (!fieldValue.test(text))
      throw refuse(
        value,
        'holds a character that a header can not carry',
        (part) => !fieldValue.test(asText(evaluate(part, input, binds))),
      )
    out.push(name, text)
  }
  return out
}

/** Inputs of the format `byte`: base64 with the caller, bytes where the upstream takes bytes. */
export function bytesOf({ input }: OperationPlan): (name: string) => boolean {
  const properties = (input.schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const formatOf = ({ format, items }: JsonSchema) => format ?? (items as JsonSchema | undefined)?.format
  const names = Object.entries(properties).flatMap(([name, schema]) => (formatOf(schema) === 'byte' ? [name] : []))
  return (name) => names.includes(name)
}
