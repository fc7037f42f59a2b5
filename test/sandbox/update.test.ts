import { expect, test } from 'vitest'
import { bench, boxesOf, hasFailedValidation, pick, updateOf } from './support.ts'

test('an update replaces the boxes of a page: what is not sent is gone', async () => {
  const { update, page, page_id } = await bench()
  const body = updateOf(await page(page_id))
  const kept = body.moderated_boxes.slice(0, 2)
  expect((await update({ ...body, moderated_boxes: kept })).status).toBe(200)
  const after = await page(page_id)
  expect(after.moderated_boxes).toEqual(kept)
  expect(after.no_of_fields).toBe(2)
  expect(after.predicted_boxes).toHaveLength(body.moderated_boxes.length)
})

test('writing a page back as it was read loses nothing and leaves other pages alone', async () => {
  const { update, file, page, page_id, request_file_id } = await bench()
  const before = await page(page_id)
  await update(updateOf(before))
  const after = (await file(request_file_id)).json.unmoderated_images
  expect(after[0].moderated_boxes).toEqual(before.predicted_boxes)
  expect(after[1].moderated_boxes).toBeNull()
  expect(after[0].updated_at).not.toBe(before.updated_at)
})

test('a new box gets an id, and is_new is not kept', async () => {
  const { update, page, page_id } = await bench()
  const body = updateOf(await page(page_id))
  const added = { label: 'cost_center', ocr_text: '4711', is_new: true }
  await update({ ...body, moderated_boxes: [...body.moderated_boxes, added] })
  const box = boxesOf(await page(page_id)).at(-1)
  expect(box).toMatchObject({ label: 'cost_center', ocr_text: '4711', type: 'field', status: 'moderated' })
  expect(box?.id).toMatch(/^[0-9a-f-]{36}$/)
  expect(box).not.toHaveProperty('is_new')
})

test('correcting the field that failed makes the file approvable', async () => {
  const { update, pages, page, verify } = await bench()
  const failed = pick(await pages(), (candidate) =>
    boxesOf(candidate).some((box) => box.label === 'invoice_date' && box.validation_status === 'failed'),
  )
  const moderated_boxes = boxesOf(failed).map((box) =>
    box.label === 'invoice_date' ? { ...box, ocr_text: '2024-09-30', status: 'moderated' } : box,
  )
  await update({ ...updateOf(failed), moderated_boxes })
  const corrected = await page(failed.id)
  expect(hasFailedValidation(corrected)).toBe(false)
  expect(corrected.current_stage_id).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff')
  expect((await verify(failed.request_file_id)).status).toBe(200)
  expect((await page(failed.id)).moderated_boxes).toEqual(corrected.moderated_boxes)
})

test('a wrong value fails its validation, whatever validation result was sent with it', async () => {
  const { update, page, verify, page_id, request_file_id } = await bench()
  const body = updateOf(await page(page_id))
  const moderated_boxes = body.moderated_boxes.map((box) =>
    box.label === 'invoice_date' ? { ...box, ocr_text: '2024-02-31', validation_status: 'success' } : box,
  )
  await update({ ...body, moderated_boxes })
  const date = boxesOf(await page(page_id)).find((box) => box.label === 'invoice_date')
  expect(date).toMatchObject({
    validation_status: 'failed',
    validation_message: 'invoice_date is not a date in the format YYYY-MM-DD',
  })
  expect((await verify(request_file_id)).status).toBe(409)
})

test.each(['', '?use_ui_version=false', '?use_ui_version'])('an update with query "%s" answers 400', async (query) => {
  const { update, page, page_id } = await bench()
  const before = await page(page_id)
  const answer = await update({ ...updateOf(before), moderated_boxes: [] }, query)
  expect(answer.status).toBe(400)
  expect(answer.json.errors[0].message).toBe('use_ui_version=true is mandatory')
  expect(await page(page_id)).toEqual(before)
})

test.each([
  ['id', undefined],
  ['id', 7],
  ['day_since_epoch', undefined],
  ['day_since_epoch', '20000'],
  ['hour_of_day', undefined],
  ['hour_of_day', 9.5],
  ['moderated_boxes', undefined],
  ['moderated_boxes', {}],
  ['moderated_boxes', ['x']],
  ['moderated_boxes', [{ ocr_text: 'no label' }]],
  ['moderated_boxes', [{ label: 'total_amount', ocr_text: 12 }]],
])('an update whose %s is %j answers 400 and names it', async (name, value) => {
  const { update, page, page_id } = await bench()
  const answer = await update({ ...updateOf(await page(page_id)), [name]: value })
  expect(answer.status).toBe(400)
  expect(answer.json.errors[0].message).toContain(name)
})

test('an update with another day or hour than the one of the page answers 404', async () => {
  const { update, page, page_id } = await bench()
  const body = updateOf(await page(page_id))
  expect((await update({ ...body, day_since_epoch: body.day_since_epoch - 1 })).status).toBe(404)
  expect((await update({ ...body, hour_of_day: 23 })).status).toBe(404)
})

test('an approved page can be updated and stays approved', async () => {
  const { update, page, verify, page_id, request_file_id } = await bench()
  await verify(request_file_id)
  await update(updateOf(await page(page_id)))
  expect(await page(page_id)).toMatchObject({ is_moderated: true, approval_status: 'approved' })
})
