/** What OpenAPI 3.2 has that its elders have not: taken where the format can say it, told by its place where not. */

import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { importOpenapi } from '../../src/index.ts'
import { described, imported, written } from './described.ts'

const base = {
  openapi: '3.2.0',
  info: { title: 'New', version: '1' },
  servers: [{ url: 'https://new.test', name: 'live' }],
}
const ok = { 200: { summary: 'Fine.' } }

/** Kind -> places. */
const toldOf = (notes: readonly { what: string; where: readonly string[] }[]) =>
  Object.fromEntries(notes.map(({ what, where }) => [what, where]))

test('methods that the format does not call are told', async () => {
  const paths = { '/a': { get: { responses: ok }, query: {}, additionalOperations: { COPY: {}, LINK: {} } } }
  const { notes, operations, value } = await imported({ ...base, paths })
  expect(operations).toEqual(['get-a'])
  expect(toldOf(notes)).toEqual({
    'operations of methods that the format does not call': ['QUERY /a', 'COPY /a', 'LINK /a'],
  })
  expect(value.capability.exposes[0].resources.a.operations['get-a'].responses['200'].description).toBe('Fine.')
})

test('a whole query that is a form is its members, and another one is told', async () => {
  const form = { type: 'object', required: ['q'], properties: { q: { type: 'string' }, page: { type: 'integer' } } }
  const whole = (content: object) => ({ name: 'all', in: 'querystring', required: true, content })
  const paths = {
    '/a': { get: { parameters: [whole({ 'application/x-www-form-urlencoded': { schema: form } })] } },
    '/b': { get: { parameters: [whole({ 'application/jsonpath': { schema: { type: 'string' } } })] } },
  }
  const { notes, value, text, companionText } = await imported({ ...base, paths })
  expect(value.capability.aggregates[0].flows['get-a'].inputParameters).toMatchObject({
    q: { type: 'string' },
    page: { type: 'integer', required: false },
  })
  expect(toldOf(notes)).toEqual({ 'parameters that are a whole query': ['all of GET /b'] })
  await written({ text, companion: companionText })
})

test('answers that are streams are told and read as texts, and media types may be shared', async () => {
  const content = {
    'text/event-stream': { itemSchema: { type: 'object' } },
    'application/jsonl': { $ref: '#/components/mediaTypes/Lines' },
  }
  const paths = {
    '/a': { get: { responses: { 200: { description: 'Events.', content } } } },
    '/b': {
      get: { responses: { 200: { content: { 'application/json': { $ref: '#/components/mediaTypes/One' } } } } },
      post: { requestBody: { content: { 'application/jsonl': { itemSchema: { type: 'object' } } } } },
    },
  }
  const one = { schema: { type: 'object', properties: { a: { type: 'string' } } } }
  const components = { mediaTypes: { Lines: { itemSchema: { type: 'object' } }, One: one } }
  const { notes, value } = await imported({ ...base, paths, components })
  const { a, b } = value.capability.consumes[0].resources
  expect(a.operations['get-a'].outputRawFormat).toBe('text')
  expect(b.operations['get-b'].outputRawFormat).toBeUndefined()
  expect(b.operations['post-b'].body).toEqual({ type: 'text', data: '{{body}}' })
  const told = value.capability.exposes[0].resources.b.operations['get-b'].responses
  expect(told['200'].content['application/json'].schema).toEqual(one.schema)
  expect(toldOf(notes)).toEqual({ 'answers that are streams, read to their end': ['GET /a'] })
})

test('tags have names for people, stand within others, and mark what they do not group', async () => {
  const tags = [
    { name: 'shop', summary: 'The Shop' },
    { name: 'orders', summary: 'Orders', parent: 'shop', kind: 'nav' },
    { name: 'beta', kind: 'badge' },
  ]
  const paths = { '/o': { get: { tags: ['beta', 'orders'] } }, '/s': { get: { tags: ['shop'] } }, '/x': { get: {} } }
  const { value, notes } = await imported({ ...base, tags, paths })
  const groups = value.capability.aggregates.map(({ display, namespace }: Record<string, string>) => [
    namespace,
    display,
  ])
  expect(groups).toEqual([
    ['orders', 'Orders'],
    ['shop', 'The Shop'],
    ['operations', 'operations'],
  ])
  expect(toldOf(notes)).toEqual({ 'tags within others, side by side with them': ['orders of shop'] })
  expect((await imported({ ...base, tags, paths }, { tags: ['shop'] })).operations).toEqual(['get-o', 'get-s'])
})

test('a security scheme that is deprecated gives way, and the flow of a device is gone through elsewhere', async () => {
  const old = { type: 'apiKey', in: 'header', name: 'X-Key', deprecated: true }
  const device = { deviceAuthorizationUrl: 'https://new.test/device', tokenUrl: 'https://new.test/token', scopes: {} }
  const components = { securitySchemes: { old, login: { type: 'oauth2', flows: { deviceAuthorization: device } } } }
  const paths = { '/a': { get: {} }, '/b': { get: { security: [{ old: [] }] } } }
  const { value, notes } = await imported({ ...base, components, paths, security: [{ old: [] }, { login: [] }] })
  expect(value.capability.consumes[0].authentication).toEqual({ type: 'bearer', token: '{{NEW_TOKEN}}' })
  expect(toldOf(notes)).toEqual({
    'security schemes that are alternatives to the one taken': ['old'],
    'OAuth2 flows that are gone through elsewhere, whose token is sent': ['login (deviceAuthorization)'],
    'operations that ask for other credentials or none, and are sent the same': ['GET /b'],
  })
  const alone = await imported({ ...base, components, paths, security: [{ old: [] }] })
  expect(toldOf(alone.notes)).toEqual({ 'security schemes that are deprecated': ['old'] })
  const shared = await imported({ ...base, components, paths, security: [{ '#/components/securitySchemes/old': [] }] })
  expect(shared.value.capability.consumes[0].authentication).toMatchObject({ type: 'apikey', key: 'X-Key' })
})

test.each([false, true])(
  'a document is known by the address that it says for itself, before it is read too: %j',
  async (isLast) => {
    const shared = { components: { parameters: { Page: { name: 'page', in: 'query' } } } }
    const paths = {
      '/a': { get: { parameters: [{ $ref: 'https://new.test/docs/shared.json#/components/parameters/Page' }] } },
      '/b': { get: { parameters: [{ $ref: 'https://new.test/docs/api.json#/components/parameters/Size' }] } },
      '/c': { get: { parameters: [{ $ref: 'shared.json#/components/parameters/Page' }] } },
    }
    const components = { parameters: { Size: { name: 'size', in: 'query' } } }
    const file = await described({
      'api.json': {
        ...base,
        $self: 'https://new.test/docs/api.json',
        paths: isLast ? reversed(paths) : paths,
        components,
      },
      'shared.json': { $self: 'https://new.test/docs/shared.json', ...shared },
    })
    const { notes, text } = await importOpenapi(file)
    const { flows } = parse(text).capability.aggregates[0]
    const inputs = Object.values<{ inputParameters: object }>(flows).map((flow) => Object.keys(flow.inputParameters))
    expect(inputs).toEqual([['page'], ['size'], ['page']])
    expect(notes).toEqual([])
  },
)

const reversed = (members: object) => Object.fromEntries(Object.entries(members).reverse())
