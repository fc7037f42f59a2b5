/** What was said with upstreams, kept in a file without its credentials, and said again from there. */

import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { OperationError, StartError } from '../errors.ts'
import { nearest } from '../text/suggest.ts'
import type { Send, UpstreamAnswer, UpstreamRequest } from './message.ts'
import type { Upstream } from './upstream.ts'

/** Stands between the operations and the upstreams of a runtime. */
export interface Tape {
  readonly around: (upstream: Upstream, mask: Mask) => Send
  /** Writes what is to be kept. Throws StartError when that can't be done. */
  readonly save: () => Promise<void>
}

type Mask = (text: string) => string

/** One request and its answer, as they stand in the file. Bytes are base64. */
interface Recorded {
  readonly upstream: string
  readonly method: string
  /** Below the base address, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer: {
    readonly status: number
    readonly retryAfter?: string
    readonly contentType?: string
    readonly text?: string
    readonly bytes?: string
  }
}

/** Largest file of a recording, in bytes. */
export const recordingLimit = 50 * 1024 * 1024

/** Names under which credentials travel, and what differs from call to call. */
const isPrivate = (name: string) => /auth|cookie|token|secret|passw|key|session|signature|^trace/i.test(name)

/** Adds what is said to a file, which may hold a recording already. Throws StartError when it holds anything else. */
export async function recordingTape(file: string): Promise<Tape> {
  const found = await readRecording(file, true)
  const before = found.length
  return {
    around: (upstream, mask) => async (request, call) => {
      // Whoever takes an answer as it comes can take it whole as well.
      const { sink, ...whole } = request
      const asked = askedOf(upstream, request, mask)
      const answer = await upstream.send(whole, call)
      found.push({ ...asked, answer: answerOf(answer, mask) })
      return answer
    },
    save: async () => {
      if (found.length > before) await writeRecording(file, found)
    },
  }
}

/** Answers from a recording; nothing is sent. Throws StartError when there is none in the file. */
export async function replayingTape(file: string): Promise<Tape> {
  const recorded = await readRecording(file, false)
  const used = new Map<string, number>()
  return {
    around: (upstream, mask) => async (request) => {
      const asked = askedOf(upstream, request, mask)
      const fitting = recorded.filter((one) => keyOf(one) === keyOf(asked))
      const turn = used.get(keyOf(asked)) ?? 0
      used.set(keyOf(asked), turn + 1)
      // The last answer to a request is also that to every further one.
      const one = fitting[Math.min(turn, fitting.length - 1)]
      if (one === undefined) throw notRecorded(asked, recorded)
      return replayed(one.answer, request)
    },
    save: async () => {},
  }
}

type Asked = Omit<Recorded, 'answer'>

const keyOf = ({ upstream, method, path, body }: Asked) => JSON.stringify([upstream, method, path, body])

const lineOf = ({ method, path }: Asked) => `${method} ${path}`

function notRecorded(asked: Asked, recorded: readonly Recorded[]): OperationError {
  const there = recorded.filter(({ upstream }) => upstream === asked.upstream).map(lineOf)
  const near = nearest(lineOf(asked), there) ?? there[0]
  const instead = near === undefined ? 'it has none' : `the nearest is ${near}`
  const found = near === lineOf(asked) ? 'it has this request with another body only' : instead
  const message = `the recording has no answer of "${asked.upstream}" to ${lineOf(asked)}; ${found}`
  return new OperationError('upstream-unreachable', message)
}

function askedOf({ namespace, basePath, credentials }: Upstream, request: UpstreamRequest, mask: Mask): Asked {
  const { method, path, headers, body } = request
  const own = new Set([...credentials.headers.filter((_, i) => i % 2 === 0), ...(credentials.reserved ?? [])])
  const hidden = new Set([...own].map((name) => name.toLowerCase()))
  const shown: Record<string, string> = {}
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = (headers[i] ?? '').toLowerCase()
    if (!hidden.has(name) && !isPrivate(name)) shown[name] = mask(headers[i + 1] ?? '')
  }
  const below = path.startsWith(basePath) ? path.slice(basePath.length) : path
  const asked = { upstream: namespace, method, path: pathWithout(credentials.query, below, mask), headers: shown }
  if (typeof body === 'string') return { ...asked, body: maskedText(body, mask) }
  return Buffer.isBuffer(body) ? { ...asked, body: maskedBytes(body, mask) } : asked
}

