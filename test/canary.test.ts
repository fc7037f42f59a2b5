/** One secret is planted in a variable that stands everywhere it can; nothing that leaves the program holds it. */

import { describe, expect, test } from 'vitest'
import { createLog } from '../src/index.ts'
import { ensureBuilt, run } from './support/cli.ts'
import { serveCapability, writeCapability } from './support/serve.ts'
import { exchange, listen } from './surfaces/exchange.ts'
import { messageIn, modern, post, toolCall } from './surfaces/mcp-messages.ts'

const canary = 'canary+zq9w/9c=b2'

/** Every form that the secret may have, and the parts of it that are the same in several. */
const forms = [
  canary,
  'canary',
  'zq9w',
  encodeURIComponent(canary),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
  ...[0, 1, 2].map((n) =>
    Buffer.from(`${'x'.repeat(n)}${canary}`)
      .toString('base64')
      .slice(4, -4),
  ),
]

const id = { type: 'string', required: true, description: 'Which.' }

function capability(upstream: string) {
  const inputParameters = {
    id: { in: 'path' },
    'X-Key': { in: 'header', value: '{{TOKEN}}' },
    k: { in: 'query', value: 'k-{{TOKEN}}' },
  }
  const operation = (method: string) => ({ method, inputParameters })
  const flow = (call: string, more: object) => ({ description: 'Does it.', call, inputParameters: { id }, ...more })
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Things', description: 'Reads things.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { TOKEN: 'TOKEN' } }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          // As some APIs have it: the token is a part of the path.
          baseUri: `${upstream}/bot{{TOKEN}}`,
          authentication: { type: 'apikey', key: 'token', value: '{{TOKEN}}', placement: 'query' },
          resources: {
            things: { path: '/things/{{id}}', operations: { get: operation('GET'), drop: operation('DELETE') } },
          },
        },
      ],
      aggregates: [
        {
          display: 'Things',
          namespace: 'things',
          flows: {
            'get-thing': flow('api.get', { semantics: { safe: true } }),
            'drop-thing': flow('api.drop', {}),
          },
        },
      ],
      exposes: [
        {
          type: 'rest',
          namespace: 'r',
          port: 8080,
          resources: {
            thing: {
              path: '/things/{{id}}',
              operations: {
                'get-thing': { method: 'GET', ref: 'things.get-thing' },
                'drop-thing': { method: 'DELETE', ref: 'things.drop-thing' },
              },
            },
          },
        },
        {
          type: 'mcp',
          namespace: 'm',
          port: 9090,
          tools: {
            'get-thing': { ref: 'things.get-thing' },
            'drop-thing': { ref: 'things.drop-thing', hints: { destructive: true } },
          },
        },
        { type: 'control', namespace: 'control', port: 9092, management: { info: true, reload: true, validate: true } },
      ],
    },
  }
}

const companion = {
  policy: { 'things.drop-thing': { confirm: { message: 'Drop {{id}}.', show: 'things.get-thing' } } },
}

describe('a planted secret', () => {
  test('is sent where it belongs and is in nothing else that leaves, in no form', async () => {
    const [targets, told]: [string[], Record<string, string>] = [[], {}]
    const upstream = await listen((req, res) => {
      targets.push(req.url ?? '')
      const [path = ''] = (req.url ?? '').split('?')
      if (path.endsWith('/gone')) return res.destroy()
      const status = path.endsWith('/bad') ? 500 : 200
      res.writeHead(status, { 'content-type': 'application/json' })
      // Whatever it was sent, and the secret in the forms of other programs.
      const said = [req.url, req.headers['x-key'], ...forms.slice(3, 6)].join(' ')
      res.end(JSON.stringify({ id: '1', message: said, note: [said, { [said]: 1 }] }))
    })
    const lines: string[] = []
    const log = createLog({ level: 'trace', output: (line) => lines.push(line) })
    const options = { environment: { TOKEN: canary }, ports: { r: 0, m: 0, control: 0 }, companion, log }
    const { url } = await serveCapability(capability(upstream), options)
    const keep = async (name: string, answer: Promise<{ readonly text: string; readonly headers: object }>) => {
      const { text, headers } = await answer
      told[name] = `${JSON.stringify(headers)}\n${text}`
    }

    for (const one of ['ok', 'bad', 'gone']) await keep(`REST ${one}`, exchange(url('rest'), `/things/${one}`))
    await keep('REST dry run', exchange(url('rest'), '/things/ok?dry_run=true', { method: 'DELETE' }))
    await keep('REST wrong', exchange(url('rest'), `/things/ok?x=1`))
    for (const path of ['/openapi.yaml', '/openapi.json', '/']) await keep(`REST ${path}`, exchange(url('rest'), path))
    for (const method of ['tools/list', 'server/discover']) await keep(method, post(url('mcp'), modern(method)))
    for (const one of ['ok', 'bad', 'gone'])
      await keep(`MCP ${one}`, post(url('mcp'), toolCall('get-thing', { id: one })))
    const question = await post(url('mcp'), toolCall('drop-thing', { id: 'ok' }))
    told.question = question.text
    expect(messageIn(question).result.isError).toBe(true)
    expect(question.text).toContain('Drop ok.')
    const paths = ['/config', '/status', '/health', '/health/ready', '/traces', '/metrics']
    for (const path of paths) await keep(`control ${path}`, exchange(url('control'), path))
    const { traces } = JSON.parse((await exchange(url('control'), '/traces')).text)
    for (const { traceId } of traces) await keep(`trace ${traceId}`, exchange(url('control'), `/traces/${traceId}`))
    told.log = lines.join('')

    expect(targets[0]).toContain(`/bot`)
    expect(targets.every((target) => decodeURIComponent(target).includes(canary))).toBe(true)
    expect(traces.length).toBeGreaterThan(3)
    const leaks = Object.entries(told).flatMap(([name, text]) =>
      forms
        .filter((form) => text.includes(form))
        .map(
          (form) => `${name}: ${form} in ${text.slice(Math.max(0, text.indexOf(form) - 80), text.indexOf(form) + 20)}`,
        ),
    )
    expect(leaks).toEqual([])
  }, 20_000)

  test('is in nothing that the command line prints', async () => {
    ensureBuilt()
    const upstream = await listen((req, res) => {
      res.writeHead(req.url?.includes('bad') ? 500 : 200, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ message: `no ${req.url}` }))
    })
    const file = await writeCapability(capability(upstream), { companion })
    const env = { TOKEN: canary }
    const ran = await Promise.all([
      run(['call', 'get-thing', 'id=bad', '--file', file], { env }),
      run(['call', 'drop-thing', 'id=ok', '--dry-run', '--file', file], { env }),
    ])
    expect(ran.map(({ code }) => code)).toEqual([1, 0])
    const text = ran.map(({ stdout, stderr }) => stdout + stderr).join('\n')
    expect(forms.filter((form) => text.includes(form))).toEqual([])
  }, 20_000)
})
