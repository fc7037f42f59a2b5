/** What is imported, exported and imported again is what it was. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { exportCapability, importOpenapi, load, StartError } from '../../src/index.ts'
import { exhaustive } from '../support/sampled.ts'
import { writeCapability } from '../support/serve.ts'
import { described } from './described.ts'

const info = { title: 'Round', version: '1' }
const servers = [{ url: 'https://round.test' }]
const ok = { 200: { description: 'Ok.', content: { 'application/json': { schema: { type: 'object' } } } } }
const gone = { 204: { description: 'Gone.' } }
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }

const samples: readonly (readonly [string, object])[] = [
  ['no answers', { '/a': { get: {} }, '/b': { post: {} } }],
  ['answers without a body', { '/a/{id}': { parameters: [id], delete: { responses: gone } } }],
  ['answers of several kinds', { '/a': { post: { responses: { ...gone, ...ok, 409: { description: 'Twice.' } } } } }],
  [
    'an answer of bytes',
    { '/a': { get: { responses: { 200: { description: 'Ok.', content: { 'image/png': {} } } } } } },
  ],
  [
    'bodies',
    {
      '/a': {
        post: {
          requestBody: {
            content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'string' } } } } },
          },
          responses: ok,
        },
        put: { requestBody: { content: { 'application/json': { schema: { oneOf: [{ type: 'object' }] } } } } },
      },
    },
  ],
  [
    'headers and cookies',
    {
      '/a': {
        get: {
          parameters: [
            { name: 'X-A', in: 'header' },
            { name: 'c', in: 'cookie' },
          ],
        },
      },
    },
  ],
]

/** The capability but for where the API is, and the export of it. */
async function once(source: string) {
  const { text, companion } = await importOpenapi(source)
  const capability = await load(await writeCapability(text, { companion }))
  const [file] = await exportCapability(capability, 'openapi')
  const value = parse(text)
  value.capability.consumes[0].baseUri = ''
  return { value, companion, openapi: file?.text ?? '' }
}

describe('an export that is imported', () => {
  test.each(samples)('is what it was: %s', async (_, paths) => {
    const first = await once(await described({ 'api.json': { openapi: '3.1.0', info, servers, paths } }))
    const second = await once(await described({ 'api.yaml': first.openapi }))
    const third = await once(await described({ 'api.yaml': second.openapi }))
    expect(third).toEqual(second)
    expect(responsesOf(second.value)).toMatchObject(responsesOf(first.value))
  })
})

const scalar = fc.constantFrom<object>({ type: 'string' }, { type: 'integer', maximum: 9 }, { type: 'boolean' }, {})
const schema = fc.oneof(
  scalar,
  scalar.map((items) => ({ type: 'array', items })),
  fc
    .dictionary(fc.constantFrom('a', 'b', 'c d', '__proto__'), scalar)
    .map((properties) => ({ type: 'object', properties })),
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
)
const parameter = fc.record({
  name: fc.constantFrom('id', 'q', 'X-Of', 'f[a]'),
  in: fc.constantFrom('query', 'header', 'cookie'),
  required: fc.boolean(),
  schema,
  style: fc.constantFrom(undefined, 'deepObject', 'pipeDelimited'),
})
const content = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  'image/png',
)
const body = fc.record({ type: content, schema, required: fc.boolean() })
const operation = fc
  .record({
    tags: fc.subarray(['one', 'two']),
    parameters: fc.array(parameter, { maxLength: 3 }),
    requestBody: fc.option(
      body.map(({ type, schema: of, required }) => ({ required, content: { [type]: { schema: of } } })),
      { nil: undefined },
    ),
    responses: fc.dictionary(
      fc.constantFrom('200', '201', '204', '404', 'default'),
      fc.constantFrom<object>({ description: 'Said.' }, ok[200]),
    ),
  })
  .map(({ requestBody, ...rest }) => (requestBody === undefined ? rest : { ...rest, requestBody }))
const item = fc.dictionary(fc.constantFrom('get', 'post', 'put', 'delete'), operation, { minKeys: 1 })
const anyPaths = fc.dictionary(fc.constantFrom('/a', '/a/{id}', '/a/{key}', '/a/{id}/b', '/c.d/{x}e'), item, {
  minKeys: 1,
  maxKeys: 4,
})

test('whatever is described comes to rest: after a few rounds an import of the export is what it was', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(anyPaths, async (paths) => {
      const start = await described({ 'api.json': { openapi: '3.1.0', info, servers, paths } })
      const first = await once(start).catch((error: unknown) => error)
      fc.pre(!(first instanceof StartError))
      if (first instanceof Error) throw first
      let { openapi } = first as Awaited<ReturnType<typeof once>>
      for (let round = 0; round < 2; round++) ({ openapi } = await once(await described({ 'api.yaml': openapi })))
      expect((await once(await described({ 'api.yaml': openapi }))).openapi).toEqual(openapi)
    }),
    exhaustive ? { numRuns: 100 } : { numRuns: 10, seed: 1 },
  )
})

interface Exposed {
  readonly capability: { readonly exposes: readonly { readonly resources?: Readonly<Record<string, Resource>> }[] }
}

interface Resource {
  readonly operations: Readonly<Record<string, { readonly responses?: object }>>
}

/** What each route says of its answers. */
function responsesOf({ capability }: Exposed) {
  const resources = Object.values(capability.exposes[0]?.resources ?? {})
  const routes = resources.flatMap(({ operations }) => Object.entries(operations))
  return Object.fromEntries(routes.map(([name, { responses }]) => [name, responses]))
}
