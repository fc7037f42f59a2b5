/** The commands that ask a control surface: what people read, what programs read, and what stands in the way. */

import { readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '../../src/index.ts'
import { ensureBuilt, run, runUntil } from '../support/cli.ts'
import { say } from '../support/say.ts'
import { serveCapability } from '../support/serve.ts'
import { startUpstream } from '../support/upstream.ts'
import { capabilityOf, environment, thingRoutes } from '../surfaces/cases.ts'
import { exchange, listen, signal } from '../surfaces/exchange.ts'

beforeAll(ensureBuilt)

const traceId = '0af7651916cd43dd8448eb211c80319c'
const everything = { health: true, info: true, logs: true, scripting: { timeout: 500 } }

/** A capability that listens, and the command pointed at its control surface. */
async function running(control: object = { management: everything }) {
  const upstream = await startUpstream([
    { request: { method: 'GET', path: '/things/1' }, response: { json: { id: '1' } } },
    { request: { method: 'GET', path: '/things/2' }, response: { status: 503, json: {} } },
  ])
  const surfaces = [thingRoutes(), { type: 'control', port: 9092, ...control }]
  const log = createLog({ level: 'warn', output: () => {} })
  const served = await serveCapability(capabilityOf(surfaces), {
    companion: { upstreams: { api: { retries: 0 } } },
    upstreams: { api: upstream.url },
    environment,
    log,
  })
  const { url } = served
  const ask = (...words: readonly string[]) => say([...words, '--control', url('control')])
  const read = (id: string) =>
    exchange(url('rest'), `/things/${id}`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } })
  return {
    ask,
    read,
    file: served.file,
    running: served.running,
    url: url('control'),
    port: Number(new URL(url('rest')).port),
  }
}

/** Something else that answers at every path; what it was asked. */
async function answering(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const asked: string[] = []
  const url = await listen((req, res) => {
    asked.push(`${req.method} ${req.url} ${req.headers.authorization ?? ''}`.trim())
    res.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const ask = (...words: readonly string[]) => say([...words, '--control', url])
  return { ask, asked, url }
}

async function change(file: string, from: string, to: string) {
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(from, to))
}

/** An address where nothing listens any more. */
async function nowhere(): Promise<string> {
  const served = await running()
  await served.running.close()
  return served.url
}

describe('capability health', () => {
  it('says that all surfaces listen', async () => {
    const { ask } = await running()
    expect(await ask('health')).toEqual({
      code: 0,
      stdout: 'live   UP\nready  UP  2 of 2 surfaces listen\n',
      stderr: '',
    })
    const { stdout } = await ask('health', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ live: { status: 'UP' }, ready: { status: 'UP', adapters: [{}, {}] } })
  })

  it('exits 1 and names the surfaces while one does not listen', async () => {
    const adapters = [
      { type: 'rest', namespace: 'things', port: 8080, state: 'started' },
      { type: 'mcp', namespace: 'tools', port: 9090, state: 'stopped' },
    ]
    const url = await listen((req, res) => {
      const isReady = req.url === '/health/ready'
      res
        .writeHead(isReady ? 503 : 200)
        .end(JSON.stringify(isReady ? { status: 'DEGRADED', adapters } : { status: 'UP' }))
    })
    expect(await say(['health', '--control', url])).toEqual({
      code: 1,
      stdout: [
        'live   UP',
        'ready  DEGRADED  1 of 2 surfaces listen',
        '  rest  things  8080  started',
        '  mcp   tools   9090  stopped',
        '',
      ].join('\n'),
      stderr: '',
    })
  })
})