function pathWithout(credential: string, whole: string, mask: Mask): string {
  const [path = '', query] = whole.split(/\?(.*)/s)
  if (query === undefined) return mask(path)
  const own = credential.split('=')[0]
  const pairs = query.split('&').map((pair) => {
    const name = pair.split('=')[0] ?? ''
    return name === own || isPrivate(decodeURIComponent(name)) ? `${name}=***` : mask(pair)
  })
  return `${mask(path)}?${pairs.join('&')}`
}

/** In JSON a secret may be written with escapes, so it is looked for in the values too. */
function maskedText(text: string, mask: Mask): string {
  const masked = mask(text)
  try {
    const value: unknown = JSON.parse(masked)
    const again = JSON.stringify(value, (_, one) => (typeof one === 'string' ? mask(one) : one))
    return again === JSON.stringify(value) ? masked : again
  } catch {
    return masked
  }
}

function maskedBytes(bytes: Buffer, mask: Mask): string {
  const text = bytes.toString('utf8')
  const masked = mask(text)
  return (masked === text ? bytes : Buffer.from(masked)).toString('base64')
}

function answerOf({ status, retryAfter, contentType, text, bytes }: UpstreamAnswer, mask: Mask): Recorded['answer'] {
  return {
    status,
    ...(retryAfter === undefined ? {} : { retryAfter: mask(retryAfter) }),
    ...(contentType === undefined ? {} : { contentType: mask(contentType) }),
    ...(bytes === undefined ? { text: maskedText(text, mask) } : { bytes: maskedBytes(bytes, mask) }),
  }
}

function replayed({ status, retryAfter, contentType, text = '', bytes }: Recorded['answer'], { raw }: UpstreamRequest) {
  const answer: UpstreamAnswer = { status, text, retryAfter, ...(contentType === undefined ? {} : { contentType }) }
  if (raw === undefined || status >= 300) return answer
  return { ...answer, text: '', bytes: Buffer.from(bytes ?? text, bytes === undefined ? 'utf8' : 'base64') }
}

async function readRecording(file: string, mayBeNew: boolean): Promise<Recorded[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && mayBeNew) return '{"exchanges":[]}'
    throw new StartError(`the recording "${file}" can't be read (${error.code ?? 'unknown'})`)
  })
  if (Buffer.byteLength(text) > recordingLimit) throw tooLarge(file)
  try {
    const { exchanges } = JSON.parse(text) as { exchanges: Recorded[] }
    if (exchanges.every(isRecorded)) return exchanges
  } catch {
    // Not JSON, or without exchanges: said below.
  }
  throw new StartError(`"${file}" is no recording: it has no list "exchanges" of requests with their answers`)
}

function isRecorded({ upstream, method, path, answer }: Recorded): boolean {
  return [upstream, method, path].every((text) => typeof text === 'string') && Number.isInteger(answer.status)
}

/** Beside the file first, so that a recording is never half a file. Only its owner may read it. */
async function writeRecording(file: string, exchanges: readonly Recorded[]): Promise<void> {
  const text = `${JSON.stringify({ exchanges }, null, 2)}\n`
  if (Buffer.byteLength(text) > recordingLimit) throw tooLarge(file)
  const beside = `${file}.${randomUUID()}`
  try {
    await writeFile(beside, text, { mode: 0o600 })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw new StartError(`the recording "${file}" can't be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function tooLarge(file: string): StartError {
  return new StartError(
    `the recording "${file}" is larger than ${recordingLimit / 1024 / 1024} MiB; begin another file`,
  )
}
