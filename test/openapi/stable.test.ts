/** What is imported, exported and imported again is what it was. */

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { exportCapability, importOpenapi, load } from '../../src/index.ts'
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