describe('capability status', () => {
  it('says what runs', async () => {
    const { ask, port } = await running()
    const { code, stdout } = await ask('status')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Things\n {2}state +UP\n {2}format +1.0.0-beta5\n {2}engine +\d.* on Node \d.*\n {2}uptime +(\d+h )?(\d+m )?\d+s\n {2}telemetry +active\n\n/,
    )
    expect(stdout).toContain(`  rest     things-rest  ${port}`)
    expect(stdout).toMatch(/\n {2}upstream {2}api {2}closed {2}0 under way, 0 sent again\n$/)
    expect(JSON.parse((await ask('status', '--json')).stdout)).toMatchObject({ capability: { display: 'Things' } })
  })

  it('reads what the reference engine says', async () => {
    const { ask } = await answering(200, {
      capability: { specVersion: '1.0.0-beta5' },
      engine: { version: '1.0', java: '21', native: false },
      uptime: 'PT1H2M3.5S',
      otel: { status: 'inactive' },
      adapters: [{ type: 'mcp', state: 'stopped' }],
    })
    const { stdout } = await ask('status')
    expect(stdout).toContain('state      DEGRADED')
    expect(stdout).toContain('engine     1.0 on Java 21')
    expect(stdout).toContain('uptime     1h 2m 3s')
  })

  it('lets nothing that was sent steer the terminal', async () => {
    const { ask } = await answering(200, { capability: { display: '\u001b[31mred\u0007\r\n\u202egnihton' } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect((await ask('status')).stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  it('is coloured where a terminal takes colours', async () => {
    const { url } = await running()
    const { stdout } = await say(['status', '--control', url], { colours: true })
    expect(stdout).toContain('\u001b[32mUP\u001b[39m')
    expect(stdout).toContain('\u001b[1mThings\u001b[22m')
  })
})

describe('capability metrics', () => {
  it('prints one line a series, with the mean of what was measured', async () => {
    const { ask, read } = await running()
    await read('1')
    const { code, stdout } = await ask('metrics')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ikanos_request_total {2}\S.*\n {2}ikanos_adapter_type="rest" .*status="200" {2}1$/m)
    expect(stdout).toMatch(/^ikanos_request_duration_seconds .*\n {2}.*status="200" {2}1 {2}mean [\d.]+ m?s$/m)
    expect(stdout).not.toContain('_bucket')
  })

  it('keeps what fits, and answers programs with numbers', async () => {
    const { ask, read } = await running()
    await read('1')
    const { stdout } = await ask('metrics', '--filter', 'REQUEST_TOTAL.*GET', '--json')
    const operation = '/things/{id} GET'
    expect(JSON.parse(stdout)).toMatchObject([
      {
        name: 'ikanos_request_total',
        samples: [{ labels: { ikanos_operation_id: operation, status: '200' }, value: 1 }],
      },
    ])
    expect((await ask('metrics', '--filter', 'nothing')).stdout).toBe('no series fits the filter\n')
    expect(await ask('metrics', '--filter', '(')).toMatchObject({ code: 2, stdout: '' })
  })

  it('says how they are switched on', async () => {
    const { ask } = await running({ observability: { metrics: { local: { enabled: false } } } })
    const { code, stderr } = await ask('metrics')
    expect(code).toBe(1)
    expect(stderr).toContain('there is no /metrics at http://127.0.0.1')
    expect(stderr).toContain('observability: { metrics: { local: { enabled: true } } }')
  })

  it('says so where another program listens', async () => {
    const { ask } = await answering(200, '<html>')
    expect(await ask('metrics')).toMatchObject({ code: 1, stderr: expect.stringContaining('Prometheus') })
  })
})

describe('capability traces', () => {
  it('lists the last calls and shows one as a tree', async () => {
    const { ask, read } = await running()
    expect((await ask('traces')).stdout).toBe('no call has been traced yet\n')
    await read('2')
    const list = (await ask('traces')).stdout.split('\n')
    expect(list[0]).toMatch(/^TRACE ID +OPERATION +DURATION +STATUS +SPANS +TIME$/)
    expect(list[1]).toMatch(
      new RegExp(
        `^${traceId} {2}rest.request {2}[\\d.]+ m?s +ERROR +2 +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d.\\d{3}$`,
      ),
    )
    expect((await ask('traces', '--status', 'ok')).stdout).toBe('none of the last 1 traces fits\n')
    const found = await ask('traces', '--status', 'error', '--operation', 'request', '--json')
    expect(JSON.parse(found.stdout).traces).toMatchObject([{ traceId }])
    const tree = (await ask('traces', traceId)).stdout.split('\n')
    expect(tree[1]).toMatch(/^└─ rest.request +SERVER +[\d.]+ ms +ERROR .*error.type=upstream-refused/)
    expect(tree[2]).toMatch(/^ {3}└─ http.client.GET +CLIENT +[\d.]+ ms +ERROR .*http.response.status_code=503/)
    expect(JSON.parse((await ask('traces', traceId, '--json')).stdout)).toMatchObject({ traceId, spans: [{}, {}] })
  })

  it('tells a trace that is not kept from traces that are switched off', async () => {
    const { ask } = await running()
    const unknown = await ask('traces', traceId)
    expect([unknown.code, unknown.stdout]).toEqual([1, ''])
    expect(unknown.stderr).toContain('no trace of this id is kept, only the last 100 are')
    const off = await running({ observability: { traces: { local: { enabled: false } } } })
    const { code, stderr } = await off.ask('traces', traceId)
    expect(code).toBe(1)
    expect(stderr).toContain('observability: { traces: { local: { enabled: true } } }')
  })

  it.each([
    [['--status', 'fine'], 'It is OK or ERROR.'],
    [[traceId, '--status', 'ok'], 'leave them out where one is named'],
  ])('refuses %j', async (words, says) => {
    const { code, stderr } = await say(['traces', ...words, '--control', 'http://127.0.0.1:9092'])
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })
})

describe('capability logs', () => {
  it('tells the level and changes it', async () => {
    const { ask } = await running()
    expect((await ask('logs')).stdout).toBe('root  warn\n')
    expect((await ask('logs', '--level', 'debug')).stdout).toBe('root writes debug and above, until the next start\n')
    expect(JSON.parse((await ask('logs', '--json')).stdout)).toEqual({ loggers: [{ name: 'root', level: 'debug' }] })
    expect((await ask('logs', '--level', 'loud')).code).toBe(2)
  })

  /** Follows a log in which something is written until the first line has come. */
  async function following({ url, read }: Awaited<ReturnType<typeof running>>, ...words: readonly string[]) {
    const [levelled, seen, stop] = [signal(), signal(), signal()]
    const said = { lines: [] as string[], notes: '' }
    const ended = say(['logs', '--follow', '--level', 'info', ...words, '--control', url], {
      note: (text) => {
        said.notes += text
        levelled.give()
      },
      out: (text) => {
        said.lines.push(text)
        seen.give()
      },
      interrupted: () => stop.given,
    })
    await levelled.given
    while (said.lines.length === 0) {
      await read('1')
      await Promise.race([seen.given, exchange(url, '/health/live')])
    }
    return { said, stop: stop.give, ended }
  }

  it('follows what is written until it is interrupted', async () => {
    const { said, stop, ended } = await following(await running())
    stop()
    expect((await ended).code).toBe(0)
    expect(said.lines[0]).toMatch(
      /^\d{4}-\S+ \S+ INFO {2}request surface=rest operation=\/things\/\{id\} GET status=200 .*trace_id=/,
    )
    expect(said.notes).toBe('root writes info and above, until the next start\n')
  })

  it('hands the lines on as they are, and ends with the capability that writes them', async () => {
    const served = await running()
    const { said, ended } = await following(served, '--json')
    await served.running.close()
    expect((await ended).code).toBe(0)
    expect(JSON.parse(said.lines[0] ?? '')).toMatchObject({ msg: 'request', status: 200, trace_id: traceId })
    expect(said.notes).toContain(`the log of ${served.url} has ended`)
  })

  it('stops when its reader has gone', async () => {
    const { url } = await running()
    expect(await say(['logs', '--follow', '--control', url], { left: Promise.resolve() })).toMatchObject({ code: 0 })
  })
})

describe('capability scripting', () => {
  it('tells the settings and changes them', async () => {
    const { ask } = await running()
    const { stdout } = await ask('scripting')
    expect(stdout).toMatch(/^timeout +500 ms$/m)
    expect(stdout).toMatch(/^allowedLanguages +all$/m)
    expect(stdout).toMatch(/^executions +0, 0 failed$/m)
    const changed = await ask('scripting', '--set', 'enabled=false', '--set', 'allowedLanguages=js, python', '--json')
    expect(JSON.parse(changed.stdout)).toMatchObject({
      enabled: false,
      timeout: 500,
      allowedLanguages: ['js', 'python'],
    })
    expect((await ask('scripting')).stdout).toMatch(/^allowedLanguages +js, python$/m)
  })

  it('says what a value must be, and which setting is meant', async () => {
    const { ask } = await running()
    const refused = await ask('scripting', '--set', 'timeout=soon')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('- /timeout must be a whole number of milliseconds')
    expect(await ask('scripting', '--set', 'timout=1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "timeout"?'),
    })
    expect((await ask('scripting', '--set', 'timeout')).code).toBe(2)
  })

  it('says how it is switched on', async () => {
    const { ask } = await running({ management: { health: true } })
    expect(await ask('scripting')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('management: { scripting: {} }'),
    })
  })
})

describe('capability config and reload', () => {
  const management = { info: true, reload: true, validate: true }

  it('print what is served, and serve the file as it is now', async () => {
    const { ask, file } = await running({ management })
    expect((await ask('config')).stdout).toMatch(
      /^capability:\n {2}name: case\n {2}title: Things\n[\s\S]*\n {2}routes: 1$/m,
    )
    await change(file, '"Things"', '"Other things"')
    expect(await ask('reload', '--check')).toEqual({ code: 0, stdout: '✓ could be reloaded\n', stderr: '' })
    expect(JSON.parse((await ask('config', '--json')).stdout)).toMatchObject({ capability: { title: 'Things' } })
    expect(await ask('reload')).toEqual({ code: 0, stdout: '✓ reloaded\n', stderr: '' })
    expect(JSON.parse((await ask('config', '--json')).stdout)).toMatchObject({ capability: { title: 'Other things' } })
    expect(JSON.parse((await ask('reload', '--json')).stdout)).toEqual({ status: 'reloaded', diagnostics: [] })
  })

  it.each([
    [[], '✗ not reloaded, what was served before goes on\n'],
    [['--check'], '✗ could not be reloaded\n'],
  ])('tell the faults of a file that can not be served (reload %j)', async (more, verdict) => {
    const { ask, file } = await running({ management })
    await change(file, '"api.get-thing"', '"api.get-thin"')
    const { code, stdout } = await ask('reload', ...more)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^\S+case.ikanos.yml:\d+:\d+ error unknown-operation: "api" has no operation "get-thin"\n/)
    expect(stdout).toContain('\n  hint: did you mean "get-thing"?\n\n')
    expect(stdout.endsWith(verdict)).toBe(true)
    const { diagnostics } = JSON.parse((await ask('reload', ...more, '--json')).stdout)
    expect(diagnostics).toMatchObject([{ code: 'unknown-operation' }])
  })

  it('say why a file without faults is not served', async () => {
    const { ask } = await answering(422, { title: 'Not accepted', detail: 'the port is taken' })
    const stdout = '✗ not reloaded, what was served before goes on: the port is taken\n'
    expect(await ask('reload')).toEqual({ code: 1, stdout, stderr: '' })
  })

  it.each([
    [['config'], 'management: { info: true }'],
    [['reload'], 'management: { reload: true }'],
    [['reload', '--check'], 'management: { validate: true }'],
  ])('say how %j is switched on', async (words, yaml) => {
    const { ask } = await running({ management: { health: true } })
    expect(await ask(...words)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(yaml) })
  })
})

