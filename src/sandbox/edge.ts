import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAuthorized } from './auth.ts'
import { hasBody, parseBody, readBody } from './body.ts'
import { type Controls, controlFor, controlPath } from './control.ts'
import { type Answer, drawStrike, type FaultDice, isCarriedOut, type Strike, send, sendFault } from './faults.ts'
import { journaledBody, type OpenEntry } from './journal.ts'
import { Refusal, refusalBody } from './refusal.ts'
import { type Match, match } from './routes.ts'

/** What every request sees. */
export interface Running extends Controls {
  readonly dice: FaultDice
}

/** One request to the service on its way to an answer. */
interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly found: Match
  readonly query: string
  readonly entry: OpenEntry
  readonly strike: Strike
}

function answerTo(error: unknown): Answer {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'Sandbox fault', String(error))
  const body = refusalBody(refusal.status, refusal.reason, refusal.message)
  return { status: refusal.status, body, headers: refusal.headers }
}

function unmatched(found: Exclude<Match, { type: 'route' }>): Refusal {
  if (found.type === 'unknown') return new Refusal(404, 'Unknown path', 'No such path in this API')
  // assumption: wrong-verb-is-405
  const { allow } = found
  return new Refusal(405, 'Method not allowed', `This path takes ${allow}`, { allow })
}

function operate(running: Running, { found, query, entry }: Exchange, text: string): string {
  if (!entry.authorized) {
    throw new Refusal(401, 'Invalid API key', 'Send the API key as user name of Basic authentication, no password')
  }
  if (found.type !== 'route') throw unmatched(found)
  const { route, model_id, id } = found
  const body = route.takesBody === true ? parseBody(text) : undefined
  if (body !== undefined && text.length <= journaledBody) entry.body = body
  return route.handle(running.world(), { model_id, id, query, body })
}

async function perform(running: Running, exchange: Exchange): Promise<Answer> {
  const answer = await performed(running, exchange).catch(answerTo)
  exchange.entry.outcome = answer.status
  return answer
}

async function performed(running: Running, exchange: Exchange): Promise<Answer> {
  const text = hasBody(exchange.req) ? await readBody(exchange.req) : ''
  return { status: 200, body: operate(running, exchange, text) }
}

const notPerformed: Answer = { status: 200, body: '' }

async function serve(running: Running, exchange: Exchange): Promise<void> {
  const { req, res, entry, strike } = exchange
  const { fault } = strike
  const answer = isCarriedOut(fault) ? await perform(running, exchange) : notPerformed
  if (res.destroyed) return
  if (fault === undefined) {
    entry.status = answer.status
    send(res, answer)
  } else {
    entry.status = sendFault(req, res, fault, answer)
  }
}

/** A fault set from code can ask for what HTTP cannot say; that must not end the process. */
function giveUp(res: ServerResponse, error: unknown): void {
  if (res.headersSent) res.destroy()
  else send(res, answerTo(error))
}

async function serveControl(
  controls: Controls,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  query: string,
) {
  try {
    const text = hasBody(req) ? await readBody(req) : ''
    const control = controlFor(req.method ?? '', path)
    const found = control(controls, query, text)
    if (typeof found === 'string') send(res, { status: 200, body: `${found}\n` }, 'text/plain; charset=utf-8')
    else send(res, { status: 200, body: `${JSON.stringify(found, null, 2)}\n` })
  } catch (error) {
    send(res, answerTo(error))
  }
}

function noteStrike(entry: OpenEntry, { delay, fault }: Strike): void {
  if (delay > 0) entry.delay = delay
  if (fault === undefined) return
  entry.fault = fault.type
  entry.effect = isCarriedOut(fault) ? 'after' : 'before'
}

function open(running: Running, req: IncomingMessage, res: ServerResponse, path: string, query: string): Exchange {
  const [method, url] = [req.method ?? '', req.url ?? '']
  const found = match(method, path)
  const operation = found.type === 'route' ? found.route.operation : ''
  const authorized = isAuthorized(req.headers.authorization)
  const entry = running.journal.add({ method, url, operation, authorized, status: 0 })
  const strike = drawStrike(running.faults, running.dice, method, path, operation)
  noteStrike(entry, strike)
  return { req, res, found, query, entry, strike }
}

/** Answers one HTTP request. */
export function handle(running: Running, req: IncomingMessage, res: ServerResponse): void {
  const url = req.url ?? ''
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  if (path === controlPath || path.startsWith(`${controlPath}/`)) {
    void serveControl(running, req, res, path, query)
    return
  }
  const exchange = open(running, req, res, path, query)
  const answer = () => void serve(running, exchange).catch((error: unknown) => giveUp(res, error))
  if (exchange.strike.delay === 0) {
    answer()
    return
  }
  const timer = setTimeout(answer, exchange.strike.delay)
  res.once('close', () => clearTimeout(timer))
}
