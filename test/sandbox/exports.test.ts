import { expect, test } from 'vitest'
import type { PageRecord } from '../../src/sandbox/record.ts'
import { type Bench, bench, boxesOf, hasFailedValidation, modelIds, pick, updateOf } from './support.ts'

const rowsOf = ({ sandbox }: Bench, destination: string, request_file_id: string) =>
  sandbox.exportRows(destination).filter((row) => row.request_file_id === request_file_id)

const isFailedExport = (page: { export_status: string }) => page.export_status === 'failed'

const hasSupplier = (page: PageRecord) =>
  boxesOf(page).some((box) => box.label === 'supplier_name' && box.ocr_text !== '')

test('approving fires the exports on approval, and the pages show that it worked', async () => {
  const started = await bench()
  const { verify, page, request_file_id, page_id } = started
  expect(rowsOf(started, 'QuickBooks', request_file_id)).toEqual([])
  await verify(request_file_id)
  expect(rowsOf(started, 'QuickBooks', request_file_id)).toHaveLength(1)
  expect(rowsOf(started, 'Google Sheets', request_file_id)).toHaveLength(1)
  expect(await page(page_id)).toMatchObject({ export_status: 'success', retries: 0 })
})

test('unapproving pulls nothing back', async () => {
  const started = await bench()
  const { send, path, verify, request_file_id } = started
  await verify(request_file_id)
  await send('POST', path(`/ImageLevelInferences/UnVerify/${request_file_id}`))
  expect(rowsOf(started, 'QuickBooks', request_file_id)).toHaveLength(1)
})

test('a retry is counted, and shows as a duplicate where the destination appends', async () => {
  const started = await bench()
  const { verify, retry, page, request_file_id, page_id } = started
  await verify(request_file_id)
  await retry(request_file_id)
  await retry(request_file_id)
  expect(rowsOf(started, 'Google Sheets', request_file_id)).toHaveLength(3)
  expect(rowsOf(started, 'Salesforce', request_file_id).map((row) => row.writes)).toEqual([3])
  expect(rowsOf(started, 'QuickBooks', request_file_id).map((row) => row.writes)).toEqual([3])
  expect(await page(page_id)).toMatchObject({ export_status: 'success', retries: 2 })
})

test('Xero upserts receipts and SAP appends purchase orders', async () => {
  const started = await bench()
  const [, receipts = '', orders = ''] = await modelIds(started)
  const exported = async (model_id: string, destination: string) =>
    pick(await started.pages(model_id), (page) => rowsOf(started, destination, page.request_file_id).length === 1)
  const receipt = await exported(receipts, 'Xero')
  const order = await exported(orders, 'SAP')
  await started.retry(receipt.request_file_id, receipts)
  await started.retry(order.request_file_id, orders)
  expect(rowsOf(started, 'Xero', receipt.request_file_id)).toHaveLength(1)
  expect(rowsOf(started, 'SAP', order.request_file_id)).toHaveLength(2)
})

test('a file that was never exported is not exported by a retry', async () => {
  const started = await bench()
  const pending = pick(await started.pages(), (page) => page.status === 'pending')
  const rows = started.sandbox.exportRows().length
  expect((await started.retry(pending.request_file_id)).status).toBe(200)
  expect(started.sandbox.exportRows()).toHaveLength(rows)
  expect(await started.page(pending.id)).toMatchObject({ export_status: '', retries: 0 })
})

test('a throttled export works when it is retried', async () => {
  const started = await bench()
  const [, , orders = ''] = await modelIds(started)
  const throttled = pick(
    await started.pages(orders),
    (page) => isFailedExport(page) && !hasFailedValidation(page) && hasSupplier(page),
  )
  await started.retry(throttled.request_file_id, orders)
  expect(await started.page(throttled.id, orders)).toMatchObject({ export_status: 'success', retries: 1 })
  expect(rowsOf(started, 'SAP', throttled.request_file_id)).toHaveLength(1)
})

