/** A base address and a path make one target with exactly one slash between any two parts (our deviation from spec-core §2.5). */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileRequest, findConsumed, indexConsumes } from '../../src/compile/consumes.ts'
import { bindScope } from '../../src/compile/scope.ts'
import { requestBuilder } from '../../src/runtime/request.ts'
import { openUpstream } from '../../src/runtime/upstream.ts'
import { noCompanion } from '../../src/spec/companion.ts'
import type * as doc from '../../src/spec/document.ts'
import { collectReports } from '../support/report.ts'

interface Written {
  readonly baseUri: string
  readonly resource: string
  readonly operation?: string
}

/** What is sent to an upstream of this address. */
async function target({ baseUri, resource, operation }: Written): Promise<string> {
  const { report, found } = collectReports()
  const get = { method: 'GET', inputParameters: new Map(), ...(operation === undefined ? {} : { path: operation }) }
  const api: doc.Consumes = {
    pointer: '/capability/consumes/0',
    namespace: 'shop',
    baseUri,
    inputParameters: new Map(),
    resources: new Map([
      [
        'r',
        { path: resource, inputParameters: new Map(), operations: new Map([['get', get as doc.ConsumedOperation]]) },
      ],
    ]),
  }
  const entry = findConsumed('shop.get', indexConsumes([api], report), report, '/call')
  if (entry === undefined) throw new Error('the operation was not found')
  const plan = compileRequest(entry, bindScope([]), { report, companion: noCompanion }, '/call')
  expect(found).toEqual([])
  const address = { type: 'literal', value: baseUri } as const
  const upstream = openUpstream({ namespace: 'shop', baseUri: address }, new Map(), undefined)
  try {
    return upstream.origin + requestBuilder(plan, upstream, new Map())({}).path
  } finally {
    await upstream.close()
  }
}

const part = fc.stringMatching(/^[a-z0-9._~-]{1,6}$/).filter((text) => !/^\.+$/.test(text))
const parts = (least: number) => fc.array(part, { minLength: least, maxLength: 3 })
const slashes = (most: number) => fc.nat(most).map((n) => '/'.repeat(n))

test('A base address and a path are joined by one slash, however many stand there', async () => {
  await fc.assert(
    fc.asyncProperty(parts(0), slashes(2), slashes(2), parts(1), async (base, after, before, path) => {
      const baseUri = `${['http://shop.test', ...base].join('/')}${after}`
      const sent = await target({ baseUri, resource: before + path.join('/') })
      expect(sent).toBe(['http://shop.test', ...base, ...path].join('/'))
    }),
    { numRuns: 50 },
  )
})

test('The path of an operation stands below that of its resource, once', async () => {
  await fc.assert(
    fc.asyncProperty(parts(1), slashes(1), parts(1), fc.boolean(), async (resource, before, own, repeated) => {
      fc.pre(own[0] !== resource[0])
      const above = `/${resource.join('/')}`
      const operation = repeated ? `${above}/${own.join('/')}` : before + own.join('/')
      const sent = await target({ baseUri: 'http://shop.test/v1', resource: above, operation })
      expect(sent).toBe(['http://shop.test/v1', ...resource, ...own].join('/'))
    }),
    { numRuns: 50 },
  )
})

test('A slash at the end of a path is part of it', async () => {
  expect(await target({ baseUri: 'http://shop.test/v1/', resource: '/items/' })).toBe('http://shop.test/v1/items/')
  expect(await target({ baseUri: 'http://shop.test', resource: '/' })).toBe('http://shop.test/')
})
