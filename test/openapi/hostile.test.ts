/** Descriptions that mean harm, or were broken: each ends in a capability that is sound, or in a message that says why not. */

import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { importOpenapi, StartError } from '../../src/index.ts'
import { described, imported, written } from './described.ts'

const base = { openapi: '3.1.0', info: { title: 'Odd', version: '1' }, servers: [{ url: 'https://odd.test' }] }
const get = { '/a': { get: {} } }

/** The message that a file of this text is refused with. */
async function refusal(text: string) {
  const file = await described({ 'api.yaml': text })
  const error = await importOpenapi(file).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StartError)
  return (error as StartError).message.replaceAll(file, 'api.yaml')
}

/** A description, imported into a capability that has to be sound. */
async function sound(description: object) {
  const result = await imported({ ...base, ...description })
  await written({ text: result.text, companion: result.companionText })
  return { ...result, told: Object.fromEntries(result.notes.map(({ what, where }) => [what, where])) }
}

describe('a text', () => {
  test.each([
    ['nothing', '', /^api.yaml is no OpenAPI description/],
    ['neither JSON nor YAML', '{"openapi": "3.1.0",', /^api.yaml is neither JSON nor YAML: /],
    ['deep JSON', `{"openapi":"3.1.0","x":${'['.repeat(500)}${']'.repeat(500)}}`, /nested deeper than 200 levels/],
    ['deeper JSON', `{"openapi":"3.1.0","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /nested/],
    ['deep YAML', `openapi: 3.1.0\nx: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, /nested/],
    ['YAML that holds itself', 'openapi: 3.1.0\ninfo: &a { title: Odd, more: *a }\npaths: {}\n', /holds itself/],
    [
      'a YAML bomb',
      `openapi: 3.1.0\na: &a [${'x,'.repeat(9)}x]\n${[...'bcdefg'].map((name, i) => `${name}: &${name} [${`*${'abcdef'[i]},`.repeat(9)}*${'abcdef'[i]}]`).join('\n')}\n`,
      /aliases that unfold to too many values/,
    ],
    ['swagger 1', '{"swaggerVersion": "1.2"}', /no OpenAPI description/],
    [
      'no paths',
      '{"openapi":"3.1.0","servers":[{"url":"https://odd.test"}]}',
      /no operation that a capability can call/,
    ],
  ])('is refused: %s', async (_, text, message) => {
    expect(await refusal(text)).toMatch(message)
  })

  test('of more than 32 MiB is refused before it is read, and so is what is no file', async () => {
    const file = await described({ 'api.yaml': '' })
    await writeFile(file, Buffer.alloc(50 * 1024 * 1024, ' '))
    await expect(importOpenapi(file)).rejects.toThrow(/is larger than 32 MiB/)
    await expect(importOpenapi(file.replace(/\/api.yaml$/, ''))).rejects.toThrow(/there is no file/)
  })

  test('of more operations than a file holds names the tags that there are', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 11_000 }, (_, i) => [`/a${i}`, { get: { tags: [i % 3 === 0 ? 'few' : 'many'] } }]),
    )
    await expect(imported({ ...base, paths: many })).rejects.toThrow(
      /11000 operations are more than a file of 5 MiB holds; take some with --tags or --operations; .* many \(7333\), few \(3667\)/,
    )
  })

  test('that says too much is shortened until a file holds it, which is told', async () => {
    const words = 'It says a lot. '.repeat(60)
    const schema = {
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`p${i}`, { type: 'string', description: words }]),
      ),
    }
    const content = { 'application/json': { schema } }
    const many = Object.fromEntries(
      Array.from({ length: 140 }, (_, i) => [`/a${i}`, { post: { requestBody: { content } } }]),
    )
    const { notes, text } = await imported({ ...base, paths: many })
    expect(text.length).toBeLessThan(5 * 1024 * 1024)
    expect(notes[0]?.what).toMatch(/shortened/)
  })
})

