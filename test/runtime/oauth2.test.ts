import { describe, expect, onTestFinished, test } from 'vitest'
import { cancel, newCall } from '../../src/runtime/call.ts'
import { createTokens, withToken } from '../../src/runtime/oauth2.ts'
import { isSafeAddress } from '../../src/runtime/safe-address.ts'
import type { OAuth2Client } from '../../src/runtime/token-request.ts'
import { openUpstream } from '../../src/runtime/upstream.ts'
import { type Exchange, startUpstream } from '../support/upstream.ts'
import { listen, signal } from '../surfaces/exchange.ts'

const secret = { clientId: 'me', clientSecret: 's3cret' }

const client = (more: Partial<OAuth2Client>): OAuth2Client => ({
  namespace: 'shop',
  ...secret,
  scopes: [],
  timeoutMs: 5000,
  ...more,
})

const token = (value: string, expires_in?: number): Exchange => ({
  request: { method: 'POST', path: '/token' },
  response: {
    json: { access_token: value, token_type: 'Bearer', ...(expires_in === undefined ? {} : { expires_in }) },
  },
})

describe('A token', () => {
  test('is kept until it expires', async () => {
    const { url, requests } = await startUpstream([token('a', 3600)])
    const tokens = createTokens(client({ tokenEndpoint: `${url}/token` }))
    expect([await tokens.token(), await tokens.token()]).toEqual(['a', 'a'])
    expect(requests).toHaveLength(1)
  })

  test('is fetched again when it has expired', async () => {
    const { url } = await startUpstream([token('a', 0), token('b', 3600)])
    const tokens = createTokens(client({ tokenEndpoint: `${url}/token` }))
    expect([await tokens.token(), await tokens.token()]).toEqual(['a', 'b'])
  })

  test('is fetched once for calls that come together', async () => {
    const { url, requests } = await startUpstream([token('a', 0)])
    const tokens = createTokens(client({ tokenEndpoint: `${url}/token` }))
    expect(await Promise.all([tokens.token(), tokens.token(), tokens.token()])).toEqual(['a', 'a', 'a'])
    expect(requests).toHaveLength(1)
  })

  test('that several calls were refused with is replaced once', async () => {
    const { url, requests } = await startUpstream([token('a'), token('b')])
    const tokens = createTokens(client({ tokenEndpoint: `${url}/token` }))
    await tokens.token()
    expect(await Promise.all([tokens.renewed('a'), tokens.renewed('a')])).toEqual(['b', 'b'])
    expect(await tokens.renewed('a')).toBe('b')
    expect(requests).toHaveLength(2)
    expect(tokens.issued()).toEqual(['b', 'a'])
  })

  test('can be fetched after it could not be', async () => {
    const down: Exchange = { request: { method: 'POST', path: '/token' }, response: { status: 503 } }
    const { url } = await startUpstream([down, token('a')])
    const tokens = createTokens(client({ tokenEndpoint: `${url}/token` }))
    await expect(tokens.token()).rejects.toMatchObject({ code: 'upstream-refused', retryable: true })
    expect(await tokens.token()).toBe('a')
  })
})

test('A call waits for a token no longer than it may take or its caller stays, and the next one has it', async () => {
  const fetched = signal()
  const server = await listen(async (_req, res) => {
    await fetched.given
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"a","token_type":"Bearer"}')
  })
  const own = client({ tokenEndpoint: `${server}/token` })
  const sent: (readonly string[])[] = []
  const answer = { status: 200, text: '', retryAfter: undefined }
  const send = withToken(
    async ({ headers }) => {
      sent.push(headers)
      return answer
    },
    createTokens(own),
    own,
  )
  const request = { method: 'GET', path: '/', headers: [] }
  const late = send({ ...request, deadline: performance.now() + 20 })
  const call = newCall()
  const left = send(request, call)
  cancel(call)
  await expect(left).rejects.toMatchObject({ code: 'cancelled' })
  await expect(late).rejects.toMatchObject({ code: 'upstream-timeout', retryable: true })
  expect([sent, call.abort]).toEqual([[], undefined])
  const next = send(request)
  fetched.give()
  expect(await next).toBe(answer)
  expect(sent).toEqual([['authorization', 'Bearer a']])
})

describe('The token endpoint', () => {
  const metadata = (path: string, issuer: string, more: object): Exchange => ({
    request: { method: 'GET', path },
    response: { json: { issuer, ...more } },
  })

  /** The stub has to know its own address before it starts, so it is asked for one first. */
  async function discovered(path: string, more: (url: string) => object, issuer = (url: string) => `${url}/realm`) {
    const exchanges: Exchange[] = []
    const upstream = await startUpstream(exchanges)
    const { url } = upstream
    const missing = ['/.well-known/oauth-authorization-server/realm', '/realm/.well-known/openid-configuration']
    for (const other of missing.filter((one) => one !== path))
      exchanges.push({ request: { method: 'GET', path: other }, response: { status: 404 } })
    exchanges.push(metadata(path, issuer(url), more(url)), token('a'))
    return { ...upstream, tokens: createTokens(client({ authorizationServerUri: `${url}/realm` })) }
  }

  const endpoint = (url: string) => ({ token_endpoint: `${url}/token` })

  test.each(['/.well-known/oauth-authorization-server/realm', '/realm/.well-known/openid-configuration'])(
    'is found at %s',
    async (path) => {
      const { tokens } = await discovered(path, endpoint)
      expect(await tokens.token()).toBe('a')
    },
  )

  test('gets the credential in the body when it takes it there only', async () => {
    const path = '/.well-known/oauth-authorization-server/realm'
    const methods = { token_endpoint_auth_methods_supported: ['client_secret_post'] }
    const { tokens, requests } = await discovered(path, (url) => ({ ...endpoint(url), ...methods }))
    await tokens.token()
    expect(requests.at(-1)?.headers.authorization).toBeUndefined()
    expect(requests.at(-1)?.body).toBe('grant_type=client_credentials&client_id=me&client_secret=s3cret')
  })

  test.each<[what: string, more: (url: string) => object, issuer?: (url: string) => string]>([
    ['of another issuer', endpoint, () => 'https://evil.example'],
    ['that is not encrypted', () => ({ token_endpoint: 'http://login.example/token' })],
    ['that is missing', () => ({})],
  ])('(%s) gets no credential', async (_, more, issuer) => {
    const { tokens, requests } = await discovered('/.well-known/oauth-authorization-server/realm', more, issuer)
    await expect(tokens.token()).rejects.toThrow('no token for "shop"')
    expect(requests.map(({ method }) => method)).toEqual(['GET'])
  })

  test.each([
    ['https://login.example/token', true],
    ['http://127.0.0.1:1/token', true],
    ['http://login.example/token', false],
    ['http://127.0.0.1.evil.example/token', false],
    ['https://me:secret@login.example/token', false],
    ['file:///etc/passwd', false],
  ])('%s is safe: %s', (address, safe) => {
    expect(isSafeAddress(address)).toBe(safe)
  })

  test('that is not encrypted refuses the start', async () => {
    const literal = (value: string) => ({ type: 'literal', value }) as const
    const authentication = {
      type: 'oauth2',
      clientId: literal('me'),
      clientSecret: literal('s'),
      tokenEndpoint: literal('http://login.example'),
      scopes: [],
    } as const
    const plan = { namespace: 'shop', baseUri: literal('https://a.example'), authentication }
    expect(() => onTestFinished(openUpstream(plan, new Map(), undefined).close)).toThrow('https')
  })
})
