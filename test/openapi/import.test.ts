/** OpenAPI descriptions become capabilities that run, and say what they could not take along. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { importOpenapi, StartError } from '../../src/index.ts'
import { invoices, reviewers } from '../../src/sandbox/models.ts'
import { serveFile } from '../support/serve.ts'
import { shared } from '../support/shared.ts'
import { startUpstream } from '../support/upstream.ts'
import { described, imported, written } from './described.ts'

const pets = {
  openapi: '3.0.3',
  info: { title: 'Pet Shop API', version: '1.2.0', description: 'Sells <b>pets</b>.' },
  servers: [
    { url: 'https://{region}.pets.test/{base}/', variables: { region: { default: 'eu' }, base: { default: 'v2' } } },
  ],
  security: [{ key: [], app: [] }],
  tags: [{ name: 'Pets', description: 'What is sold.' }],
  paths: {
    '/pets': {
      parameters: [{ $ref: '#/components/parameters/Trace' }],
      get: {
        operationId: 'listPets',
        tags: ['Pets'],
        summary: 'List pets',
        parameters: [
          { name: 'filter[kind]', in: 'query', schema: { type: 'string', enum: ['cat', 'dog'] } },
          { name: 'api-version', in: 'query', required: true, schema: { type: 'string', enum: ['2'] } },
          {
            name: 'limit',
            in: 'query',
            required: true,
            schema: { type: 'integer', minimum: 0, exclusiveMinimum: true, default: 10 },
          },
        ],
        responses: {
          200: { description: 'Pets.', content: { 'application/json': { schema: { type: 'array', items: {} } } } },
        },
      },
      post: {
        operationId: 'listPets',
        tags: ['Pets'],
        requestBody: { $ref: 'shapes.yaml#/bodies/New' },
        responses: { 201: { description: 'There it is.' }, 409: { description: 'It is there already.' } },
      },
    },
    '/pets/{id}': {
      get: {
        tags: ['Pets'],
        description: 'Reads one pet.',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: { 200: { description: 'A pet.' } },
      },
      delete: {
        operationId: 'pets/remove',
        tags: ['Pets'],
        deprecated: true,
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 204: { description: 'Gone.' } },
      },
      head: { responses: { 200: { description: 'Is it there?' } } },
    },
  },
  components: {
    parameters: { Trace: { name: 'X-Trace', in: 'header', description: 'Traces.', schema: { type: 'string' } } },
    securitySchemes: {
      key: { type: 'http', scheme: 'bearer' },
      app: { type: 'apiKey', in: 'header', name: 'X-App' },
    },
  },
}

const shapes = `
bodies:
  New:
    required: true
    content:
      application/json:
        schema:
          allOf:
            - type: object
              required: [name]
              properties: { id: { type: string, readOnly: true }, name: { type: string, maxLength: 20 } }
            - type: object
              properties:
                mother: { $ref: '#/Pet' }
                price: { oneOf: [{ type: number }, { type: string, pattern: '^free$' }] }
Pet:
  type: object
  nullable: true
  properties: { name: { type: string }, mother: { $ref: '#/Pet' } }
`

describe('an import', () => {
  test('makes flows, routes, tools and skills of operations, and keeps what the format is too weak for', async () => {
    const source = await described({ 'api.json': pets, 'shapes.yaml': shapes })
    const { text, companion, operations, notes } = await importOpenapi(source)
    const { capability, binds, info } = parse(text)
    const [{ baseUri, authentication, inputParameters, resources }] = capability.consumes
    expect(operations).toEqual(['list-pets', 'list-pets-2', 'get-pets-by-id', 'pets-remove'])
    expect(info).toMatchObject({ display: 'Pet Shop API', description: 'Sells pets .', version: '1.2.0' })
    expect(baseUri).toBe('https://eu.pets.test/v2')
    expect(authentication).toEqual({ type: 'bearer', token: '{{PET_SHOP_TOKEN}}' })
    expect(inputParameters).toEqual({ 'X-App': { in: 'header', value: '{{PET_SHOP_APP}}' } })
    expect(Object.keys(binds[0].keys)).toEqual(['PET_SHOP_APP', 'PET_SHOP_TOKEN'])
    expect(resources.pets.operations['list-pets'].inputParameters).toEqual({
      'X-Trace': { in: 'header' },
      'filter[kind]': { in: 'query', value: '{{filter_kind}}' },
      'api-version': { in: 'query', value: '2' },
      limit: { in: 'query' },
    })
    expect(capability.aggregates[0].flows['list-pets-2'].inputParameters).toEqual({
      'X-Trace': { type: 'string', description: 'Traces.', required: false },
      name: { type: 'string', description: 'Name.' },
      mother: { type: 'object', description: 'Mother.', required: false },
      price: { type: 'string', description: 'Price.', required: false },
    })
    expect(capability.exposes[1].tools['pets-remove'].hints).toMatchObject({ readOnly: false, destructive: true })
    expect(Object.keys(capability.exposes[2].skills)).toEqual(['pets'])
    const inputs = parse(companion ?? '').inputs
    expect(inputs['pets.list-pets']).toEqual({
      filter_kind: { enum: ['cat', 'dog'] },
      limit: { default: 10, exclusiveMinimum: 0 },
    })
    expect(inputs['pets.list-pets-2'].price.oneOf).toEqual([{ type: 'number' }, { type: 'string', pattern: '^free$' }])
    expect(inputs['pets.list-pets-2'].mother.type).toEqual(['object', 'null'])
    expect(notes).toEqual([
      {
        what: 'variables of servers, taken at their defaults',
        count: 2,
        where: ['region = eu of https://{region}.pets.test/{base}/', 'base = v2 of https://{region}.pets.test/{base}/'],
      },
      { what: 'operations of methods that the format does not call', count: 1, where: ['HEAD /pets/{id}'] },
      { what: 'schemas that hold themselves, cut', count: 1, where: ['shapes.yaml#/Pet'] },
    ])
    await written({ text, companion })
  })

  test('calls what the description says, over REST and MCP, with what is optional left out', async () => {
    const source = await described({ 'api.json': pets, 'shapes.yaml': shapes })
    const upstream = await startUpstream([
      {
        request: { method: 'GET', path: '/v2/pets?filter%5Bkind%5D=cat&api-version=2&limit=10' },
        response: { json: [] },
      },
      { request: { method: 'POST', path: '/v2/pets' }, response: { json: {} } },
    ])
    const environment = { PET_SHOP_TOKEN: 'token-of-pets', PET_SHOP_APP: 'app-of-pets' }
    const upstreams = { 'pet-shop': `${upstream.url}/v2` }
    const served = await serveFile(await written(await importOpenapi(source)), { environment, upstreams })
    const asked = await fetch(`${served.url('rest')}/pets?filter_kind=cat&limit=10`)
    expect(upstream.unexpected).toEqual([])
    expect(asked.status).toBe(200)
    const client = new Client({ name: 'import', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url('mcp')}/mcp`)))
    onTestFinished(() => client.close())
    await client.callTool({ name: 'list-pets-2', arguments: { name: 'Tom', price: 3 } })
    const refused = await client.callTool({ name: 'list-pets-2', arguments: { name: 'Tom', price: true } })
    expect(refused.isError).toBe(true)
    expect(upstream.requests.map((r) => `${r.method} ${r.path}`)).toEqual([
      'GET /v2/pets?filter%5Bkind%5D=cat&api-version=2&limit=10',
      'POST /v2/pets',
    ])
    expect(upstream.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-of-pets',
      'x-app': 'app-of-pets',
    })
    expect(JSON.parse(upstream.requests[1]?.body ?? '')).toEqual({ name: 'Tom', price: 3 })
  })

  test('takes the operations and tags that are asked for, and says which there are', async () => {
    const source = await described({ 'api.json': pets, 'shapes.yaml': shapes })
    expect((await importOpenapi(source, { operations: ['pets/remove', 'list-pets'] })).operations).toEqual([
      'list-pets',
      'pets-remove',
    ])
    expect((await importOpenapi(source, { tags: ['pets'] })).operations).toHaveLength(4)
    await expect(importOpenapi(source, { operations: ['list-pet'] })).rejects.toThrow(
      /no operation "list-pet"; did you mean "list-pets"/,
    )
    await expect(importOpenapi(source, { tags: ['cars'] })).rejects.toThrow('there is no tag "cars"; there are Pets')
  })

  test.each([
    ['List', 'List.'],
    ['Is it there?', 'Is it there?'],
    ['It goes on…', 'It goes on…'],
  ])('ends the summary %j as a sentence, once', async (summary, description) => {
    const { value } = await imported({ ...pets, paths: { '/a': { get: { summary } } } })
    expect(value.capability.aggregates[0].flows['get-a'].description).toBe(description)
  })

  test('leaves out for agents what they do without, and says so', async () => {
    const source = await described({ 'api.json': pets, 'shapes.yaml': shapes })
    const { text, operations, notes } = await importOpenapi(source, { forAgents: true })
    expect(operations).not.toContain('pets-remove')
    expect(text).not.toContain('X-Trace')
    const told = Object.fromEntries(notes.map(({ what, where }) => [what, where]))
    expect(told['operations that are deprecated']).toEqual(['DELETE /pets/{id}'])
    expect(told['parameters that an agent does without']).toEqual(['X-Trace of GET /pets', 'X-Trace of POST /pets'])
  })

  test('reads 2.0: hosts, bodies, forms, answers and its security', async () => {
    const { value, notes, text, companionText } = await imported({
      swagger: '2.0',
      info: { title: 'Old', version: '1' },
      host: 'old.test',
      basePath: '/api',
      schemes: ['http', 'https'],
      consumes: ['application/json'],
      produces: ['application/json'],
      securityDefinitions: {
        login: { type: 'oauth2', flow: 'application', tokenUrl: 'https://old.test/token', scopes: { read: 'Reads.' } },
      },
      security: [{ login: ['read'] }],
      paths: {
        '/things': {
          post: {
            operationId: 'addThing',
            parameters: [{ in: 'body', name: 'thing', required: true, schema: { $ref: '#/definitions/Thing' } }],
            responses: { 200: { description: 'Done.', schema: { $ref: '#/definitions/Thing' } } },
          },
        },
        '/search': {
          post: {
            operationId: 'search',
            consumes: ['application/x-www-form-urlencoded'],
            parameters: [{ in: 'formData', name: 'q', type: 'string', required: true }],
            responses: { 200: { description: 'Found.' } },
          },
        },
        '/photos': {
          post: {
            operationId: 'upload',
            consumes: ['multipart/form-data'],
            parameters: [{ in: 'formData', name: 'photo', type: 'file' }],
            responses: { 200: { description: 'Kept.' } },
          },
        },
      },
      definitions: { Thing: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    })
    const [{ baseUri, authentication, resources }] = value.capability.consumes
    expect(baseUri).toBe('https://old.test/api')
    expect(authentication).toEqual({ type: 'oauth2', tokenEndpoint: 'https://old.test/token', scopes: ['read'] })
    expect(Object.keys(value.binds[0].keys)).toEqual(['OLD_CLIENT_ID', 'OLD_CLIENT_SECRET'])
    expect(resources.things.operations['add-thing'].body).toEqual({ type: 'json', data: { name: '{{name}}' } })
    expect(resources.search.operations.search.body).toEqual({ type: 'formUrlEncoded', data: { q: '{{q}}' } })
    expect(resources.photos.operations.upload.body.data).toEqual([
      { name: 'photo', value: '{{photo}}', filename: 'photo', contentType: 'application/octet-stream' },
    ])
    expect(notes).toEqual([])
    await written({ text, companion: companionText })
  })

  test.each([
    [
      { type: 'http', scheme: 'basic' },
      { type: 'basic', username: '{{ONE_USERNAME}}', password: '{{ONE_PASSWORD}}' },
    ],
    [
      { type: 'http', scheme: 'digest' },
      { type: 'digest', username: '{{ONE_USERNAME}}', password: '{{ONE_PASSWORD}}' },
    ],
    [
      { type: 'apiKey', in: 'query', name: 'k' },
      { type: 'apikey', key: 'k', value: '{{ONE_S}}', placement: 'query' },
    ],
    [
      { type: 'openIdConnect', openIdConnectUrl: 'https://one.test' },
      { type: 'bearer', token: '{{ONE_TOKEN}}' },
    ],
    [{ type: 'apiKey', in: 'cookie', name: 'k' }, undefined],
  ])('has a credential for %j', async (scheme, authentication) => {
    const { value } = await imported({
      openapi: '3.1.0',
      info: { title: 'One', version: '1' },
      servers: [{ url: 'https://one.test' }],
      security: [{ s: [] }],
      paths: { '/': { get: { responses: { 200: { description: 'Ok.' } } } } },
      components: { securitySchemes: { s: scheme } },
    })
    expect(value.capability.consumes[0].authentication).toEqual(authentication)
  })

  test('refuses what is no description, names no server, or would read what is not its own', async () => {
    const bare = { openapi: '3.1.0', info: { title: 'Bare', version: '1' }, paths: { '/a': { get: {} } } }
    await expect(imported({ ikanos: '1' })).rejects.toThrow(/no OpenAPI description/)
    await expect(imported(bare)).rejects.toThrow(/--base-uri/)
    expect((await imported(bare, { baseUri: 'https://bare.test/' })).operations).toEqual(['get-a'])
    const odd = { ...bare, paths: { '/constructor': { get: {} }, '/__proto__': { get: {} } } }
    expect((await imported(odd, { baseUri: 'https://bare.test' })).operations).toEqual(['get-constructor', 'get-proto'])
    const stray = {
      ...bare,
      paths: { '/a': { get: { parameters: [{ $ref: '../../etc/passwd#/x' }, { $ref: '#/no' }] } } },
    }
    const { notes } = await imported(stray, { baseUri: 'https://bare.test' })
    expect(notes.map(({ what }) => what)).toEqual([
      'documents that are referred to and were not read',
      'references that lead nowhere',
    ])
    for (const address of ['http://pets.test/a.json', 'https://10.0.0.1/a.json', 'https://[::ffff:169.254.169.254]/'])
      await expect(importOpenapi(address)).rejects.toThrow(StartError)
  })

  test('fetches a description from this machine with what it refers to there', async () => {
    const files: Record<string, unknown> = {
      '/api.json': { ...pets, servers: [{ url: '/v3' }] },
      '/shapes.yaml': shapes,
    }
    const server = createServer((req, res) => {
      const file = files[req.url ?? '']
      if (req.url === '/moved') res.writeHead(302, { location: '/api.json' }).end()
      else res.writeHead(file === undefined ? 404 : 200).end(typeof file === 'string' ? file : JSON.stringify(file))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { text, companion } = await importOpenapi(`http://127.0.0.1:${port}/moved`)
    expect(parse(text).capability.consumes[0].baseUri).toBe(`http://127.0.0.1:${port}/v3`)
    expect(companion).toContain('^free$')
    await expect(importOpenapi(`http://127.0.0.1:${port}/none`)).rejects.toThrow(/answers 404/)
  })
})

interface Page {
  readonly request_file_id: string
  readonly is_moderated: boolean
  readonly approval_status: string
  readonly predicted_boxes: readonly { readonly validation_status?: string }[]
}

/** Files with failed validations can't be approved. */
const isSound = ({ predicted_boxes }: Page) => predicted_boxes.every((box) => box.validation_status !== 'failed')

