import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { type Sandbox, standsInFor, startSandbox } from '../../src/sandbox/sandbox.ts'
import { bench, key } from './support.ts'

test('it stands in for the real origin', () => {
  expect(standsInFor).toEqual(['https://app.nanonets.com'])
})

test.each([
  '/api/v2/OCR/Model/m/LabelFile/',
  '/api/v2/OCR/Model/m/LabelUrls/',
  '/Inferences/Model/m/ValidationUrl/f',
  '/api/v2/Inferences/Model/m/ImageLevelInferences/Verify',
  '/api/v2/Inferences/Model/m/ImageLevelInferences/',
  '/',
])('%s is left out and answers 404', async (path) => {
  const { send } = await bench()
  expect(await send('POST', path)).toMatchObject({ status: 404, json: { message: 'Not Found', code: 404 } })
})

test.each([
  ['GET', '/ImageLevelInference', 'PATCH'],
  ['PUT', '/ImageLevelInferences', 'GET'],
  ['GET', '/ImageLevelInferences/retryallexports', 'POST'],
  ['GET', '/InferenceRequestFiles/x', 'DELETE'],
])('%s on %s answers 405 with Allow: %s', async (method, rest, allow) => {
  const { send, path } = await bench()
  const answer = await send(method, path(rest))
  expect(answer).toMatchObject({ status: 405, json: { code: 405 } })
  expect(answer.headers.get('allow')).toBe(allow)
})

test('bad JSON, and no JSON where some is needed, answer 400', async () => {
  const { send, path } = await bench()
  const target = path('/ImageLevelInferences/retryallexports')
  expect((await send('POST', target, '{"file_ids":')).json.errors[0].message).toBe('The body is not valid JSON')
  expect((await send('POST', target)).json.errors[0].message).toBe('A JSON body is required')
})

test('a body over the limit answers 413 on every operation, and the sandbox goes on', async () => {
  const { send, path, request_file_id, page, page_id } = await bench()
  const body = 'x'.repeat(5 * 1024 * 1024 + 1)
  for (const rest of ['/ImageLevelInferences/retryallexports', `/ImageLevelInferences/Verify/${request_file_id}`]) {
    expect(await send('POST', path(rest), body)).toMatchObject({ status: 413, json: { code: 413 } })
  }
  expect((await page(page_id)).is_moderated).toBe(false)
})

test('an encoded slash stays inside its value', async () => {
  const { send, path } = await bench()
  const answer = await send('GET', path('/ImageLevelInferences/a%2Fb%2e%2e'))
  expect(answer.status).toBe(404)
  expect(answer.json.errors[0].message).toContain('a/b..')
  expect((await send('GET', path('/ImageLevelInferences/%E0%A4%A'))).status).toBe(404)
})

test('closing ends idle connections and requests that hang, and can be repeated', async () => {
  const started = await bench({ faults: { rules: [{ fault: { type: 'hang' }, path: '/hang' }] } })
  const { sandbox, send } = started
  await send('GET', '/nowhere')
  const hanging = send('GET', '/hang')
  while (!sandbox.journal.some((entry) => entry.fault === 'hang')) await send('GET', '/nowhere')
  await Promise.all([sandbox.close(), expect(hanging).rejects.toThrow(TypeError)])
  await sandbox.close()
  await expect(send('GET', '/nowhere')).rejects.toThrow(TypeError)
})

test('a client that leaves in the middle of its body does no harm', async () => {
  const { sandbox, send, path, page, page_id } = await bench()
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  const head = [`POST ${path('/ImageLevelInferences/retryallexports')} HTTP/1.1`, 'host: x', `authorization: ${key}`]
  socket.write(`${head.join('\r\n')}\r\ncontent-length: 100\r\n\r\n{"file_ids":`)
  // The answer to another request shows that the sandbox has come that far.
  while (sandbox.journal.length === 0) await send('GET', '/__sandbox/faults')
  await new Promise<void>((resolve) => socket.once('close', () => resolve()).destroy())
  expect((await page(page_id)).id).toBe(page_id)
  expect(sandbox.journal[0]).toMatchObject({ operation: 'retry-exports', status: 0 })
})

test('a port that is taken is an error of the start', async () => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  await expect(startSandbox({ port })).rejects.toThrow('EADDRINUSE')
  await new Promise((resolve) => server.close(resolve))
})

test('two sandboxes do not know of each other', async () => {
  const [one, two] = [await bench(), await bench()]
  await one.verify(one.request_file_id)
  expect((await one.page(one.page_id)).is_moderated).toBe(true)
  expect((await two.page(two.page_id)).is_moderated).toBe(false)
})

test('it listens on loopback unless told otherwise', async () => {
  const sandbox: Sandbox = await startSandbox()
  expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  await sandbox.close()
})
