import { onTestFinished } from 'vitest'
import type { Box, PageRecord } from '../../src/sandbox/record.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'

/** The fixed base day of the tests. */
export const today = 20_000

/** An answer, its body parsed where it is JSON. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they check
  readonly json: any
}

/** A started sandbox and one function a thing a reviewer does. */
export interface Bench {
  readonly sandbox: Sandbox
  readonly model_id: string
  readonly request_file_id: string
  readonly page_id: string
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** Path below `/api/v2/Inferences/Model/{model_id}`. */
  path(rest: string, model_id?: string): string
  pages(model_id?: string): Promise<readonly PageRecord[]>
  page(page_id: string, model_id?: string): Promise<PageRecord>
  file(request_file_id: string, model_id?: string): Promise<Reply>
  verify(request_file_id: string, model_id?: string): Promise<Reply>
  retry(request_file_id: string, model_id?: string): Promise<Reply>
  update(body: unknown, query?: string): Promise<Reply>
}

export const key = `Basic ${btoa('test-key:')}`

async function reply(response: Response): Promise<Reply> {
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** Starts a sandbox for one test. */
export async function bench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox({ today, ...options })
  onTestFinished(() => sandbox.close())
  const model_id = String(sandbox.examples.model_id)
  const path = (rest: string, model = model_id) => `/api/v2/Inferences/Model/${model}${rest}`
  const send: Bench['send'] = async (method, target, body, headers = {}) =>
    reply(
      await fetch(sandbox.url + target, {
        method,
        headers: { authorization: key, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
  const read = (rest: string, model?: string) => send('GET', path(rest, model))
  return {
    sandbox,
    model_id,
    request_file_id: String(sandbox.examples.request_file_id),
    page_id: String(sandbox.examples.page_id),
    send,
    path,
    async pages(model) {
      const { json } = await read(`/ImageLevelInferences?start_day_interval=0&current_batch_day=${today}`, model)
      return [...json.moderated_images, ...json.unmoderated_images]
    },
    page: async (page_id, model) => (await read(`/ImageLevelInferences/${page_id}`, model)).json.result[0],
    file: (id, model) => read(`/InferenceRequestFiles/GetPredictions/${id}`, model),
    verify: (id, model) => send('POST', path(`/ImageLevelInferences/Verify/${id}`, model)),
    retry: (id, model) => send('POST', path('/ImageLevelInferences/retryallexports', model), { file_ids: [id] }),
    update: (body, query = '?use_ui_version=true') => send('PATCH', path(`/ImageLevelInference${query}`), body),
  }
}

/** The boxes that count on a page. */
export function boxesOf(page: PageRecord): readonly Box[] {
  return page.moderated_boxes ?? page.predicted_boxes
}

/** What an update of a page needs, with its boxes as they are. */
export function updateOf(page: PageRecord) {
  const { id, day_since_epoch, hour_of_day } = page
  return { id, day_since_epoch, hour_of_day, moderated_boxes: boxesOf(page) }
}

/** The first page that fits; a test that finds none fails here. */
export function pick(pages: readonly PageRecord[], fits: (page: PageRecord) => boolean): PageRecord {
  const page = pages.find(fits)
  if (page === undefined) throw new Error('the seed has no such page')
  return page
}

export const hasFailedValidation = (page: PageRecord) => boxesOf(page).some((box) => box.validation_status === 'failed')

export const isRejected = (page: PageRecord) => page.approval_status === 'rejected'

/** Ids of the three models, in the order of the summary. */
export async function modelIds({ send }: Bench): Promise<readonly string[]> {
  const { json } = await send('GET', '/__sandbox/')
  return json.models.map((model: { model_id: string }) => model.model_id)
}
