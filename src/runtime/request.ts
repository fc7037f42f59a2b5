/** A request plan and one input -> the request that is sent. Every value is encoded for the place where it stands. */

import { type InputFault, OperationError } from '../errors.ts'
import type { ParameterPlan, RequestPlan, Value } from '../plan.ts'
import { child } from '../text/pointer.ts'
import type { BindValues } from './binds.ts'
import { asText, evaluate, type Input, varies } from './evaluate.ts'
import type { Upstream, UpstreamRequest } from './upstream.ts'

const userAgent = 'capability-runtime'

/** Decides at start what every request of a plan has in common; the answer builds one request from one input. */
export function requestBuilder(
  plan: RequestPlan,
  upstream: Upstream,
  binds: BindValues,
): (input: Input) => UpstreamRequest {
  const { headers: declared, query: parameters } = withoutCredentials(plan, upstream)
  const [fixed, varying] = splitHeaders(declared, binds)
  const common = commonHeaders(plan, upstream, fixed)
  const { query } = upstream.credentials
  const continues = plan.path.some((part) => typeof part === 'string' && part.includes('?'))
  return (input) => {
    const added = queryOf(parameters, query, input, binds)
    const path = upstream.basePath + pathOf(plan.path, input, binds) + (continues ? added.replace('?', '&') : added)
    const headers = varying.length === 0 ? common : [...common, ...headersOf(varying, input, binds)]
    if (plan.body === undefined) return { method: plan.method, path, headers }
    return { method: plan.method, path, headers, body: JSON.stringify(evaluate(plan.body.value, input, binds) ?? null) }
  }
}

/** The place of a credential is taken: a parameter of its name is not sent beside it, or an input could replace it. */
function withoutCredentials({ headers, query }: RequestPlan, { credentials }: Upstream) {
  const taken = new Set(credentials.headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()))
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
  const declared = new Set(plan.headers.map(({ name }) => name.toLowerCase()))
  const defaults: readonly (readonly [string, string])[] = [
    ['accept', 'application/json'],
    ['user-agent', userAgent],
    ...(plan.body === undefined ? [] : [['content-type', 'application/json'] as const]),
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

function encode(from: Value, text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    throw refuse(from, 'is not well-formed text')
  }
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

/** Names the inputs that are wrong; where a text of several is wrong only as a whole, all of them. */
function refuse(from: Value, message: string, wrong: (input: Value) => boolean = () => true): OperationError {
  const inputs = inputsOf(from)
  const culprits = inputs.some(wrong) ? inputs.filter(wrong) : inputs
  const pointers = new Set(culprits.length > 0 ? culprits.map(({ name }) => child('', name)) : [''])
  const errors = [...pointers].map((pointer): InputFault => ({ pointer, message }))
  return new OperationError('invalid-input', 'the input does not fit', { errors })
}

/** Every input that a value takes something from. */
function inputsOf(value: string | Value): readonly (Value & { readonly type: 'input' })[] {
  if (typeof value === 'string') return []
  switch (value.type) {
    case 'input':
      return [value]
    case 'text':
      return value.parts.flatMap(inputsOf)
    case 'array':
      return value.items.flatMap(inputsOf)
    case 'object':
      return value.members.flatMap(([, member]) => inputsOf(member))
    default:
      return []
  }
}
