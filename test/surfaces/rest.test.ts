/** The REST surface: where a request goes, what becomes of its parts, who may ask, and how it ends. */

import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, request } from 'node:http'
import { join } from 'node:path'
import express from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { load } from '../../src/load.ts'
import { open } from '../../src/open.ts'
import { bundledCapability } from '../../src/package.ts'
import type { RestPlan } from '../../src/plan.ts'
import { restHandler } from '../../src/surfaces/rest.ts'
import { serveCapability, writeCapability } from '../support/serve.ts'
import { capabilityOf, environment, serveFlagship, thingRoutes } from './cases.ts'
import { exchange, listen, type Reply, type Sent, signal } from './exchange.ts'

const catalog = `
ikanos: "1.0.0-beta5"
info: { display: Catalog, description: A catalog., version: "1.0.0" }
capability:
  consumes:
    - type: http
      namespace: api
      baseUri: http://127.0.0.1:9
      resources:
        things:
          path: /api/things
          operations:
            search:
              method: GET
              inputParameters:
                q: { in: query }
                limit: { in: query }
                exact: { in: query }
                tags: { in: query }
                x-tenant: { in: header }
            create: { method: POST, body: '{"name": "{{name}}", "size": {{size}}, "more": {{more}}}' }
        newest: { path: /api/newest, operations: { newest: { method: GET } } }
        thing:
          path: /api/things/{{id}}
          operations:
            get: { method: GET, inputParameters: { id: { in: path } } }
            remove: { method: DELETE, inputParameters: { id: { in: path } } }
        part:
          path: /api/things/{{id}}/parts/{{part}}
          operations: { part: { method: GET, inputParameters: { id: { in: path }, part: { in: path } } } }
        raw: { path: /api/raw, operations: { raw: { method: PUT, body: "{{body}}" } } }
  exposes:
    - type: rest
      namespace: catalog
      address: 127.0.0.1
      port: 8080
      resources:
        part:
          path: /things/{{id}}/parts/{{part}}
          operations: { get-part: { method: GET, call: api.part } }
        thing:
          path: /things/{{id}}
          operations:
            get-thing: { method: GET, call: api.get, inputParameters: { id: { in: path, type: string } } }
            remove-thing: { method: DELETE, call: api.remove }
        newest:
          path: /things/newest
          operations: { get-newest: { method: GET, call: api.newest } }
        things:
          path: /things
          operations:
            search:
              method: GET
              call: api.search
              inputParameters:
                q: { in: query, type: string, required: true }
                limit: { in: query, type: integer }
                exact: { in: query, type: boolean }
                tags: { in: query, type: array }
                x-tenant: { in: header, type: string }
            create:
              method: POST
              call: api.create
              inputParameters:
                name: { in: body, type: string, required: true }
                size: { in: body, type: integer, required: true }
                more: { in: body, type: object }
        raw:
          path: /raw
          operations:
            put-raw:
              method: PUT
              call: api.raw
              inputParameters: { body: { in: body, type: object, required: true } }
`

/** An upstream that answers what it was sent. */
const echo: RequestListener = async (req, res) => {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  const { method, url: target, headers } = req
  const body = Buffer.concat(chunks).toString()
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ method, target, tenant: headers['x-tenant'], body: body === '' ? null : JSON.parse(body) }))
}

/** The catalog over the echo: one function to ask it with. */
async function ask(target: string, sent: Sent = {}): Promise<Reply> {
  const { url } = await serveCapability(catalog, { upstreams: { api: await listen(echo) }, environment })
  return exchange(url('rest'), target, sent)
}

const json = { 'content-type': 'application/json' }
const thing = { name: 'lamp', size: 3 }

/** The refusal's faults as `pointer detail (hint)`. */
function faults({ status, json, headers }: Reply): readonly string[] {
  expect(status).toBe(400)
  expect(headers['content-type']).toBe('application/problem+json')
  expect(json).toMatchObject({ type: 'urn:capability:problem:invalid-input', title: 'Invalid input', status: 400 })
  return (json.errors ?? []).map((e: { pointer: string; detail: string; hint?: string }) =>
    [e.pointer, e.detail, ...(e.hint === undefined ? [] : [`(${e.hint})`])].join(' ').trim(),
  )
}

