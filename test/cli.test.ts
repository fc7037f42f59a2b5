/**
 * The command `capability`. What only a process shows (streams, signals, its start) is tried in one of its own, everything
 * else in this one.
 */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { beforeAll, describe, expect, it } from 'vitest'
import { ensureBuilt, run, runUnread, runUntil } from './support/cli.ts'
import { say } from './support/say.ts'
import { listen } from './surfaces/exchange.ts'

beforeAll(ensureBuilt)

const flagship = 'capabilities/nanonets-file-management.ikanos.yml'
const anyPort = ['files-rest', 'files-mcp', 'files-skill', 'control'].flatMap((namespace) => [
  '--port',
  `${namespace}=0`,
])

/** A folder of its own with one capability file. */
function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'capability-cli-')), 'case.ikanos.yml')
  writeFileSync(file, text)
  return file
}

describe('capability serve', () => {
  it('prints an address a surface and three things to paste, and they work', async () => {
    const { stdout, stop } = await runUntil(['serve', '--sandbox', ...anyPort], 'skills@1.5.18 add')
    const text = stdout()
    expect(text).toContain('Nothing leaves the machine')
    for (const type of ['rest', 'mcp', 'skill', 'control'])
      expect(text).toMatch(new RegExp(`^ {2}${type} +http://127.0.0.1:\\d+`, 'm'))
    const url = /curl '([^']+)'/.exec(text)?.[1] ?? ''
    const { files } = (await (await fetch(url)).json()) as { files: unknown[] }
    expect(files.length).toBeGreaterThan(0)
    const mcp = JSON.parse(/\{"mcpServers".*/.exec(text)?.[0] ?? '').mcpServers['files-mcp'].url as string
    const client = new Client({ name: 'cli', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(mcp)))
    expect((await client.listTools()).tools).toHaveLength(9)
    await client.close()
    const skills = /skills@1.5.18 add (\S+)/.exec(text)?.[1] ?? ''
    expect(await (await fetch(`${skills}/skills`)).json()).toMatchObject({ count: 5 })
    expect((await stop()).code).toBe(0)
  }, 20_000)

  it('refuses to start without a key, naming the variable, and never falls back to the sandbox', async () => {
    const { code, stderr, stdout } = await say(['serve', ...anyPort])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('NANONETS_API_KEY')
    expect(stderr).toMatch(/\nWithout an account, --sandbox answers in its place\.\n$/)
  })

  it('takes another address for a consumed API, and the key from the environment', async () => {
    const env = { NANONETS_API_KEY: 'key-for-the-stub' }
    const args = ['serve', '--upstream', 'nanonets=http://127.0.0.1:9', ...anyPort]
    const { stdout, stop } = await runUntil(args, 'skills@1.5.18 add', { env })
    const url = /rest +(http:\/\/127.0.0.1:\d+)/.exec(stdout())?.[1]
    const answer = await fetch(`${url}/v1/models/m/files/f`)
    expect(answer.status).toBe(502)
    const { stderr, stdout: all } = await stop('SIGTERM')
    expect(stderr + all + (await answer.text())).not.toContain('key-for-the-stub')
  })

  it('names a port that is taken and how to give another', async () => {
    const { port } = new URL(await listen((_, res) => res.end()))
    const { code, stderr } = await say(['serve', '--sandbox', ...anyPort.slice(2), '--port', `files-rest=${port}`])
    expect(code).toBe(2)
    expect(stderr).toContain(`--port files-rest=<n>`)
  })

  it.each([
    [['--port', 'nope=1'], 'there is no surface "nope"'],
    [['--port', 'files-rest=x'], 'A port is a number'],
    [['--upstream', 'nope=http://127.0.0.1:1'], 'no consumed API has the namespace "nope"'],
    [['--upstream', 'nanonets=ftp://x'], 'is no http(s) address'],
    [['--nonsense'], 'unknown option "--nonsense"'],
    [['missing.yml'], 'there is no file "missing.yml"'],
  ])('refuses %j with exit code 2', async (args, says) => {
    const { code, stderr } = await say(['serve', '--sandbox', ...args])
    expect(stderr).toContain(says)
    expect(code).toBe(2)
  })

  it('opens no port for a capability with a fault, and shows the place', async () => {
    const file = fileWith(
      'ikanos: 1.0.0-beta5\ncapability:\n  exposes:\n    - type: mcp\n      namespace: a\n      prot: 1\n      tools: {}\n',
    )
    const { code, stderr, stdout } = await say(['serve', file])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('unknown key "prot"')
    expect(stderr).toContain('did you mean "port"?')
    expect(stderr).toMatch(/case\.ikanos\.yml:6:7 /)
  })
})

describe('a document that others import', () => {
  const text = 'ikanos: 1.0.0-beta5\nbinds: [{ namespace: env, keys: { KEY: KEY } }]\n'

  it('is valid', async () => {
    const file = fileWith(text)
    expect(await say(['validate', file])).toMatchObject({ code: 0, stdout: `✓ ${file}: valid\n` })
  })

  it.each(['serve', 'mcp', 'generate'])('can not run by itself (%s)', async (verb) => {
    const { code, stderr, stdout } = await say([verb, fileWith(text)])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^capability: \S+ only holds "binds": a capability can import it, but it can't run by itself\n$/,
    )
  })
})

