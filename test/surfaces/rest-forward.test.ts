/** Forwarding: what of a request goes to the upstream, what never does, and what comes back. */

import { request as httpRequest, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { serveCapability } from '../support/serve.ts'
import { exchange, listen, type Sent, signal } from './exchange.ts'

interface Case {
  readonly target?: object
  readonly rest?: object
  readonly trusted?: readonly string[]
  readonly base?: string
}

const secret = 'the-own-key'
const own = { authentication: { type: 'apikey', key: 'X-Own', value: secret, placement: 'header' } }

function capability({ target = {}, rest = {}, trusted, base = '/base' }: Case, api: string) {
  const forward = { targetNamespace: 'api', ...(trusted === undefined ? {} : { trustedHeaders: trusted }) }
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Proxy', description: 'Passes on.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { KEY: 'KEY' } }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: `${api}${base}`,
          resources: { own: { path: '/own', operations: { own: { method: 'GET' } } } },
          ...target,
        },
      ],
      exposes: [
        {
          type: 'rest',
          namespace: 'rest',
          port: 0,
          resources: {
            all: { path: '/proxy/{{path}}', forward },
            one: { path: '/one', forward, operations: { own: { method: 'GET', call: 'api.own' } } },
          },
          ...rest,
        },
      ],
    },
  }
}

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An upstream that answers what it was sent. */
const echo: RequestListener = async (req, res) => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  const seen = { method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() }
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(JSON.stringify(seen))
}

async function serve(of: Case, listener: RequestListener = echo) {
  const api = await listen(listener)
  const { url } = await serveCapability(capability(of, api), { environment: { KEY: 'target-key' } })
  return { url: url('rest'), api }
}

