/** What is said with upstreams is kept without credentials, and said again without them. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { call } from '../../src/index.ts'
import { say } from '../support/say.ts'
import { writeCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'

const canary = 'canary"7/x+y'
const token = 'canary-token-of-the-server'

const kinds = {
  basic: { type: 'basic', username: '{{KEY}}', password: '' },
  bearer: { type: 'bearer', token: '{{KEY}}' },
  header: { type: 'apikey', key: 'X-Shop', value: '{{KEY}}' },
  query: { type: 'apikey', key: 'shop', value: '{{KEY}}', placement: 'query' },
  oauth: { type: 'oauth2', tokenEndpoint: 'http://upstream.test/token' },
}

function capabilityAt(url: string) {
  const inputParameters = { id: { type: 'string' } }
  const consumes = Object.entries(kinds).map(([namespace, authentication]) => ({
    type: 'http',
    namespace,
    baseUri: `${url}/${namespace === 'oauth' ? 'granted' : 'base'}`,
    authentication:
      authentication.type === 'oauth2' ? { ...authentication, tokenEndpoint: `${url}/token` } : authentication,
    resources: {
      thing: {
        path: '/things/{{id}}',
        operations: {
          put: {
            method: 'POST',
            inputParameters: {
              id: { in: 'path' },
              'X-Plain': { in: 'header', value: 'said {{KEY}}' },
              sid: { in: 'cookie', value: 'said-in-a-cookie' },
            },
            body: { type: 'json', data: { id: '{{id}}', key: '{{KEY}}' } },
          },
        },
      },
    },
  }))
  const flow = (namespace: string) => ({ description: 'Puts it.', call: `${namespace}.put`, inputParameters })
  const names = Object.keys(kinds)
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Things', description: 'Puts things.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { KEY: 'KEY', CLIENT_ID: 'KEY', CLIENT_SECRET: 'KEY' } }],
    capability: {
      consumes,
      aggregates: [
        { display: 'Things', namespace: 'things', flows: Object.fromEntries(names.map((n) => [n, flow(n)])) },
      ],
      exposes: [
        {
          type: 'mcp',
          namespace: 'mcp',
          address: '127.0.0.1',
          port: 0,
          tools: Object.fromEntries(names.map((n) => [n, { description: 'Puts it.', ref: `things.${n}` }])),
        },
      ],
    },
  }
}

async function recorded() {
  const folder = await mkdtemp(join(tmpdir(), 'tape-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const echo = {
    echo: canary,
    of: Buffer.from(`${canary}:`).toString('base64'),
    url: encodeURIComponent(canary),
  }
  const put = (path: string, more = {}) => ({
    request: { method: 'POST', path },
    response: { json: { ok: true, ...echo, ...more } },
  })
  const upstream = await startUpstream([
    { request: { method: 'POST', path: '/token' }, response: { json: { access_token: token, token_type: 'Bearer' } } },
    put('/base/things/1'),
    put('/granted/things/1', { token }),
    put(`/base/things/1?shop=${encodeURIComponent(canary)}`),
  ])
  const file = await writeCapability(capabilityAt(upstream.url))
  return { upstream, file, record: join(folder, 'said.json') }
}

describe('A recording', () => {
  it('is refused where it is none, and left as it is', async () => {
    const { file, record } = await recorded()
    await writeFile(record, '{"a":1}')
    for (const options of [{ record }, { replay: record }])
      await expect(call(file, 'basic', { id: '1' }, { environment: { KEY: canary }, ...options })).rejects.toThrow(
        'is no recording',
      )
    expect(await readFile(record, 'utf8')).toBe('{"a":1}')
  })

  it('holds no credential, grows with each call, and answers somebody who has none', async () => {
    const { upstream, file, record } = await recorded()
    const outcomes = []
    for (const name of Object.keys(kinds))
      outcomes.push(await call(file, name, { id: '1' }, { environment: { KEY: canary }, record }))
    const text = await readFile(record, 'utf8')
    expect(JSON.parse(text).exchanges.map(({ upstream: name }: { upstream: string }) => name)).toEqual(
      Object.keys(kinds),
    )
    const base64 = [canary, `${canary}:`].map((one) => Buffer.from(one).toString('base64'))
    const escaped = JSON.stringify(canary).slice(1, -1)
    for (const form of [canary, escaped, JSON.stringify(escaped).slice(1, -1), encodeURIComponent(canary), ...base64])
      expect(text).not.toContain(form)
    for (const form of ['canary', token, 'said-in-a-cookie', 'authorization', 'x-shop'])
      expect(text).not.toContain(form)
    expect(text).toContain('said ***')
    await upstream.close()
    for (const name of Object.keys(kinds)) {
      const again = await call(file, name, { id: '1' }, { environment: {}, replay: record })
      expect(again).toMatchObject({ status: 200, value: { ok: true } })
    }
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('says what it does not have, and what comes nearest', async () => {
    const { file, record } = await recorded()
    await call(file, 'bearer', { id: '1' }, { environment: { KEY: canary }, record })
    const asked = call(file, 'bearer', { id: '2' }, { environment: {}, replay: record })
    await expect(asked).rejects.toThrow(
      'the recording has no answer of "bearer" to POST /things/2; the nearest is POST /things/1',
    )
    const other = call(file, 'basic', { id: '1' }, { environment: {}, replay: record })
    await expect(other).rejects.toThrow('the recording has no answer of "basic" to POST /things/1; it has none')
  })
})

describe('capability call', () => {
  it('records and replays, one at a time, with nothing to send to', async () => {
    const { record, file } = await recorded()
    const words = ['call', 'list-files', 'model_id=any', '--json']
    const live = await say([...words, '--sandbox', '--record', record])
    const again = await say([...words, '--replay', record])
    expect([again.code, again.stderr]).toEqual([live.code, live.stderr])
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { upstream: { status: 404 } } })
    const small = ['call', 'basic', 'id=1', '--file', file]
    const both = await say([...small, '--record', record, '--replay', record])
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('record or replay')])
    const none = await say([...small, '--replay', `${record}.none`])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("can't be read (ENOENT)")])
  })
})