describe('a reference', () => {
  test('that goes in circles leads nowhere, in paths, parameters and schemas', async () => {
    const { told } = await sound({
      paths: {
        ...get,
        '/b': { $ref: '#/paths/~1c' },
        '/c': { $ref: '#/paths/~1b' },
        '/d': {
          get: {
            parameters: [
              { $ref: '#/components/parameters/A' },
              { name: 'x', in: 'query', schema: { $ref: '#/components/schemas/A' } },
            ],
          },
        },
      },
      components: {
        parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } },
        schemas: { A: { $ref: '#/components/schemas/A' } },
      },
    })
    expect(told['references that lead nowhere']).toEqual([
      '#/paths/~1c',
      '#/paths/~1b',
      '#/components/parameters/A',
      '#/components/schemas/A',
    ])
  })

  test('to another origin, above the folder or to a file of the machine is not read, and told', async () => {
    const refs = [
      'https://elsewhere.test/x.json#/a',
      '../x.json#/a',
      'file:///etc/hostname#/a',
      'http://127.0.0.1:1/x.json#/a',
    ]
    const parameters = refs.map(($ref) => ({ $ref }))
    const { told } = await sound({ paths: { '/a': { get: { parameters } } } })
    expect(told['documents that are referred to and were not read']).toHaveLength(4)
    expect(told['documents that are referred to and were not read']).toEqual(
      expect.arrayContaining(['https://elsewhere.test/x.json', 'file:///etc/hostname']),
    )
  })

  test('that unfolds without an end is cut', async () => {
    const $ref = '#/components/schemas/Node'
    const node = {
      type: 'object',
      properties: Object.fromEntries([...'abcdefgh'].map((name) => [name, { type: 'array', items: { $ref } }])),
    }
    const wide = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `S${i}`,
        { allOf: [{ $ref: `#/components/schemas/S${i + 1}` }, { $ref: `#/components/schemas/S${i + 1}` }] },
      ]),
    )
    const { told, companionText } = await sound({
      paths: {
        '/a': { post: { requestBody: { content: { 'application/json': { schema: { $ref } } } } } },
        '/b': {
          post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } },
        },
      },
      components: { schemas: { Node: node, ...wide, S12: { type: 'object', properties: { x: { type: 'string' } } } } },
    })
    expect(told['schemas that hold themselves, cut']).toEqual(['#/components/schemas/Node'])
    expect(told['schemas too large, cut']).toEqual(['POST /b'])
    expect(companionText?.length).toBeLessThan(100_000)
  })

  test('that is cut within a choice makes it one that more may fit', async () => {
    const $ref = '#/components/schemas/Node'
    const node = {
      oneOf: [
        { type: 'object', required: ['leaf'] },
        { type: 'object', required: ['nodes'], properties: { nodes: { $ref } } },
      ],
      not: { $ref },
    }
    const { companion } = await sound({
      paths: { '/a': { post: { requestBody: { content: { 'application/json': { schema: { $ref } } } } } } },
      components: { schemas: { Node: node } },
    })
    const { body } = companion.inputs['operations.post-a']
    expect(Object.keys(body)).toContain('anyOf')
    expect(Object.keys(body)).not.toContain('not')
  })
})

describe('a path', () => {
  test.each(['/a\r\nHost: x', '/../admin', '/a/./b', '/%2e%2E/admin', '/a\u0000', '/\ud800'])(
    'that ends the request line or means another one is left out: %j',
    async (path) => {
      const { told, operations } = await sound({ paths: { ...get, [path]: { get: {} } } })
      expect(operations).toEqual(['get-a'])
      expect(told['operations whose path can not be called']).toEqual([JSON.stringify(`GET ${path}`)])
    },
  )

  test('is percent-encoded where a URI can not hold it', async () => {
    const { value } = await sound({ paths: { '/straße and {id}/{x': { get: {} } } })
    const [resource] = Object.values<{ path: string }>(value.capability.consumes[0].resources)
    expect(resource?.path).toBe('/stra%C3%9Fe%20and%20{{id}}/%7Bx')
  })
})

