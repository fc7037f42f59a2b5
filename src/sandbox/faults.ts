import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExportFault } from './exports.ts'
import { seededRandom } from './ids.ts'
import { refusalBody } from './refusal.ts'

/** What the service would have answered. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * One way of failing. `after: true` carries the operation out and loses only its answer, which is what makes a blind
 * repetition dangerous; without it nothing has happened. `empty`, `truncated` and `content-type` are about the answer
 * of an operation that was carried out, so there `after` is true unless it is said to be false (`empty` only). The same
 * goes for `reset-body`.
 */
export type Fault =
  /** An error in the service's own form: 429 (with `Retry-After`, if wanted), 402, 403, 500, 503 … */
  | {
      readonly type: 'status'
      readonly status: number
      readonly retryAfter?: number | string
      readonly after?: boolean
    }
  /** The answer comes late. Adds to the faults of later rules. */
  | { readonly type: 'latency'; readonly ms: number }
  /** No answer ever; the connection stays open. */
  | { readonly type: 'hang'; readonly after?: boolean }
  /** The connection is reset. */
  | { readonly type: 'reset'; readonly after?: boolean }
  /** The connection is reset in the middle of the body. */
  | { readonly type: 'reset-body' }
  /** An answer without a body. */
  | { readonly type: 'empty'; readonly status?: number; readonly after?: boolean }
  /** The HTML page of a gateway, 502 unless said otherwise. */
  | { readonly type: 'html'; readonly status?: number; readonly after?: boolean }
  /** JSON that stops in the middle. */
  | { readonly type: 'truncated' }
  /** The right body under a wrong content type, `text/plain` unless said otherwise. */
  | { readonly type: 'content-type'; readonly value?: string }
  /** An error, 401 unless said otherwise, whose body repeats the credential of the request. */
  | { readonly type: 'echo'; readonly status?: number; readonly after?: boolean }

/** A fault that replaces or spoils an answer: every one but latency. */
export type AnswerFault = Exclude<Fault, { readonly type: 'latency' }>

/** Where and how often a fault strikes. Conditions left out match everything. */
export interface FaultRule {
  readonly fault: Fault
  /** Name of the operation: `verify`, `unverify`, `assign`, `update`, `delete`, `retry-exports`, `retry-prediction`, `get-file`, `get-page`, `list`. */
  readonly operation?: string
  readonly method?: string
  /** A part of the path. */
  readonly path?: string
  /** The whole path: `*` stands for anything within a segment, `**` for anything. */
  readonly glob?: string
  /** Share of the matching requests that are struck, 0 to 1; drawn from `SandboxFaults.seed`. */
  readonly rate?: number
  /** Strikes this many more matching requests. Counts down here, and the rule is spent at 0. */
  next?: number
}

/** The switch for everything that can go wrong. Change it at any time, whole or in part. */
export interface SandboxFaults {
  /** The first rule that strikes decides; latency adds up. */
  rules: FaultRule[]
  /** Failing export destinations. */
  exports: ExportFault[]
  /** Number of reads after a write that still show the file as it was before: delayed visibility. */
  staleReads: number
  /** Seed of the `rate` draws; setting another one starts another stream. */
  seed: number
}

/** No faults at all. */
export function noFaults(): SandboxFaults {
  return { rules: [], exports: [], staleReads: 0, seed: 1 }
}

/** Draws for `rate`, restarted when the seed changes. */
export interface FaultDice {
  roll(): number
  restart(): void
}

export function faultDice(faults: SandboxFaults): FaultDice {
  let seed = faults.seed
  let random = seededRandom(seed)
  const restart = () => {
    seed = faults.seed
    random = seededRandom(seed)
  }
  const roll = () => {
    if (seed !== faults.seed) restart()
    return random()
  }
  return { roll, restart }
}

/** What will go wrong with one request. */
export interface Strike {
  readonly delay: number
  readonly fault?: AnswerFault
}

const noStrike: Strike = { delay: 0 }

