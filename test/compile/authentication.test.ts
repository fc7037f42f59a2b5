import { describe, expect, test } from 'vitest'
import { load, validate } from '../../src/index.ts'
import { writeCapability } from '../support/serve.ts'
import { guardedCapability } from '../surfaces/guarded.ts'

async function faults(authentication: object, keys: readonly string[] = []) {
  const environment = Object.fromEntries(keys.map((key) => [key, '']))
  const file = await writeCapability(guardedCapability(authentication, { environment }))
  const { diagnostics } = await validate(file)
  const ofFirst = diagnostics.filter(({ location }) => location.pointer.startsWith('/capability/exposes/0/'))
  return ofFirst.map(({ code, message }) => `${code}: ${message}`)
}

const whole = {
  type: 'oauth2',
  authorizationServerUri: 'https://login.acme.test',
  resource: 'https://orders.acme.test',
}

describe('OAuth 2 of callers', () => {
  test('needs to know the authorization server and the resource', async () => {
    expect(await faults({ type: 'oauth2' })).toEqual([
      'missing-key: missing key "authorizationServerUri"',
      'missing-key: missing key "resource"',
    ])
    expect(await faults(whole)).toEqual([])
  })

  test.each<readonly [readonly string[], boolean]>([
    [[], false],
    [['CLIENT_ID'], false],
    [['CLIENT_ID', 'CLIENT_SECRET'], true],
    [['ORDERS_REST_CLIENT_ID', 'CLIENT_SECRET'], true],
    [['ORDERS_MCP_CLIENT_ID', 'ORDERS_MCP_CLIENT_SECRET'], false],
  ])('introspects as the client that %j are: %s', async (keys, known) => {
    const missing = 'missing-credential: nothing says which client "orders-rest" checks tokens as'
    expect(await faults({ ...whole, tokenValidation: 'introspection' }, keys)).toEqual(known ? [] : [missing])
  })
})

describe('A template in the authentication of callers', () => {
  test.each<readonly [string, object]>([
    ['digest', { type: 'digest', username: 'ann', password: '{{NOTHING}}' }],
    ['oauth2', { ...whole, audience: '{{NOTHING}}' }],
    ['oauth2', { ...whole, tokenEndpoint: '{{NOTHING}}' }],
  ])('of %s must be a bind', async (_, authentication) => {
    expect(await faults(authentication)).toEqual(['unknown-parameter: nothing is called "NOTHING" here'])
  })
})

describe('The policy of a flow', () => {
  async function said(policy: object) {
    const file = await writeCapability(guardedCapability(whole), { companion: { policy } })
    return (await validate(file)).diagnostics.map(({ code, location }) => [code, location.pointer])
  }

  test.each<readonly [string, object, string, string]>([
    ['of no flow', { 'orders.cancell': { scopes: ['a'] } }, 'unknown-flow', '/policy/orders.cancell'],
    ['that says nothing', { 'orders.cancel': {} }, 'wrong-value', '/policy/orders.cancel'],
    [
      'with a key that is not known',
      { 'orders.cancel': { scope: ['a'] } },
      'unknown-key',
      '/policy/orders.cancel/scope',
    ],
    [
      'with two scopes in one',
      { 'orders.cancel': { scopes: ['a b'] } },
      'wrong-value',
      '/policy/orders.cancel/scopes/0',
    ],
  ])('(%s) is refused at its place', async (_, policy, code, pointer) => {
    expect(await said(policy)).toContainEqual([code, pointer])
  })

  test('is nothing to be told of where it holds', async () => {
    expect(await said({ 'orders.cancel': { scopes: ['orders:write'] } })).toEqual([])
  })
})

test('What is written under a surface without a flow has a policy by the name of the surface and its own', async () => {
  const tools = { mine: { description: 'Mine.', outputParameters: { state: { type: 'string', value: 'on' } } } }
  const capability = {
    ikanos: '1.0.0-beta5',
    capability: { exposes: [{ type: 'mcp', namespace: 'my-mcp', port: 1, tools }] },
  }
  const policy = { 'my-mcp.mine': { scopes: ['mine'] } }
  const { plan, diagnostics } = await load(await writeCapability(capability, { companion: { policy } }))
  expect(plan.operations.map((operation) => operation.policy)).toEqual([{ scopes: ['mine'] }])
  expect(diagnostics.map(({ code }) => code)).toEqual(['unchecked-scopes'])
  const wrong = await validate(
    await writeCapability(capability, { companion: { policy: { 'my-mcp.mien': policy['my-mcp.mine'] } } }),
  )
  expect(wrong.diagnostics.map(({ code, hint }) => [code, hint])).toContainEqual([
    'unknown-flow',
    'did you mean "my-mcp.mine"?',
  ])
})
