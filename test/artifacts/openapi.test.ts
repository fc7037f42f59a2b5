import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { openapi } from '../../src/artifacts/openapi.ts'
import { OperationError } from '../../src/errors.ts'
import { load } from '../../src/load.ts'
import type { OperationPlan, Plan, RestPlan } from '../../src/plan.ts'
import { problemOf } from '../../src/surfaces/problem.ts'
import { pointerKeys } from '../../src/text/pointer.ts'

const getShip: OperationPlan = {
  name: 'fleet.get-ship',
  description: 'Reads one ship, e.g. by its number. Read only.',
  semantics: { safe: true, idempotent: true },
  input: {
    schema: {
      type: 'object',
      properties: {
        imo: { type: 'string', description: 'Number of the ship.', pattern: '^[0-9]{7}$' },
        lang: { type: 'string' },
      },
      required: ['imo'],
      additionalProperties: false,
    },
    validate: () => [],
  },
  output: {
    schema: { type: 'object', properties: { name: { type: ['string', 'null'] } } },
    projection: { type: 'object', properties: [['name', { type: 'literal', value: 'Nova' }]] },
  },
  run: {
    type: 'call',
    request: { upstream: 'fleet', operation: 'get', method: 'GET', path: [], query: [], headers: [] },
  },
}

const harbour: RestPlan = {
  type: 'rest',
  namespace: 'harbour',
  address: '127.0.0.1',
  port: 8080,
  routes: [
    {
      name: 'get-ship',
      resource: 'ship',
      description: getShip.description,
      method: 'GET',
      path: '/ships/{imo}',
      segments: [{ literal: 'ships' }, { variable: 'imo' }],
      parameters: [
        { in: 'path', key: 'imo', name: 'imo', as: 'string' },
        { in: 'query', key: 'lang', name: 'lang', as: 'string' },
      ],
      operation: getShip,
    },
  ],
}

const fleet: Plan = {
  capability: { name: 'fleet', title: 'Fleet', description: 'Ships.', version: '1.2.0', format: 'x', tags: [] },
  binds: [],
  upstreams: [],
  operations: [getShip],
  surfaces: [harbour],
}

/** What the golden plan does not have: every place of a parameter, bodies of three kinds, mocks, names used twice. */
const harbourMaster = `
ikanos: 1.0.0-beta5
info: { display: Harbour master, description: Everything at once. }
binds:
  - { namespace: env, keys: { TOKEN: TOKEN } }
capability:
  consumes:
    - type: http
      namespace: fleet
      baseUri: https://fleet.test
      resources:
        ships:
          path: /ships
          operations:
            save: { method: POST, body: { type: json, data: { ship: "{{ship}}", note: "{{note}}", crew: "{{crew}}" } } }
            find: { method: GET, inputParameters: { filter: { in: query }, Trace: { in: header } } }
            raw: { method: POST, inputParameters: { body: { in: body } } }
            end: { method: DELETE }
  aggregates:
    - display: Ships
      namespace: ships
      flows:
        save:
          description: Saves a ship.
          inputParameters:
            ship: { type: object, description: The ship. }
            note: { type: string, description: A note., required: false }
            crew: { type: array, description: Who is on board. }
          call: fleet.save
  exposes:
    - type: rest
      namespace: harbour
      address: 0.0.0.0
      port: 8081
      authentication: { type: bearer, token: "{{TOKEN}}" }
      resources:
        ships:
          path: /ships/{{place}}
          operations:
            save: { method: POST, ref: ships.save }
            find:
              method: GET
              description: Finds ships.
              inputParameters:
                filter: { in: query, type: object, description: What to find. }
                Trace: { in: header, type: string, description: Trace id. }
              call: fleet.find
        again:
          path: /ships/{{other}}
          operations:
            end: { method: DELETE, description: Ends it., call: fleet.end }
            find: { method: PUT, description: Puts by a path., inputParameters: { note: { in: body, type: string, description: N., value: $.deep.note }, ship: { in: body, type: object, description: S. } }, call: fleet.save, with: { crew: none } }
        raw:
          path: /raw
          operations:
            send: { method: POST, description: Sends as it is., inputParameters: { body: { in: body, type: object, description: Anything. } }, call: fleet.raw }
            ping: { method: GET, description: Answers., outputParameters: { pong: { type: string, value: yes } } }
`

// biome-ignore lint/suspicious/noExplicitAny: tests look into a document whose shape is what they check
type Described = any

