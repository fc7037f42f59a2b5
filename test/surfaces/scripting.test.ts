/** `/scripting` of the control surface: told, changed as a whole, and refused as a whole. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { serveCapability } from '../support/serve.ts'
import { exchange } from './exchange.ts'

const files = {
  'scripts/total.js': 'result = context.n * 2',
  'other/total.js': 'result = context.n * 3',
  'broken/total.js': 'result = ',
  'scripts/own.js': 'result = context.n',
}
const declared = {
  timeout: 500,
  defaultLocation: 'file:///./scripts',
  defaultLanguage: 'javascript',
  allowedLanguages: ['javascript', 'python'],
}

function capability(scripting: object | 'nothing', control: object = {}) {
  const steps = {
    total: { type: 'script', file: 'total.js' },
    own: { type: 'script', file: 'own.js', language: 'js', location: 'file:///./scripts' },
  }
  const mappings = [
    { target: 'total', value: '$.total' },
    { target: 'own', value: '$.own' },
  ]
  const inputParameters = { n: { in: 'query', type: 'integer' } }
  const operations = { total: { method: 'GET', inputParameters, steps, mappings } }
  const rest = { type: 'rest', namespace: 'sums', port: 0, resources: { total: { path: '/total', operations } } }
  const mock = { method: 'GET', outputParameters: [{ name: 'ok', type: 'string', value: 'yes' }] }
  const plain = { ...rest, resources: { total: { path: '/total', operations: { total: mock } } } }
  const management = scripting === 'nothing' ? {} : { scripting }
  return {
    ikanos: '1.0.0-beta5',
    capability: {
      exposes: [scripting === 'nothing' ? plain : rest, { type: 'control', port: 0, management, ...control }],
    },
  }
}

async function served(scripting: object | 'nothing' = declared, control: object = {}) {
  const { url, file } = await serveCapability(capability(scripting, control), { files, ports: {} })
  const ask = (method = 'GET', body?: unknown, headers: Record<string, string> = {}) =>
    exchange(url('control'), '/scripting', {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const total = async () => (await exchange(url('rest'), '/total?n=7')).json
  return { ask, total, folder: dirname(file) }
}

const fresh = { totalExecutions: 0, totalErrors: 0, averageDurationMs: 0 }

describe('/scripting', () => {
  it('tells what governs scripts, and what came of them', async () => {
    const { ask, total } = await served()
    const before = await ask()
    expect(before.status).toBe(200)
    expect(before.json).toEqual({ ...declared, statementLimit: 10_000_000, stats: fresh })
    expect(await total()).toEqual({ total: 14, own: 7 })
    const { stats } = (await ask()).json
    expect(stats).toMatchObject({ totalExecutions: 2, totalErrors: 0, lastExecutionAt: expect.any(String) })
    expect(String(stats.averageDurationMs)).toMatch(/^\d+(\.\d\d?)?$/)
  })

  it('changes what it is told to, for the next script', async () => {
    const { ask, total } = await served()
    const off = await ask('PUT', { enabled: false, timeout: 250 })
    expect([off.status, off.json]).toEqual([
      200,
      { ...declared, enabled: false, timeout: 250, statementLimit: 10_000_000, stats: fresh },
    ])
    const { status, detail } = await total()
    expect([status, detail]).toEqual([500, expect.stringMatching(/^step "(total|own)": scripts are switched off by/)])
    await ask('PUT', { ...off.json, enabled: true })
    expect(await total()).toEqual({ total: 14, own: 7 })
    await ask('PUT', { allowedLanguages: ['python'] })
    expect((await total()).detail).toContain('management.scripting.allowedLanguages has no "javascript"')
  })

  it('reads the scripts that go by the defaults anew, and leaves the others', async () => {
    const { ask, total, folder } = await served()
    expect((await ask('PUT', { defaultLocation: 'file:///./other' })).status).toBe(200)
    expect(await total()).toEqual({ total: 21, own: 7 })
    await mkdir(join(folder, 'third'))
    await writeFile(join(folder, 'third/total.js'), 'result = context.n * 4')
    await ask('PUT', { defaultLocation: pathToFileURL(join(folder, 'third')).href })
    expect(await total()).toEqual({ total: 28, own: 7 })
  })

  it.each([
    ['file:///./nowhere', 'there is no such file'],
    ['file:///./broken', 'Unexpected end of input'],
    ['file://elsewhere/scripts', 'is no file: URI of a folder'],
  ])('changes nothing when a script can not be read from %s', async (defaultLocation, why) => {
    const { ask, total } = await served()
    const refused = await ask('PUT', { timeout: 250, defaultLocation })
    expect([refused.status, refused.headers['content-type']]).toEqual([400, 'application/problem+json'])
    expect(refused.json.errors).toEqual([{ pointer: '/defaultLocation', detail: expect.stringContaining(why) }])
    expect(refused.json.errors[0].detail).toMatch(/^step "total": /)
    expect((await ask()).json).toMatchObject(declared)
    expect(await total()).toEqual({ total: 14, own: 7 })
  })

  it('names every key that is wrong, and changes nothing', async () => {
    const { ask } = await served()
    const wrong = {
      enabled: 'yes',
      timeout: 0,
      statementLimit: 1.5,
      defaultLocation: '/scripts',
      defaultLanguage: 'ruby',
      allowedLanguages: ['python', 'perl'],
      timeot: 5,
      constructor: 1,
    }
    const refused = await ask('PUT', { ...wrong, timeout: 250 })
    expect(refused.json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      Object.keys(wrong).flatMap((name) => (name === 'timeout' ? [] : [`/${name}`])),
    )
    expect(refused.json.errors.find((e: { pointer: string }) => e.pointer === '/timeot').hint).toContain('"timeout"')
    expect((await ask('PUT', { timeout: null })).json.errors[0].pointer).toBe('/timeout')
    expect((await ask()).json).toMatchObject(declared)
  })

  it.each([
    ['[]', 400],
    ['null', 400],
    ['', 400],
    ['{"timeout": ', 400],
    [`{"timeout": ${' '.repeat(1_100_000)}1}`, 413],
  ])('refuses a body that is no object of settings, or too large: %.10s', async (body, status) => {
    const { ask } = await served()
    expect((await ask('PUT', body)).status).toBe(status)
  })

  it('answers GET, HEAD and PUT and no other verb', async () => {
    const { ask } = await served()
    for (const method of ['POST', 'DELETE', 'PATCH']) {
      const refused = await ask(method)
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, PUT'])
    }
    expect((await ask('HEAD')).status).toBe(200)
  })

  it('is not there where the capability says nothing of scripts', async () => {
    const { ask } = await served('nothing')
    expect((await ask()).status).toBe(404)
    expect((await ask('PUT', {})).status).toBe(404)
  })

  it('asks for the credential of the control surface', async () => {
    const { ask } = await served(declared, { authentication: { type: 'bearer', token: 'let-me-in' } })
    expect((await ask('PUT', { enabled: false })).status).toBe(401)
    expect((await ask('PUT', { enabled: false }, { authorization: 'Bearer let-me-in' })).status).toBe(200)
  })
})