const seed = shared('data/nanonets/nanonets-file-management-api-openapi.yml')

test.skipIf(seed === undefined)(
  'the six calls of the seed work against the sandbox as they were imported',
  async () => {
    const file = await written(await importOpenapi(seed ?? ''))
    const served = await serveFile(file, { sandbox: true, allowUnconfirmed: true })
    const upstream = served.running.sandbox?.url ?? ''
    const model = invoices.model_id
    const read = async () => {
      const first = Math.floor(Date.now() / 86_400_000) - 60
      const path = `/api/v2/Inferences/Model/${model}/ImageLevelInferences?start_day_interval=${first}&current_batch_day=${first + 62}`
      const answer = await fetch(upstream + path, { headers: { authorization: `Basic ${btoa('sandbox:')}` } })
      const { moderated_images, unmoderated_images } = (await answer.json()) as Record<string, Page[]>
      return [...(moderated_images ?? []), ...(unmoderated_images ?? [])]
    }
    const page = (await read()).find((p) => !p.is_moderated && p.approval_status === '' && isSound(p))
    const send = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${served.url('rest')}/api/v2/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      return answer.ok ? 'done' : `${answer.status} ${await answer.text()}`
    }
    const [id, files] = [page?.request_file_id ?? '', [page?.request_file_id ?? '']]
    const changed = { ...page, moderated_boxes: page?.predicted_boxes }
    const statuses = [
      await send('PATCH', `Inferences/Model/${model}/ImageLevelInference?use_ui_version=true`, changed),
      await send('POST', `ImageLevelInferences/Model/${model}/Verify/${id}`),
      await send('POST', `ImageLevelInferences/Model/${model}/UnVerify/${id}`),
      await send('POST', `team/members/model/${model}/assign/files`, { member: reviewers[0], file_ids: files }),
      await send('POST', `Inferences/Model/${model}/ImageLevelInferences/retryallexports`, { file_ids: files }),
      await send('DELETE', `Inferences/Model/${model}/InferenceRequestFiles/${id}`),
    ]
    expect(statuses).toEqual(statuses.map(() => 'done'))
    expect((await read()).filter((p) => p.request_file_id === id)).toEqual([])
  },
)
