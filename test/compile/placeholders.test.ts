/** Where a placeholder has a value, and where it is told that it has none: every string of a capability is one or the other. */

import { describe, expect, test } from 'vitest'
import { formatDiagnostic, validate } from '../../src/index.ts'
import { writeCapability } from '../support/serve.ts'

type Raw = Record<string, unknown>

const says = { said: { type: 'string', value: 'x' } }
const steps = { read: { type: 'call', call: 'shop.read' } }

/** A capability without a fault, with something else in one of its places. */
function capability(parts: Readonly<Record<string, Raw>>) {
  const { bind, api, resource, operation, flow, tool, rest, route, input, skill, control, step } = parts
  return {
    ikanos: '1.0.0-beta5',
    binds: [{ namespace: 'env', keys: { KEY: 'KEY' }, ...bind }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'shop',
          baseUri: 'https://shop.example.com',
          resources: {
            orders: { path: '/orders', operations: { read: { method: 'GET', ...operation } }, ...resource },
          },
          ...api,
        },
      ],
      aggregates: [
        {
          namespace: 'orders',
          flows: {
            read: { description: 'Reads.', call: 'shop.read', ...flow },
            stepped: {
              description: 'Reads.',
              steps: { ...steps, ...step },
              mappings: [{ target: 'a', value: '$.read' }],
            },
          },
        },
      ],
      exposes: [
        {
          type: 'mcp',
          namespace: 'tools',
          port: 0,
          tools: { read: { ref: 'orders.read' }, say: { description: 'Says.', outputParameters: says }, ...tool },
        },
        {
          type: 'rest',
          namespace: 'rest',
          port: 0,
          resources: {
            r: { path: '/r', operations: { say: { method: 'GET', outputParameters: says, ...route }, ...input } },
          },
          ...rest,
        },
        { type: 'control', namespace: 'control', port: 0, ...control },
        {
          type: 'skill',
          namespace: 'skills',
          port: 0,
          skills: { s: { description: 'Has {{braces}}.', tools: {}, ...skill } },
        },
      ],
    },
  }
}

async function told(parts: Readonly<Record<string, Raw>>): Promise<readonly string[]> {
  const { diagnostics } = await validate(await writeCapability(capability(parts)))
  // A start with a made-up key is none of this test's business.
  const told = diagnostics.filter((d) => d.severity === 'error' || d.code === 'open-address')
  return told.map((d) => `${d.code} ${d.location.pointer}`)
}

/** Each place with a text `t` in it. */
const taking: Readonly<Record<string, (t: string) => Readonly<Record<string, Raw>>>> = {
  'a base address': (t) => ({ api: { baseUri: `https://${t}.example.com` } }),
  'a path': (t) => ({ resource: { path: `/o/${t}` } }),
  'a parameter of an API': (t) => ({ api: { inputParameters: { a: { in: 'header', value: t } } } }),
  'a parameter of a resource': (t) => ({ resource: { inputParameters: { a: { in: 'query', value: t } } } }),
  'a parameter of an operation': (t) => ({ operation: { inputParameters: { a: { in: 'cookie', value: t } } } }),
  'a body': (t) => ({ operation: { method: 'POST', body: { type: 'json', data: { a: [t] } } } }),
  'a text body': (t) => ({ operation: { method: 'POST', body: { type: 'text', data: `a ${t}` } } }),
  'a form': (t) => ({ operation: { method: 'POST', body: { type: 'formUrlEncoded', data: { a: t } } } }),
  'a token': (t) => ({ api: { authentication: { type: 'bearer', token: t } } }),
  'the name of a key': (t) => ({ api: { authentication: { type: 'apikey', key: t, value: t, placement: 'header' } } }),
  'with, however deep': (t) => ({
    flow: { with: { a: { b: [t] } } },
    operation: { inputParameters: { a: { in: 'query' } } },
  }),
  'the with of a step': (t) => ({
    step: { again: { type: 'call', call: 'shop.read', with: { a: t } } },
    operation: { inputParameters: { a: { in: 'query' } } },
  }),
  'the key of a lookup': (t) => ({
    step: { again: { type: 'lookup', index: 'read', match: 'id', lookupValue: t, outputParameters: ['a'] } },
  }),
  'a mock value': (t) => ({ route: { outputParameters: { a: { type: 'string', value: t } } } }),
  'a mock value inside': (t) => ({
    route: {
      outputParameters: {
        a: { type: 'array', items: { type: 'object', properties: { b: { type: 'string', value: t } } } },
      },
    },
  }),
  'the value of an exposed parameter': (t) => ({
    route: { inputParameters: { a: { in: 'query', type: 'string', description: 'A.', value: t } } },
  }),
  'a credential of callers': (t) => ({ rest: { authentication: { type: 'basic', username: t, password: t } } }),
}

