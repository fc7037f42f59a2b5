/** Who may call a surface: basic, bearer or an API key, compared in constant time (spec-servers §2.2). */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../errors.ts'
import type { AuthenticationPlan, Value } from '../plan.ts'
import type { BindValues } from '../runtime/binds.ts'
import { asText, evaluate } from '../runtime/evaluate.ts'
import { type Handler, sendProblem } from './http.ts'

/** Puts the check in front of a handler; without a plan the handler stays as it is. */
export function authenticated(handler: Handler, plan: AuthenticationPlan | undefined, binds: BindValues): Handler {
  if (plan === undefined) return handler
  const { admits, challenge } = checkOf(plan, binds)
  return (req, res) => (admits(req) ? handler(req, res) : refuse(res, challenge))
}

function refuse(res: ServerResponse, challenge: string): boolean {
  sendProblem(
    res,
    new OperationError('unauthenticated', 'this server asks for a credential, and none that fits was sent'),
    ['www-authenticate', challenge],
  )
  return true
}

interface Check {
  readonly admits: (req: IncomingMessage) => boolean
  readonly challenge: string
}

function checkOf(plan: AuthenticationPlan, binds: BindValues): Check {
  const text = (value: Value) => asText(evaluate(value, {}, binds))
  switch (plan.type) {
    case 'basic': {
      const matches = matcher(`${text(plan.username)}:${text(plan.password)}`)
      const admits = (req: IncomingMessage) =>
        matches(Buffer.from(credential(req, 'basic') ?? '', 'base64').toString('utf8'))
      return { admits, challenge: 'Basic realm="capability", charset="UTF-8"' }
    }
    case 'bearer': {
      const matches = matcher(text(plan.token))
      return { admits: (req) => matches(credential(req, 'bearer')), challenge: 'Bearer' }
    }
    case 'apikey': {
      const [key, matches] = [text(plan.key), matcher(text(plan.value))]
      return {
        admits: (req) => matches(apiKey(req, key, plan.placement)),
        challenge: `ApiKey name="${key}", in="${plan.placement}"`,
      }
    }
    default:
      return plan satisfies never
  }
}

function credential(req: IncomingMessage, scheme: string): string | undefined {
  const header = req.headers.authorization ?? ''
  const blank = header.indexOf(' ')
  return header.slice(0, blank).toLowerCase() === scheme ? header.slice(blank + 1).trim() : undefined
}

function apiKey(req: IncomingMessage, key: string, placement: 'header' | 'query'): string | undefined {
  if (placement === 'query') return takeFromQuery(req, key)
  const value = req.headers[key.toLowerCase()]
  return Array.isArray(value) ? value[0] : value
}

/** Takes the key out of the address, so that what comes after the guard neither sees nor refuses it. */
function takeFromQuery(req: IncomingMessage, key: string): string | undefined {
  const [path = '', query = ''] = (req.url ?? '').split(/\?(.*)/s)
  const given = new URLSearchParams(query).get(key) ?? undefined
  if (given === undefined) return undefined
  const rest = query.split('&').filter((part) => !new URLSearchParams(part).has(key))
  req.url = rest.length > 0 ? `${path}?${rest.join('&')}` : path
  return given
}

/** Digests are compared, so that neither length nor content is told by the time it takes. A blank credential admits nobody. */
function matcher(expected: string): (given: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const wanted = digest(expected)
  const blank = expected === '' || expected === ':'
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted) && !blank
}
