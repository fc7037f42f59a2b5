/** Laws of a REST surface, held against its own description: whatever is sent, what comes back is what it says. */

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exhaustive } from '../support/sampled.ts'
import { serveCapability } from '../support/serve.ts'
import { serveFlagship } from './cases.ts'
import { exchange, listen, type Reply } from './exchange.ts'

// biome-ignore lint/suspicious/noExplicitAny: a description is read here, whose shape is what is checked
type Any = any

interface Asked {
  readonly path: string
  readonly method: string
  readonly operation: Any
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Texts that have broken something somewhere. */
const junk = fc.constantFrom(
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'null',
  'true',
  '[]',
  '{}',
  'ü',
  '\u0000',
  '%',
  '../..',
  '__proto__',
  'x'.repeat(300),
)

/** Values of a schema: mostly what it asks for, as far as this knows it. */
function generated(schema: Any, known: readonly string[]): fc.Arbitrary<unknown> {
  if (schema?.enum !== undefined) return fc.constantFrom(...schema.enum)
  const type = [schema?.type].flat().find((one) => one !== 'null')
  switch (type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 100 })
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(generated(schema.items, known), {
        minLength: schema.minItems ?? 0,
        maxLength: (schema.minItems ?? 0) + 2,
      })
    case 'object':
      return objectOf(schema, known)
    case 'string':
      return schema.format === 'date'
        ? fc.constant('2026-11-24')
        : fc.oneof(fc.constantFrom('a', ...known), fc.string())
    default:
      return fc.jsonValue()
  }
}

function objectOf({ properties = {}, required = [] }: Any, known: readonly string[]): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, schema]) => [name, generated(schema, known)] as const)
  const whole = fc.record(Object.fromEntries(members), { requiredKeys: required })
  return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 1, arbitrary: fc.record({ strange: fc.jsonValue() }) })
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** A text that a parameter is given: what it asks for, or junk. */
const textOf = (schema: Any, known: readonly string[]) =>
  fc.oneof({ weight: 6, arbitrary: generated(schema, known).map(asText) }, { weight: 1, arbitrary: junk })

const accept = fc.constantFrom(
  undefined,
  '*/*',
  'application/json',
  'application/yaml',
  'text/csv',
  'image/png',
  ';q=x,,',
)

/** Requests to one operation of the description, fitting and not. */
function requestsTo(doc: Any, path: string, method: string, known: readonly string[]): fc.Arbitrary<Asked> {
  const operation = doc.paths[path][method]
  const parameters: readonly Any[] = operation.parameters ?? []
  const texts = fc.tuple(
    ...parameters.map((p) => {
      const given = textOf(p.schema ?? p.content?.['application/json']?.schema, known)
      return p.in === 'path' ? given : fc.option(given, { nil: undefined, freq: p.required === true ? 8 : 2 })
    }),
  )
  const bodies = bodiesOf(doc, operation, known)
  return fc.tuple(texts, bodies, accept, fc.option(junk, { freq: 8 })).map(([given, body, wanted, stray]) => {
    const headers: Record<string, string> = { ...body.headers, ...(wanted === undefined ? {} : { accept: wanted }) }
    const query = new URLSearchParams(stray === null ? [] : [['stray', stray]])
    let target = path
    parameters.forEach((p, i) => {
      const text = given[i]
      if (text === undefined) return
      if (p.in === 'path') target = target.replace(`{${p.name}}`, encodeURIComponent(wellFormed(text)))
      if (p.in === 'query') query.append(p.name, text)
      if (p.in === 'header') headers[p.name] = text.replace(/[^\x21-\x7e]/g, '_')
      if (p.in === 'cookie') headers.cookie = `${p.name}=${encodeURIComponent(wellFormed(text))}`
    })
    return {
      path,
      method,
      operation,
      headers,
      body: body.text,
      target: query.size === 0 ? target : `${target}?${query}`,
    }
  })
}

const wellFormed = (text: string) => text.replace(/[\ud800-\udfff]/g, '_')

function bodiesOf(doc: Any, operation: Any, known: readonly string[]) {
  const none = fc.constant<{ headers: Record<string, string>; text: string | undefined }>({
    headers: {},
    text: undefined,
  })
  const content = operation.requestBody?.content
  if (content === undefined) return none
  const name = content['application/json'].schema.$ref.replace('#/components/schemas/', '')
  const json = generated(doc.components.schemas[name], known).map((value) => JSON.stringify(value))
  const typed = (type: string, texts: fc.Arbitrary<string>) =>
    texts.map((text) => ({ headers: { 'content-type': type }, text }))
  return fc.oneof(
    { weight: 8, arbitrary: typed('application/json', json) },
    typed('application/json', junk),
    typed('application/x-www-form-urlencoded', fc.oneof(junk, fc.webQueryParameters())),
    typed('multipart/form-data; boundary=x', junk),
    typed('text/plain', junk),
    none,
  )
}

