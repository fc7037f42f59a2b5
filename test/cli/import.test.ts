/** The command that imports writes files that go together, and none over another. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { say } from '../support/say.ts'

const description = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [{ url: 'https://shop.test' }],
  security: [{ key: [] }],
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
  paths: {
    '/orders': {
      get: {
        operationId: 'listOrders',
        parameters: [{ name: 'days', in: 'query', schema: { type: 'integer', maximum: 9 } }],
      },
      head: {},
    },
  },
}

test('import writes a capability and its companion, tells what it left out, and keeps files that are there', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'import-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  await writeFile(join(cwd, 'api.json'), JSON.stringify(description))
  const words = ['import', 'openapi', 'api.json', '--out', 'shop.ikanos.yml']
  const first = await say(words, { cwd })
  expect(first).toEqual({
    code: 0,
    stdout:
      'wrote shop.ikanos.yml and shop.runtime.yml: 1 operation\nnext: set SHOP_KEY, then capability serve shop.ikanos.yml\n',
    stderr: 'not carried as they are: operations of methods that the format does not call (1): HEAD /orders\n',
  })
  expect((await readdir(cwd)).sort()).toEqual(['api.json', 'shop.ikanos.yml', 'shop.runtime.yml'])
  const again = await say(words, { cwd })
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('shop.ikanos.yml is there already; --force')])
})
