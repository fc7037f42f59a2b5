/** The slips of a first file: each is told once, in words that say what to do. */

import { describe, expect, test } from 'vitest'
import { validate } from '../src/index.ts'
import { writeCapability } from './support/serve.ts'

const sound = `ikanos: 1.0.0-beta5
info:
  description: Orders of a shop.
binds:
  - namespace: env
    keys: { KEY: SHOP_KEY }
capability:
  consumes:
    - type: http
      namespace: shop
      baseUri: https://api.acme.test/v1
      authentication: { type: bearer, token: "{{KEY}}" }
      resources:
        orders:
          path: /orders/{{id}}
          operations:
            get-order:
              method: GET
              inputParameters:
                id: { in: path }
  exposes:
    - type: mcp
      namespace: tools
      port: 3001
      tools:
        get-order:
          description: Reads one order.
          inputParameters:
            id: { type: string, description: Number. }
          call: shop.get-order
`

const yaml = (detail: string, hint: string) => `error yaml-syntax: not readable as YAML: ${detail}; ${hint}`
const colon = 'put a blank after the colon, and indent it like the lines it belongs to'
const ended = 'something follows a value that has ended'
const quotes = 'put the whole value in quotes, one with {{name}} too'
const braces = 'a brace or bracket is not closed, or holds a text that should be in quotes'
const unquoted = 'error wrong-type: expected text, found a map, as which {{KEY}} without quotes is read'

const shell = '$'.concat('{KEY}')

/** What is written instead of what, and all that is said to it. */
const slips: readonly (readonly [what: string, from: string, to: string, line: number, said: string])[] = [
  ['a tab', '          call:', '\t  call:', 30, yaml('the line is indented with a tab', 'indent it with blanks')],
  [
    'a colon in a text',
    'Orders of',
    'Orders: of',
    3,
    yaml('a text holds a colon and a blank', 'put it in quotes: "…: …"'),
  ],
  [
    'no blank after a colon',
    'port: 3001',
    'port:3001',
    24,
    yaml('the line is neither "key: value" nor "- entry"', colon),
  ],
  [
    'a line too deep',
    '      port:',
    '       port:',
    23,
    yaml('the line below is indented deeper, but this one has a value', 'indent both alike'),
  ],
  [
    'a key twice',
    'port: 3001',
    'port: 1\n      port: 2',
    25,
    yaml('the key "port" stands twice in one map', 'remove one of the two'),
  ],
  [
    'an open brace',
    'Number. }',
    'Number.',
    30,
    yaml(braces, 'close it, and put texts with colons, commas or braces in quotes'),
  ],
  ['an open quote', '"{{KEY}}"', '"{{KEY}}', 31, yaml('a quote is not closed', 'close it')],
  ['a quote in a quote', 'Reads one order.', "'it's'", 27, yaml(ended, quotes)],
  ['a text that starts with @', 'Reads one order.', '@reads', 27, yaml("a text can't start with @", quotes)],
  ['a placeholder without quotes', '"{{KEY}}"', '{{KEY}}', 12, `${unquoted}; put the placeholder in quotes`],
  ['a text that starts with a placeholder', 'https://api.acme.test', '{{KEY}}', 11, yaml(ended, quotes)],
  [
    'a variable of a shell',
    '"{{KEY}}"',
    `"${shell}"`,
    12,
    `error bad-template: bad template: ${shell} is sent as it stands; a placeholder is written {{name}}`,
  ],
  [
    'a variable nobody declared',
    '"{{KEY}}"',
    '"{{KEI}}"',
    12,
    'error unknown-parameter: nothing is called "KEI" here; did you mean "KEY"?',
  ],
  [
    'a brace in a path that is not closed',
    '/orders/{{id}}',
    '/orders/{id',
    15,
    'error bad-template: bad template: "/orders/{id" has a brace that belongs to no {{name}}; a placeholder is written {{name}}',
  ],
  [
    'a call without a namespace',
    'shop.get-order',
    'get-order',
    30,
    'error wrong-value: "get-order" must be the namespace of a consumed API, a dot and the name of one of its operations',
  ],
  [
    'a list of maps',
    '        get-order:\n          description',
    '        - get-order:\n          description',
    26,
    'error unknown-key: unknown key "get-order"; did you mean "name: get-order"?',
  ],
  [
    'a bare word that is meant as an input',
    'call: shop.get-order',
    'call: shop.get-order\n          with: { id: id }',
    29,
    'warning unused-parameter: "id" is never sent: "with" gives id the text "id"; did you mean "{{id}}"?',
  ],
  [
    'a map where a text belongs',
    'call: shop.get-order',
    'call:\n            operation: shop.get-order',
    30,
    'error wrong-type: expected text, found a map; write one text here',
  ],
  [
    'a section that slipped out',
    '  exposes:',
    'exposes:',
    21,
    'warning idle-section: "exposes" beside "capability" is not run: only imports read it; write its entries under "capability.exposes"',
  ],
  [
    'a tool that does nothing yet',
    '          call: shop.get-order\n',
    '',
    26,
    'error nothing-to-do: "get-order" has no ref, no call and no output values, so there is nothing to run; add "ref", "call", or outputParameters with values',
  ],
]

describe('A first file', () => {
  test('without a slip is told nothing', async () => {
    expect((await validate(await writeCapability(sound))).diagnostics).toEqual([])
  })

  test.each(slips)('with %s is told so', async (_, from, to, line, said) => {
    expect(sound).toContain(from)
    const { diagnostics } = await validate(await writeCapability(sound.replace(from, () => to)))
    const told = diagnostics.map(({ severity, code, message, hint, location }) => [
      location.line,
      `${severity} ${code}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
    ])
    expect(told).toEqual([[line, said]])
  })
})
