/** What SECURITY.md says is proved somewhere is proved there. */

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('Every test that SECURITY.md names exists under that title', () => {
  const text = readFileSync('SECURITY.md', 'utf8')
  const rows = text.match(/^\| .*`test\/.*$/gm) ?? []
  const named = [...text.replace(/\n +/g, ' ').matchAll(/`(test\/[^`]+)`(?: “([^”]+)”)?/g)]
  const missing = named.filter(
    ([, file = '', title = '']) => !existsSync(file) || !readFileSync(file, 'utf8').includes(title),
  )
  expect(missing.map(([text]) => text)).toEqual([])
  expect(named.length).toBeGreaterThanOrEqual(rows.length)
  expect(rows.length).toBeGreaterThan(10)
})