describe('a path', () => {
  it.each([
    ['/things/lamp', '/api/things/lamp'],
    ['/things/newest', '/api/newest'],
    ['/things/newest/parts/2', '/api/things/newest/parts/2'],
    ['/things/newes', '/api/things/newes'],
    ['/things/lamp/parts/newest', '/api/things/lamp/parts/newest'],
  ])('%s goes to the most specific route, whatever was declared first', async (target, upstream) => {
    expect((await ask(target)).json).toMatchObject({ method: 'GET', target: upstream })
  })

  it.each(['/nothing', '/things/', '/things/lamp/', '//things/lamp', '/things/lamp/parts', '/Things/lamp'])(
    '%s is nobody’s, and is answered 404',
    async (target) => {
      const reply = await ask(target)
      expect(reply.status).toBe(404)
      expect(reply.headers['content-type']).toBe('application/problem+json')
      expect(reply.json).toMatchObject({ title: 'Not found', status: 404 })
    },
  )

  it.each([
    ['/things/a%2Fb%20c', '/api/things/a%2Fb%20c'],
    ['/things/K%C3%B6ln', '/api/things/K%C3%B6ln'],
    ['/things/a%3Fb%23c', '/api/things/a%3Fb%23c'],
    ['/things/a%252Fb', '/api/things/a%252Fb'],
    ['/things/%2e%2e%2fadmin', '/api/things/..%2Fadmin'],
  ])('%s is decoded once and encoded for its place upstream', async (target, upstream) => {
    expect((await ask(target)).json.target).toBe(upstream)
  })

  it.each(['/things/%zz', '/things/%', '/things/%ff'])('%s is refused, for it can not be decoded', async (target) => {
    expect(faults(await ask(target))).toEqual(['/id is not well-formed percent-encoding'])
  })

  it.each(['/things/..', '/things/.', '/things/%2e%2e'])('%s can not climb', async (target) => {
    expect(faults(await ask(target))[0]).toMatch(/^\/id must not be "." or ".."/)
  })

  it('longer than 8192 characters is refused', async () => {
    const reply = await ask(`/things?q=${'x'.repeat(8192)}`)
    expect(reply.status).toBe(400)
    expect(reply.json.detail).toContain('8192')
  })
})

describe('a method', () => {
  it('that the path does not have is answered 405 with those it has', async () => {
    const reply = await ask('/things/lamp', { method: 'PUT', body: {} })
    expect(reply.status).toBe(405)
    expect(reply.headers.allow).toBe('GET, DELETE, HEAD, OPTIONS')
    expect(reply.json.detail).toContain('GET, DELETE')
  })

  it('OPTIONS tells the methods without calling anything', async () => {
    const reply = await ask('/things', { method: 'OPTIONS' })
    expect(reply.status).toBe(204)
    expect(reply.headers.allow).toBe('GET, POST, HEAD, OPTIONS')
    expect(reply.text).toBe('')
  })

  it('HEAD answers the headers of GET and no body', async () => {
    const [head, get] = [await ask('/things/lamp', { method: 'HEAD' }), await ask('/things/lamp')]
    expect(head.status).toBe(200)
    expect(head.text).toBe('')
    expect(head.headers['content-length']).toBe(get.headers['content-length'])
  })

  it('HEAD is not offered where there is no GET', async () => {
    const reply = await ask('/raw', { method: 'HEAD' })
    expect(reply.status).toBe(405)
    expect(reply.headers.allow).toBe('PUT, OPTIONS')
  })
})

describe('a query', () => {
  it('gives each parameter its declared type, and arrays by repeating the key', async () => {
    const { json } = await ask('/things?q=a+b%26c&limit=3&exact=true&tags=x&tags=y')
    expect(json.target).toBe('/api/things?q=a%20b%26c&limit=3&exact=true&tags=x&tags=y')
  })

  it.each([
    ['/things', ['/q is required']],
    ['/things?q=a&q=b', ['/q is given more than once']],
    ['/things?q=a&limit=three', ['/limit must be a whole number']],
    ['/things?q=a&limit=1.5', ['/limit must be a whole number']],
    ['/things?q=a&limit=0x10', ['/limit must be a whole number']],
    ['/things?q=a&exact=yes', ['/exact must be true or false']],
    ['/things?q=a&limt=3', ['/limt is not a known parameter (did you mean "limit"?)']],
    ['/things?q=a&x-tenant=acme', ['/x-tenant is not read from the query']],
    ['/things/lamp?id=other', ['/id is not read from the query']],
    ['/things?q=%zz', ['the query is not well-formed percent-encoding']],
    ['/things?q=%ff', ['the query is not well-formed percent-encoding']],
    ['/things?lmit=3', ['/lmit is not a known parameter (did you mean "limit"?)', '/q is required']],
  ])('%s is refused with what does not fit', async (target, expected) => {
    expect([...faults(await ask(target))].sort()).toEqual([...expected].sort())
  })
})

