/** Which tokens are good: signatures, claims, keys that rotate, an authorization server that comes and goes. */

import { createHmac, type webcrypto } from 'node:crypto'
import { exportSPKI, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { TokenSettings } from '../../../src/surfaces/oauth2/verification.ts'
import { verifier } from '../../../src/surfaces/oauth2/verify.ts'
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type MetadataForm,
  metadataForms,
  startAuthorizationServer,
} from '../../support/authorization-server.ts'

const audience = 'https://orders.test/mcp'
const minute = 60_000

/** A clock that is moved by hand stands for waiting. */
async function started(options: AuthorizationServerOptions = {}, more: Partial<TokenSettings> = {}) {
  const server = await startAuthorizationServer(options)
  const start = Date.now()
  let passed = 0
  const settings = { namespace: 'orders', issuer: server.issuer, audience, timeoutMs: 5000, ...more }
  const verify = verifier(settings, () => start + passed)
  return {
    server,
    verify,
    settings,
    pass: (ms: number) => {
      passed += ms
    },
    issue: (claims: object = {}, options?: Parameters<AuthorizationServer['issue']>[1]) =>
      server.issue({ aud: audience, sub: 'ann', scope: 'read write', ...claims }, options),
    seconds: () => Math.floor(start / 1000),
  }
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('A signed token', () => {
  test('says who calls and what they may do', async () => {
    const { verify, issue } = await started()
    const verified = await verify(await issue({ client_id: 'app', scp: ['extra'] }))
    expect(verified?.principal).toEqual({ subject: '["ann","app"]', scopes: new Set(['read', 'write', 'extra']) })
  })

  test.each(['ES256', 'ES384', 'RS256', 'PS256', 'RS512', 'EdDSA'])('may be signed by %s', async (algorithm) => {
    const { verify, issue } = await started({ algorithm })
    expect(await verify(await issue())).toBeDefined()
  })

  test.each<readonly [string, object]>([
    ['several audiences, ours among them', { aud: ['https://other.test', audience] }],
    ['its scopes in "scp" as text', { scope: null, scp: 'read write' }],
    ['no subject', { sub: null }],
    ['an exp in a fraction of a second', { exp: Date.now() / 1000 + 100.5 }],
  ])('may have %s', async (_, claims) => {
    const { verify, issue } = await started()
    expect(await verify(await issue(claims))).toBeDefined()
  })

  test.each<readonly [string, object]>([
    ['for another audience', { aud: 'https://other.test' }],
    ['for an audience that ours begins with', { aud: 'https://orders.test' }],
    ['for an audience that begins with ours', { aud: `${audience}/` }],
    ['for no audience', { aud: null }],
    ['for no audience of many', { aud: [] }],
    ['for an audience in an object', { aud: { 0: audience } }],
    ['of another issuer', { iss: 'https://evil.test' }],
    ['of no issuer', { iss: null }],
    ['of an issuer in a list', { iss: ['https://evil.test'] }],
    ['without an end', { exp: null }],
    ['whose end is no number', { exp: '9999999999' }],
  ])('%s is refused', async (_, claims) => {
    const { verify, issue } = await started()
    expect(await verify(await issue(claims))).toBeUndefined()
  })

  test('may write the slash at the end of the issuer that the capability does not, and the reverse', async () => {
    const { verify, issue, server, settings } = await started()
    expect(await verify(await issue({ iss: `${server.issuer}/` }))).toBeDefined()
    expect(await verify(await issue({ iss: `${server.issuer}//` }))).toBeUndefined()
    expect(await verifier({ ...settings, issuer: `${server.issuer}/` })(await issue())).toBeDefined()
  })

  test.each<readonly [string, (now: number) => object, boolean]>([
    ['59 seconds over', (now) => ({ exp: now - 59 }), true],
    ['61 seconds over', (now) => ({ exp: now - 61 }), false],
    ['good 59 seconds from now', (now) => ({ nbf: now + 59 }), true],
    ['good 61 seconds from now', (now) => ({ nbf: now + 61 }), false],
  ])('that is %s is good: %s', async (_, claims, good) => {
    const { verify, issue, seconds } = await started()
    expect((await verify(await issue(claims(seconds())))) !== undefined).toBe(good)
  })

  test('that was good is over when its time is, though it is remembered', async () => {
    const { verify, issue, seconds, pass } = await started()
    const token = await issue({ exp: seconds() + 10 })
    expect(await verify(token)).toBeDefined()
    pass(75_000)
    expect(await verify(token)).toBeUndefined()
  })

  test.each<readonly [string, (token: string) => string]>([
    ['nothing', () => ''],
    ['a word', () => 'token'],
    ['three words', () => 'a.b.c'],
    ['one without its signature', (token) => token.replace(/[^.]+$/, '')],
    ['one with another signature', (token) => token.replace(/[^.]+$/, (s) => [...s].reverse().join(''))],
    ['one with other claims', (token) => token.replace(/\.[^.]+\./, `.${encoded({ aud: audience, exp: 9e9 })}.`)],
    [
      'one that says it is not signed',
      (token) => token.replace(/^[^.]+/, encoded({ alg: 'none' })).replace(/[^.]+$/, ''),
    ],
    ['one that says None', (token) => token.replace(/^[^.]+/, encoded({ alg: 'None' }))],
    [
      'one with an extension that must be understood',
      (token) => token.replace(/^[^.]+/, encoded({ alg: 'ES256', crit: ['x'], x: 1 })),
    ],
  ])('is not %s', async (_, change) => {
    const { verify, issue } = await started()
    expect(await verify(change(await issue()))).toBeUndefined()
  })

  test.each(['HS256', 'HS384', 'HS512'])('is not one that %s made with the public key', async (alg) => {
    const { verify, server, seconds } = await started({ algorithm: 'RS256' })
    const [jwk] = server.publicKeys()
    const pem = await exportSPKI((await importJWK(jwk as object, 'RS256')) as webcrypto.CryptoKey)
    const claims = { iss: server.issuer, aud: audience, exp: seconds() + 100 }
    for (const secret of [
      pem,
      pem.trim(),
      JSON.stringify(jwk),
      String(jwk?.n),
      Buffer.from(String(jwk?.n), 'base64url'),
    ]) {
      const signed = `${encoded({ alg, kid: jwk?.kid })}.${encoded(claims)}`
      const signature = createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')
      expect(await verify(`${signed}.${signature}`)).toBeUndefined()
    }
  })

  test('is not one that brings its own key', async () => {
    const { verify, issue } = await started()
    const stranger = await startAuthorizationServer()
    const [jwk] = stranger.publicKeys()
    const header = { jwk, jku: `${new URL(stranger.issuer).origin}/keys` }
    const { server } = await started()
    const forged = await stranger.issue({ iss: server.issuer, aud: audience }, { header })
    expect(await verify(forged)).toBeUndefined()
    expect(await verify(await issue())).toBeDefined()
    expect(stranger.requests).toEqual([])
  })

  test('that is none does not make us ask the authorization server', async () => {
    const { verify, server } = await started()
    for (const token of ['', 'x', 'a.b.c', `${encoded({ alg: 'HS256' })}.e30.x`]) await verify(token)
    expect(server.requests).toEqual([])
  })
})

describe('The keys', () => {
  test.each(Object.keys(metadataForms) as MetadataForm[])('are found by metadata %s', async (form) => {
    const { verify, issue, server } = await started({ form })
    expect(await verify(await issue())).toBeDefined()
    expect(server.requests.slice(-2)).toEqual([metadataForms[form]('/realm'), '/keys'])
  })

  test('are found for an issuer without a path, each place asked once', async () => {
    const { verify, issue, server } = await started({ path: '', form: 'as OpenID Connect has it' })
    expect(await verify(await issue())).toBeDefined()
    expect(server.requests).toEqual([
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
      '/keys',
    ])
  })

  test('are fetched once for tokens that come together, and kept', async () => {
    const { verify, issue, server, pass } = await started()
    const tokens = await Promise.all([issue({ sub: 'a' }), issue({ sub: 'b' }), issue({ sub: 'c' })])
    await Promise.all(tokens.map(verify))
    pass(4 * minute)
    expect(await verify(await issue({ sub: 'd' }))).toBeDefined()
    expect(server.requests.filter((path) => path === '/keys')).toHaveLength(1)
  })

  test('are fetched again for a key that is not known, but not before half a minute, and then once', async () => {
    const { verify, issue, server, pass } = await started()
    const old = await issue()
    await verify(old)
    await server.rotate()
    const fetched = () => server.requests.filter((path) => path === '/keys').length
    expect(await verify(await issue())).toBeUndefined()
    expect(fetched()).toBe(1)
    pass(30_000)
    expect(await verify(await issue())).toBeDefined()
    expect(await verify(old)).toBeUndefined()
    await verify(await issue({}, { header: { kid: 'made-up' } }))
    expect(fetched()).toBe(2)
  })

  test('are tried in turn for a token that names none, also after a rotation', async () => {
    const { verify, issue, server, pass } = await started()
    const nameless = { header: { kid: undefined } }
    expect(await verify(await issue({}, nameless))).toBeDefined()
    for (const beside of [false, true, true]) {
      await server.rotate({ beside })
      pass(30_000)
      expect(await verify(await issue({}, nameless))).toBeDefined()
    }
    const stranger = await startAuthorizationServer()
    expect(await verify(await stranger.issue({ iss: server.issuer, aud: audience }, nameless))).toBeUndefined()
  })

  test('that are old are used while new ones come, and while none come for an hour', async () => {
    const { verify, issue, server, pass } = await started()
    const token = (minutes: number) => issue({ exp: Math.floor(Date.now() / 1000) + minutes * 60 })
    await verify(await token(200))
    server.up = false
    pass(59 * minute)
    expect(await verify(await token(201))).toBeDefined()
    pass(2 * minute)
    await expect(verify(await token(202))).rejects.toMatchObject({ code: 'authentication-unavailable' })
    server.up = true
    pass(minute)
    expect(await verify(await token(203))).toBeDefined()
  })
})

describe('An authorization server', () => {
  const refusal = (retryAfterSeconds: number) => ({
    code: 'authentication-unavailable',
    retryable: true,
    upstream: { retryAfterSeconds },
  })

  test('that is down is asked again after pauses that grow to a minute, and never given up', async () => {
    const { verify, issue, server, pass } = await started()
    server.up = false
    const token = await issue()
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      await expect(verify(token)).rejects.toMatchObject(refusal(seconds))
      const asked = server.requests.length
      await expect(verify(token)).rejects.toMatchObject(refusal(seconds))
      expect(server.requests).toHaveLength(asked)
      pass(seconds * 1000)
    }
    server.up = true
    expect(await verify(await issue({ exp: Math.floor(Date.now() / 1000) + 3600 }))).toBeDefined()
  })

  test.each<readonly [string, AuthorizationServerOptions]>([
    ['with metadata of another issuer', { metadata: { issuer: 'https://evil.test' } }],
    ['with metadata of no issuer', { metadata: { issuer: undefined } }],
    ['that names no keys', { metadata: { jwks_uri: undefined } }],
    ['whose keys come unencrypted from elsewhere', { metadata: { jwks_uri: 'http://keys.test/keys' } }],
    ['whose keys are in a file', { metadata: { jwks_uri: 'file:///etc/passwd' } }],
  ])('%s is not believed', async (_, options) => {
    const { verify, issue } = await started(options)
    await expect(verify(await issue())).rejects.toMatchObject(refusal(1))
  })

  test('whose keys are somewhere else behind a redirect, or no keys, is not believed', async () => {
    for (const path of ['/nowhere', '/introspect']) {
      const { verify, issue, server } = await started({}, {})
      const { origin } = new URL(server.issuer)
      const odd = await started({ metadata: { jwks_uri: `${origin}${path}` } })
      await expect(odd.verify(await odd.issue())).rejects.toMatchObject(refusal(1))
      expect(await verify(await issue())).toBeDefined()
    }
  })
})