test('an expired grant fails again and again', async () => {
  const started = await bench()
  const { pages, retry, page } = started
  const isExpired = (candidate: PageRecord) =>
    isFailedExport(candidate) && candidate.original_file_name.includes('Ostrava')
  const { id, request_file_id } = pick(await pages(), isExpired)
  await retry(request_file_id)
  await retry(request_file_id)
  expect(await page(id)).toMatchObject({ export_status: 'failed', retries: 2 })
  expect(rowsOf(started, 'QuickBooks', request_file_id)).toEqual([])
})

test('a mapping error goes away when the field is corrected and the export retried', async () => {
  const started = await bench()
  const { pages, page, update, retry } = started
  const isUnmapped = (box: { label: string; ocr_text: string }) => box.label === 'currency' && box.ocr_text === 'EURO'
  const unmapped = pick(await pages(), (candidate) => isFailedExport(candidate) && boxesOf(candidate).some(isUnmapped))
  await retry(unmapped.request_file_id)
  expect((await page(unmapped.id)).export_status).toBe('failed')
  const moderated_boxes = boxesOf(unmapped).map((box) => (isUnmapped(box) ? { ...box, ocr_text: 'EUR' } : box))
  await update({ ...updateOf(unmapped), moderated_boxes })
  await retry(unmapped.request_file_id)
  expect(await page(unmapped.id)).toMatchObject({ export_status: 'success', retries: 2 })
})

test('a dropped box that is mapped fails the export', async () => {
  const { update, page, verify, page_id, request_file_id } = await bench()
  const body = updateOf(await page(page_id))
  const moderated_boxes = body.moderated_boxes.filter((box) => box.label !== 'vendor_name')
  await update({ ...body, moderated_boxes })
  await verify(request_file_id)
  expect(await page(page_id)).toMatchObject({ approval_status: 'approved', export_status: 'failed' })
})

test('the duplicate of the seed is refused by QuickBooks and visible in Google Sheets', async () => {
  const { sandbox, pages } = await bench()
  const duplicate = pick(await pages(), (page) => page.file_metadata.duplicate)
  expect(duplicate).toMatchObject({ approval_status: 'approved', export_status: 'failed' })
  const number = boxesOf(duplicate).find((box) => box.label === 'invoice_number')?.ocr_text
  const rows = (destination: string) => sandbox.exportRows(destination).filter((row) => row.key === number)
  expect(rows('QuickBooks')).toHaveLength(1)
  expect(rows('Google Sheets')).toHaveLength(2)
})

test.each(['auth-expired', 'mapping-error', 'throttled', 'duplicate'] as const)(
  'an export can be made to fail with %s, for a number of attempts',
  async (cause) => {
    const { sandbox, verify, retry, page, request_file_id, page_id } = await bench()
    sandbox.faults.exports = [{ cause, destination: 'QuickBooks', request_file_id, next: 2 }]
    await verify(request_file_id)
    await retry(request_file_id)
    expect(await page(page_id)).toMatchObject({ export_status: 'failed', retries: 1 })
    await retry(request_file_id)
    expect(await page(page_id)).toMatchObject({ export_status: 'success', retries: 2 })
  },
)

test('an export fault for one destination leaves the others alone', async () => {
  const started = await bench({ faults: { exports: [{ cause: 'auth-expired', destination: 'Google Sheets' }] } })
  await started.verify(started.request_file_id)
  expect(rowsOf(started, 'QuickBooks', started.request_file_id)).toHaveLength(1)
  expect(rowsOf(started, 'Google Sheets', started.request_file_id)).toEqual([])
  expect((await started.page(started.page_id)).export_status).toBe('failed')
})

test('one unknown file among several exports none of them', async () => {
  const started = await bench()
  const { sandbox, send, path, verify, request_file_id } = started
  await verify(request_file_id)
  const rows = sandbox.exportRows().length
  const file_ids = [request_file_id, '11111111-1111-4111-8111-111111111111']
  expect((await send('POST', path('/ImageLevelInferences/retryallexports'), { file_ids })).status).toBe(404)
  expect(sandbox.exportRows()).toHaveLength(rows)
})