describe('a header parameter', () => {
  it('is read whatever the case of its name, and sent on', async () => {
    expect((await ask('/things?q=a', { headers: { 'X-TENANT': 'acme' } })).json.tenant).toBe('acme')
  })
})

describe('a body', () => {
  it('becomes the input, and what is optional may be left out', async () => {
    const { json } = await ask('/things', { method: 'POST', body: { ...thing, more: { deep: [1, null] } } })
    expect(json.body).toEqual({ ...thing, more: { deep: [1, null] } })
    expect((await ask('/things', { method: 'POST', body: thing })).json.body).toEqual(thing)
  })

  it('goes on whole where one parameter takes all of it', async () => {
    expect((await ask('/raw', { method: 'PUT', body: { any: ['thing'] } })).json.body).toEqual({ any: ['thing'] })
    expect(faults(await ask('/raw', { method: 'PUT', body: ['thing'] }))).toEqual(['/body must be an object'])
  })

  it.each<[string, unknown, readonly string[]]>([
    ['is an array', [thing], ['the body must be a JSON object', '/name is required', '/size is required']],
    ['is null', 'null', ['the body must be a JSON object', '/name is required', '/size is required']],
    ['is missing', undefined, ['/name is required', '/size is required']],
    ['has a value of another type', { name: 'lamp', size: '3' }, ['/size must be a whole number']],
    ['has an unknown key', { ...thing, nme: 1 }, ['/nme is not a known parameter (did you mean "name"?)']],
    [
      'tries the prototype',
      '{"name":"lamp","size":3,"__proto__":{"more":1}}',
      ['/__proto__ is not a known parameter (known parameters: name, size, more)'],
    ],
  ])('is refused when it %s', async (_, body, expected) => {
    const reply = await ask('/things', { method: 'POST', headers: body === undefined ? {} : json, body })
    expect([...faults(reply)].sort()).toEqual([...expected].sort())
  })

  it.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['is cut off', '{"name":', json, 400],
    ['nests deeper than 64 levels', '{"more":'.repeat(65) + '1'.concat('}'.repeat(65)), json, 400],
    ['is larger than a mebibyte', JSON.stringify({ ...thing, name: 'x'.repeat(1024 * 1024) }), json, 413],
    ['says it is text', JSON.stringify(thing), { 'content-type': 'text/plain' }, 415],
  ])('is refused when it %s', async (_, body, headers, status) => {
    const reply = await ask('/things', { method: 'POST', headers, body })
    expect(reply.status).toBe(status)
    expect(reply.json.status).toBe(status)
  })

  it('is refused as too large while it comes, when its length was not announced', async () => {
    const { url } = await serveCapability(catalog, { upstreams: { api: 'http://127.0.0.1:9' }, environment })
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${url('rest')}/things`, { method: 'POST', headers: json, agent: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      // The server closes without reading the rest, which the sender may notice before it reads the answer.
      sending.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
      })
      sending.write(`{"name":"${'x'.repeat(1024 * 1024 + 1)}`)
    })
    expect(status).toBe(413)
  })

  it.each(['application/json; charset=utf-8', 'application/vnd.things+json', 'APPLICATION/JSON'])(
    'may call itself %s',
    async (type) => {
      const reply = await ask('/things', { method: 'POST', headers: { 'content-type': type }, body: thing })
      expect(reply.status).toBe(200)
    },
  )

  it('on a route that reads none is told, not dropped', async () => {
    const reply = await ask('/things/lamp', { method: 'DELETE', body: { id: 'other', force: true } })
    expect([...faults(reply)].sort()).toEqual([
      '/force is not a known parameter (known parameters: id)',
      '/id is not read from the body',
    ])
    expect((await ask('/things/lamp', { method: 'DELETE', body: {} })).status).toBe(202)
  })

  it('does not take what the query should carry, nor the other way round', async () => {
    expect(faults(await ask('/things?size=3', { method: 'POST', body: thing }))).toEqual([
      '/size is not read from the query',
    ])
  })
})