describe('A token that is introspected', () => {
  const introspection = { clientId: 'me', clientSecret: 's3cret' }
  const told = { active: true, aud: audience, sub: 'ann', scope: 'read' }

  test('is asked about as the client that we are, and says who calls', async () => {
    const { verify, server } = await started({}, { introspection })
    server.opaque.set('opaque', told)
    const verified = await verify('opaque')
    expect(verified?.principal).toEqual({ subject: '["ann",null]', scopes: new Set(['read']) })
    const [asked] = server.introspected
    expect(asked?.form).toEqual({ token: 'opaque', token_type_hint: 'access_token' })
    expect(asked?.authorization).toBe(`Basic ${Buffer.from('me:s3cret').toString('base64')}`)
  })

  test('is asked about in the body where the server takes a client there only', async () => {
    const metadata = { introspection_endpoint_auth_methods_supported: ['client_secret_post'] }
    const { verify, server } = await started({ metadata }, { introspection })
    server.opaque.set('opaque', told)
    expect(await verify('opaque')).toBeDefined()
    expect(server.introspected[0]?.authorization).toBeUndefined()
  })

  test.each<readonly [string, object | undefined]>([
    ['not known', undefined],
    ['not active', { ...told, active: false }],
    ['for another audience', { ...told, aud: 'https://other.test' }],
    ['for nobody that is told', { active: true }],
    ['of another issuer', { ...told, iss: 'https://evil.test' }],
    ['over', { ...told, exp: 1 }],
    ['over in words', { ...told, exp: 'tomorrow' }],
    ['not good yet', { ...told, nbf: 9e9 }],
  ])('and is %s is refused', async (_, answer) => {
    const { verify, server } = await started({}, { introspection })
    if (answer !== undefined) server.opaque.set('opaque', answer as Record<string, unknown>)
    expect(await verify('opaque')).toBeUndefined()
  })

  test('is asked about again after half a minute, or when it is over', async () => {
    const { verify, server, pass, seconds } = await started({}, { introspection })
    server.opaque.set('long', told)
    server.opaque.set('short', { ...told, exp: seconds() + 10 })
    for (const token of ['long', 'short', 'long', 'short']) await verify(token)
    expect(server.introspected).toHaveLength(2)
    pass(11_000)
    await verify('long')
    await verify('short')
    expect(server.introspected).toHaveLength(3)
    pass(20_000)
    server.opaque.delete('long')
    expect(await verify('long')).toBeUndefined()
  })

  test('can not be checked while the server is down or does not know us, which is not remembered', async () => {
    const { verify, server } = await started({}, { introspection })
    server.opaque.set('opaque', told)
    await verify('another')
    server.up = false
    await expect(verify('opaque')).rejects.toMatchObject({ code: 'authentication-unavailable' })
    server.up = true
    expect(await verify('opaque')).toBeDefined()
    const stranger = await started({}, { introspection: { ...introspection, clientSecret: 'guess' } })
    await expect(stranger.verify('opaque')).rejects.toMatchObject({ code: 'authentication-unavailable' })
  })
})
