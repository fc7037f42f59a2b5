import { expect, test } from 'vitest'
import { timeOfUuid1 } from '../../src/sandbox/ids.ts'
import { bench, hasFailedValidation, isRejected, modelIds, pick, today } from './support.ts'

const families = (model_id: string) => [
  `/api/v2/Inferences/Model/${model_id}/ImageLevelInferences`,
  `/api/v2/ImageLevelInferences/Model/${model_id}`,
]

test.each([0, 1])('approving and unapproving work on path family %i', async (index) => {
  const { send, model_id, request_file_id, page_id, page } = await bench()
  const family = families(model_id)[index]
  expect((await send('POST', `${family}/Verify/${request_file_id}`)).status).toBe(200)
  expect(await page(page_id)).toMatchObject({ is_moderated: true, approval_status: 'approved' })
  expect((await send('POST', `${family}/UnVerify/${request_file_id}`)).status).toBe(200)
  expect(await page(page_id)).toMatchObject({ is_moderated: false, approval_status: '', verified_at: '' })
})

test('approving moves all pages of a file to moderated_images, in the file and in the list', async () => {
  const { send, path, file, verify, request_file_id, page_id } = await bench()
  const answer = await verify(request_file_id)
  expect(answer).toMatchObject({ status: 200, json: { message: 'Success' } })
  const read = await file(request_file_id)
  expect(read.json).toMatchObject({ moderated_images_count: 2, unmoderated_images_count: 0 })
  const target = path(`/ImageLevelInferences?start_day_interval=${today - 7}&current_batch_day=${today}`)
  const listed = await send('GET', target)
  expect(listed.json.moderated_images.map((page: { id: string }) => page.id)).toContain(page_id)
})

test('an approval says by whom and when, the time as a UUIDv1', async () => {
  const { verify, page, request_file_id, page_id } = await bench()
  await verify(request_file_id)
  const { verified_by, verified_at, moderated_boxes, predicted_boxes } = await page(page_id)
  expect(verified_by).toContain('@')
  expect(verified_at[14]).toBe('1')
  expect(Math.floor(timeOfUuid1(verified_at) / 86_400_000)).toBe(today)
  expect(moderated_boxes).toEqual(predicted_boxes)
})

test('approving twice answers 200 and exports once', async () => {
  const { sandbox, verify, request_file_id } = await bench()
  await verify(request_file_id)
  const rows = sandbox.exportRows().length
  expect((await verify(request_file_id)).status).toBe(200)
  expect(sandbox.exportRows()).toHaveLength(rows)
})

test('unapproving a file that is not approved answers 200 and changes nothing', async () => {
  const { send, path, page, request_file_id, page_id } = await bench()
  const before = await page(page_id)
  expect((await send('POST', path(`/ImageLevelInferences/UnVerify/${request_file_id}`))).status).toBe(200)
  expect(await page(page_id)).toEqual(before)
})

test('a file with a failed validation cannot be approved, and the refusal repeats its message', async () => {
  const { pages, verify } = await bench()
  const { request_file_id, current_stage_id } = pick(await pages(), hasFailedValidation)
  const { status, json } = await verify(request_file_id)
  expect(status).toBe(409)
  expect(json.errors[0].message).toMatch(
    /^Only files that passed all validation stages can be approved: .*is not the sum/,
  )
  expect(current_stage_id).not.toMatch(/^ffff/)
})

test.each(['failure', 'pending'] as const)(
  'a file whose prediction is in state %s cannot be approved',
  async (state) => {
    const { pages, verify } = await bench()
    const { request_file_id } = pick(await pages(), (page) => page.status === state)
    expect((await verify(request_file_id)).status).toBe(409)
  },
)

test('a rejected file can be neither approved, unapproved, assigned, updated nor exported', async () => {
  const { send, path, pages, verify, retry, update, model_id } = await bench()
  const page = pick(await pages(), isRejected)
  const { request_file_id, id, day_since_epoch, hour_of_day } = page
  const answers = [
    await verify(request_file_id),
    await send('POST', path(`/ImageLevelInferences/UnVerify/${request_file_id}`)),
    await send('POST', `/api/v2/team/members/model/${model_id}/assign/files`, {
      member: 'maria.keller@example.com',
      file_ids: [request_file_id],
    }),
    await update({ id, day_since_epoch, hour_of_day, moderated_boxes: [] }),
    await retry(request_file_id),
  ]
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 409, json: { code: 409, errors: [{ reason: 'File is rejected' }] } })
  }
  expect(pick(await pages(), isRejected)).toEqual(page)
})

