/** Answers of bytes: declared types, streaming within a limit, parts, conditions, HEAD. */

import { type RequestListener, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { validate } from '../../src/index.ts'
import { serveCapability, writeCapability } from '../support/serve.ts'
import { exchange, listen, type Sent, signal } from './exchange.ts'

interface Case {
  readonly consumed?: object
  readonly operation?: object
  readonly rest?: object
}

function capability({ consumed = {}, operation = {}, rest = {} }: Case): object {
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Pictures', description: 'Pictures.', version: '1.0.0' },
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: 'http://127.0.0.1:9',
          resources: {
            picture: {
              path: '/picture',
              operations: { get: { method: 'GET', outputRawFormat: 'binary', ...consumed } },
            },
          },
        },
      ],
      exposes: [
        {
          type: 'rest',
          namespace: 'rest',
          port: 0,
          resources: {
            picture: { path: '/picture', operations: { picture: { method: 'GET', call: 'api.get', ...operation } } },
          },
          ...rest,
        },
      ],
    },
  }
}

const bytes = Buffer.from('0123456789')

/** An upstream that knows parts and conditions of ten bytes. */
const file: RequestListener = (req, res) => {
  const headers = { etag: '"v1"', 'accept-ranges': 'bytes', 'content-type': 'image/png', 'set-cookie': 'a=1' }
  if (req.headers['if-none-match'] === '"v1"') return res.writeHead(304, headers).end()
  if (req.headers['if-match'] === '"v0"') return res.writeHead(412).end()
  const range = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '')
  if (range === null) return res.writeHead(200, { ...headers, 'content-length': 10 }).end(bytes)
  const [first, last] = [Number(range[1]), Number(range[2])]
  if (first > 9) return res.writeHead(416, { 'content-range': 'bytes */10' }).end()
  res.writeHead(206, { ...headers, 'content-range': `bytes ${first}-${last}/10` })
  return res.end(bytes.subarray(first, last + 1))
}

async function ask(of: Case, listener: RequestListener, sent: Sent = {}) {
  const { url } = await serveCapability(capability(of), { upstreams: { api: await listen(listener) } })
  return exchange(url('rest'), '/picture', sent)
}

describe('bytes', () => {
  it('come with what the upstream says about them, but for its cookies', async () => {
    const { status, headers, text } = await ask({}, file)
    expect([status, text]).toEqual([200, '0123456789'])
    expect(headers).toMatchObject({
      etag: '"v1"',
      'accept-ranges': 'bytes',
      'content-type': 'image/png',
      'content-length': '10',
      'x-content-type-options': 'nosniff',
    })
    expect(headers).not.toHaveProperty('set-cookie')
  })

  it.each<[string, NonNullable<Sent['headers']>, number, string, Readonly<Record<string, string>>]>([
    ['a part', { range: 'bytes=2-4' }, 206, '234', { 'content-range': 'bytes 2-4/10' }],
    ['no such part', { range: 'bytes=20-30' }, 416, '', { 'content-range': 'bytes */10' }],
    ['what the caller has', { 'if-none-match': '"v1"' }, 304, '', { etag: '"v1"' }],
    ['a condition that is not met', { 'if-match': '"v0"' }, 412, '', {}],
  ])('are asked for by %s', async (_, headers, status, text, expected) => {
    const reply = await ask({}, file, { headers })
    expect([reply.status, reply.text]).toEqual([status, text])
    expect(reply.headers).toMatchObject(expected)
  })

  it('are not read for HEAD, which has their headers', async () => {
    const gone = signal()
    const { url } = await serveCapability(capability({}), {
      upstreams: {
        api: await listen((_req, res) => {
          res.writeHead(200, { 'content-type': 'image/png', 'content-length': 5_000_000 })
          res.write('start')
          res.on('close', () => gone.give())
        }),
      },
    })
    const { status, headers, text } = await exchange(url('rest'), '/picture', { method: 'HEAD' })
    await gone.given
    expect([status, headers['content-length'], headers['content-type'], text]).toEqual([
      200,
      '5000000',
      'image/png',
      '',
    ])
  })

  it('are handed on before the upstream has sent all of them', async () => {
    const seen = signal()
    const api = await listen((_req, res) => {
      res.setHeader('content-length', 8)
      res.write('start')
      void seen.given.then(() => res.end('end'))
    })
    const { url } = await serveCapability(capability({}), { upstreams: { api } })
    const text = await new Promise<string>((resolve, reject) => {
      const asking = request(`${url('rest')}/picture`, { agent: false }, (res) => {
        let all = ''
        res.on('data', (chunk) => {
          all += chunk
          seen.give()
        })
        res.on('end', () => resolve(all))
      })
      asking.on('error', reject)
      asking.end()
    })
    expect(text).toBe('startend')
  })

  it('over the limit are a problem while nothing is written, then cut', async () => {
    const limit = { rest: { maxBinarySize: '5B' } }
    const { status, json } = await ask(limit, file)
    expect([status, json.detail]).toEqual([502, expect.stringContaining('5 bytes')])
    const unannounced = await ask(limit, (_req, res) => void res.write('012345', () => res.end()))
    expect(unannounced.status).toBe(502)
    const long = { rest: { maxBinarySize: '100KiB' } }
    await expect(ask(long, (_req, res) => void res.write(Buffer.alloc(1_000_000), () => res.end()))).rejects.toThrow()
  })

  it('that are none are no content', async () => {
    expect((await ask({}, (_req, res) => res.writeHead(200, { 'content-length': 0 }).end())).status).toBe(204)
  })

  it('that the upstream refuses are a problem, also where a part was asked for', async () => {
    const { status, headers } = await ask({}, (_req, res) => res.writeHead(404).end('<html>'), {
      headers: { range: 'bytes=1-2' },
    })
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
  })
})

describe('a declared answer', () => {
  const png = { responses: { '200': { description: 'The picture.', content: { 'image/webp': { binary: true } } } } }
  const short = { responseBinary: { mediaType: 'image/webp', description: 'The picture.' } }

  it.each([
    ['in full', png],
    ['for short', short],
  ])('%s gives bytes their type, and is described', async (_, operation) => {
    expect((await ask({ operation }, file)).headers['content-type']).toBe('image/webp')
    expect((await ask({ operation, consumed: { outputMediaType: 'image/gif' } }, file)).headers['content-type']).toBe(
      'image/gif',
    )
    const { url } = await serveCapability(capability({ operation }))
    const { responses } = parse((await exchange(url('rest'), '/openapi.yaml')).text).paths['/picture'].get
    expect(responses['200']).toEqual({
      description: 'The picture.',
      content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } },
    })
    expect(responses['404']).toBeDefined()
  })

  it('of a refusal is described as the problem it is, in its own words', async () => {
    const operation = { responses: { '404': { description: 'No such picture.' }, '2XX': {} } }
    const { url } = await serveCapability(capability({ operation }))
    const { responses } = parse((await exchange(url('rest'), '/openapi.yaml')).text).paths['/picture'].get
    expect(responses['404']).toEqual({
      description: 'No such picture.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    })
    expect(responses['200']).toBeUndefined()
  })

  it('in both forms is one too many', async () => {
    const { diagnostics } = await validate(await writeCapability(capability({ operation: { ...png, ...short } })))
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => d.message)).toEqual([
      '"responseBinary" is short for "responses": only one of them may be there',
    ])
  })
})
