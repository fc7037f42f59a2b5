import { expect, test } from 'vitest'
import { bench } from './support.ts'

async function statusWith(authorization: string | undefined) {
  const { sandbox, path, page_id } = await bench()
  const headers = authorization === undefined ? {} : { authorization }
  const response = await fetch(sandbox.url + path(`/ImageLevelInferences/${page_id}`), { headers })
  return { status: response.status, body: await response.json(), journal: sandbox.journal }
}

test('any key as user name with an empty password is accepted', async () => {
  expect((await statusWith(`Basic ${btoa('whatever:')}`)).status).toBe(200)
})

test.each([
  ['no header', undefined],
  ['the key "invalid"', `Basic ${btoa('invalid:')}`],
  ['an empty key', `Basic ${btoa(':')}`],
  ['a password', `Basic ${btoa('key:secret')}`],
  ['no colon', `Basic ${btoa('key')}`],
  ['a raw key', 'my-raw-key'],
  ['another scheme', 'Bearer my-key'],
])('%s answers 401 in the error form of the service', async (_name, authorization) => {
  const { status, body, journal } = await statusWith(authorization)
  expect(status).toBe(401)
  expect(body).toMatchObject({ message: 'Unauthorized', code: 401, errors: [{ reason: 'Invalid API key' }] })
  expect(journal.at(-1)).toMatchObject({ authorized: false, status: 401 })
})

test('the journal tells whether a key was sent, and never which one', async () => {
  const { journal } = await statusWith(`Basic ${btoa('very-secret-key:')}`)
  expect(journal).toHaveLength(1)
  expect(journal[0]?.authorized).toBe(true)
  expect(JSON.stringify(journal)).not.toContain('secret')
})

test('an unauthorized write changes nothing', async () => {
  const { sandbox, send, path, request_file_id, page, page_id } = await bench()
  const target = path(`/ImageLevelInferences/Verify/${request_file_id}`)
  expect((await send('POST', target, undefined, { authorization: 'Basic eA==' })).status).toBe(401)
  expect((await page(page_id)).is_moderated).toBe(false)
  expect(sandbox.exportRows('QuickBooks').some((row) => row.request_file_id === request_file_id)).toBe(false)
})
