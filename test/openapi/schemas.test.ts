/** Schemas of a description are those of an input, as far as they can be checked. */

import { expect, test } from 'vitest'
import { imported, written } from './described.ts'

const base = { info: { title: 'Shapes', version: '1' }, servers: [{ url: 'https://shapes.test' }] }

/** The fragment of an input whose schema is the only member of a body. */
async function fragmentOf(schema: object, openapi = '3.1.0') {
  const content = { 'application/json': { schema: { type: 'object', properties: { it: schema } } } }
  const paths = { '/a': { post: { requestBody: { content } } } }
  const { companion, companionText, text, notes } = await imported({ ...base, openapi, paths })
  await written({ text, companion: companionText })
  return { fragment: companion.inputs?.['operations.post-a']?.it, notes }
}

test.each([
  ['enums and defaults', { type: 'string', enum: ['a', 'b'], default: 'a' }, { enum: ['a', 'b'], default: 'a' }],
  ['formats that are checked', { type: 'string', format: 'date' }, { format: 'date' }],
  ['no others', { type: 'string', format: 'phone' }, undefined],
  ['bounds', { type: 'integer', minimum: 1, exclusiveMaximum: 9 }, { minimum: 1, exclusiveMaximum: 9 }],
  ['examples', { type: 'string', example: 'x' }, { examples: ['x'] }],
  ['several types', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
  [
    'names by their pattern',
    { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
    { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
  ],
  [
    'what is only answered is asked of nobody',
    { type: 'object', required: ['id', 'a'], properties: { id: { readOnly: true }, a: { type: 'string' } } },
    { properties: { a: { type: 'string' } }, required: ['a'] },
  ],
  [
    'choices that differ',
    { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    {
      type: ['string', 'number', 'boolean', 'object', 'array', 'null'],
      oneOf: [{ type: 'string' }, { type: 'integer' }],
    },
  ],
  [
    'choices that look alike, of which both would fit',
    { type: 'string', oneOf: [{ format: 'phone' }, { format: 'fax' }] },
    { anyOf: [{}, {}] },
  ],
  ['conditions', { type: 'string', not: { const: 'x' } }, { not: { const: 'x' } }],
])('keep %s', async (_, schema, fragment) => {
  expect((await fragmentOf(schema)).fragment).toEqual(fragment)
})

test.each([
  [
    { type: 'string', nullable: true, enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  [{ type: 'integer', minimum: 0, exclusiveMinimum: true }, { exclusiveMinimum: 0 }],
])('of 3.0 mean what they meant: %j', async (schema, fragment) => {
  expect((await fragmentOf(schema, '3.0.3')).fragment).toEqual(fragment)
})

test('that say more than is checked are told, and so are values that are too long', async () => {
  const { fragment, notes } = await fragmentOf({
    type: 'object',
    unevaluatedProperties: false,
    default: { a: 'x'.repeat(30_000) },
  })
  expect(fragment).toBeUndefined()
  expect(notes).toEqual([
    { what: 'keywords of schemas that are not checked', count: 1, where: ['unevaluatedProperties of POST /a'] },
    { what: 'values in schemas that are too long to be kept', count: 1, where: ['default of POST /a'] },
  ])
})

test('of variables of a path that nothing describes are texts, which is told', async () => {
  const { value, notes } = await imported({ ...base, openapi: '3.1.0', paths: { '/a/{id}': { get: {} } } })
  const [flow] = Object.values<{ inputParameters: object }>(value.capability.aggregates[0].flows)
  expect(flow?.inputParameters).toEqual({ id: { type: 'string', description: 'Id.' } })
  expect(notes).toEqual([{ what: 'variables of paths that nothing describes', count: 1, where: ['id of GET /a/{id}'] }])
})