const bare = new Set(['a base address', 'a path', 'a text body'])

describe.each(Object.entries(taking))('A placeholder in %s', (place, parts) => {
  const spellings = ['{{KEY}}', '{{env.KEY}}', ...(bare.has(place) ? [] : ['$env.KEY'])]

  test.each(spellings)('has the value of a bind, written %s', async (spelling) => {
    expect(await told(parts(spelling))).toEqual([])
  })

  test('that nothing declares is an error', async () => {
    const codes = (await told(parts('{{NOWHERE}}'))).map((text) => text.split(' ')[0])
    const [code] = new Set(codes)
    expect([...new Set(codes)]).toHaveLength(1)
    expect(['unknown-parameter', 'missing-parameter']).toContain(code)
  })
})

const flow = '/capability/aggregates/0/flows'
const tool = '/capability/exposes/0/tools'

const refusing: readonly (readonly [place: string, parts: (t: string) => Readonly<Record<string, Raw>>, at: string])[] =
  [
    ['the location of binds', (t) => ({ bind: { location: `file:///./${t}.env` } }), '/binds/0/location'],
    ['an address to listen on', (t) => ({ control: { address: t } }), '/capability/exposes/2/address'],
    [
      'the location of scripts',
      (t) => ({ control: { management: { scripting: { defaultLocation: `file:///./${t}`, defaultLanguage: 'js' } } } }),
      '/capability/exposes/2/management/scripting/defaultLocation',
    ],
    [
      'the location of a script',
      (t) => ({ step: { run: { type: 'script', language: 'js', file: 'a.js', location: `file:///./${t}` } } }),
      `${flow}/stepped/steps/run/location`,
    ],
    [
      'the location of a skill',
      (t) => ({ skill: { location: `file:///./${t}` } }),
      '/capability/exposes/3/skills/s/location',
    ],
    [
      'an output schema',
      (t) => ({ operation: { outputRawFormat: 'html', outputSchema: `#${t}` } }),
      '/capability/consumes/0/resources/orders/operations/read/outputSchema',
    ],
    [
      'a media type',
      (t) => ({ operation: { outputMediaType: `image/${t}` } }),
      '/capability/consumes/0/resources/orders/operations/read/outputMediaType',
    ],
    [
      'the match of a lookup',
      (t) => ({
        step: { again: { type: 'lookup', index: 'read', match: t, lookupValue: 'a', outputParameters: ['a'] } },
      }),
      `${flow}/stepped/steps/again/match`,
    ],
    [
      'the outputs of a lookup',
      (t) => ({
        step: { again: { type: 'lookup', index: 'read', match: 'id', lookupValue: 'a', outputParameters: [t] } },
      }),
      `${flow}/stepped/steps/again/outputParameters/0`,
    ],
    [
      'a JSONPath',
      (t) => ({ flow: { outputParameters: [{ type: 'string', mapping: `$.a[?@.b == '${t}']` }] } }),
      `${flow}/read/outputParameters/0/mapping`,
    ],
    [
      'a JSONPath that it makes unreadable',
      (t) => ({ flow: { outputParameters: [{ type: 'string', mapping: `$.${t}` }] } }),
      `${flow}/read/outputParameters/0/mapping`,
    ],
    [
      'a value that a call answers',
      (t) => ({
        tool: {
          answer: {
            description: 'Says.',
            call: 'shop.read',
            outputParameters: [{ type: 'object', properties: { a: { type: 'string', value: t } } }],
          },
        },
      }),
      `${tool}/answer/outputParameters/0/properties/a/value`,
    ],
    [
      'a consumed output',
      (t) => ({ operation: { outputParameters: { a: { type: 'string', value: `$.${t}` } } } }),
      '/capability/consumes/0/resources/orders/operations/read/outputParameters/a/value',
    ],
  ]

describe.each(refusing)('A placeholder in %s', (_, parts, at) => {
  test('is an error at its place, and the only one', async () => {
    expect(await told(parts('{{KEY}}'))).toEqual([`stray-placeholder ${at}`])
  })
})

test('Prose may hold braces', async () => {
  const file = await writeCapability(
    capability({
      flow: { description: 'Says {{nothing}}.', display: '{{x}}' },
      skill: { metadata: { a: '{{b}}' }, 'argument-hint': '{{file}}' },
    }),
  )
  expect((await validate(file)).diagnostics.map(formatDiagnostic)).toEqual([])
})
