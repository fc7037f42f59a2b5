import { describe, expect, test } from 'vitest'
import { validate } from '../../src/index.ts'
import { foreignShape } from '../../src/spec/foreign.ts'
import { writeCapability } from '../support/serve.ts'

describe('A file that is something else', () => {
  test.each([
    ['nothing', '', 'the file is empty'],
    ['only comments', '# to do\n', 'the file is empty'],
    ['a list', '- a\n- b\n', 'the file holds a list'],
    ['a text', 'hello', 'the file holds a plain value'],
    ['a workflow', 'kind: WorkflowCapability\nname: x\n', 'its shape is "kind: WorkflowCapability"'],
    ['a Kubernetes object', 'apiVersion: v1\nkind: Service\n', 'its shape is "kind: Service"'],
    ['an OpenAPI description', 'openapi: 3.1.0\ninfo: {}\n', 'it is an OpenAPI description'],
    ['a Swagger description', 'swagger: "2.0"\ninfo: {}\n', 'it is an OpenAPI description'],
    ['an AsyncAPI description', 'asyncapi: 3.0.0\n', 'it is an AsyncAPI description'],
    ['an Arazzo description', 'arazzo: 1.0.0\n', 'it is an Arazzo description'],
    ['flat tools', 'name: x\ndescription: y\ntools: []\n', 'its keys are name, description, tools'],
    ['a capability without a version', 'capability: { exposes: [] }\n', 'it does not say its format version'],
    ['a version alone', 'ikanos: 1.0.0-beta5\ninfo: {}\n', 'it has no "capability" section'],
  ])('(%s) is told in one sentence', async (_, text, found) => {
    const { diagnostics, loaded } = await validate(await writeCapability(text))
    expect(loaded).toBeUndefined()
    expect(diagnostics.map((d) => [d.code, d.message])).toEqual([['not-a-capability', `not a capability: ${found}`]])
  })

  test('with many keys is told by the first five', () => {
    expect(foreignShape({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 })).toBe('its keys are a, b, c, d, e')
  })
})

test('A capability is no foreign shape, whatever else is wrong with it', () => {
  expect(foreignShape({ ikanos: 7, capability: 'text' })).toBeUndefined()
  expect(foreignShape({ naftiko: '1.0.0-alpha2', consumes: [] })).toBeUndefined()
})