describe('a name', () => {
  test('that every object has, or that is no name, is one like others', async () => {
    const names = ['__proto__', 'constructor', 'toString', '', ' ', '...', '☃', 'a'.repeat(300)]
    const properties = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}: {"type":"string"}`).join()}}`)
    const paths = Object.fromEntries(
      names.map((name, i) => [
        `/p${i}`,
        {
          post: {
            operationId: name,
            tags: [name],
            parameters: [{ name, in: 'query', schema: { type: 'string' } }],
            requestBody: { content: { 'application/json': { schema: { type: 'object', properties } } } },
          },
        },
      ]),
    )
    const { operations } = await sound({ paths, tags: names.map((name) => ({ name })) })
    expect(new Set(operations).size).toBe(names.length)
    expect(operations.every((name) => /^[a-z0-9-]{1,64}$/.test(name))).toBe(true)
    expect(({} as Record<string, unknown>).type).toBeUndefined()
  })

  test('that is given again and again gets a number each time, and a long one stays one that clients take', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`/a${i}`, { get: { operationId: `same${'x'.repeat(90)}` } }]),
    )
    const { operations } = await imported({ ...base, paths: many })
    expect(new Set(operations).size).toBe(500)
    expect(Math.max(...operations.map((name) => name.length))).toBeLessThanOrEqual(64)
  })

  test('that the format can not say is told, and takes along what needs it', async () => {
    const parameter = { name: '{field name}', in: 'query' }
    const paths = {
      ...get,
      '/b': { get: { parameters: [parameter] } },
      '/c': { get: { parameters: [{ ...parameter, required: true }] } },
    }
    const { told, operations } = await sound({ paths })
    expect(operations).toEqual(['get-a', 'get-b'])
    expect(told['parameters of a name that the format can not say']).toEqual([
      '{field name} of GET /b',
      '{field name} of GET /c',
    ])
    expect(told['operations that need a parameter which can not be written']).toEqual(['GET /c'])
  })
})

test('words are words: templates, markup and line breaks in them do nothing', async () => {
  const words = 'Use {{HOME}} or {{#if}}.\r\n<script>alert(1)</script> $(x) `y` --- *a &b'
  const { value, text } = await sound({
    info: { title: words, version: words, description: words },
    tags: [{ name: words, description: words }],
    paths: {
      '/a': {
        get: {
          operationId: words,
          summary: words,
          description: words,
          tags: [words],
          parameters: [
            { name: 'x', in: 'query', description: words, schema: { type: 'string', default: words, example: words } },
          ],
          responses: { 200: { description: words } },
        },
      },
    },
  })
  expect(parse(text)).toEqual(value)
  expect(text).not.toContain('<script>')
})

test('values of the wrong kind are no reason to stop', async () => {
  const { operations } = await sound({
    info: 'Odd',
    tags: 'x',
    security: {},
    webhooks: [],
    components: { schemas: [], securitySchemes: { a: null } },
    paths: {
      ...get,
      '/b': {
        get: { tags: 'x', parameters: {}, responses: [], operationId: 3, summary: {}, servers: 'x', security: 'x' },
      },
      '/c': {
        post: {
          requestBody: { content: { 'application/json': null } },
          callbacks: 1,
          parameters: [null, 1, { name: 1 }],
        },
      },
      '/d': null,
      '/e': { get: null, post: { requestBody: { content: [] }, responses: { 200: null, x: { content: 'x' } } } },
      '/f': {
        get: {
          parameters: [
            { name: 'q', in: 'query', schema: { type: 7, enum: 'x', items: 3, properties: [], required: 'q' } },
          ],
        },
      },
    },
  })
  expect(operations).toEqual(['get-a', 'get-b', 'post-c', 'post-e', 'get-f'])
})
