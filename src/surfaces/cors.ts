/** Pages of other origins that may call a surface (Fetch, CORS protocol); the companion names them. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CorsPlan } from '../plan.ts'
import type { Handler } from './http.ts'
import { tell, told } from './told.ts'

/** Whether pages of an origin may call. */
export function allows(cors: CorsPlan | undefined): (origin: string) => boolean {
  if (cors === undefined) return () => false
  const { origins } = cors
  return origins.includes('*') ? () => true : (origin) => origins.includes(origin.toLowerCase())
}

/** Answers preflights, and tells browsers what a page may see of the other answers. */
export function shared(handler: Handler, cors: CorsPlan | undefined): Handler {
  if (cors === undefined) return handler
  const admits = allows(cors)
  const anyone = cors.origins.includes('*')
  return (req, res) => {
    const { origin } = req.headers
    if (!anyone) tell(res, 'vary', 'Origin')
    if (origin === undefined || !admits(origin)) return handler(req, res)
    tell(res, 'access-control-allow-origin', anyone ? '*' : origin)
    if (cors.credentials === true) tell(res, 'access-control-allow-credentials', 'true')
    if (isPreflight(req)) return answerPreflight(req, res, cors)
    tell(res, 'access-control-expose-headers', exposed)
    return handler(req, res)
  }
}

/** What a page may need of an answer beside its body and type. */
const exposed = [
  'ETag',
  'Allow',
  'Retry-After',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Content-Disposition',
  'Content-Range',
  'WWW-Authenticate',
  'Idempotent-Replayed',
  'Mcp-Session-Id',
].join(', ')

const isPreflight = ({ method, headers }: IncomingMessage) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

/** Which methods and headers there are is told by the answers themselves; a preflight only asks whether pages may try. */
function answerPreflight(req: IncomingMessage, res: ServerResponse, { maxAge }: CorsPlan): boolean {
  const asked = req.headers['access-control-request-headers'] ?? ''
  const headers = /^[\w!#$%&'*+.^`|~, -]*$/.test(asked) ? asked : ''
  res.writeHead(204, [
    'access-control-allow-methods',
    'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    ...(headers === '' ? [] : ['access-control-allow-headers', headers]),
    ...(maxAge === undefined ? [] : ['access-control-max-age', String(maxAge)]),
    'vary',
    'Access-Control-Request-Method, Access-Control-Request-Headers',
    ...(told(res) ?? []),
  ])
  res.end()
  return true
}
