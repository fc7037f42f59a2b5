/** Requests near to what a surface takes, and far from it. A request is `{ method, path, headers, body }`, or `raw` bytes. */

import fc from 'fast-check'

const long = 'x'.repeat(20_000)
const junkTexts = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
    'ü',
    '😀',
    '\ud800',
    '\u0000',
    '\u202e',
    '%',
    '%00',
    '%ff',
    '%2f',
  ],
  ...[
    '..',
    '../..',
    '.',
    '/',
    '//',
    '?',
    '#',
    '&',
    '=',
    ';',
    ',',
    '__proto__',
    'constructor',
    'toString',
    '{{a}}',
    '$',
    '{',
    '"',
    "'",
  ],
  ...['\r\nX: 1', '<script>', 'a b', long, '9'.repeat(400), '-0', '0x10', '1_000', '2026-13-45', '٣'],
]
const junkText = fc.oneof(fc.constantFrom(...junkTexts), fc.string({ unit: 'binary', maxLength: 20 }))

const nestedText = (depth, open, close) => open.repeat(depth) + close.repeat(depth)
const junkValue = fc.oneof(
  junkText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53, [], {}, [[]], JSON.parse('{"__proto__":{"a":1},"constructor":1}')),
)

/** A value as a schema asks for it, as far as this knows. */
function fitting(schema = {}, name, examples) {
  const known = Object.hasOwn(examples, name) ? [fc.constant(examples[name])] : []
  return fc.oneof(...known, ...known, ofType(schema, examples))
}

function ofType(schema, examples) {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  switch ([schema.type].flat()[0]) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 100 })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(ofType(schema.items ?? {}, examples), {
        minLength: schema.minItems ?? 0,
        maxLength: (schema.minItems ?? 0) + 2,
      })
    case 'object':
      return inputOf(schema, examples)
    default:
      return fc.oneof(fc.constantFrom('a', 'abc-1', '2026-11-28', 'a@example.com'), fc.string({ maxLength: 12 }))
  }
}

const mostly = (arbitrary, junk) => fc.oneof({ weight: 29, arbitrary }, { weight: 1, arbitrary: junk })

/** An input as its schema asks for it, now and then with a member too few, too many or of another kind. */
function inputOf({ properties = {}, required = [] }, examples) {
  const members = Object.entries(properties).map(([name, schema]) => [
    name,
    mostly(fitting(schema, name, examples), junkValue),
  ])
  const whole = fc.record(Object.fromEntries(members), {
    requiredKeys: required.filter((name) => Object.hasOwn(properties, name)),
  })
  const strange = fc.record({ name: junkText, value: junkValue })
  const extended = fc
    .tuple(whole, strange)
    .map(([input, { name, value }]) => ({ ...input, ...JSON.parse(JSON.stringify({ [name]: value })) }))
  return fc.oneof(
    { weight: 18, arbitrary: whole },
    { weight: 1, arbitrary: extended },
    { weight: 1, arbitrary: junkValue },
  )
}

/** A body as text: the JSON of a value, or what is none. */
const bodyOf = (value) =>
  fc.oneof(
    { weight: 12, arbitrary: value.map((one) => JSON.stringify(one) ?? '') },
    { weight: 2, arbitrary: fc.tuple(value, fc.nat(200)).map(([one, n]) => (JSON.stringify(one) ?? '').slice(0, n)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...[
          '',
          '{',
          '[',
          'null',
          '"a"',
          '1',
          '1e999',
          '{"a":1,"a":2}',
          '{"__proto__":{"x":1}}',
          '\ufeff{}',
          '{"a":\u0000}',
          '[1,]',
        ],
        ...[nestedText(5000, '[', ']'), nestedText(5000, '{"a":', '}'), `{"a":${'9'.repeat(2000)}}`, `"${long}"`],
      ),
    },
  )

const types = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
]
const junkHeaders = fc.dictionary(
  fc.constantFrom(
    ...[
      'accept',
      'content-type',
      'idempotency-key',
      'authorization',
      'if-none-match',
      'origin',
      'cookie',
      'content-encoding',
    ],
    ...[
      'traceparent',
      'x-request-id',
      'range',
      'expect',
      'accept-encoding',
      'mcp-session-id',
      'mcp-protocol-version',
      'mcp-method',
    ],
    ...[
      'mcp-name',
      'last-event-id',
      'prefer',
      'x-forwarded-for',
      'access-control-request-method',
      'forwarded',
      '__proto__',
    ],
  ),
  fc.oneof(
    fc.constantFrom(
      ...types,
      '*/*',
      '"k"',
      'W/"x"',
      'null',
      'Basic Og==',
      'Bearer x',
      ';q=x,,',
      'bytes=0-',
      'gzip',
      '2026-07-28',
    ),
    junkText,
  ),
  { maxKeys: 2 },
)

const someHeaders = fc.oneof({ weight: 15, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: junkHeaders })
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']
const strayMethod = (method) =>
  fc.oneof({ weight: 25, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: fc.constantFrom(...methods) })