describe('capability validate', () => {
  it('says that a file is valid', async () => {
    const { code, stdout } = await run(['validate', flagship])
    const [first, ...roles] = stdout.trimEnd().split('\n')
    expect([code, first]).toEqual([0, `✓ ${flagship}: valid`])
    expect(roles[0]).toBe('  role reader (nobody has it yet): files.list-files, files.get-file, files.get-page')
    expect(roles).toHaveLength(4)
  })

  it('prints diagnostics as JSON', async () => {
    const { code, stdout } = await say(['validate', '--json', fileWith('ikanos: 1.0.0-beta5\ncapability: {}\n')])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject([{ code: 'nothing-exposed', severity: 'error', location: { line: 2 } }])
  })
})

describe('a reader that has read enough', () => {
  it.each([
    [['--help'], 0],
    [['validate', 'package.json', 'package.json'], 2],
  ])('changes nothing of what %j ends with', async (args, code) => {
    expect(await runUnread(args)).toEqual({ code, stdout: '', stderr: '' })
  })
})

describe('capability call', () => {
  it('calls a flow by its short name with typed inputs', async () => {
    const { code, stdout } = await say([
      'call',
      'list-files',
      'model_id=x',
      'to_date=2026-11-24',
      'days=2',
      '--sandbox',
    ])
    expect(code).toBe(1)
    expect(stdout).toBe('')
  })

  it('reads the whole input from stdin and answers JSON', async () => {
    const stdin = JSON.stringify({ model_id: 'x', request_file_id: 'y' })
    const { code, stdout } = await run(['call', 'files.get-file', '--input', '-', '--sandbox', '--json'], { stdin })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'upstream-refused', upstream: { status: 404 } } })
  })

  it('names each field that does not fit', async () => {
    const { code, stderr } = await say([
      'call',
      'assign-files',
      'model_id=x',
      'member=nobody',
      'file_ids=a,a',
      '--sandbox',
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('/member must be a valid email')
    expect(stderr).toContain('/file_ids has the same entry twice')
    expect(stderr).toMatch(/^The sandbox knows model_id=\S+ member=\S+ file_ids=\S+$/m)
  })

  it('suggests a flow', async () => {
    const { code, stderr } = await say(['call', 'aprove-file', '--sandbox'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "approve-file"?')
  })
})

describe('capability convert', () => {
  it('writes the other dialect and says what it leaves out', async () => {
    const { code, stdout, stderr } = await say(['convert', flagship, '--to', 'alpha2'])
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'naftiko: "1.0.0-alpha2"'])
    expect(stderr).toContain('"ttlMs" is not known to 1.0.0-alpha2 and was left out')
  })

  it('refuses a file that is no capability', async () => {
    const { code, stdout, stderr } = await say(['convert', 'package.json', '--to', 'beta5'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('not a capability')
  })
})

describe('capability generate', () => {
  it('finds the bundled artifacts up to date', async () => {
    expect(await say(['generate', '--check'])).toMatchObject({ code: 0, stdout: 'everything is up to date\n' })
  })
})

describe('capability', () => {
  it('explains itself', async () => {
    const { code, stdout } = await say(['--help'])
    expect(code).toBe(0)
    for (const verb of ['serve', 'validate', 'call', 'mcp', 'sandbox', 'generate', 'convert'])
      expect(stdout).toContain(`  ${verb}`)
    expect(stdout).toContain('Exit codes: 0 ok')
  })

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })

  it.each([
    [['validate', '--formt=secret', 'x'], 'unknown option "--formt"; did you mean "--format"?'],
    [['call', 'list-files', '--model_id=secret'], 'an input is written without dashes: model_id=…'],
    [['my.ikanos.yml'], 'did you mean "capability serve my.ikanos.yml"?'],
    [['help', 'cal'], 'there is no command "cal"; did you mean "call"?'],
    [['help', 'import', 'opnapi'], 'there is no command "opnapi"; did you mean "openapi"?'],
    [['export', 'postmn'], '"postmn" is invalid for "form". Allowed choices are openapi,'],
    [['convert', 'x'], '(capability convert --help shows what there is)'],
    [['validate', 'capabilities/nanonets-file-managment.yaml'], 'nanonets-file-management.yaml"?'],
    [['validate', 'capabilities'], 'did you mean "capabilities/nanonets-file-management.ikanos.yml"?'],
  ])('says what may be meant with %j', async (args, says) => {
    const { code, stdout, stderr } = await say(args)
    expect(stdout + stderr).toContain(says)
    expect(stdout + stderr).not.toContain('secret')
    expect(code).toBe(2)
  })

  it('answers a mistyped verb with exit code 2', async () => {
    const { code, stderr } = await say(['serv'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "serve"?')
  })

  it('runs the sandbox alone', async () => {
    const { stdout, stop } = await runUntil(['sandbox'], 'Ctrl-C')
    const url = /http:\S+/.exec(stdout())?.[0]
    expect((await fetch(`${url}/__sandbox/`)).status).toBe(200)
    expect((await stop()).code).toBe(0)
  })
})
