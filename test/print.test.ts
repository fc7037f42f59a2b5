/** Diagnostics as text for people and programs, and what is asked of `validate`. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Diagnostic, formats, printDiagnostics, validate } from '../src/index.ts'
import { exhaustive } from './support/sampled.ts'
import { writeCapability } from './support/serve.ts'

const one: Diagnostic = {
  code: 'unknown-key',
  severity: 'error',
  message: 'unknown key "a,b"',
  hint: '100% sure:\nremove it',
  location: { file: 'my files/a.yaml', pointer: '/x', line: 3, column: 7 },
}

const program = { version: '1.2.3' }

describe('Diagnostics', () => {
  test('are workflow commands for GitHub, with what would end one escaped', () => {
    expect(printDiagnostics([one], 'github', program)).toBe(
      '::error file=my files/a.yaml,line=3,col=7,title=unknown-key::unknown key "a,b"; 100%25 sure:%0Aremove it\n',
    )
  })

  test('escape a colon and a comma where GitHub reads the file name', () => {
    const location = { ...one.location, file: 'a,b:50%.yaml' }
    expect(printDiagnostics([{ ...one, location }], 'github', program)).toMatch(
      /^::error file=a%2Cb%3A50%25.yaml,line=3,/,
    )
  })

  test('are one line each for GitHub, whatever they say', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (message, file) => {
        const text = printDiagnostics([{ ...one, message, location: { ...one.location, file } }], 'github', program)
        expect(text.split(/\r\n|\n|\r/)).toHaveLength(2)
      }),
    )
  })

  test('that are none print as nothing, an empty list or an empty log', () => {
    expect(formats.map((format) => printDiagnostics([], format, program).length > 0)).toEqual([
      false,
      true,
      false,
      true,
    ])
  })
})

const warned = {
  ikanos: '1.0.0-beta5',
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'shop',
        baseUri: 'https://api.acme.test/v1/',
        resources: { orders: { path: '/orders', operations: { list: { method: 'GET' } } } },
      },
    ],
    exposes: [
      { type: 'mcp', namespace: 'tools', port: 0, tools: { list: { description: 'Lists.', call: 'shop.list' } } },
    ],
  },
}

describe('A capability with a warning', () => {
  test('can be served', async () => {
    const { loaded, diagnostics } = await validate(await writeCapability(warned))
    expect(diagnostics.map((d) => [d.code, d.severity])).toEqual([['trailing-slash', 'warning']])
    expect(loaded).toBeDefined()
  })

  test('can not be served when warnings are errors', async () => {
    const { loaded, diagnostics } = await validate(await writeCapability(warned), { strict: true })
    expect(diagnostics.map((d) => [d.code, d.severity])).toEqual([['trailing-slash', 'error']])
    expect(loaded).toBeUndefined()
  })

  test('has notes on style when they are asked for', async () => {
    const { diagnostics } = await validate(await writeCapability(warned), { info: true })
    expect(diagnostics.map((d) => d.severity).sort()).toEqual(['info', 'warning'])
  })
})

describe('Limits', () => {
  const count = exhaustive ? 10_000 : 2_000
  const many = 2_000

  test('thousands of operations are validated', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: count }, (_, i) => `op-${i}`)
    const operations = Object.fromEntries(names.map((name) => [name, { method: 'GET' }]))
    const tools = Object.fromEntries(names.map((name) => [name, { description: 'One.', call: `shop.${name}` }]))
    const capability = structuredClone(warned) as unknown as {
      capability: { consumes: [{ baseUri: string; resources: object }]; exposes: [{ tools: object }] }
    }
    capability.capability.consumes[0].baseUri = 'https://api.acme.test'
    capability.capability.consumes[0].resources = { all: { path: '/all', operations } }
    capability.capability.exposes[0].tools = tools
    const { diagnostics, loaded } = await validate(await writeCapability(capability))
    expect(diagnostics).toEqual([])
    expect(loaded?.plan.operations).toHaveLength(count)
  })

  test('two thousand warnings are told, each at its place', { timeout: 60_000 }, async () => {
    const operations = Array.from({ length: many }, (_, i) => ({ name: `op-${i}`, method: 'GET' }))
    const tools = operations.map(({ name }) => ({ name, description: 'One.', call: `shop.${name}`, with: { a: 1 } }))
    const capability = {
      naftiko: '1.0.0-alpha2',
      capability: {
        consumes: [
          {
            type: 'http',
            namespace: 'shop',
            baseUri: 'https://api.acme.test',
            resources: [{ name: 'all', path: '/all', operations }],
          },
        ],
        exposes: [{ type: 'mcp', namespace: 'tools', port: 0, tools }],
      },
    }
    const { diagnostics } = await validate(await writeCapability(capability))
    expect(diagnostics).toHaveLength(many)
    expect(new Set(diagnostics.map((d) => d.code))).toEqual(new Set(['unused-parameter']))
  })

  test('aliases that unfold without end are refused', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)
    const { diagnostics } = await validate(await writeCapability(`a0: &a0 [x]\n${lines.join('\n')}\n`))
    expect(diagnostics.map((d) => d.code)).toEqual(['yaml-syntax'])
  })
})