const encoded = (value) =>
  encodeURIComponent((typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed?.() ?? '')

function restRequest(route, examples) {
  const { properties = {} } = route.schema
  const given = (place) =>
    fc.tuple(
      ...route.parameters
        .filter((one) => one.in === place)
        .map(({ key, name }) => {
          const value = mostly(fitting(properties[name], name, examples), junkValue)
          return place === 'path'
            ? value.map((one) => [key, one])
            : fc.option(value, { freq: 4 }).map((one) => [key, one ?? undefined])
        }),
    )
  const body = fc.record(
    Object.fromEntries(
      route.parameters
        .filter((one) => one.in === 'body')
        .map(({ key, name }) => [key, mostly(fitting(properties[name], name, examples), junkValue)]),
    ),
    { requiredKeys: [] },
  )
  const hasBody = route.parameters.some((one) => one.in === 'body')
  const bodies = hasBody
    ? bodyOf(fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: junkValue }))
    : fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: bodyOf(junkValue) })
  const stray = mostly(fc.constant(null), fc.tuple(junkText, junkText))
  return fc
    .tuple(
      given('path'),
      given('query'),
      given('header'),
      given('cookie'),
      bodies,
      someHeaders,
      strayMethod(route.method),
      stray,
      junkText,
      fc.nat(40),
    )
    .map(([inPath, inQuery, inHeaders, inCookies, text, more, method, odd, tail, isTailed]) => {
      const path = inPath.reduce((now, [key, value]) => now.replaceAll(`{${key}}`, encoded(value)), route.path)
      const pairs = [...inQuery.filter(([, value]) => value !== undefined), ...(odd === null ? [] : [odd])]
      const query = pairs.map(([key, value]) => `${encoded(key)}=${encoded(value)}`).join('&')
      const headers = { ...(text === '' ? {} : { 'content-type': 'application/json' }) }
      for (const [key, value] of inHeaders) if (value !== undefined) headers[key.toLowerCase()] = String(value)
      const cookie = inCookies
        .flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encoded(value)}`))
        .join('; ')
      if (cookie !== '') headers.cookie = cookie
      const target = `${path}${isTailed === 0 ? tail : ''}${query === '' ? '' : `?${query}`}`
      return { method, path: target, headers: { ...headers, ...more }, body: text }
    })
}

const revision = '2026-07-28'
const _meta = {
  'io.modelcontextprotocol/protocolVersion': revision,
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
const oddMeta = fc.oneof(
  { weight: 18, arbitrary: fc.constant(_meta) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      undefined,
      null,
      [],
      'x',
      {},
      { ..._meta, 'idempotency-key': 'k' },
      { ..._meta, 'idempotency-key': [1] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(...Object.keys(_meta), 'progressToken', 'traceparent', '__proto__'),
      junkValue,
    ),
  },
)

function mcpMessage({ tools, uris, prompts, examples }) {
  const tool = (one) => inputOf(one.schema, examples).map((args) => ['tools/call', { name: one.name, arguments: args }])
  const other = fc.constantFrom(
    ...[
      ['server/discover', {}],
      ['tools/list', {}],
      ['resources/list', {}],
      ['prompts/list', {}],
      ['ping', {}],
      ['resources/templates/list', {}],
    ],
    ...[
      ['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'f', version: '1' } }],
      ['logging/setLevel', { level: 'info' }],
    ],
    ...uris.map((uri) => ['resources/read', { uri }]),
    ...prompts.map((name) => ['prompts/get', { name }]),
  )
  const named = fc.constantFrom(
    'tools/call',
    'tools/list',
    'resources/read',
    'prompts/get',
    'completion/complete',
    'resources/subscribe',
    'x',
    '__proto__',
    '',
  )
  const odd = fc.tuple(
    named,
    fc.oneof(
      junkValue,
      fc.record({ name: junkValue, arguments: junkValue, uri: junkValue, cursor: junkValue }, { requiredKeys: [] }),
    ),
  )
  const sent = fc.oneof(
    ...(tools.length === 0 ? [] : [{ weight: 20, arbitrary: fc.oneof(...tools.map(tool)) }]),
    { weight: 4, arbitrary: other },
    { weight: 2, arbitrary: odd },
  )
  return fc
    .tuple(
      sent,
      oddMeta,
      fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 1000 }) }, { weight: 1, arbitrary: junkValue }),
    )
    .map(([[method, params], meta, id]) => {
      const own =
        typeof params === 'object' && params !== null && !Array.isArray(params) ? { ...params, _meta: meta } : params
      return { jsonrpc: '2.0', id, method, params: own }
    })
}

function mcpRequest(target) {
  const one = mcpMessage(target)
  const oddly = fc.tuple(one, junkValue).map(([message, value]) => ({ ...message, jsonrpc: value }))
  const message = fc.oneof(
    { weight: 80, arbitrary: one },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 3 }) },
    { weight: 1, arbitrary: oddly },
    { weight: 1, arbitrary: one.map(({ id, ...rest }) => rest) },
    { weight: 1, arbitrary: junkValue },
  )
  const era = fc.constantFrom(...Array(20).fill(revision), '2025-11-25', '2024-11-05', '1999-01-01')
  return fc
    .tuple(message, fc.nat(60), bodyOf(junkValue), era, someHeaders, strayMethod('POST'), fc.nat(30))
    .map(([sent, isText, text, version, more, method, isBare]) => {
      const name = sent?.params?.name ?? sent?.params?.uri
      const mirrored = {
        'mcp-protocol-version': version,
        'mcp-method': String(sent?.method),
        ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
      }
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(isBare === 0 ? {} : mirrored),
      }
      return {
        method,
        path: '/mcp',
        headers: { ...headers, ...more },
        body: isText === 0 ? text : (JSON.stringify(sent) ?? ''),
      }
    })
}

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
