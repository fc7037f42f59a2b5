/** What the product is for: a person over REST and an agent over MCP review the same files, and each sees what the other did. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deskOf } from '../src/index.ts'
import { serveFlagship } from './surfaces/cases.ts'
import { exchange } from './surfaces/exchange.ts'

interface Box {
  readonly id: string
  readonly label: string
  readonly ocr_text: string
  readonly type: string
}

interface Page {
  readonly request_file_id: string
  readonly page_id: string
  readonly approved: boolean
  readonly approval_status: string
  readonly assigned_member: string
  readonly export_retries: number
  readonly predicted_boxes: readonly Box[]
  readonly moderated_boxes: readonly Box[] | null
}

interface ListedFile {
  readonly request_file_id: string
  readonly approved: boolean
  readonly pages: readonly { readonly page_id: string }[]
}

interface ExportRow {
  readonly destination: string
  readonly request_file_id: string
  readonly key: string
  readonly writes: number
}

interface JournalEntry {
  readonly operation: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly body?: unknown
}

/** The flagship on its sandbox: a person's REST calls, an agent's tool calls, and what the upstream saw. */
async function office() {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'story-'))
  const { url, examples, sandboxUrl } = await serveFlagship({ stateDirectory })
  const desk = deskOf(stateDirectory)
  /** Somebody looks at all that waits, and agrees to everything. */
  const release = async () => {
    const waiting = (await desk.list()).filter(({ state }) => state === 'pending')
    for (const { id } of waiting) await desk.decide(id, { verdict: 'approved', by: 'ann' })
  }
  const client = new Client(
    { name: 'agent', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: {} } },
  )
  // Told by the client of their agent that something waits, they release it and come back.
  client.setRequestHandler('elicitation/create', async () => {
    await release()
    return { action: 'accept', content: {} }
  })
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url('mcp'))))
  onTestFinished(async () => {
    await client.close()
    await rm(stateDirectory, { recursive: true })
  })
  const seen = async <T>(place: string) => (await exchange(sandboxUrl, `/__sandbox/${place}`)).json as T
  const model = `/v1/models/${examples.model_id}`
  return {
    examples,
    person: async (method: string, path: string, body?: unknown) => {
      const ask = () => exchange(url('rest'), `${model}${path}`, body === undefined ? { method } : { method, body })
      const first = await ask()
      if (first.status !== 202) return first
      await release()
      return ask()
    },
    agent: async <T>(name: string, input: object) => {
      const { content, isError } = await client.callTool({
        name,
        arguments: { model_id: examples.model_id, ...input },
      })
      const text = (content as readonly { text: string }[])[0]?.text ?? ''
      return { isError: isError ?? false, text, value: (isError ? undefined : JSON.parse(text)) as T }
    },
    entries: () => seen<readonly JournalEntry[]>('journal'),
    journal: async () =>
      (await seen<readonly JournalEntry[]>('journal')).map(({ operation, status }) => `${operation} ${status}`),
    rows: async (request_file_id: string) =>
      (await seen<ExportRow[]>('exports')).filter((row) => row.request_file_id === request_file_id),
  }
}

