/** Values near to what a schema asks for, and texts, bodies and headers that have broken something somewhere. */

import fc from 'fast-check'

export const long = 'x'.repeat(20_000)
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
export const junkText = fc.oneof(fc.constantFrom(...junkTexts), fc.string({ unit: 'binary', maxLength: 20 }))

const nestedText = (depth, open, close) => open.repeat(depth) + close.repeat(depth)
export const junkValue = fc.oneof(
  junkText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53, [], {}, [[]], JSON.parse('{"__proto__":{"a":1},"constructor":1}')),
)

/** A value as a schema asks for it, as far as this knows. */
export function fitting(schema = {}, name, examples) {
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

export const mostly = (arbitrary, junk) => fc.oneof({ weight: 29, arbitrary }, { weight: 1, arbitrary: junk })

/** An input as its schema asks for it, now and then with a member too few, too many or of another kind. */
export function inputOf({ properties = {}, required = [] }, examples) {
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
export const bodyOf = (value) =>
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

export const someHeaders = fc.oneof({ weight: 15, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: junkHeaders })
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']
export const strayMethod = (method) =>
  fc.oneof({ weight: 25, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: fc.constantFrom(...methods) })
export const encoded = (value) =>
  encodeURIComponent((typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed?.() ?? '')
