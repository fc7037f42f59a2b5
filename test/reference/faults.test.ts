/** What the reference says that MCP answers by HTTP, before a tool is called, is what it answers. */

import { beforeAll, expect, test } from 'vitest'
import { problemKinds } from '../../src/surfaces/problem-kinds.ts'
import { serveCapability } from '../support/serve.ts'
import { capabilityOf, environment, thingTools } from '../surfaces/cases.ts'

const authentication = { type: 'bearer', token: '{{INBOUND_SECRET}}' }
const good = { authorization: `Bearer ${environment.INBOUND_SECRET}` }
const json = { ...good, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const post = (headers: Record<string, string>, body = '{}') => ({ method: 'POST', headers, body })

const requests: readonly (readonly [code: string, init: RequestInit, path?: string])[] = [
  ['unauthenticated', post({ ...json, authorization: 'Bearer bad' })],
  ['forbidden', post({ ...json, origin: 'https://other.example.com' })],
  ['not-found', { headers: good }, '/nothing'],
  ['method-not-allowed', { method: 'PUT', headers: good }],
  ['not-acceptable', post({ ...json, accept: 'text/html' }, '{"jsonrpc":"2.0","id":1,"method":"ping"}')],
  ['payload-too-large', post(json, ' '.repeat(1_100_000))],
  ['unsupported-media-type', post({ ...json, 'content-type': 'application/json; charset=latin1' })],
]

let url: string

beforeAll(async () => {
  const closing: (() => unknown)[] = []
  const served = await serveCapability(capabilityOf([{ ...thingTools(), authentication }]), {
    environment,
    atEnd: (close) => void closing.push(close),
  })
  url = served.url('mcp')
  return async () => {
    for (const close of closing) await close()
  }
})

const cases = requests.map(([code, init, path = '/mcp']) => ({ code, init, path }))

test.each(cases)('MCP answers "$code" with the status that the reference names', async ({ code, init, path }) => {
  const told = problemKinds().find((kind) => kind.code === code)?.mcp
  const { status } = await fetch(url + path, init)
  expect(told).toMatch(new RegExp(`^HTTP ${status}\\b`))
})