/** Checks answers against what the description says of them. */
function checker(doc: Any) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addSchema(doc, 'doc')
  const compiled = new Map<string, ValidateFunction>()
  const validate = (pointer: string) => {
    const found = compiled.get(pointer) ?? ajv.compile({ $ref: `doc#${pointer}` })
    compiled.set(pointer, found)
    return found
  }
  return ({ path, method, operation }: Asked, reply: Reply) => {
    const status = operation.responses[reply.status] === undefined ? 'default' : String(reply.status)
    const said = operation.responses[status]
    const at = said.$ref?.slice(1) ?? `/paths/${escaped(path)}/${method}/responses/${status}`
    const { content } = said.$ref === undefined ? said : doc.components.responses[said.$ref.split('/').at(-1)]
    if (content === undefined) return expect(reply.text).toBe('')
    const type = (reply.headers['content-type'] ?? '').split(';')[0] ?? ''
    expect(Object.keys(content)).toContain(type)
    if (!type.endsWith('json')) return
    const valid = validate(`${at}/content/${escaped(type)}/schema`)
    expect(valid(reply.json), JSON.stringify(valid.errors)).toBe(true)
  }
}

/** A pointer as it stands in the fragment of a URI. */
const escaped = (key: string) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))

/** Sends generated requests to every operation for at most so many milliseconds. */
async function holds(url: string, known: readonly string[], milliseconds: number) {
  const doc = (await exchange(url, '/openapi.json')).json
  const operations = Object.entries(doc.paths).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => requestsTo(doc, path, method, known)),
  )
  const check = checker(doc)
  const statuses = new Map<number, number>()
  const property = fc.asyncProperty(fc.oneof(...operations), async (asked) => {
    const { method, target, headers, body } = asked
    const reply = await exchange(url, target, { method: method.toUpperCase(), headers, body })
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
    expect(reply.status, reply.text).toBeLessThan(500)
    check(asked, reply)
  })
  await fc.assert(property, {
    numRuns: exhaustive ? 400 : 100,
    interruptAfterTimeLimit: milliseconds,
    endOnFailure: true,
  })
  return statuses
}

const things = {
  ikanos: '1.0.0-beta5',
  info: { display: 'Things', description: 'Things.', version: '1.0.0' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: {
          things: {
            path: '/things/{{id}}',
            operations: {
              find: {
                method: 'GET',
                inputParameters: {
                  limit: { in: 'query' },
                  tags: { in: 'query' },
                  lang: { in: 'header' },
                  session: { in: 'cookie' },
                },
              },
              make: {
                method: 'POST',
                inputParameters: { name: { in: 'body' }, size: { in: 'body' }, more: { in: 'body' } },
              },
            },
          },
        },
      },
    ],
    exposes: [
      {
        type: 'rest',
        namespace: 'rest',
        port: 0,
        resources: {
          things: {
            path: '/things/{{id}}',
            inputParameters: { id: { in: 'path', type: 'string' } },
            operations: {
              find: {
                method: 'GET',
                call: 'api.find',
                inputParameters: {
                  limit: { in: 'query', type: 'integer' },
                  tags: { in: 'query', type: 'array' },
                  lang: { in: 'header', type: 'string', pattern: '^[a-z]{2}$' },
                  session: { in: 'cookie', type: 'number' },
                },
                outputParameters: {
                  result: {
                    type: 'array',
                    mapping: '$.rows',
                    items: { type: 'object', properties: { n: { type: 'number', mapping: '$.n' } } },
                  },
                },
              },
              make: {
                method: 'POST',
                call: 'api.make',
                inputParameters: {
                  name: { in: 'body', type: 'string', required: true },
                  size: { in: 'body', type: 'integer' },
                  more: { in: 'body', type: 'object' },
                },
                outputParameters: { made: { type: 'boolean', mapping: '$.made' } },
              },
            },
          },
        },
      },
    ],
  },
}

describe('Whatever is sent, no answer is a failure of ours, and each is what the description says', () => {
  it('of a small capability', async () => {
    const api = await listen((_req, res) => res.end('{"rows":[{"n":1},{"n":null}],"made":true}'))
    const { url } = await serveCapability(things, { upstreams: { api } })
    const statuses = await holds(url('rest'), ['de', 'a b'], 1500)
    for (const status of [200, 400]) expect(statuses.get(status), [...statuses].join(' ')).toBeGreaterThan(0)
  })

  it('of the flagship on its sandbox', async () => {
    const { url, examples } = await serveFlagship()
    const statuses = await holds(url('rest'), Object.values(examples).flat().map(String), 1500)
    expect(statuses.get(400), [...statuses].join(' ')).toBeGreaterThan(0)
  })
})