describe('the story', () => {
  it('a file approved over REST is approved for the agent, in the file and in the list', async () => {
    const { person, agent, journal, examples } = await office()
    const { request_file_id } = examples
    const before = await agent<Page[]>('get-file', { request_file_id })
    expect(before.value.map(({ approved }) => approved)).toEqual(before.value.map(() => false))
    const approval = await person('POST', `/files/${request_file_id}/approve`)
    expect(approval.status).toBe(200)
    const after = await agent<Page[]>('get-file', { request_file_id })
    expect(after.value.length).toBeGreaterThan(0)
    for (const page of after.value) expect(page).toMatchObject({ approved: true, approval_status: 'approved' })
    const listed = await agent<{ files: ListedFile[] }>('list-files', {})
    const own = listed.value.files.filter((file) => file.request_file_id === request_file_id)
    expect(own).toMatchObject([{ approved: true, approval_status: 'approved' }])
    expect(own[0]?.pages.map(({ page_id }) => page_id)).toEqual(after.value.map(({ page_id }) => page_id))
    expect(await journal()).toEqual(['get-file 200', 'verify 200', 'get-file 200', 'list 200'])
  })

  it('a file approved by the agent and taken back over REST waits again, and keeps what it exported', async () => {
    const { person, agent, rows, examples } = await office()
    const { request_file_id = '' } = examples
    expect(await agent('approve-file', { request_file_id })).toMatchObject({ isError: false })
    const exported = await rows(request_file_id)
    expect(exported.length).toBeGreaterThan(0)
    expect((await person('POST', `/files/${request_file_id}/unapprove`)).status).toBe(200)
    const { json } = await person('GET', `/files/${request_file_id}`)
    for (const page of json as Page[]) expect(page).toMatchObject({ approved: false, approval_status: '' })
    expect(await rows(request_file_id)).toEqual(exported)
  })

  it('a field that the agent corrects is corrected, one that it removes is gone, and all others stay', async () => {
    const { person, agent, journal, examples } = await office()
    const { page_id } = examples
    const { value: page } = await agent<Page>('get-page', { page_id })
    const boxes = page.moderated_boxes ?? page.predicted_boxes
    const [dropped, corrected] = boxes.filter(({ type }) => type === 'field')
    if (dropped === undefined || corrected === undefined) throw new Error('the page has two fields')
    const changes = [
      { id: dropped.id, remove: true },
      { id: corrected.id, ocr_text: 'CORRECTED' },
    ]
    expect(await agent('update-fields', { page_id, changes })).toMatchObject({ isError: false })
    const { json } = await person('GET', `/pages/${page_id}`)
    const told = ({ id, label, ocr_text }: Box) => `${id} ${label} ${ocr_text}`
    const kept = boxes.filter((box) => box !== dropped)
    expect((json as Page).moderated_boxes?.map(told)).toEqual(
      kept.map((box) => told(box === corrected ? { ...box, ocr_text: 'CORRECTED' } : box)),
    )
    // Twice for the question, and once more for what is sent.
    const read = 'get-page 200'
    expect(await journal()).toEqual([read, read, read, read, 'update 200', read])
  })

  it('a change of a field that is not there is refused in the same words on both; a dry run tells what another would change', async () => {
    const { person, agent, journal, examples } = await office()
    const { page_id } = examples
    const changes = [{ label: 'invoice_totel', ocr_text: '1' }]
    const told = await agent('update-fields', { page_id, changes })
    expect(told.text).toContain('- /changes/0/label is no label of a box of this page')
    const { status, json } = await person('PATCH', `/pages/${page_id}`, { changes })
    expect([status, json.errors[0].pointer]).toEqual([400, '/changes/0/label'])
    const { value: page } = await agent<Page>('get-page', { page_id })
    const [first, second] = (page.moderated_boxes ?? page.predicted_boxes).filter(({ type }) => type === 'field')
    const right = [
      { id: first?.id, ocr_text: '1' },
      { id: second?.id, remove: true },
    ]
    const { json: rehearsed } = await person('PATCH', `/pages/${page_id}?dry_run=true`, { changes: right })
    const [read, write] = rehearsed.requests
    expect([read.method, write.method, write.body.id]).toEqual(['GET', 'PATCH', page_id])
    expect(write.body.moderated_boxes).toHaveLength(page.predicted_boxes.length - 1)
    expect(rehearsed.changes).toEqual([
      { path: `/boxes/${first?.label}/ocr_text`, from: first?.ocr_text, to: '1' },
      { path: `/boxes/${first?.label}/status`, from: 'correctly_predicted', to: 'moderated' },
      { path: `/boxes/${second?.label}`, from: expect.stringContaining(`"id":"${second?.id}"`) },
    ])
    expect((await journal()).filter((line) => !line.startsWith('get-page'))).toEqual([])
  })

  it('a file deleted over REST is unknown to both, and nobody tries twice', async () => {
    const { person, agent, journal, examples } = await office()
    const { request_file_id } = examples
    expect((await person('DELETE', `/files/${request_file_id}`)).status).toBe(200)
    const missing = await agent('get-file', { request_file_id })
    expect(missing.isError).toBe(true)
    expect(missing.text).toContain('404')
    const again = await person('DELETE', `/files/${request_file_id}`)
    expect(again.status).toBe(404)
    expect(again.json).toMatchObject({ retryable: false, upstream: { operation: 'nanonets.get-file', status: 404 } })
    expect(await journal()).toEqual(['get-file 200', 'get-file 200', 'delete 200', 'get-file 404', 'get-file 404'])
  })

  it('a repeated export retry shows as duplicate rows where a destination appends', async () => {
    const { person, agent, rows, journal, examples } = await office()
    const { request_file_id = '' } = examples
    const at = async (destination: string) =>
      (await rows(request_file_id)).filter((row) => row.destination === destination)
    await person('POST', `/files/${request_file_id}/approve`)
    expect(await at('Google Sheets')).toHaveLength(1)
    const [upserted] = await at('Salesforce')
    expect((await agent('retry-exports', { file_ids: [request_file_id] })).isError).toBe(false)
    expect((await person('POST', '/export-retries', { file_ids: [request_file_id] })).status).toBe(200)
    const appended = await at('Google Sheets')
    expect(appended).toHaveLength(3)
    expect(new Set(appended.map(({ key }) => key)).size).toBe(1)
    expect(await at('Salesforce')).toMatchObject([{ key: upserted?.key, writes: (upserted?.writes ?? 0) + 2 }])
    const { value } = await agent<Page[]>('get-file', { request_file_id })
    expect(value[0]?.export_retries).toBe(2)
    expect(await journal()).toEqual(['verify 200', 'retry-exports 200', 'retry-exports 200', 'get-file 200'])
  })

  it('a file assigned over REST shows its reviewer to the agent', async () => {
    const { person, agent, examples } = await office()
    const { member, file_ids, request_file_id } = examples
    expect((await person('POST', '/assignments', { member, file_ids })).status).toBe(200)
    const { value } = await agent<Page[]>('get-file', { request_file_id })
    for (const page of value) expect(page.assigned_member).toBe(member)
  })

  it('what does not fit is refused in the same words on both, and never reaches the upstream', async () => {
    const { person, agent, journal, examples } = await office()
    const { request_file_id } = examples
    const told = await agent('retry-exports', { file_ids: [] })
    expect(told).toMatchObject({ isError: true, text: 'Invalid input:\n- /file_ids must not be empty' })
    const refused = await person('POST', '/export-retries', { file_ids: [] })
    expect(refused.status).toBe(400)
    expect(refused.json.errors).toEqual([{ pointer: '/file_ids', detail: 'must not be empty' }])
    const typo = await agent('approve-file', { request_fileid: request_file_id })
    expect(typo.text).toContain('did you mean "request_file_id"?')
    expect((await person('POST', `/files/${request_file_id}%2F..%2Fother/approve`)).status).toBe(400)
    expect(await journal()).toEqual([])
  })

  it('a page id where a file id belongs is told apart, with what to do', async () => {
    const { person, agent, journal, examples } = await office()
    const { page_id } = examples
    const told = await agent('approve-file', { request_file_id: page_id })
    expect(told.isError).toBe(true)
    expect(told.text).toContain('a request_file_id is expected here')
    const refused = await person('POST', `/files/${page_id}/approve`)
    expect(refused.status).toBe(404)
    expect(refused.json.detail).toContain('a request_file_id is expected here')
    expect(await journal()).toEqual(['verify 404', 'verify 404'])
  })

  it('is nine operations, each one write at most with nothing in it but what was given and read; what gets lost is read first', async () => {
    const { agent, entries, examples } = await office()
    const { model_id, request_file_id, page_id, member, file_ids } = examples
    const { day_since_epoch, hour_of_day, moderated_boxes, changes, to_date } = examples
    const update = { day_since_epoch, hour_of_day, moderated_boxes }
    await agent('list-files', { to_date, days: 3 })
    await agent('get-file', { request_file_id })
    await agent('get-page', { page_id })
    await agent('assign-files', { member, file_ids })
    await agent('update-fields', { page_id, changes })
    await agent('approve-file', { request_file_id })
    await agent('unapprove-file', { request_file_id })
    await agent('retry-exports', { file_ids })
    await agent('delete-file', { request_file_id })
    const model = `/api/v2/Inferences/Model/${model_id}`
    const pages = `${model}/ImageLevelInferences`
    const today = Date.parse(String(to_date)) / 86_400_000
    const file = `GET ${model}/InferenceRequestFiles/GetPredictions/${request_file_id}`
    const page = `GET ${pages}/${page_id}`
    const window = `start_day_interval=${today - 2}&current_batch_day=${today + 1}`
    expect((await entries()).map(({ method, url, body }) => [`${method} ${url}`, body])).toEqual([
      [`GET ${pages}?${window}`, undefined],
      [file, undefined],
      [page, undefined],
      [`POST /api/v2/team/members/model/${model_id}/assign/files`, { member, file_ids }],
      // What is sent is made of it. Nobody is asked, since nothing is taken away.
      [page, undefined],
      [`PATCH ${model}/ImageLevelInference?use_ui_version=true`, { id: page_id, ...update }],
      [`POST ${pages}/Verify/${request_file_id}`, undefined],
      [`POST ${pages}/UnVerify/${request_file_id}`, undefined],
      [`POST ${pages}/retryallexports`, { file_ids }],
      [file, undefined],
      [file, undefined],
      [`DELETE ${model}/InferenceRequestFiles/${request_file_id}`, undefined],
    ])
    expect((await entries()).every(({ status }) => status === 200)).toBe(true)
  })
})
