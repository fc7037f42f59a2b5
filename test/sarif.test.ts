/** The SARIF log of `validate`: that scanners can read it, and that it tells what the command found. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Diagnostic, diagnosticCodes, ruleOf } from '../src/diagnostics.ts'
import { printDiagnostics } from '../src/index.ts'
import { say } from './support/say.ts'

const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const list = (items: object) => ({ type: 'array', items })
const text = { type: 'string', minLength: 1 }
const message = object({ text })
const level = { enum: ['error', 'warning', 'note'] }
const place = { type: 'integer', minimum: 1 }
const rule = object({ id: text, shortDescription: message, defaultConfiguration: object({ level }) })

/** What SARIF 2.1.0 asks for (§3.13, §3.14, §3.19, §3.27, §3.49), as far as our log goes, and nothing besides. */
const schema = object({
  $schema: { const: 'https://json.schemastore.org/sarif-2.1.0.json' },
  version: { const: '2.1.0' },
  runs: list(
    object({
      tool: object({
        driver: object(
          { name: text, version: text, informationUri: { type: 'string', pattern: '^https?://' }, rules: list(rule) },
          ['name', 'version', 'rules'],
        ),
      }),
      columnKind: { const: 'utf16CodeUnits' },
      results: list(
        object({
          ruleId: text,
          ruleIndex: { type: 'integer', minimum: 0 },
          level,
          message,
          locations: {
            ...list(
              object({
                physicalLocation: object({
                  // A URI reference (RFC 3986): no backslash, no blank, no percent sign that encodes nothing.
                  artifactLocation: object({ uri: { type: 'string', pattern: "^([\\w./:~+!*'()-]|%[0-9A-F]{2})+$" } }),
                  region: object({ startLine: place, startColumn: place }),
                }),
              }),
            ),
            minItems: 1,
          },
        }),
      ),
    }),
  ),
})
const isLog = new Ajv2020({ strict: false, allErrors: true }).compile<Log>(schema)

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Rule[]; readonly informationUri?: string } }
      readonly results: readonly Result[]
    },
  ]
}
interface Rule {
  readonly id: string
  readonly shortDescription: { readonly text: string }
  readonly defaultConfiguration: { readonly level: string }
}
interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string }
        readonly region: { readonly startLine: number; readonly startColumn: number }
      }
    },
  ]
}

function logOf(printed: string): Log['runs'][0] {
  const log: unknown = JSON.parse(printed)
  if (!isLog(log)) throw new Error(JSON.stringify(isLog.errors, null, 1))
  expect(log.runs).toHaveLength(1)
  return log.runs[0]
}

const inSarif = (...found: readonly Diagnostic[]) => logOf(printDiagnostics(found, 'sarif', { version: '1.2.3' }))
const uriOf = (result: Result | undefined) => result?.locations[0].physicalLocation.artifactLocation.uri

const one: Diagnostic = {
  code: 'trailing-slash',
  severity: 'warning',
  message: 'it "ends"',
  hint: '100% sure:\nremove it',
  location: { file: 'my files/ä#1.yaml', pointer: '/x', line: 3, column: 7 },
}

