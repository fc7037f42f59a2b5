/**
 * What a SKILL.md tells its reader to do, done: an agent without a thought of its own takes the numbered steps, calls the tools
 * that each names in their order, and runs the commands as they are written. Where they lead is what is checked.
 */

import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundledCapability, deskOf, type McpPlan } from '../src/index.ts'
import { serveFile } from './support/serve.ts'
import { runScript } from './support/skill-script.ts'
import { exchange } from './surfaces/exchange.ts'

const folder = fileURLToPath(new URL('../skills/', import.meta.url))
const skillNames = readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []))
const endings: (() => unknown)[] = []
const atEnd = (close: () => unknown) => void endings.unshift(close)
afterAll(async () => {
  for (const close of endings) await close()
})

interface Page {
  readonly approved: boolean
  readonly assigned_member: string
  readonly export_retries: number
  readonly corrected_fields: readonly { readonly label: string; readonly ocr_text: string }[]
}

interface Listed {
  readonly request_file_id: string
  readonly approved: boolean
  readonly approval_status: string
  readonly export_status: string
  readonly pages: readonly { readonly page_id: string; readonly failed_validations: readonly string[] }[]
}

interface Entry {
  readonly method: string
  readonly operation: string
  readonly body?: unknown
}

let client: Client
let rest = ''
let sandboxUrl = ''
let model_id = ''
let state = ''
let tools: readonly string[] = []
let files: readonly Listed[] = []

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'replay-'))
  atEnd(() => rm(state, { recursive: true }))
  const options = { sandbox: true, stateDirectory: state, atEnd }
  const { url, running } = await serveFile(bundledCapability(), options)
  const mcp = running.capability.plan.surfaces.find((s): s is McpPlan => s.type === 'mcp')
  tools = mcp?.tools.map(({ name }) => name) ?? []
  rest = url('rest')
  sandboxUrl = running.sandbox?.url ?? ''
  model_id = String(running.sandbox?.examples.model_id)
  client = new Client({ name: 'replay', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url('mcp'))))
  atEnd(() => client.close())
  files = (await exchange(rest, `/v1/models/${model_id}/files?days=30`)).json.files
})

const desk = () => deskOf(state)

/** Somebody releases what waits, as the agent has told them. */
async function release(text: string) {
  const ids = new Set(text.match(/ap_[0-9a-z]{24}/g))
  expect(ids.size).toBeGreaterThan(0)
  for (const id of ids) await desk().decide(id, { verdict: 'approved', by: 'ann' })
}

interface Section {
  readonly steps: readonly string[]
  readonly commands: readonly string[]
}