async function described(text = harbourMaster): Promise<Described> {
  const directory = await mkdtemp(join(tmpdir(), 'openapi-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'harbour.ikanos.yml'), text)
  const { plan } = await load(join(directory, 'harbour.ikanos.yml'))
  return parse(openapi(plan, restOf(plan)))
}

function restOf(plan: Plan): RestPlan {
  const surface = plan.surfaces.find((s) => s.type === 'rest')
  if (surface === undefined) throw new Error('no rest surface')
  return surface
}

const operations = (document: Described): readonly Described[] =>
  Object.entries(document.paths).flatMap(([path, item]) => Object.values(item as object).map((o) => ({ path, ...o })))

function everyRef(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : everyRef(value),
  )
}

describe('The OpenAPI description of a small plan', () => {
  test('reads exactly as expected', async () => {
    await expect(openapi(fleet, harbour)).toMatchFileSnapshot('fleet.openapi.yaml')
  })

  test('is the same text every time', () => {
    expect(openapi(fleet, harbour)).toBe(openapi(structuredCloneOf(fleet), structuredCloneOf(harbour)))
  })

  test('names no server when the port is free, and the ones it is told to', () => {
    expect(parse(openapi(fleet, { ...harbour, port: 0 })).servers).toBeUndefined()
    const servers = ['https://ships.test/api']
    expect(parse(openapi(fleet, harbour, { servers })).servers).toEqual([{ url: 'https://ships.test/api' }])
    expect(parse(openapi(fleet, { ...harbour, address: '::1' })).servers).toEqual([{ url: 'http://[::1]:8080' }])
  })

  test('tells of a limit in the headers of its answers, where there is one', () => {
    const limited = parse(openapi(fleet, { ...harbour, rateLimit: { requests: 60, window: 60, by: 'address' } }))
    const { responses } = limited.paths['/ships/{imo}'].get
    expect(responses['200'].headers).toEqual({
      RateLimit: { $ref: '#/components/headers/RateLimit' },
      'RateLimit-Policy': { $ref: '#/components/headers/RateLimit-Policy' },
    })
    expect(responses['429']).toEqual({ $ref: '#/components/responses/TooMany' })
    const { components } = limited
    expect(Object.keys(components.responses.TooMany.headers)).toEqual(['RateLimit', 'RateLimit-Policy', 'Retry-After'])
    expect(Object.keys(components.headers)).toEqual(['RateLimit', 'RateLimit-Policy'])
    expect(JSON.stringify(parse(openapi(fleet, harbour)))).not.toMatch(/RateLimit|429/)
  })

  test('quotes what YAML 1.1 would read as something else', () => {
    const info = { ...fleet.capability, title: 'no', description: '2026-01-31' }
    const text = openapi({ ...fleet, capability: info }, harbour)
    expect(text).toContain('title: "no"')
    expect(text).toContain('description: "2026-01-31"')
  })

  test('keeps texts as they are, however they are broken into lines', () => {
    const long = `${'a word '.repeat(30)}end.`
    for (const description of [long, `${long}\n\n- one\n- two\n`, `  ${long}`, `${long}  two blanks`, `: ${long} #`]) {
      const text = openapi({ ...fleet, capability: { ...fleet.capability, description } }, harbour)
      expect(parse(text).info.description).toBe(description)
    }
  })
})

/** A copy without the functions, which a description has no use for. */
function structuredCloneOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

describe('The OpenAPI description of a capability', () => {
  test('declares every variable of a path once, as required', async () => {
    for (const { path, parameters = [] } of operations(await described())) {
      const declared = parameters.filter((p: Described) => p.in === 'path')
      expect(declared.map((p: Described) => p.name)).toEqual([...path.matchAll(/\{(.+?)\}/g)].map((m) => m[1]))
      expect(declared.every((p: Described) => p.required)).toBe(true)
    }
  })

  test('puts paths that differ in the names of their variables under one', async () => {
    const { paths } = await described()
    expect(Object.keys(paths)).toEqual(['/ships/{place}', '/raw', '/approvals/{approval}'])
    expect(Object.keys(paths['/ships/{place}'])).toEqual(['post', 'get', 'delete', 'put'])
  })

  test('gives every operation an id of its own', async () => {
    const ids = operations(await described()).map((o) => o.operationId)
    expect(ids).toEqual(['save', 'ships.find', 'end', 'again.find', 'send', 'ping', 'approvals.get'])
  })

  test('resolves every reference', async () => {
    const document = await described()
    const refs = everyRef(document)
    expect(refs.length).toBeGreaterThan(10)
    for (const ref of refs) {
      expect(ref).toMatch(/^#\//)
      const target = pointerKeys(ref.slice(1)).reduce((node, key) => node?.[key], document)
      expect(target, ref).toBeTypeOf('object')
    }
  })

  test('says where each parameter stands and moves its description there', async () => {
    const { parameters } = (await described()).paths['/ships/{place}'].get
    expect(parameters).toEqual([
      { name: 'place', in: 'path', required: true, schema: { type: 'string' } },
      {
        name: 'filter',
        in: 'query',
        description: 'What to find.',
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      { name: 'Trace', in: 'header', description: 'Trace id.', schema: { type: 'string' } },
    ])
  })

  test('closes a body of members, opens one read by paths, and passes a whole one', async () => {
    const { paths, components } = await described()
    const bodyOf = (operation: Described) => {
      const { $ref } = operation.requestBody.content['application/json'].schema
      return components.schemas[$ref.replace('#/components/schemas/', '')]
    }
    expect(bodyOf(paths['/ships/{place}'].post)).toEqual({
      type: 'object',
      properties: {
        ship: { type: 'object', description: 'The ship.' },
        note: { type: 'string', description: 'A note.' },
        crew: { type: 'array', description: 'Who is on board.', items: {} },
      },
      required: ['ship', 'crew'],
      additionalProperties: false,
    })
    const read = bodyOf(paths['/ships/{place}'].put)
    expect(read).toEqual({
      type: 'object',
      description: 'note is read at $.deep.note.',
      properties: { ship: { type: 'object', description: 'S.' } },
    })
    expect(bodyOf(paths['/raw'].post)).toEqual({ type: 'object', description: 'Anything.' })
  })

  test('tells an answer without content only where there can be one', async () => {
    const { paths } = await described()
    const schema = {
      anyOf: [{ description: 'What the upstream answers.' }, { $ref: '#/components/schemas/DryRun' }],
    }
    expect(paths['/ships/{place}'].delete.responses['200'].content).toEqual({
      'application/json': { schema },
      'application/yaml': { schema },
    })
    expect(paths['/ships/{place}'].delete.responses['204']).toBeDefined()
    expect(paths['/raw'].get.responses['204']).toBeUndefined()
    expect(Object.keys(paths['/raw'].get.responses)).toEqual(['200', '400', '401', 'default'])
  })

  test('says how callers authenticate, never with what', async () => {
    const { security, components } = await described()
    expect(security).toEqual([{ bearer: [] }])
    expect(components.securitySchemes).toEqual({ bearer: { type: 'http', scheme: 'bearer' } })
    expect(components.responses.Unauthenticated).toBeDefined()
    const literal = 'authentication: { type: apikey, key: X-Key, value: s3cret, placement: query }'
    const keyed = await described(harbourMaster.replace(/authentication: .*/, literal))
    expect(keyed.components.securitySchemes).toEqual({ apikey: { type: 'apiKey', in: 'query', name: 'X-Key' } })
    expect(JSON.stringify(keyed)).not.toContain('s3cret')
  })

  test.each<readonly [string, object, object, readonly string[]]>([
    ['digest', { username: 'ann', password: 'x' }, { type: 'http', scheme: 'digest' }, []],
    ['oauth2', { scopes: ['a'] }, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, ['a']],
    [
      'oauth2',
      { scopes: ['a'], tokenEndpoint: 'https://login.acme.test/token' },
      {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://login.acme.test/token', scopes: { a: '' } } },
      },
      ['a'],
    ],
  ])('says of %s %j what a client needs to know', async (type, more, scheme, scopes) => {
    const own = {
      type,
      authorizationServerUri: 'https://login.acme.test',
      resource: 'https://ships.acme.test',
      ...more,
    }
    const { authorizationServerUri, resource, ...short } = own
    const written = JSON.stringify(type === 'oauth2' ? own : short)
    const { security, components } = await described(
      harbourMaster.replace(/authentication: .*/, `authentication: ${written}`),
    )
    expect(components.securitySchemes).toEqual({ [type]: scheme })
    expect(security).toEqual([{ [type]: scopes }])
    expect(components.responses.InsufficientScope !== undefined).toBe(type === 'oauth2')
  })

  test('describes problems as the surface answers them', async () => {
    const { components } = await described()
    const { Problem } = components.schemas
    const closed = { ...Problem, additionalProperties: false }
    const valid = new Ajv2020({ formats: { uri: true } }).compile(closed)
    const error = new OperationError('upstream-refused', 'no', {
      retryable: true,
      errors: [{ pointer: '/imo', message: 'is wrong', hint: 'look' }],
      upstream: { operation: 'fleet.get', status: 429, retryAfterSeconds: 3 },
    })
    // The name of the request is added by what writes the answer.
    const body = { ...problemOf(error).body, request_id: 'abc-1' }
    expect(valid(body), JSON.stringify(valid.errors)).toBe(true)
    expect(Object.keys(Problem.properties).sort()).toEqual(Object.keys(body).sort())
    expect(valid(problemOf(new Error('x')).body)).toBe(true)
  })
})
