import { expect, test } from 'vitest'
import type { PageRecord } from '../../src/sandbox/record.ts'
import { bench, boxesOf, modelIds, pick, today } from './support.ts'

const window = (from: unknown, to: unknown) =>
  `/ImageLevelInferences?start_day_interval=${from}&current_batch_day=${to}`

test('a file is read by its request_file_id, with all its pages and their links', async () => {
  const { file, request_file_id, page_id } = await bench()
  const { status, headers, json } = await file(request_file_id)
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('application/json')
  expect(json).toMatchObject({ moderated_images_count: 0, unmoderated_images_count: 2, moderated_images: [] })
  expect(json.unmoderated_images[0]).toMatchObject({ id: page_id, request_file_id, page: 0 })
  expect(json.unmoderated_images[1]).toMatchObject({ request_file_id, page: 1 })
  const paths = [json.unmoderated_images[0].file_url, ...json.unmoderated_images.map(({ url }: PageRecord) => url)]
  expect(Object.keys(json.signed_urls).sort()).toEqual(paths.sort())
})

test('a page is read by its id', async () => {
  const { send, path, page_id, request_file_id } = await bench()
  const { json } = await send('GET', path(`/ImageLevelInferences/${page_id}`))
  expect(json.message).toBe('Success')
  expect(json.result).toHaveLength(1)
  expect(json.result[0]).toMatchObject({ id: page_id, request_file_id })
  expect(Object.values(json.signed_urls)[0]).toHaveProperty('original_with_long_expiry')
})

test('a page id where a file is meant answers 404 and says which id it is', async () => {
  const { file, verify, page_id } = await bench()
  for (const answer of [await file(page_id), await verify(page_id)]) {
    expect(answer.status).toBe(404)
    expect(answer.json).toMatchObject({ message: 'Not Found', code: 404, errors: [{ reason: 'File does not exist' }] })
    expect(answer.json.errors[0].message).toContain('is the id of a page')
  }
})

test('a file id where a page is meant answers 404 and says which id it is', async () => {
  const { send, path, update, sandbox, request_file_id } = await bench()
  const read = await send('GET', path(`/ImageLevelInferences/${request_file_id}`))
  const written = await update({ ...sandbox.examples, id: request_file_id })
  for (const answer of [read, written]) {
    expect(answer.status).toBe(404)
    expect(answer.json.errors[0].message).toContain('is a request_file_id')
  }
})

test('unknown models, files and pages, and files of another model, answer 404', async () => {
  const started = await bench()
  const { send, path, file, request_file_id } = started
  const [, other = ''] = await modelIds(started)
  const unknown = '11111111-1111-4111-8111-111111111111'
  expect((await file(request_file_id, unknown)).json.errors[0].reason).toBe('Model does not exist')
  expect((await file(unknown)).status).toBe(404)
  expect((await file(request_file_id, other)).status).toBe(404)
  expect((await send('GET', path(`/ImageLevelInferences/${unknown}`))).status).toBe(404)
})

test('a list has one record a page, in the days of its window only', async () => {
  const { send, path } = await bench()
  const { json } = await send('GET', path(window(today - 2, today - 1)))
  const pages: PageRecord[] = [...json.moderated_images, ...json.unmoderated_images]
  expect(json.moderated_images_count).toBe(json.moderated_images.length)
  expect(json.unmoderated_images_count).toBe(json.unmoderated_images.length)
  expect(new Set(pages.map((page) => page.day_since_epoch))).toEqual(new Set([today - 2, today - 1]))
  expect(new Set(pages.map((page) => page.id)).size).toBe(pages.length)
  expect(new Set(pages.map((page) => page.request_file_id)).size).toBeLessThan(pages.length)
  expect(json.signed_urls).toHaveProperty([pages[0]?.url ?? ''])
})

test('the last seven days are never empty, and older documents need a wider window', async () => {
  const started = await bench()
  for (const model_id of await modelIds(started)) {
    const week = await started.send('GET', started.path(window(today - 7, today), model_id))
    const month = await started.send('GET', started.path(window(today - 30, today), model_id))
    expect(week.json.unmoderated_images_count).toBeGreaterThan(0)
    expect(month.text.length).toBeGreaterThan(week.text.length)
  }
})

test('an empty window answers an empty list', async () => {
  const { send, path } = await bench()
  expect((await send('GET', path(window(1, 2)))).json).toEqual({
    moderated_images_count: 0,
    unmoderated_images_count: 0,
    moderated_images: [],
    unmoderated_images: [],
    signed_urls: {},
  })
})

test.each([
  ['both days alike', window(today, today)],
  ['the days the wrong way round', window(today, today - 7)],
  ['a missing day', `/ImageLevelInferences?start_day_interval=${today}`],
  ['a date instead of a day number', window('2026-01-01', today)],
  ['a negative number', window(-7, today)],
])('a window with %s answers 400', async (_name, target) => {
  const { send, path } = await bench()
  const answer = await send('GET', path(target))
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ message: 'Bad Request', code: 400 })
})

test('a table has cells that are counted from one', async () => {
  const { pages } = await bench()
  const page = pick(await pages(), (candidate) => candidate.status === 'success')
  const table = boxesOf(page).find((box) => box.type === 'table')
  expect(table?.cells?.[0]).toMatchObject({ row: 1, col: 1, label: 'description', row_span: 1 })
  expect(table?.cells?.at(-1)).toMatchObject({ col: 4, label: 'amount' })
})