describe('A SARIF log', () => {
  test('has a rule for each code that occurs, and results that point at it', () => {
    const found = diagnosticCodes.map((code): Diagnostic => ({ ...one, code, severity: ruleOf(code).severity }))
    const { tool, results } = inSarif(...found, ...found)
    expect(tool.driver.rules.map((r) => r.id)).toEqual([...diagnosticCodes].sort())
    for (const { ruleId, ruleIndex, level: told } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
      expect(tool.driver.rules[ruleIndex]?.defaultConfiguration.level).toBe(told)
    }
    expect(new Set(tool.driver.rules.map((r) => r.shortDescription.text)).size).toBe(diagnosticCodes.length)
  })

  test('says error, warning and note, and what was asked for rather than what is usual', () => {
    const severities = ['error', 'warning', 'info'] as const
    const { tool, results } = inSarif(...severities.map((severity) => ({ ...one, severity })))
    expect(results.map((r) => r.level)).toEqual(['error', 'warning', 'note'])
    expect(tool.driver.rules.map((r) => r.defaultConfiguration.level)).toEqual(['warning'])
  })

  test('holds message and hint', () => {
    expect(inSarif(one).results[0]?.message.text).toBe('it "ends"; 100% sure:\nremove it')
  })

  test('names a file below the working directory relative to it, as a URI', () => {
    const absolute = join(process.cwd(), one.location.file)
    for (const file of [one.location.file, `./${one.location.file}`, absolute])
      expect(uriOf(inSarif({ ...one, location: { ...one.location, file } }).results[0])).toBe(
        'my%20files/%C3%A4%231.yaml',
      )
  })

  test('names a file elsewhere by its absolute URI', () => {
    const file = join(process.cwd(), '..', 'elsewhere.yaml')
    for (const named of [file, '../elsewhere.yaml'])
      expect(uriOf(inSarif({ ...one, location: { ...one.location, file: named } }).results[0])).toBe(
        pathToFileURL(file).href,
      )
  })

  test('says where to read about the program when the package does', () => {
    expect(inSarif(one).tool.driver.informationUri).toBeUndefined()
    const printed = printDiagnostics([one], 'sarif', { version: '1.2.3', homepage: 'https://capability.example' })
    expect(logOf(printed).tool.driver.informationUri).toBe('https://capability.example')
  })

  test('of nothing is a run without results', () => {
    expect(inSarif().results).toEqual([])
  })
})

const capability = (baseUri: string) => `ikanos: 1.0.0-beta5
capability:
  consumes:
    - type: http
      namespace: shop
      baseUri: ${baseUri}
      resources:
        orders: { path: /orders, operations: { list: { method: GET } } }
  exposes:
    - { type: mcp, namespace: tools, port: 3001, tools: { list: { description: Lists., call: shop.list } } }
`

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sarif-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'below'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

describe('The command validate', () => {
  const files = {
    'sound.yaml': capability('https://api.acme.test'),
    'slash.yaml': capability('https://api.acme.test/'),
    'below/wrong.yaml': capability('ftp://api.acme.test'),
  }

  test('writes one run for several files, without a path of the machine', async () => {
    const cwd = await folderWith(files)
    const { code, stdout, stderr } = await say(['validate', ...Object.keys(files), '--format', 'sarif'], { cwd })
    const { results } = logOf(stdout)
    expect(results.map((r) => [r.ruleId, r.level, uriOf(r)])).toEqual([
      ['trailing-slash', 'warning', 'slash.yaml'],
      ['bad-address', 'error', 'below/wrong.yaml'],
    ])
    expect(results.map((r) => r.locations[0].physicalLocation.region)).toEqual([
      { startLine: 6, startColumn: 7 },
      { startLine: 6, startColumn: 7 },
    ])
    expect(stdout).not.toContain(cwd)
    expect([code, stderr]).toEqual([2, ''])
  })

  test.each(['stylish', 'json', 'github', 'sarif'])(
    'ends as %s with 0 for a warning, with 2 when it is strict',
    async (format) => {
      const cwd = await folderWith(files)
      const exits = async (...args: readonly string[]) =>
        (await say(['validate', ...args, '--format', format], { cwd })).code
      expect(await exits('slash.yaml')).toBe(0)
      expect(await exits('slash.yaml', '--strict')).toBe(2)
      expect(await exits('sound.yaml', '--strict')).toBe(0)
      expect(await exits('sound.yaml', 'below/wrong.yaml')).toBe(2)
    },
  )

  test('says that a warning is an error when it is strict', async () => {
    const cwd = await folderWith(files)
    const { stdout } = await say(['validate', 'slash.yaml', '--strict', '--format', 'sarif'], { cwd })
    const { tool, results } = logOf(stdout)
    expect(results.map((r) => r.level)).toEqual(['error'])
    expect(tool.driver.rules.map((r) => r.defaultConfiguration.level)).toEqual(['warning'])
  })
})
