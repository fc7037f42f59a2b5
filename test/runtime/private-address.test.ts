/** Which addresses are private, and who may send this program there. */

import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Value } from '../../src/plan.ts'
import { addressIn } from '../../src/runtime/authorization-server.ts'
import { createTokens } from '../../src/runtime/oauth2.ts'
import { isPrivateAddress, isPrivateHost, isWritten } from '../../src/runtime/private-address.ts'
import { Secret } from '../../src/runtime/secret.ts'
import { openUpstream, type UpstreamOptions } from '../../src/runtime/upstream.ts'
import { startUpstream } from '../support/upstream.ts'

const internal = [
  '0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.1 169.254.169.254 172.16.0.1 172.31.255.255',
  '192.168.1.1 198.18.0.1 224.0.0.1 239.1.1.1 255.255.255.255 :: ::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 ff02::1',
  '::ffff:10.0.0.1 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::169.254.169.254 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1::1',
  '2002:a9fe:a9fe:: 2001::1',
].flatMap((line) => line.split(' '))
const open = [
  '1.1.1.1 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.169.0.1 223.255.255.255',
  '2606:4700::1111 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 name.example',
].flatMap((line) => line.split(' '))

test('an address of this machine, its network or its cloud is private in every notation; others are not', () => {
  expect(internal.filter((address) => !isPrivateAddress(address))).toEqual([])
  expect(open.filter(isPrivateAddress)).toEqual([])
})

test('a URL hides a private host neither behind numbers nor behind brackets nor behind a name', () => {
  const hosts = [
    '0x7f.1',
    '2130706433',
    '017700000001',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    'localhost',
    'a.localhost.',
  ]
  expect(hosts.filter((host) => !isPrivateHost(new URL(`http://${host}/`)))).toEqual([])
  expect(isPrivateHost(new URL('https://localhost.example.com'))).toBe(false)
})

const literal = (value: string): Value => ({ type: 'literal', value })
const bind: Value = { type: 'bind', variable: 'env.X' }

test('an address is written in the file when no variable can change its host', () => {
  const text = (...parts: readonly (string | Value)[]): Value => ({ type: 'text', source: '', parts })
  expect([literal('http://10.0.0.1'), text('http://10.0.0.1/', bind)].filter(isWritten)).toHaveLength(2)
  const others = [bind, text('http://', bind, '/x'), text('http://10.0.0.1', bind), text('http://10.0.0.1:', bind)]
  expect(others.filter(isWritten)).toEqual([])
})

interface Opened {
  readonly baseUri: Value
  readonly variable?: string
  readonly override?: string
}

function opened({ baseUri, variable = '', override }: Opened, options: UpstreamOptions = {}) {
  const binds = new Map([['env.X', new Secret(variable)]])
  const upstream = openUpstream({ namespace: 'shop', baseUri }, binds, override, options)
  onTestFinished(() => upstream.close())
  return () => upstream.send({ method: 'GET', path: '/', headers: [] })
}

/** Answers these addresses in turn, the last one for good. */
function names(...answers: readonly string[]): LookupFunction {
  let asked = 0
  return (_, { all }, callback) => {
    const address = answers[Math.min(asked, answers.length - 1)] ?? ''
    asked += 1
    if (all === true) callback(null, [{ address, family: 4 }] as LookupAddress[])
    else callback(null, address, 4)
  }
}

describe('an upstream', () => {
  test('that the file or the operator names is reached wherever it is', async () => {
    const { url } = await startUpstream([{ request: { method: 'GET', path: '/' }, response: { json: {} } }])
    const variable = url
    const local = url.replace('127.0.0.1', 'localhost')
    const lookup = names('127.0.0.1')
    for (const send of [
      opened({ baseUri: literal(url) }),
      opened({ baseUri: literal(local) }, { lookup }),
      opened({ baseUri: literal('https://shop.example'), override: url }),
      opened({ baseUri: bind, variable }, { allowPrivate: true }),
    ])
      expect((await send()).status).toBe(200)
  })

  test('that a variable puts on a private address is refused before anything opens', () => {
    for (const variable of ['http://127.0.0.1:1', 'http://169.254.169.254', 'http://localhost', 'https://[fd00::1]'])
      expect(() => opened({ baseUri: bind, variable })).toThrow(
        /"shop" is private.*--upstream shop=.*--allow-private-up/,
      )
  })

  test('whose name leads to a private address is not connected to, however often it is asked', async () => {
    const { url, requests } = await startUpstream([{ request: { method: 'GET', path: '/' }, response: { json: {} } }])
    const baseUri = literal(url.replace('127.0.0.1', 'shop.example'))
    const send = opened({ baseUri }, { lookup: names('127.0.0.1') })
    for (const _ of [1, 2])
      await expect(send()).rejects.toMatchObject({
        code: 'upstream-unreachable',
        message: expect.stringMatching(/its name leads to a private address/),
      })
    expect(requests).toEqual([])
    await opened({ baseUri }, { lookup: names('127.0.0.1'), allowPrivate: true })()
    expect(requests).toHaveLength(1)
  })

  test('whose name is led elsewhere after the first call is not followed there', async () => {
    const { url, requests } = await startUpstream([{ request: { method: 'GET', path: '/' }, response: { json: {} } }])
    const baseUri = literal(url.replace('127.0.0.1', 'shop.example'))
    // The first address is of a network for documentation (RFC 5737): nobody answers there, so the first call only ends.
    const send = opened({ baseUri }, { lookup: names('192.0.2.1', '127.0.0.1'), timeoutMs: 50 })
    await expect(send()).rejects.toMatchObject({ code: expect.stringMatching(/^upstream-/) })
    await expect(send()).rejects.toMatchObject({ message: expect.stringMatching(/private address/) })
    expect(requests).toEqual([])
  })
})

describe('an authorization server', () => {
  const client = { namespace: 'shop', clientId: 'me', clientSecret: 's3cret', scopes: [], timeoutMs: 5000 }

  test('whose name leads to a private address is asked for no token', async () => {
    const { token } = createTokens({ ...client, tokenEndpoint: 'https://id.example/token', lookup: names('10.0.0.1') })
    await expect(token()).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringMatching(/is at a private address, which --allow-private-upstreams would allow/),
    })
  })

  test('that a variable puts on a private address is refused before anything opens', () => {
    const authentication = {
      type: 'oauth2',
      clientId: literal('me'),
      clientSecret: literal('s3cret'),
      tokenEndpoint: bind,
      scopes: [],
    } as const
    const plan = { namespace: 'shop', baseUri: literal('https://shop.example'), authentication }
    const open = (options: UpstreamOptions) => {
      const upstream = openUpstream(
        plan,
        new Map([['env.X', new Secret('https://10.0.0.1/token')]]),
        undefined,
        options,
      )
      onTestFinished(() => upstream.close())
      return upstream
    }
    expect(() => open({})).toThrow(/the tokenEndpoint is private/)
    expect(open({ allowPrivate: true }).namespace).toBe('shop')
  })

  test('that is elsewhere can not name a private address', () => {
    const named = (issuer: string, options = {}) => {
      const metadata = { issuer, jwks_uri: 'https://169.254.169.254/keys' }
      return () => addressIn(metadata, 'jwks_uri', options)
    }
    expect(named('https://id.example')).toThrow('names a private jwks uri')
    expect(named('http://127.0.0.1:9')()).toBe('https://169.254.169.254/keys')
    expect(named('https://id.example', { allowPrivate: true })()).toBe('https://169.254.169.254/keys')
  })
})