describe('the flagship', () => {
  it('serves at /openapi.yaml the description that is committed, for wherever it is read from', async () => {
    const { url } = await serveFlagship()
    const reply = await exchange(url('rest'), '/openapi.yaml')
    expect(reply.headers['content-type']).toBe('application/yaml; charset=utf-8')
    const committed = await readFile(join(bundledCapability(), '../openapi.yaml'), 'utf8')
    expect(reply.text).toBe(committed.replace('http://127.0.0.1:8080', '/'))
    const wrong = await exchange(url('rest'), '/openapi.yaml', { method: 'POST', body: {} })
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it('does not let a body name another model than the path', async () => {
    const { url, examples } = await serveFlagship()
    const { model_id, member, file_ids } = examples
    const body = { model_id: 'another', member, file_ids }
    const reply = await exchange(url('rest'), `/v1/models/${model_id}/assignments`, { method: 'POST', body })
    expect(faults(reply)).toEqual(['/model_id is not read from the body'])
  })
})

describe('a surface that asks for a credential', () => {
  const { INBOUND_NAME: name, INBOUND_SECRET: secret } = environment
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const basic = { type: 'basic', username: '{{INBOUND_NAME}}', password: '{{INBOUND_SECRET}}' }
  const bearer = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
  const inHeader = { type: 'apikey', key: 'X-API-Key', value: '{{INBOUND_SECRET}}', placement: 'header' }
  const inQuery = { type: 'apikey', key: 'api_key', value: '{{INBOUND_SECRET}}', placement: 'query' }

  async function guarded(authentication: object, target: string, headers: Readonly<Record<string, string>>) {
    const api = await listen(echo)
    const { url } = await serveCapability(capabilityOf([thingRoutes({ authentication })]), {
      upstreams: { api },
      environment,
    })
    return exchange(url('rest'), target, { headers })
  }

  it.each<[string, object, string, Readonly<Record<string, string>>]>([
    ['basic', basic, '', { authorization: `Basic ${base64(`${name}:${secret}`)}` }],
    ['basic, spelt in lower case', basic, '', { authorization: `basic ${base64(`${name}:${secret}`)}` }],
    ['bearer', bearer, '', { authorization: `Bearer ${secret}` }],
    ['an API key in a header', inHeader, '', { 'x-api-key': secret }],
    ['an API key in the query', inQuery, `?api_key=${secret}`, {}],
  ])('answers the one who has it: %s', async (_, authentication, query, headers) => {
    const reply = await guarded(authentication, `/things/lamp${query}`, headers)
    expect(reply.status).toBe(200)
    expect(reply.json.target).toBe('/things/lamp')
  })

  it.each<[string, object, string, Readonly<Record<string, string>>]>([
    ['basic: none', basic, '', {}],
    ['basic: a wrong password', basic, '', { authorization: `Basic ${base64(`${name}:guess`)}` }],
    ['basic: a wrong name', basic, '', { authorization: `Basic ${base64(`guess:${secret}`)}` }],
    ['basic: another scheme', basic, '', { authorization: `Bearer ${base64(`${name}:${secret}`)}` }],
    ['basic: blank', basic, '', { authorization: 'Basic ' }],
    ['basic: nothing but a colon', basic, '', { authorization: `Basic ${base64(':')}` }],
    ['basic: no base64', basic, '', { authorization: `Basic ${name}:${secret}` }],
    ['bearer: none', bearer, '', {}],
    ['bearer: a wrong one', bearer, '', { authorization: 'Bearer guess' }],
    ['bearer: another scheme', bearer, '', { authorization: `Basic ${secret}` }],
    ['bearer: no scheme', bearer, '', { authorization: secret }],
    ['bearer: blank', bearer, '', { authorization: 'Bearer ' }],
    ['bearer: in the query', bearer, `?access_token=${secret}`, {}],
    ['API key in a header: none', inHeader, '', {}],
    ['API key in a header: a wrong one', inHeader, '', { 'x-api-key': 'guess' }],
    ['API key in a header: blank', inHeader, '', { 'x-api-key': '' }],
    ['API key in a header: in the query', inHeader, `?X-API-Key=${secret}`, {}],
    ['API key in the query: none', inQuery, '', {}],
    ['API key in the query: a wrong one', inQuery, '?api_key=guess', {}],
    ['API key in the query: blank', inQuery, '?api_key=', {}],
    ['API key in the query: in a header', inQuery, '', { api_key: secret }],
  ])('answers 401 with a challenge to the others: %s', async (_, authentication, query, headers) => {
    const reply = await guarded(authentication, `/things/lamp${query}`, headers)
    expect(reply.status).toBe(401)
    expect(reply.headers['www-authenticate']).toMatch(/^(Basic realm=|Bearer$|ApiKey name=)/)
    expect(reply.text).not.toContain(secret)
  })

  it('asks for it before it tells what there is', async () => {
    for (const target of ['/openapi.yaml', '/nothing']) expect((await guarded(bearer, target, {})).status).toBe(401)
  })
})

describe('mounted in an express app', () => {
  async function mounted(prepare: (app: express.Express) => void = () => {}) {
    const capability = await load(await writeCapability(catalog))
    const { runtime, close } = await open(capability, { upstreams: { api: await listen(echo) }, environment: {} })
    onTestFinished(() => close())
    const plan = capability.plan.surfaces.find((s): s is RestPlan => s.type === 'rest')
    if (plan === undefined) throw new Error('the catalog has a rest surface')
    const handle = restHandler(plan, runtime)
    const app = express()
    prepare(app)
    app.use('/api', (req, res, next) => void (handle(req, res) || next()))
    app.get('/api/elsewhere', (_req, res) => void res.send('the app itself'))
    return listen(app)
  }

  it('answers its own routes below its prefix and leaves the others to the app', async () => {
    const url = await mounted()
    expect((await exchange(url, '/api/things/lamp')).json.target).toBe('/api/things/lamp')
    expect((await exchange(url, '/api/things', { method: 'POST', body: thing })).json.body).toEqual(thing)
    expect((await exchange(url, '/api/things/lamp', { method: 'PUT' })).status).toBe(405)
    expect((await exchange(url, '/api/elsewhere')).text).toBe('the app itself')
    expect((await exchange(url, '/things/lamp')).status).toBe(404)
  })

  it('takes the body from a parser that stands before it', async () => {
    const url = await mounted((app) => app.use(express.json()))
    expect((await exchange(url, '/api/things', { method: 'POST', body: thing })).json.body).toEqual(thing)
    expect((await exchange(url, '/api/things/lamp')).status).toBe(200)
  })
})

describe('closing', () => {
  it('lets a request under way finish, then frees the port', async () => {
    let answer: () => void = () => {}
    const arrival = signal()
    const api = await listen((_req, res) => {
      answer = () => void res.writeHead(200, json).end('{"late":true}')
      arrival.give()
    })
    const { running, url } = await serveCapability(capabilityOf([thingRoutes()]), { upstreams: { api }, environment })
    const address = url('rest')
    const waiting = exchange(address, '/things/lamp')
    await arrival.given
    const closing = running.close()
    await expect(exchange(address, '/things/lamp')).rejects.toThrow('ECONNREFUSED')
    answer()
    expect((await waiting).json).toEqual({ late: true })
    await closing
    await takes(Number(new URL(address).port))
  })
})

/** Listens on a port, which fails unless it is free. */
function takes(port: number): Promise<void> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
  })
}

