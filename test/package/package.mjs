/**
 * `npm run package`: packs the package as it would be published and tries it as somebody who has nothing but it, with npx
 * and after an install: from the shell, over REST and MCP, in a program, and from TypeScript. Runs under the Node that
 * runs it. What it depends on comes from npm's cache, or from the registry.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { cp, readdir } from 'node:fs/promises'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { pack, shipped } from './pack.mjs'
import { emptyFolder, environment, leave, npxOnly, root, run, serve } from './shell.mjs'

const mostBytes = 1_000_000

after(leave)

const { tarball, size, files } = await pack()
const bytes = readFileSync(tarball)
const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
const installed = await emptyFolder({ name: 'user', private: true, type: 'module' })
await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: installed })
const consumer = fileURLToPath(new URL('consumer', import.meta.url))
await cp(consumer, installed, { recursive: true })

/** Runs the installed command; answers what it printed. */
const capability = (...args) => run('npx', ['--no', 'capability', ...args], { cwd: installed })

describe('the package', () => {
  test(`is smaller than ${mostBytes} bytes`, () => {
    assert.ok(size < mostBytes, `it has ${size} bytes`)
  })

  test('holds what the repository keeps for users, the program, its types and licences, and nothing else', async () => {
    const { needed, built } = await shipped()
    const paths = files.map(({ path }) => path)
    const missing = needed.filter((path) => !paths.includes(path))
    const strays = paths.filter((path) => !needed.includes(path) && !built.test(path))
    assert.deepEqual({ missing, strays }, { missing: [], strays: [] })
  })

  test('has a command that the shell can run', () => {
    const { path, mode } = files.find(({ path }) => path === manifest.bin.capability)
    assert.equal(mode & 0o111, 0o111)
    assert.match(readFileSync(`${root}/${path}`, 'utf8'), /^#!\/usr\/bin\/env node\n/)
  })

  test('gives publint nothing to say', async () => {
    const { buffer, byteOffset, byteLength } = bytes
    const data = buffer.slice(byteOffset, byteOffset + byteLength)
    const { messages } = await publint({ pack: { tarball: data }, strict: true })
    assert.deepEqual(
      messages.map((message) => formatMessage(message, manifest)),
      [],
    )
  })

  test('has types that are right wherever ES modules are imported', async () => {
    const { types, problems } = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)))
    // It is ES modules only: what resolves as in Node 10, or in a CommonJS module, is for packages that are both.
    const elsewhere = ['node10', 'node16-cjs']
    assert.ok(types)
    assert.deepEqual(
      problems.filter(({ resolutionKind }) => !elsewhere.includes(resolutionKind)),
      [],
    )
  })
})

describe('somebody who has only the package', () => {
  test('runs it with npx in an empty folder', async () => {
    const options = await npxOnly()
    assert.match(await run('npx', ['-y', '-p', tarball, 'capability', '--help'], options), /^Usage: capability /)
  })

  test('is told that the capability it comes with is valid', async () => {
    const [file] = files.filter(({ path }) => path.endsWith('.ikanos.yml'))
    assert.match(await capability('validate', `node_modules/${manifest.name}/${file.path}`), /^✓ .*: valid$/m)
  })

  test('makes a capability that is valid', async () => {
    await capability('init', '--name', 'Pet Shop', '--base-uri', 'https://pets.example.com')
    assert.match(await capability('validate', 'pet-shop.ikanos.yml'), /^✓ .*: valid$/m)
  })

  test('serves it, calls it over REST and MCP, and reads its skills', async (t) => {
    const { said, stop } = await serve(installed)
    t.after(stop)
    const url = (surface) => new RegExp(`^ +${surface} +(http:[^ \n]+)`, 'm').exec(said)[1]
    const answer = await fetch(/curl '([^']+)'/.exec(said)[1])
    const { files } = await answer.json()
    assert.ok(answer.ok && files.length > 0)
    const [, model_id] = /models\/([^/]+)\//.exec(said)
    assert.deepEqual(await listFiles(new StreamableHTTPClientTransport(new URL(url('mcp'))), model_id), files.length)
    assert.match(await (await fetch(url('skill'))).text(), /nanonets-review-queue/)
    // What is called to see whether it throws is easily lost to a bundler.
    assert.equal((await fetch(`${url('rest')}/v1/models/%ff/files`)).status, 400)
    assert.ok((await fetch(url('control'))).ok)
    assert.match(await capability('call', 'list-files', `model_id=${model_id}`, '--sandbox', '--json'), /^\{.*"files":/)
  })

  test('has an MCP client start it', async () => {
    const command = { command: 'npx', args: ['--no', 'capability', 'mcp', '--sandbox'] }
    const transport = new StdioClientTransport({ ...command, cwd: installed, env: environment(), stderr: 'ignore' })
    const client = new Client({ name: 'user', version: '1.0.0' })
    await client.connect(transport)
    const { tools } = await client.listTools()
    await client.close()
    assert.ok(tools.length > 0)
  })

  test('imports it into a program', async () => {
    await run(process.execPath, ['program.mjs'], { cwd: installed })
  })

  test('has all that its late parts load', async () => {
    await run(process.execPath, ['parts.mjs'], { cwd: installed })
  })

  for (const [resolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ]) {
    test(`compiles a strict program with moduleResolution ${resolution}`, async () => {
      const tsc = `${root}/node_modules/typescript/bin/tsc`
      const options = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2023', '--module', module]
      await run(process.execPath, [tsc, ...options, '--moduleResolution', resolution, 'program.ts'], { cwd: installed })
    })
  }

  test('finds in the folder what was asked for, and nothing else', async () => {
    const asked = ['package.json', 'package-lock.json', 'node_modules', 'pet-shop.ikanos.yml']
    const ours = [...asked, ...(await readdir(consumer))]
    assert.deepEqual((await readdir(installed)).sort(), ours.sort())
  })
})

async function listFiles(transport, model_id) {
  const client = new Client({ name: 'user', version: '1.0.0' })
  await client.connect(transport)
  const { structuredContent } = await client.callTool({ name: 'list-files', arguments: { model_id, days: 7 } })
  await client.close()
  return structuredContent.files.length
}
