/** Which operations wait for a person's yes, and what that person is shown: from hints, methods and the companion file. */

import { describe, expect, test } from 'vitest'
import { load, validate } from '../../src/load.ts'
import { writeCapability } from '../support/serve.ts'

const text = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
const path = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { in: 'path' }]))
const inPath = { order: ['shop', 'id'], line: ['shop', 'id', 'line'], shop: ['shop'] }

function resource(name: keyof typeof inPath) {
  const inputParameters = path(inPath[name])
  const operation = (method: string) => ({ method, inputParameters })
  return {
    path: `/${inPath[name].map((parameter) => `{{${parameter}}}`).join('/')}`,
    operations: {
      [`get-${name}`]: operation('GET'),
      [`delete-${name}`]: operation('DELETE'),
      [`put-${name}`]: operation('PUT'),
    },
  }
}

const flow = (name: keyof typeof inPath, verb: string) => ({
  [`${verb}-${name}`]: {
    description: `Does ${verb} it. And more.`,
    inputParameters: text(inPath[name]),
    call: `api.${verb}-${name}`,
  },
})

const flows = {
  ...flow('shop', 'get'),
  ...flow('order', 'get'),
  ...flow('line', 'delete'),
  ...flow('order', 'delete'),
  ...flow('order', 'put'),
  'drop-all': { description: 'Drops all.', call: 'api.delete-shop', with: { shop: 'main' } },
}

const capability = (tools: object = {}) => ({
  ikanos: '1.0.0-beta5',
  info: { display: 'Shops', description: 'Shops.' },
  capability: {
    consumes: [
      {
        type: 'http',
        namespace: 'api',
        baseUri: 'http://127.0.0.1:9',
        resources: { order: resource('order'), line: resource('line'), shop: resource('shop') },
      },
    ],
    aggregates: [{ display: 'Shop', namespace: 'shop', flows }],
    exposes: [
      {
        type: 'mcp',
        namespace: 'tools',
        port: 9090,
        tools: {
          all: { ref: 'shop.drop-all' },
          put: { ref: 'shop.put-order' },
          read: { ref: 'shop.get-order' },
          ...tools,
        },
      },
    ],
  },
})

async function confirmations(tools?: object, companion?: object) {
  const file = await writeCapability(capability(tools), { companion })
  const { plan } = await load(file)
  return Object.fromEntries(
    plan.operations.flatMap(({ name, confirmation }) =>
      confirmation === undefined ? [] : [[name, confirmation.shows?.flow ?? 'nothing']],
    ),
  )
}

const shown = {
  'shop.delete-line': 'shop.get-order',
  'shop.delete-order': 'shop.get-order',
  'shop.drop-all': 'nothing',
}

describe('What somebody is asked about', () => {
  test('is each DELETE, with the read of the same aggregate that takes most of its inputs', async () => {
    expect(await confirmations()).toEqual(shown)
  })

  test.each<readonly [string, object, object]>([
    ['what a tool calls destructive', { put: tool('shop.put-order', true) }, { 'shop.put-order': 'shop.get-order' }],
    ['not what a tool calls harmless', { all: tool('shop.drop-all', false) }, { 'shop.drop-all': undefined }],
    [
      'what one of two tools calls destructive',
      { a: tool('shop.put-order', true), b: tool('shop.put-order', false) },
      { 'shop.put-order': 'shop.get-order' },
    ],
    [
      'what a tool sends itself',
      { own: { description: 'x', inputParameters: text(['shop']), call: 'api.delete-shop' } },
      { 'tools.own': 'nothing' },
    ],
    [
      'what a tool makes of a flow',
      { own: { ref: 'shop.delete-order', with: { shop: 'main' } } },
      { 'tools.own': 'nothing' },
    ],
  ])('is also %s', async (_, tools, more) => {
    expect(await confirmations(tools)).toEqual(defined({ ...shown, ...more }))
  })

  test('is what the companion says', async () => {
    const policy = {
      'shop.delete-line': { confirm: false },
      'shop.delete-order': { confirm: { show: false } },
      'shop.put-order': { confirm: { show: 'shop.get-shop' } },
    }
    expect(await confirmations({}, { policy })).toEqual({
      'shop.delete-order': 'nothing',
      'shop.put-order': 'shop.get-shop',
      'shop.drop-all': 'nothing',
    })
  })

  test.each<readonly [string, object, string, string]>([
    ['a flow that is not there', { show: 'shop.get-ordr' }, 'unknown-flow', 'show'],
    ['a flow that writes', { show: 'shop.put-order' }, 'wrong-value', 'show'],
    ['a name that is no input', { message: 'Delete {{order}}?' }, 'unknown-parameter', 'message'],
    ['a path that is none', { values: { Who: '$.[[' } }, 'bad-path', 'values/Who'],
    ['that everything is shown', { show: true }, 'wrong-value', 'show'],
  ])('can not be %s', async (_, confirm, code, at) => {
    const file = await writeCapability(capability(), { companion: { policy: { 'shop.delete-order': { confirm } } } })
    const { diagnostics } = await validate(file)
    expect(diagnostics.map((d) => [d.code, d.location.pointer])).toContainEqual([
      code,
      `/policy/shop.delete-order/confirm/${at}`,
    ])
  })
})

function tool(ref: string, destructive: boolean) {
  return { ref, hints: { readOnly: false, destructive } }
}

function defined(members: object) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
