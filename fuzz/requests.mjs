/** Requests near to what a surface takes, and far from it. A request is `{ method, path, headers, body }`, or `raw` bytes. */

import fc from 'fast-check'
import { bodyOf, encoded, junkText, junkValue, long, methods, someHeaders } from './junk.mjs'
import { mcpRequest } from './mcp-requests.mjs'
import { restRequest } from './rest-requests.mjs'

const places = [
  '/',
  '/health',
  '/health/ready',
  '/status',
  '/config',
  '/metrics',
  '/traces',
  '/traces/x',
  '/skills',
  '/openapi.yaml',
  '/openapi.json',
  '/mcp',
  '/logs',
  '/approvals',
  '/validate',
  '/scripting',
]
const anyRequest = fc
  .tuple(
    fc.constantFrom(...places),
    fc.option(junkText, { freq: 2 }),
    fc.constantFrom('GET', 'GET', 'GET', ...methods),
    someHeaders,
    fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: bodyOf(junkValue) }),
  )
  .map(([path, tail, method, headers, body]) => ({
    method,
    path: tail === null ? path : `${path}/${encoded(tail)}`,
    headers,
    body,
  }))

/** Requests that no client writes. */
const rawRequest = fc
  .tuple(
    fc.constantFrom(
      'GET / HTTP/1.1',
      'GET / HTTP/9.9',
      'G\u0000T / HTTP/1.1',
      'POST /mcp HTTP/1.1',
      'GET http://other/ HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'GET //../%2e%2e/ HTTP/1.1',
      'CONNECT a:1 HTTP/1.1',
      'PRI * HTTP/2.0',
      '',
    ),
    fc.array(
      fc.constantFrom(
        'Host: localhost',
        'Host: evil.example',
        'Host:',
        'Content-Length: 5',
        'Content-Length: -1',
        'Content-Length: 99999999999',
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: x',
        'Connection: Upgrade',
        'Upgrade: h2c',
        'Expect: 100-continue',
        ': x',
        ' folded',
        'A\u0000: b',
        `X: ${long}`,
      ),
      { maxLength: 5 },
    ),
    fc.constantFrom('\r\n', '\n', '\r'),
    fc.constantFrom('', '{}', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\n', '\u0000\u0001', '{"jsonrpc":"2.0"}'),
  )
  .map(([line, headers, end, body]) => ({ raw: [line, ...headers, '', body].join(end) }))

/** A request to one of the targets: `{ target, … }`, `target` = its index. */
export function requestsTo(targets) {
  const own = targets.map((one, target) => {
    const near = [
      ...one.routes.map((route) => restRequest(route, one.examples)),
      ...(one.type === 'mcp' ? Array.from({ length: 1 + one.tools.length }, () => undefined) : []),
    ]
    const mcp = one.type === 'mcp' ? mcpRequest(one) : undefined
    const known = near.length === 0 ? anyRequest : fc.oneof(...near.map((arbitrary) => arbitrary ?? mcp))
    const all = fc.oneof(
      { weight: 60, arbitrary: known },
      { weight: 3, arbitrary: anyRequest },
      { weight: 1, arbitrary: rawRequest },
    )
    return { weight: 2 + near.length, arbitrary: all.map((request) => ({ target, ...request })) }
  })
  return fc.oneof(...own)
}