async function seen(of: Case, target: string, sent: Sent = {}): Promise<Seen> {
  const { url } = await serve(of)
  const reply = await exchange(url, target, sent)
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`)
  return reply.json
}

describe('a forwarded request', () => {
  it.each([
    ['/proxy/a/b', '/base/a/b'],
    ['/proxy/a/', '/base/a/'],
    ['/proxy/', '/base'],
    ['/proxy/a%20b/c?x=1&x=2&y=%2F', '/base/a%20b/c?x=1&x=2&y=%2F'],
    ['/one', '/base/own'],
  ])('to %s goes to %s', async (target, url) => {
    expect((await seen({}, target)).url).toBe(url)
  })

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('may be %s', async (method) => {
    const body = ['GET', 'OPTIONS'].includes(method) ? undefined : 'a=1'
    const got = await seen({}, '/proxy/a', { method, body, headers: { 'content-type': 'text/x' } })
    expect([got.method, got.body]).toEqual([method, body ?? ''])
    if (body !== undefined) expect(got.headers['content-type']).toBe('text/x')
  })

  it('of a resource with operations is one that none of them is', async () => {
    expect((await seen({}, '/one')).url).toBe('/base/own')
    expect(await seen({}, '/one?q=1', { method: 'POST', body: 'x' })).toMatchObject({
      method: 'POST',
      url: '/base?q=1',
    })
  })

  it.each([
    '/proxy/../admin',
    '/proxy/a/../../admin',
    '/proxy/%2e%2e/admin',
    '/proxy/..;/admin',
    '/proxy/.%2e/admin',
    '/proxy/a%2fb',
    '/proxy/a%5C..%5Cb',
    '/proxy//evil.test/a',
    '/proxy/%zz',
    '/proxy/a%00',
    '/proxy/a\\b',
  ])('can not leave the base: %s is refused', async (target) => {
    const { url } = await serve({})
    const { status, json } = await exchange(url, target)
    expect([status, json.status]).toEqual([400, 400])
  })

  it('carries no header but those that are trusted, and what says what the body is', async () => {
    const headers = { authorization: 'Bearer x', cookie: 'a=1', accept: 'text/x', 'x-trace': '7', 'x-other': '8' }
    const plain = await seen({}, '/proxy/a', { headers })
    expect(Object.keys(plain.headers).sort()).toEqual(['connection', 'host', 'user-agent', 'via'])
    const trusted = await seen({ trusted: ['Authorization', 'Cookie', 'X-Trace', 'Connection'] }, '/proxy/a', {
      headers: { ...headers, connection: 'x-trace' },
    })
    expect(trusted.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=1' })
    expect(trusted.headers).not.toHaveProperty('x-trace')
  })

  it('never carries the credential that opens this surface, though it is trusted', async () => {
    const got = await seen({ rest: own, trusted: ['X-Own'] }, '/proxy/a', { headers: { 'x-own': secret } })
    expect(got.headers).not.toHaveProperty('x-own')
    const bearer = { authentication: { type: 'bearer', token: secret } }
    const sent = { headers: { authorization: `Bearer ${secret}` } }
    expect((await seen({ rest: bearer, trusted: ['Authorization'] }, '/proxy/a', sent)).headers).not.toHaveProperty(
      'authorization',
    )
    const query = { authentication: { ...own.authentication, placement: 'query' } }
    expect((await seen({ rest: query }, `/proxy/a?b=1&X-Own=${secret}`)).url).toBe('/base/a?b=1')
  })

  it('has the credential and the parameters of the target, which a caller can not replace', async () => {
    const target = {
      inputParameters: { version: { in: 'query', value: 2 }, 'X-Tenant': { in: 'header', value: 'acme-{{KEY}}' } },
      authentication: { type: 'apikey', key: 'api_key', value: '{{KEY}}', placement: 'query' },
    }
    const got = await seen({ target, trusted: ['x-tenant'] }, '/proxy/a?api_key=mine&version=1&b=2', {
      headers: { 'x-tenant': 'other' },
    })
    expect(got.url).toBe('/base/a?b=2&version=2&api_key=target-key')
    expect(got.headers['x-tenant']).toBe('acme-target-key')
    const bearer = { authentication: { type: 'bearer', token: '{{KEY}}' } }
    const sent = { headers: { authorization: 'Bearer mine' } }
    expect((await seen({ target: bearer, trusted: ['authorization'] }, '/proxy/a', sent)).headers.authorization).toBe(
      'Bearer target-key',
    )
  })

  it('is sent again with its body to a target that asks for a digest', async () => {
    const target = { authentication: { type: 'digest', username: 'agnes', password: '{{KEY}}' } }
    const challenge = { 'www-authenticate': 'Digest realm="a", nonce="n", qop="auth", algorithm=MD5' }
    const { url } = await serve({ target }, (req, res) => {
      if (req.headers.authorization?.startsWith('Digest ') === true) return void echo(req, res)
      req.resume()
      return void req.on('end', () => res.writeHead(401, challenge).end())
    })
    const { status, json } = await exchange(url, '/proxy/a?b=1', { method: 'PUT', body: 'the body' })
    expect([status, json.method, json.url, json.body]).toEqual([200, 'PUT', '/base/a?b=1', 'the body'])
  })

  it('is streamed: the upstream has its start before the caller has sent its end', async () => {
    const started = signal()
    const { url } = await serve({}, (req, res) => {
      req.once('data', () => started.give())
      req.on('end', () => res.end('done'))
    })
    const answer = await new Promise<string>((resolve, reject) => {
      const sending = httpRequest(`${url}/proxy/a`, { method: 'POST', agent: false }, (res) => {
        res.on('data', (chunk) => resolve(String(chunk)))
      })
      sending.on('error', reject)
      sending.write('start')
      void started.given.then(() => sending.end('end'))
    })
    expect(answer).toBe('done')
  })

  it('larger than the limit is refused before it is sent', async () => {
    const { url } = await serve({})
    const headers = { 'content-length': String(101 * 1024 * 1024) }
    const status = await new Promise((resolve) => {
      const sending = httpRequest(`${url}/proxy/a`, { method: 'POST', agent: false, headers }, (res) => {
        resolve(res.statusCode)
        sending.destroy()
      })
      sending.on('error', () => {})
      sending.flushHeaders()
    })
    expect(status).toBe(413)
  })

  it('whose caller goes is stopped upstream', async () => {
    const [arrived, gone] = [signal(), signal()]
    const { url } = await serve({}, (_req, res) => {
      arrived.give()
      res.on('close', () => gone.give())
    })
    const sending = httpRequest(`${url}/proxy/a`, { agent: false })
    sending.on('error', () => {})
    sending.end()
    await arrived.given
    sending.destroy()
    await gone.given
  })
})

describe('a forwarded answer', () => {
  const answering = (status: number, headers: Readonly<Record<string, string | string[]>>, body = '') =>
    ((_req, res: ServerResponse) => {
      res.writeHead(status, headers)
      res.end(body)
    }) satisfies RequestListener

  it('has its status, body and headers, but none of the connection, no cookie and no word for this server', async () => {
    const upstream = {
      'content-type': 'text/html',
      etag: '"1"',
      'set-cookie': ['a=1'],
      'x-hop': '1',
      connection: 'x-hop',
      'access-control-allow-origin': '*',
      'strict-transport-security': 'max-age=1',
    }
    const { url } = await serve({}, answering(418, upstream, '<p>'))
    const { status, headers, text } = await exchange(url, '/proxy/a')
    expect([status, text, headers.etag]).toEqual([418, '<p>', '"1"'])
    for (const name of ['set-cookie', 'x-hop', 'access-control-allow-origin', 'strict-transport-security'])
      expect(headers).not.toHaveProperty(name)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('to HEAD has no body and its length', async () => {
    const { url } = await serve({}, answering(200, { 'content-length': '5' }))
    const { status, headers, text } = await exchange(url, '/proxy/a', { method: 'HEAD' })
    expect([status, headers['content-length'], text]).toEqual([200, '5', ''])
  })

  it('that points below the base points here', async () => {
    let api = ''
    const served = await serve({}, (req, res) => {
      res.writeHead(302, { location: req.url?.endsWith('out') ? 'https://other.test/' : `${api}/base/b?c=1` })
      res.end()
    })
    api = served.api
    expect((await exchange(served.url, '/proxy/a')).headers.location).toBe('/proxy/b?c=1')
    expect((await exchange(served.url, '/proxy/out')).headers.location).toBe('https://other.test/')
  })

  it('that refuses the credential of this server is a 502, one that refuses the caller’s own is passed', async () => {
    const listener = answering(401, { 'www-authenticate': 'Bearer' }, 'no')
    const target = { authentication: { type: 'bearer', token: '{{KEY}}' } }
    const refused = await exchange((await serve({ target }, listener)).url, '/proxy/a')
    expect([refused.status, refused.json.title]).toEqual([502, 'Refused by the upstream'])
    const passed = await exchange((await serve({}, listener)).url, '/proxy/a')
    expect([passed.status, passed.headers['www-authenticate']]).toEqual([401, 'Bearer'])
  })

  it('that never comes is a problem', async () => {
    const { url } = await serveCapability(capability({}, 'http://127.0.0.1:9'), { environment: { KEY: 'x' } })
    expect((await exchange(url('rest'), '/proxy/a')).status).toBe(502)
  })

  it('is cut where the upstream cuts it', async () => {
    const { url } = await serve({}, (_req, res) => {
      res.writeHead(200, { 'content-length': '10' })
      res.write('abc', () => res.destroy())
    })
    await expect(exchange(url, '/proxy/a')).rejects.toThrow()
  })
})

describe('the description', () => {
  it('tells what is forwarded', async () => {
    const { url } = await serve({})
    const { paths } = parse((await exchange(url, '/openapi.yaml')).text)
    expect(Object.keys(paths['/proxy/{path}'])).toEqual(['get', 'post', 'put', 'patch', 'delete'])
    expect(paths['/one'].get.operationId).toBe('own')
    expect(paths['/one'].post.operationId).toBe('one.post')
  })
})