describe('a control surface that asks who is there', () => {
  const bind = (name: string) => `{{${name}}}`
  const password = { type: 'basic', username: bind('INBOUND_NAME'), password: bind('INBOUND_SECRET') }
  const token = { type: 'bearer', token: bind('INBOUND_SECRET') }
  const key = { type: 'apikey', key: 'X-Key', value: bind('INBOUND_SECRET'), placement: 'header' }
  const secret = environment.INBOUND_SECRET

  it.each([
    ['--user', 'CAPABILITY_CONTROL_USER', password, `agnes:${secret}`, 'agnes:wrong-secret'],
    ['--token', 'CAPABILITY_CONTROL_TOKEN', token, secret, 'wrong-secret'],
    ['--api-key', 'CAPABILITY_CONTROL_API_KEY', key, `X-Key=${secret}`, 'X-Key=wrong-secret'],
  ])('takes %s, or %s', async (flag, variable, authentication, right, wrong) => {
    const { ask, url } = await running({ authentication })
    expect((await ask('health', flag, right)).code).toBe(0)
    expect((await say(['health', '--control', url], { environment: { [variable]: right } })).code).toBe(0)
    const none = await ask('health')
    expect(none.code).toBe(1)
    expect(none.stderr).toContain(`${url} asks for a `)
    expect(none.stderr).toContain(`${flag} `)
    expect(none.stderr).toContain(variable)
    const refused = await ask('health', flag, wrong)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`${url} asks for another `)
    expect(refused.stdout + refused.stderr).not.toContain('wrong-secret')
  })

  it.each([
    ['ApiKey name="key", in="query"', 'an API key in the query, which this command does not send'],
    ['Digest realm="x", nonce="y"', 'a password by way of digest, which this command does not send'],
    [
      'Bearer resource_metadata="x"',
      'asks for a credential: give it with --token <token>, or CAPABILITY_CONTROL_TOKEN',
    ],
    ['', 'asks for a credential: give it with --user, --token or --api-key'],
  ])('says what it wants (%s)', async (challenge, says) => {
    const { ask } = await answering(401, '', { 'www-authenticate': challenge })
    expect(await ask('health')).toMatchObject({ code: 1, stderr: expect.stringContaining(says) })
  })

  it('is not followed elsewhere', async () => {
    const other = await answering(200, { status: 'UP' })
    const { ask } = await answering(307, '', { location: `${other.url}/health/live` })
    const { code, stderr } = await ask('health', '--token', secret)
    expect([code, other.asked]).toEqual([1, []])
    expect(stderr).toContain('give that address with --control')
  })

  it.each([
    [['--token', 'two secret-words'], '--token is a token'],
    [['--token', 'secret-line\n'], '--token is a token'],
    [['--user', 'secret-alone'], '--user is name:password'],
    [['--api-key', 'secret-alone'], '--api-key is name=value'],
    [['--user', 'a:secret-b', '--token', 'secret-c'], '--user and --token are both given'],
  ])('gets no %j, which is not repeated either', async (words, says) => {
    const { code, stdout, stderr } = await say(['health', ...words, '--control', 'http://127.0.0.1:9092'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
    expect(stderr).not.toContain('secret-')
  })
})

describe('what stands in the way', () => {
  it('is said with what to do', async () => {
    const url = await nowhere()
    const { code, stdout, stderr } = await say(['status', '--control', url])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`nothing answers at ${url} (ECONNREFUSED)`)
    expect(stderr).toContain('Start the capability with "capability serve"')
  })

  it('may be what the control surface says', async () => {
    const { ask } = await answering(503, { error: 'telemetry is off' })
    expect(await ask('metrics')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('answers 503: telemetry is off'),
    })
  })
})

describe('the built command', () => {
  it('asks with a token of the environment, and follows a log until Ctrl-C', async () => {
    const { url, read } = await running({
      management: everything,
      authentication: { type: 'bearer', token: '{{INBOUND_SECRET}}' },
    })
    const env = { CAPABILITY_CONTROL_URL: url, CAPABILITY_CONTROL_TOKEN: environment.INBOUND_SECRET }
    expect(await run(['health'], { env })).toMatchObject({ code: 0, stderr: '' })
    const reading = setInterval(() => void read('2').catch(() => {}), 100)
    const { stop } = await runUntil(['logs', '--follow'], 'status=503', { env })
    clearInterval(reading)
    expect((await stop()).code).toBe(0)
  })
})
