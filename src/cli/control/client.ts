/** Asks a control surface over HTTP, and says in words what stood in the way (spec-servers §6). */

import ky from 'ky'
import { listOf, objectOf, said } from './json.ts'
import type { Target } from './target.ts'

/** A control surface that gave no answer, or not the one that was asked for. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  /** Absent where nothing came back. */
  readonly status: number | undefined

  constructor(message: string, status?: number) {
    super(message)
    this.status = status
  }
}

export interface Reply {
  readonly status: number
  readonly text: string
  /** Undefined when the text is no JSON. */
  readonly json: unknown
}

export interface Asking {
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Refusals that are answers, too. */
  readonly also?: readonly number[]
}

export interface Control {
  readonly url: string
  /** One exchange, never repeated. Rejects with ControlError. */
  readonly ask: (path: string, asking?: Asking) => Promise<Reply>
  /** The data of each event of a stream, until it ends or the signal says so. Rejects with ControlError. */
  readonly follow: (path: string, signal: AbortSignal) => AsyncIterable<string>
}

const maxBytes = 16 * 1024 * 1024
/** Milliseconds. A reload compiles, and may fetch what it imports. */
const patience = { read: 10_000, write: 60_000 } as const

export function controlOf(target: Target): Control {
  return { url: target.url, ask: (path, asking) => ask(target, path, asking), follow: (p, s) => follow(target, p, s) }
}

async function ask(target: Target, path: string, asking: Asking = {}): Promise<Reply> {
  const { method = 'GET', also = [] } = asking
  const timeout = method === 'GET' ? patience.read : patience.write
  try {
    const answer = await send(target, path, asking, timeout, AbortSignal.timeout(timeout))
    const text = await limited(answer)
    const reply = { status: answer.status, text, json: parsed(text) }
    if (answer.ok || also.includes(answer.status)) return reply
    throw refusal(target, path, answer, reply)
  } catch (error) {
    throw error instanceof ControlError ? error : unanswered(target, error)
  }
}

/** A redirect is not followed: the credential goes where the command line says. */
function send(target: Target, path: string, asking: Asking, timeout: number, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', query, body } = asking
  return ky(`${target.url}${path}`, {
    method,
    headers: target.headers,
    ...(query === undefined ? {} : { searchParams: query }),
    ...(body === undefined ? {} : { json: body }),
    redirect: 'manual',
    retry: 0,
    throwHttpErrors: false,
    timeout,
    signal,
  })
}

async function limited({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Server-sent events (WHATWG HTML §9.2), of which a log line is one. */
async function* follow(target: Target, path: string, signal: AbortSignal): AsyncIterable<string> {
  try {
    const answer = await send(target, path, {}, patience.read, signal)
    if (!answer.ok) {
      const text = await limited(answer)
      throw refusal(target, path, answer, { status: answer.status, text, json: parsed(text) })
    }
    for await (const line of lines(answer)) if (line.startsWith('data:')) yield line.slice(5).trimStart()
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof ControlError ? error : unanswered(target, error)
  }
}

async function* lines({ body }: Response): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/)
    rest = pieces.pop() ?? ''
    if (rest.length > maxBytes) throw new Error(`a line is larger than ${maxBytes} bytes`)
    yield* pieces
  }
}

function unanswered({ url }: Target, error: unknown): ControlError {
  const { name, message, cause } = error as Error & { readonly cause?: { readonly code?: string; message?: string } }
  if (name === 'TimeoutError') return new ControlError(`${url} gave no answer in time; is the capability busy?`)
  const why = cause?.code ?? cause?.message ?? message
  return new ControlError(
    `nothing answers at ${url} (${said(why)}). Start the capability with "capability serve", or say where its control surface listens with --control <url>, --port <n> or --file <file>`,
  )
}

/** What switches an endpoint on, as YAML of the control surface. */
const switches: readonly (readonly [path: string, yaml: string])[] = [
  ['/health', 'management: { health: true }'],
  ['/status', 'management: { info: true }'],
  ['/metrics', 'observability: { metrics: { local: { enabled: true } } }'],
  ['/traces', 'observability: { traces: { local: { enabled: true } } }'],
  ['/logs/stream', 'management: { logs: { stream: true } }'],
  ['/logs', 'management: { logs: true }'],
  ['/scripting', 'management: { scripting: {} }'],
  ['/config/reload', 'management: { reload: true }'],
  ['/config/validate', 'management: { validate: true }'],
  ['/config', 'management: { info: true }'],
]

function refusal(target: Target, path: string, { status, headers }: Response, { json }: Reply): ControlError {
  const { url } = target
  if (status === 401) return new ControlError(wantedCredential(target, headers.get('www-authenticate') ?? ''), status)
  if (status >= 300 && status < 400)
    return new ControlError(`${url} sends elsewhere, which is not followed; give that address with --control`, status)
  if (status === 404 || status === 405) {
    const yaml = switches.find(([start]) => path.startsWith(start))?.[1]
    const what = `there is no ${path} at ${url}`
    return new ControlError(
      yaml === undefined ? what : `${what}. The capability switches it on at its control surface with ${yaml}`,
      status,
    )
  }
  return new ControlError(`${url} answers ${status}${problemOf(json)}`, status)
}

function wantedCredential({ url, headers }: Target, challenge: string): string {
  const isSecondTry = Object.keys(headers).length > 0
  return `${url} asks for ${isSecondTry ? 'another' : 'a'} credential: ${wanted(challenge)}`
}

/** By the challenge of RFC 9110 §11.6.1. */
function wanted(challenge: string): string {
  const [, name, place] = /^ApiKey name="([\w.-]+)", in="(\w+)"/i.exec(challenge) ?? []
  if (place === 'query') return 'an API key in the query, which this command does not send'
  if (name !== undefined) return `give the API key with --api-key ${name}=<value>, or CAPABILITY_CONTROL_API_KEY`
  if (/^Digest/i.test(challenge)) return 'a password by way of digest, which this command does not send'
  if (/^Basic/i.test(challenge)) return 'give it with --user <name>:<password>, or CAPABILITY_CONTROL_USER'
  if (/^Bearer/i.test(challenge)) return 'give it with --token <token>, or CAPABILITY_CONTROL_TOKEN'
  return 'give it with --user, --token or --api-key'
}

/** Problem details (RFC 9457), or `{error}` as the reference engine has it. */
function problemOf(json: unknown): string {
  const { title, detail, error, errors } = objectOf(json)
  const what = said(detail ?? error ?? title)
  const each = listOf(errors).map((one) => `\n- ${said(one.pointer)} ${said(one.detail)}${hintOf(one.hint)}`)
  return `${what === '' ? '' : `: ${what}`}${each.join('')}`
}

function hintOf(hint: unknown): string {
  return hint === undefined ? '' : ` (${said(hint)})`
}