describe('a parameter whose value the capability sets', () => {
  const resource = {
    path: '/say',
    inputParameters: {
      region: { in: 'query', type: 'string', value: 'in {{env.REGION}}' },
      limit: { in: 'header', type: 'integer', value: '$env.LIMIT' },
    },
    operations: {
      say: {
        method: 'GET',
        inputParameters: { count: { in: 'query', type: 'integer', value: '7' } },
        outputParameters: Object.fromEntries(
          ['region', 'limit', 'count'].map((name) => [name, { type: 'integer', value: `{{${name}}}` }]),
        ),
      },
    },
  }
  const binds = [{ namespace: 'env', keys: { REGION: 'REGION', LIMIT: 'LIMIT' } }]
  const exposes = [{ type: 'rest', namespace: 'rest', port: 0, resources: { say: resource } }]
  const served = () =>
    serveCapability(
      { ikanos: '1.0.0-beta5', binds, capability: { exposes } },
      { environment: { REGION: 'north', LIMIT: '5' } },
    )

  it('has it from binds, with its declared type', async () => {
    const { url } = await served()
    const answer = await fetch(`${url('rest')}/say`, { headers: { limit: '9' } })
    expect(await answer.json()).toEqual({ region: 'in north', limit: 5, count: 7 })
  })

  it('is not the callers to set', async () => {
    const { url } = await served()
    expect((await fetch(`${url('rest')}/say?region=south`)).status).toBe(400)
  })
})
