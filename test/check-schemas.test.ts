/** Schemas of answers that can't be used: told with their place when the file is validated, not at a start. */

import { describe, expect, test } from 'vitest'
import { validate } from '../src/index.ts'
import { writeCapability } from './support/serve.ts'

const api = (operation: object) => ({
  type: 'http',
  namespace: 'shop',
  baseUri: 'https://shop.example.com',
  resources: { orders: { path: '/orders', operations: { read: { method: 'GET', ...operation } } } },
})

const exposes = [
  { type: 'mcp', namespace: 'tools', port: 0, tools: { read: { description: 'Reads.', call: 'shop.read' } } },
]

async function told(capability: object, files: Readonly<Record<string, string>>) {
  const { diagnostics } = await validate(await writeCapability(capability, { files }))
  return diagnostics.map(({ code, message, location }) => [
    code,
    message,
    location.file.split('/').at(-1),
    location.line,
  ])
}

const tellOf = (operation: object, files: Readonly<Record<string, string>> = {}) =>
  told({ ikanos: '1.0.0-beta5', capability: { consumes: [api(operation)], exposes } }, files)

describe('A schema of answers', () => {
  test.each([
    ['table[', 'table['],
    ['a >> b', 'a >> b'],
    ['p:nowhere', 'p:nowhere'],
  ])('(the CSS selector %s) is told where it stands', async (selector, named) => {
    const [fault, ...more] = await tellOf({ outputRawFormat: 'html', outputSchema: selector })
    expect(more).toEqual([])
    expect(fault).toEqual([
      'bad-schema',
      expect.stringContaining(`"${named}" is no CSS selector`),
      'case.ikanos.yml',
      16,
    ])
  })

  test.each([
    ['{', 'no Avro schema: '],
    ['', 'no Avro schema: '],
    ['null', 'a type is missing'],
    ['{"type": "record", "name": "Order"}', '"Order" has no "fields"'],
    ['{"type": "enum", "name": "Kind"}', '"Kind" has no "symbols"'],
    ['{"type": "fixed", "name": "Hash"}', '"Hash" has no "size"'],
    ['{"type": "array"}', 'a type is missing'],
    ['{"type": "record", "name": "Order", "fields": [{"name": "a", "type": "text"}]}', 'it has no type "text"'],
  ])('(Avro %s) is told where it is named', async (text, why) => {
    const faults = await tellOf({ outputRawFormat: 'avro', outputSchema: 'order.avsc' }, { 'order.avsc': text })
    expect(faults).toEqual([['bad-schema', expect.stringContaining(why), 'case.ikanos.yml', 16]])
  })

  test.each([
    ['', 'no Protobuf message'],
    ['syntax = "proto3"; enum Kind { A = 0; }', 'no Protobuf message'],
    ['message Order {', 'no .proto text'],
    ['message Order {\n  Nowhere a = 1;\n}', 'no .proto text'],
  ])('(Protobuf %j) is told where it is named', async (text, why) => {
    const faults = await tellOf({ outputRawFormat: 'protobuf', outputSchema: 'order.proto' }, { 'order.proto': text })
    expect(faults).toEqual([['bad-schema', expect.stringContaining(why), 'case.ikanos.yml', 16]])
  })

  test('that is not there is told once', async () => {
    const faults = await tellOf({ outputRawFormat: 'avro', outputSchema: 'order.avsc' })
    expect(faults.map(([code]) => code)).toEqual(['missing-schema'])
  })

  test('of an imported API is told in its own file', async () => {
    const consumes = [{ import: 'shop', from: './parts/shop.yml' }]
    const shop = { ikanos: '1.0.0-beta5', consumes: [api({ outputRawFormat: 'avro', outputSchema: 'order.avsc' })] }
    const files = { 'parts/shop.yml': JSON.stringify(shop, null, 2), 'parts/order.avsc': '{', 'order.avsc': '"int"' }
    const faults = await told({ ikanos: '1.0.0-beta5', capability: { consumes, exposes } }, files)
    expect(faults).toEqual([['bad-schema', expect.any(String), 'shop.yml', 15]])
  })
})