function fits(glob: string, path: string): boolean {
  const parts = glob.split(/(\*+)/).map((part) => {
    if (part.startsWith('*')) return part === '*' ? '[^/]*' : '.*'
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`, 's').test(path)
}

function matches(rule: FaultRule, method: string, path: string, operation: string): boolean {
  return (
    (rule.operation === undefined || rule.operation === operation) &&
    (rule.method === undefined || rule.method === method) &&
    (rule.path === undefined || path.includes(rule.path)) &&
    (rule.glob === undefined || fits(rule.glob, path))
  )
}

function strikes(rule: FaultRule, dice: FaultDice): boolean {
  if (rule.next !== undefined && rule.next <= 0) return false
  if (rule.rate !== undefined && dice.roll() >= rule.rate) return false
  if (rule.next !== undefined) rule.next -= 1
  return true
}

/** Decides what goes wrong with a request. */
export function drawStrike(
  faults: SandboxFaults,
  dice: FaultDice,
  method: string,
  path: string,
  operation: string,
): Strike {
  if (faults.rules.length === 0) return noStrike
  let delay = 0
  for (const rule of faults.rules) {
    if (!matches(rule, method, path, operation) || !strikes(rule, dice)) continue
    if (rule.fault.type !== 'latency') return { delay, fault: rule.fault }
    delay += rule.fault.ms
  }
  return { delay }
}

/** Whether the operation is carried out although its answer is spoilt. */
export function isCarriedOut(fault: AnswerFault | undefined): boolean {
  if (fault === undefined) return true
  if (fault.type === 'truncated' || fault.type === 'content-type' || fault.type === 'reset-body') return true
  return fault.after ?? fault.type === 'empty'
}

/** Writes an answer in one go. */
export function send(res: ServerResponse, answer: Answer, contentType = 'application/json'): void {
  res.writeHead(answer.status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  res.end(answer.body)
}

function htmlPage(status: number): string {
  return `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status}</h1></center><hr></body>\r\n</html>\r\n`
}

function sendStatus(res: ServerResponse, fault: Extract<Fault, { type: 'status' }>): void {
  const retryAfter = fault.retryAfter
  send(res, {
    status: fault.status,
    body: refusalBody(fault.status, 'Injected fault', 'The sandbox was told to answer this'),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
  })
}

/** Long enough for the head and the first half to be read: a reset discards what the other side has not read yet. */
const resetAfterMs = 20

function sendHalf(req: IncomingMessage, res: ServerResponse, { status, body }: Answer): void {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  res.write(body.slice(0, body.length >> 1), () => setTimeout(() => req.socket.resetAndDestroy(), resetAfterMs))
}

/** What a careless service says of a credential that it refuses: the header, and the key in it. */
function sendEcho({ headers }: IncomingMessage, res: ServerResponse, status: number): void {
  const { authorization = '' } = headers
  const key = Buffer.from(authorization.replace(/^\S+ /, ''), 'base64').toString('utf8').replace(/:$/, '')
  send(res, { status, body: refusalBody(status, 'Injected fault', `Key "${key}" (${authorization}) is not accepted`) })
}

/** Answers as a fault demands. Returns the status that was sent, 0 for none. */
export function sendFault(req: IncomingMessage, res: ServerResponse, fault: AnswerFault, answer: Answer): number {
  switch (fault.type) {
    case 'status':
      sendStatus(res, fault)
      return fault.status
    case 'hang':
      req.resume()
      return 0
    case 'reset':
      req.socket.resetAndDestroy()
      return 0
    case 'reset-body':
      sendHalf(req, res, answer)
      return answer.status
    case 'echo':
      sendEcho(req, res, fault.status ?? 401)
      return fault.status ?? 401
    case 'empty':
      res.writeHead(fault.status ?? answer.status, { 'content-length': 0 }).end()
      return fault.status ?? answer.status
    case 'html':
      send(res, { status: fault.status ?? 502, body: htmlPage(fault.status ?? 502) }, 'text/html')
      return fault.status ?? 502
    case 'truncated':
      send(res, { ...answer, body: answer.body.slice(0, answer.body.length >> 1) })
      return answer.status
    case 'content-type':
      send(res, answer, fault.value ?? 'text/plain')
      return answer.status
  }
}