async function section(skill: string, heading: string): Promise<Section> {
  const text = await readFile(join(folder, skill, 'SKILL.md'), 'utf8')
  const part = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  const steps = part
    .split(/^\d+\. /m)
    .slice(1)
    .map((step) => step.split(/\n(?=\S)/)[0]?.replace(/\s+/g, ' ') ?? '')
  const commands = steps.flatMap((step) => [...step.matchAll(/`(node scripts\/[^`]+)`/g)].map(([, line = '']) => line))
  return { steps, commands }
}

type Arguments = (tool: string, step: number) => object

/** Calls the tools that the steps name; a call that waits is released and repeated. Answers what was called, in order. */
async function follow(skill: string, heading: string, argumentsOf: Arguments): Promise<readonly string[]> {
  const { steps } = await section(skill, heading)
  const called: string[] = []
  for (const [i, step] of steps.entries()) {
    const named = [...step.matchAll(/`([a-z-]+)`/g)].flatMap(([, word = '']) => (tools.includes(word) ? [word] : []))
    for (const name of named) {
      called.push(name)
      const call = { name, arguments: { model_id, ...argumentsOf(name, i + 1) } }
      const first = await client.callTool(call)
      const text = JSON.stringify(first.content)
      if (!text.includes('Approval needed')) continue
      await release(text)
      expect((await client.callTool(call)).isError).toBeFalsy()
    }
  }
  return called
}

/** Runs the commands of a section as they stand, with what they leave open filled in. */
async function command(skill: string, heading: string, fill: (line: string) => string, beside: object = {}) {
  const { commands } = await section(skill, heading)
  const plan = await mkdtemp(join(tmpdir(), 'replay-plan-'))
  atEnd(() => rm(plan, { recursive: true }))
  for (const [name, value] of Object.entries(beside)) await writeFile(join(plan, name), JSON.stringify(value))
  let digest = ''
  const codes: number[] = []
  for (const line of commands) {
    const [, script = '', ...words] = wordsOf(fill(line.replace(/<planDigest[^>]*>/, () => digest)))
    const url = /(?:check|run)\.mjs$/.test(script) ? ['--url', rest] : []
    const run = () => runScript(join(folder, skill, script), [...words, ...url], plan)
    let ran = await run()
    if (ran.code === 8) {
      await release(JSON.stringify(ran.json))
      ran = await run()
    }
    codes.push(ran.code)
    digest = ran.json?.planDigest ?? digest
  }
  return codes
}

/** The words of a shell's line without anything to expand. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const pages = async (id: string): Promise<readonly Page[]> =>
  (await exchange(rest, `/v1/models/${model_id}/files/${id}`)).json
const writes = async () =>
  ((await exchange(sandboxUrl, '/__sandbox/journal')).json as readonly Entry[]).filter(({ method }) => method !== 'GET')

/** What was sent since, each time it is asked. */
async function since(before: readonly Entry[]) {
  return (await writes()).slice(before.length)
}

const clean = () =>
  files
    .filter((f) => !f.approved && f.approval_status === '' && f.export_status === 'success')
    .map((f) => f.request_file_id)
const failedExports = () => files.filter((f) => f.export_status === 'failed').map((f) => f.request_file_id)

describe('whoever follows', () => {
  it('nanonets-review-queue looks at the list and at files, and changes nothing', async () => {
    const before = await writes()
    const [request_file_id] = clean()
    const called = await follow('nanonets-review-queue', 'Steps', (tool) =>
      tool === 'get-file' ? { request_file_id } : {},
    )
    expect(called).toEqual(['list-files', 'get-file'])
    expect(await since(before)).toEqual([])
  })

  it('nanonets-correct-and-approve ends with a file that has the right value and is approved', async () => {
    const broken = files.find(({ pages }) => pages[0]?.failed_validations[0] === 'po_number')
    const { request_file_id = '', pages: [{ page_id = '' } = {}] = [] } = broken ?? {}
    const before = await writes()
    const given: Record<string, object> = {
      'get-page': { page_id },
      'update-fields': { page_id, changes: [{ label: 'po_number', ocr_text: 'PO-77140' }] },
    }
    const called = await follow(
      'nanonets-correct-and-approve',
      'One file',
      (tool) => given[tool] ?? { request_file_id },
    )
    expect(called[0]).toBe('get-file')
    expect(called.slice(-3)).toEqual(['get-file', 'approve-file', 'get-file'])
    expect((await since(before)).map(({ operation }) => operation)).toEqual(['update', 'verify'])
    const [page] = await pages(request_file_id)
    expect(page?.approved).toBe(true)
    expect(page?.corrected_fields.find(({ label }) => label === 'po_number')?.ocr_text).toBe('PO-77140')
  })

  it('nanonets-assign-reviewers ends with the files at their reviewer, by one call', async () => {
    const file_ids = clean().slice(0, 2)
    const member = 'priya.nair@example.com'
    const before = await writes()
    const given: Record<string, object> = { 'assign-files': { member, file_ids }, 'list-files': {} }
    await follow('nanonets-assign-reviewers', 'Steps', (tool) => given[tool] ?? { request_file_id: file_ids[0] })
    expect((await since(before)).map(({ operation }) => operation)).toEqual(['assign'])
    for (const id of file_ids) expect((await pages(id))[0]?.assigned_member).toBe(member)
  })

  it('nanonets-recover-exports corrects first, retries one file, then the others, none twice', async () => {
    const [canary = '', ...others] = failedExports()
    expect(others.length).toBeGreaterThan(0)
    const page_id = files.find((f) => f.request_file_id === canary)?.pages[0]?.page_id
    const before = await writes()
    const given = (tool: string, step: number): object => {
      if (tool === 'list-files') return {}
      if (tool === 'update-fields') return { page_id, changes: [{ label: 'po_number', ocr_text: 'PO-77141' }] }
      if (tool === 'retry-exports') return { file_ids: step === 5 ? [canary] : others }
      return { request_file_id: canary }
    }
    await follow('nanonets-recover-exports', 'Steps', given)
    const sent = await since(before)
    expect(sent.map(({ operation }) => operation)).toEqual(['update', 'retry-exports', 'retry-exports'])
    expect(sent.slice(1).map(({ body }) => body)).toEqual([{ file_ids: [canary] }, { file_ids: others }])
    for (const id of [canary, ...others]) expect((await pages(id))[0]?.export_retries).toBe(1)
  })

  it('nanonets-delete-documents deletes once a person has released it, and reads that it is gone', async () => {
    const request_file_id = clean().at(-1) ?? ''
    const before = await writes()
    const called = await follow('nanonets-delete-documents', 'Steps', (tool) =>
      tool === 'list-files' ? {} : { request_file_id },
    )
    expect(called).toEqual(['list-files', 'get-file', 'delete-file', 'get-file'])
    expect((await since(before)).map(({ operation }) => operation)).toEqual(['delete'])
    expect((await exchange(rest, `/v1/models/${model_id}/files/${request_file_id}`)).status).toBe(404)
  })
})

it('every example of a call is taken as it is written', async () => {
  const texts = await Promise.all(skillNames.map((name) => readFile(join(folder, name, 'SKILL.md'), 'utf8')))
  const examples = texts.flatMap((text) =>
    [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => JSON.parse(json)),
  )
  expect(examples.length).toBeGreaterThanOrEqual(skillNames.length)
  for (const { tool, arguments: given } of examples) {
    const { content } = await client.callTool({ name: tool.split(':')[1], arguments: given })
    // The file of an example may not be there; what it says of it has to fit.
    expect(JSON.stringify(content)).not.toMatch(/Invalid input|unknown tool/i)
  }
})

describe('the commands of', () => {
  const filled = (ids: readonly string[]) => (line: string) =>
    line
      .replace('model_id=<id>', `model_id=${model_id}`)
      .replace('<id>,<id>', ids.join(','))
      .replace('<model_id>', model_id)

  it('nanonets-correct-and-approve approve every file of the plan', async () => {
    const ids = clean().slice(0, 2)
    const codes = await command('nanonets-correct-and-approve', 'More than five files', filled(ids))
    expect(codes).toEqual([0, 0, 0])
    for (const id of ids) expect((await pages(id)).every(({ approved }) => approved)).toBe(true)
  })

  it('nanonets-assign-reviewers split the files as they say', async () => {
    const ids = clean().slice(0, 3)
    const people = (line: string) =>
      filled(ids)(line).replace('ann@example.com', 'maria.keller@example.com').replace('sam@', 'priya.nair@')
    const codes = await command('nanonets-assign-reviewers', 'Many files', people, { 'ids.json': ids })
    expect(codes).toEqual([0, 0, 0])
    const members = await Promise.all(ids.map(async (id) => (await pages(id))[0]?.assigned_member))
    expect(members.sort()).toEqual(['maria.keller@example.com', 'maria.keller@example.com', 'priya.nair@example.com'])
  })

  it('nanonets-recover-exports retry every file of the plan once', async () => {
    const ids = failedExports().slice(0, 2)
    const before = await writes()
    const codes = await command('nanonets-recover-exports', 'More than five files', filled(ids))
    expect(codes).toEqual([0, 0, 0])
    expect((await since(before)).map(({ body }) => body)).toEqual(ids.map((id) => ({ file_ids: [id] })))
  })

  it('nanonets-delete-documents delete what a person has released', async () => {
    const ids = files
      .filter((f) => !f.approved && f.pages[0]?.failed_validations[0] === 'total_amount')
      .map((f) => f.request_file_id)
    expect(ids.length).toBeGreaterThan(0)
    const codes = await command('nanonets-delete-documents', 'More than five files', filled(ids))
    expect(codes).toEqual([0, 0, 0])
    for (const id of ids) expect((await exchange(rest, `/v1/models/${model_id}/files/${id}`)).status).toBe(404)
  })
})
