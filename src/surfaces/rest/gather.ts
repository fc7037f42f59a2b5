/** The input of an operation from the places its route declares (spec-servers §3.3). */

import type { IncomingMessage } from 'node:http'
import { type InputFault, OperationError } from '../../errors.ts'
import type { Call } from '../../runtime/call.ts'
import { child } from '../../text/pointer.ts'
import { carriesBody, limits } from '../http.ts'
import { check, dryRun, type Line, type Route } from './route.ts'

type Members = Record<string, unknown>

/** Everything that does not fit is told at once. */
export async function gather(
  route: Route,
  values: readonly string[],
  req: IncomingMessage,
  call: Call,
): Promise<Members> {
  const input: Members = {}
  const faults: InputFault[] = []
  if ((req.url?.length ?? 0) > limits.target)
    throw new OperationError('invalid-input', `the address is longer than ${limits.target} characters`)
  route.path.forEach((p, i) => {
    if (p !== undefined) input[p.name] = readLine(p, values[i] ?? '', (text) => decode(text, p.name, faults))
  })
  gatherQuery(route, req.url ?? '', input, faults, call)
  for (const p of route.headers) {
    const value = req.headers[p.key]
    if (value !== undefined) input[p.name] = readLine(p, Array.isArray(value) ? value.join(', ') : value, asIs)
  }
  if (route.cookies.length > 0) gatherCookies(route.cookies, req.headers.cookie ?? '', input)
  // A body that no parameter reads is told, not dropped: its sender meant something by it.
  if (route.body.length > 0 || carriesBody(req)) gatherBody(route, await route.reader.read(req, faults), input, faults)
  for (const [name, value] of route.constants) input[name] = value
  if (faults.length === 0) return input
  const named = new Set(faults.map((f) => f.pointer))
  const rest = route.plan.operation.input.validate(input).filter((f) => !named.has(f.pointer))
  throw new OperationError('invalid-input', 'the request does not fit', { errors: [...faults, ...rest] })
}

const asIs = (text: string) => text.trim()

/** A list in a place that has one text stands with commas between its elements (OpenAPI: simple), or as JSON. */
function readLine(p: Line, text: string, decoded: (text: string) => string): unknown {
  if (!p.isList) return p.read(decoded(text))
  const whole = decoded(text)
  if (whole === '') return []
  return jsonList(whole) ?? text.split(',').map((element) => p.read(decoded(element)))
}

function jsonList(text: string): unknown {
  if (!text.startsWith('[')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function decode(value: string, name: string, faults: InputFault[]): string {
  if (isDecodable(value)) return decodeURIComponent(value)
  faults.push({ pointer: child('', name), message: 'is not well-formed percent-encoding' })
  return value
}

/** `URLSearchParams` would replace what it can't decode, and another value than the one sent would go upstream. */
function isDecodable(text: string): boolean {
  try {
    if (text.includes('%')) decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function gatherQuery(route: Route, url: string, input: Members, faults: InputFault[], call: Call) {
  const start = url.indexOf('?')
  if (start < 0) return
  const query = url.slice(start + 1)
  if (!isDecodable(query)) faults.push({ pointer: '', message: 'the query is not well-formed percent-encoding' })
  for (const [key, value] of new URLSearchParams(query)) {
    const p = route.query.get(key)
    if (p === undefined && key === dryRun && route.rehearses) call.dryRun = asked(key, value, faults)
    else if (p === undefined && key === check && route.looks) call.check = asked(key, value, faults)
    else if (p === undefined) stray(route, key, value, 'query', input, faults)
    else if (p.isList) input[p.name] = [...((input[p.name] as unknown[] | undefined) ?? []), p.read(value)]
    else if (input[p.name] !== undefined)
      faults.push({ pointer: child('', p.name), message: 'is given more than once' })
    else input[p.name] = p.read(value)
  }
}

/** Whether a write is only to be told, or looks first. A slip here must not send it. */
function asked(key: string, value: string, faults: InputFault[]): boolean {
  if (value !== 'true' && value !== 'false') faults.push({ pointer: child('', key), message: 'must be true or false' })
  return value === 'true'
}

/** Of two cookies of one name the first counts, which is the one set nearer to this path (RFC 6265 §5.4). */
function gatherCookies(lines: readonly Line[], header: string, input: Members) {
  const cookies = new Map<string, string>()
  for (const pair of header.split(';')) {
    const end = pair.indexOf('=')
    const name = pair.slice(0, end).trim()
    if (end > 0 && !cookies.has(name)) cookies.set(name, unquoted(pair.slice(end + 1).trim()))
  }
  for (const p of lines) {
    const value = cookies.get(p.key)
    if (value !== undefined) input[p.name] = readLine(p, value, decodedCookie)
  }
}

const unquoted = (text: string) => /^"(.*)"$/.exec(text)?.[1] ?? text

/** Cookies are encoded by custom only, so that one which can't be decoded is what it is. */
const decodedCookie = (text: string) => (isDecodable(text) ? decodeURIComponent(text) : text)

function gatherBody(route: Route, body: unknown, input: Members, faults: InputFault[]) {
  const { whole } = route
  if (whole !== undefined) {
    if (body !== undefined) input[whole.name] = body
    return
  }
  if (body === undefined) return
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    faults.push({ pointer: '', message: 'the body must be a JSON object' })
    return
  }
  for (const p of route.body) {
    const value = p.path === undefined ? (body as Members)[p.key] : p.path.get(body)
    if (value !== undefined && (p.path !== undefined || Object.hasOwn(body, p.key))) input[p.name] = value
  }
  if (route.readsPaths) return
  for (const key of Object.keys(body))
    if (!route.bodyKeys.has(key)) stray(route, key, (body as Members)[key], 'body', input, faults)
}

/**
 * A name that this place does not carry. The operation's own check refuses one it does not know, in the same words on
 * every surface; one it does know must not slip in from another place than declared.
 */
function stray(route: Route, key: string, value: unknown, place: string, input: Members, faults: InputFault[]) {
  if (route.inputs.has(key)) faults.push({ pointer: child('', key), message: `is not read from the ${place}` })
  else Object.defineProperty(input, key, { value, enumerable: true, configurable: true, writable: true })
}