test('a deleted file is gone from every read, and deleting it again answers 404', async () => {
  const { send, path, file, pages, verify, request_file_id, page_id } = await bench()
  const target = path(`/InferenceRequestFiles/${request_file_id}`)
  expect((await send('DELETE', target)).status).toBe(200)
  expect((await file(request_file_id)).status).toBe(404)
  expect((await send('GET', path(`/ImageLevelInferences/${page_id}`))).status).toBe(404)
  expect((await pages()).some((page) => page.request_file_id === request_file_id)).toBe(false)
  expect((await verify(request_file_id)).status).toBe(404)
  expect((await send('DELETE', target)).status).toBe(404)
})

test('a page id does not delete anything', async () => {
  const { send, path, page, page_id } = await bench()
  expect((await send('DELETE', path(`/InferenceRequestFiles/${page_id}`))).status).toBe(404)
  expect((await page(page_id)).id).toBe(page_id)
})

test('assigning sets the member on all pages of all files, and a second assignment replaces the first', async () => {
  const { send, pages, model_id, request_file_id } = await bench()
  const target = `/api/v2/team/members/model/${model_id}/assign/files`
  const other = pick(await pages(), (page) => page.request_file_id !== request_file_id && !isRejected(page))
  const file_ids = [request_file_id, other.request_file_id]
  await send('POST', target, { member: 'priya.nair@example.com', file_ids })
  expect((await send('POST', target, { member: 'jonah.okafor@example.com', file_ids })).status).toBe(200)
  const assigned = (await pages()).filter((page) => file_ids.includes(page.request_file_id))
  for (const page of assigned) {
    expect(page.assigned_member).toBe('jonah.okafor@example.com')
    expect(page.assigned_members).toEqual(['jonah.okafor@example.com'])
  }
})

test('someone outside the team, or without access to the model, cannot be assigned', async () => {
  const started = await bench()
  const { send, pages, model_id, request_file_id } = started
  const [, receipts = ''] = await modelIds(started)
  const [receipt] = await pages(receipts)
  const assign = (model: string, member: string, file_id: string | undefined) =>
    send('POST', `/api/v2/team/members/model/${model}/assign/files`, { member, file_ids: [file_id] })
  const stranger = await assign(model_id, 'nobody@example.com', request_file_id)
  const outsider = await assign(receipts, 'jonah.okafor@example.com', receipt?.request_file_id)
  expect([stranger.status, outsider.status]).toEqual([404, 404])
  expect(stranger.json.errors[0].reason).toBe('Member does not exist')
})

test('one unknown file among several leaves all of them unassigned', async () => {
  const { send, page, model_id, request_file_id, page_id } = await bench()
  const answer = await send('POST', `/api/v2/team/members/model/${model_id}/assign/files`, {
    member: 'priya.nair@example.com',
    file_ids: [request_file_id, page_id],
  })
  expect(answer.status).toBe(404)
  expect((await page(page_id)).assigned_member).toBe('')
})

test.each([
  ['the names of the parameter list', { member_email: 'priya.nair@example.com', file_id: 'x' }],
  ['no files', { member: 'priya.nair@example.com', file_ids: [] }],
  ['a file that is no text', { member: 'priya.nair@example.com', file_ids: [1] }],
  ['an empty member', { member: '', file_ids: ['x'] }],
  ['a list as body', ['x']],
])('an assignment with %s answers 400', async (_name, body) => {
  const { send, model_id } = await bench()
  expect((await send('POST', `/api/v2/team/members/model/${model_id}/assign/files`, body)).status).toBe(400)
})

test('a failed prediction is repeated, and files that had not failed stay as they are', async () => {
  const { send, pages, page, model_id, request_file_id, page_id } = await bench()
  const failed = pick(await pages(), (candidate) => candidate.status === 'failure')
  expect(failed).toMatchObject({ predicted_boxes: [], no_of_fields: 0 })
  const before = await page(page_id)
  const answer = await send('POST', `/api/v2/ObjectDetection/Model/${model_id}/RetryPrediction`, {
    file_ids: [failed.request_file_id, request_file_id],
  })
  expect(answer.status).toBe(200)
  const found = await page(failed.id)
  expect(found.status).toBe('success')
  expect(found.predicted_boxes).toHaveLength(found.no_of_fields)
  expect(found.no_of_fields).toBeGreaterThan(0)
  expect(await page(page_id)).toEqual(before)
})
