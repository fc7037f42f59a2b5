/** Secrets in plain text: none is printed, whichever fault stands beside it and whoever reads it. */

import { describe, expect, test } from 'vitest'
import { formats, printDiagnostics, validate } from '../../src/index.ts'
import { writeCapability } from '../support/serve.ts'

const secret = 'hunter2-0123456789'

/** A consumed API with these lines; the stray key on the last one is a fault beside the secret. */
const capability = (...lines: readonly string[]) => `ikanos: 1.0.0-beta5
capability:
  consumes:
    - type: http
      namespace: shop
      baseUri: https://api.acme.test/v1
${lines.map((line) => `      ${line}`).join('\n')}
      strange: 1
  exposes:
    - { type: mcp, namespace: tools, port: 3001, tools: { list: { description: Lists., call: shop.list } } }
`

const places: Readonly<Record<string, string>> = {
  'a password': capability('authentication:', '  type: basic', '  username: joe', `  password: ${secret}`),
  'a password in one line with others': capability(
    `authentication: { type: basic, username: joe, password: ${secret}, strange: 1 }`,
  ),
  'a password in quotes': capability('authentication:', '  type: digest', `  password: "${secret}"`),
  'a token': capability('authentication:', '  type: bearer', `  token: ${secret}`),
  'a token in the spelling of published files': capability('auth:', '  type: bearer', `  value: ${secret}`),
  'the value of an apikey': capability('authentication:', '  type: apikey', '  key: X-Key', `  value: ${secret}`),
  'the secret of a client': capability('authentication:', '  type: oauth2', `  clientSecret: ${secret}`),
  'a text over several lines': capability(
    'authentication:',
    '  type: bearer',
    '  token: >-',
    `    ${secret}`,
    `    ${secret}`,
  ),
  'a token behind an anchor': capability('authentication:', '  type: bearer', `  token: &token ${secret}`),
  'a token that an alias stands for': capability(
    `description: &said ${secret}`,
    'authentication:',
    '  type: bearer',
    '  token: *said',
  ),
  'authentication that is no map': capability(`authentication: Bearer ${secret}`),
  'a number': capability('authentication:', '  type: basic', '  username: joe', '  password: 99420123456789'),
  'a long token of the wrong type': capability(`authentication: ${secret.repeat(8)}`),
  'a header': capability('inputParameters:', `  X-API-Key: { in: header, value: ${secret} }`),
  'a query parameter': capability('inputParameters:', `  - name: api_key`, '    in: query', `    value: ${secret}`),
  'an address': capability().replace('https://', `https://joe:${secret}@`),
  'an address that can not be called': capability()
    .replace('https://', `https://joe:${secret}@`)
    .replace('      strange: 1\n', ''),
  'a value of with': capability().replace('call: shop.list', `call: shop.list, with: { token: ${secret} }`),
  'a file that is not YAML': capability('authentication:', '  type: basic', `  password: ${secret}: x`),
  'a line that is not YAML': capability(`authentication: { type: basic, password: ${secret}: x }`),
  'a quote that stays open': capability(`authentication: { type: bearer, token: "${secret} }`),
  'another kind of file': `openapi: 3.1.0\npassword: ${secret}\n`,
}

const wanted = /hunter2|0123456789/

describe('A secret in plain text', () => {
  test.each(Object.entries(places))('does not show as %s', async (_, yaml) => {
    const { diagnostics } = await validate(await writeCapability(yaml), { info: true })
    expect(diagnostics.length).toBeGreaterThan(0)
    for (const format of formats) expect(printDiagnostics(diagnostics, format, { version: '1' })).not.toMatch(wanted)
  })

  test('is told where it stands, in a frame that hides it', async () => {
    const yaml = capability(`authentication: { type: bearer, token: ${secret} }`).replace('      strange: 1\n', '')
    const { diagnostics } = await validate(await writeCapability(yaml))
    const told = diagnostics.find((d) => d.code === 'plain-secret')
    expect(told?.frame).toContain('> 7 |       authentication: { type: bearer, token: *** }')
  })

  test('leaves the caret under what is meant, though the line is another', async () => {
    const yaml = places['a password in one line with others'] ?? ''
    const { diagnostics } = await validate(await writeCapability(yaml))
    const lines = diagnostics[0]?.frame?.split('\n') ?? []
    const caret = lines.findIndex((line) => line.trimEnd().endsWith('^'))
    const column = lines[caret]?.indexOf('^') ?? -1
    expect(lines[caret - 1]?.slice(column)).toBe('strange: 1 }')
  })

  test('shows where it is a placeholder, a reference or the name of a variable', async () => {
    const yaml = `ikanos: 1.0.0-beta5
binds:
  - { namespace: env, strange: 1, keys: { token: SHOP_TOKEN } }
capability:
  consumes:
    - { type: http, namespace: shop, strange: 1, baseUri: https://api.acme.test, authentication: { type: bearer, token: "{{token}}" } }
`
    const { diagnostics } = await validate(await writeCapability(yaml))
    expect(diagnostics.map((d) => d.code)).toEqual(['unknown-key', 'unknown-key'])
    expect(diagnostics.map((d) => d.frame).join('\n')).not.toContain('***')
  })
})
