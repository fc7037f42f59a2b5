/** `capability mcp` as a program that an MCP client starts. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as ClassicClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as ClassicTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { say } from '../support/say.ts'
import { stateHome } from '../support/state-home.ts'
import { envelope, revision } from './mcp-messages.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const cli = at('dist/cli.js')

beforeAll(() => {
  if (!existsSync(cli)) execFileSync(process.execPath, [at('build.mjs')])
}, 60_000)

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the program; `ended` resolves with all it said once it is gone. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { NANONETS_API_KEY: _, ...inherited } = process.env
  const child = spawn(process.execPath, [cli, 'mcp', ...args], {
    env: { ...inherited, XDG_STATE_HOME: stateHome, ...environment },
  })
  onTestFinished(() => void child.kill())
  return { child, ended: outputOf(child) }
}

function outputOf(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
}

const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`

function request(id: number, method: string, params: object = {}): string {
  return line({ id, method, params: { _meta: envelope, ...params } })
}

function messages(stdout: string) {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true)
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text))
}

describe('capability mcp', () => {
  const info = { name: 'test', version: '1.0.0' }
  const env = { XDG_STATE_HOME: stateHome }
  const program = { command: process.execPath, args: [cli, 'mcp', '--sandbox'], env, stderr: 'pipe' as const }

  it.each([
    ['of the newest revision', () => new Client(info, { versionNegotiation: { mode: { pin: revision } } }), true],
    ['that opens with initialize', () => new Client(info), true],
    ['of the classic package', () => new ClassicClient(info), false],
  ] as const)('serves a client %s', async (_, create, isNew) => {
    const client = create() as Client
    const transport = isNew ? new StdioClientTransport(program) : new ClassicTransport(program)
    await client.connect(transport as StdioClientTransport)
    onTestFinished(() => client.close())
    const { tools } = await client.listTools()
    expect(tools).toHaveLength(9)
    const answer = await client.callTool({ name: 'get-file', arguments: { model_id: 'no-such-model' } })
    expect(answer).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('/request_file_id') }] })
    const missing = { model_id: 'no-such-model', request_file_id: 'no-such-file' }
    const refused = await client.callTool({ name: 'approve-file', arguments: missing })
    expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('404') }] })
  })

  it('writes nothing but protocol lines to stdout, and when its client closes stdin answers the calls under way and exits 0', async () => {
    const { child, ended } = start(['--sandbox'])
    child.stdin.write(request(1, 'server/discover'))
    child.stdin.write('this is no JSON\n')
    child.stdin.write(request(2, 'tools/list'))
    const args = { model_id: 'no-such-model', request_file_id: 'no-such-file' }
    child.stdin.end(request(3, 'tools/call', { name: 'get-file', arguments: args }))
    const { code, stdout } = await ended
    expect(code).toBe(0)
    const answers = messages(stdout)
    expect(answers.every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true)
    expect(answers.filter(({ id }) => id !== null).map(({ id }) => id)).toEqual([1, 2, 3])
    expect(answers.find(({ id }) => id === 3)).toMatchObject({ result: { isError: true } })
  })

  it('exits 0 without a word when stdin is closed at once', async () => {
    const { child, ended } = start(['--sandbox'])
    child.stdin.end()
    expect(await ended).toMatchObject({ code: 0, stdout: '' })
  })

  it('refuses to start without a key, names what is missing on stderr and exits 2', async () => {
    const { code, stdout, stderr } = await say(['mcp'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('NANONETS_API_KEY')
  })

  it('never prints the key, not even when the upstream can not be reached', async () => {
    const key = 'a-key-that-must-not-print'
    const { child, ended } = start(['--upstream', 'nanonets=http://127.0.0.1:9'], { NANONETS_API_KEY: key })
    const args = { model_id: 'm1', request_file_id: 'f1' }
    child.stdin.end(request(1, 'tools/call', { name: 'get-file', arguments: args }))
    const { stdout, stderr } = await ended
    expect(messages(stdout)).toMatchObject([{ id: 1, result: { isError: true } }])
    for (const form of [key, Buffer.from(`${key}:`).toString('base64')]) expect(stdout + stderr).not.toContain(form)
  })
})
