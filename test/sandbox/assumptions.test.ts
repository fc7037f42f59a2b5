import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { assumptions } from '../../src/sandbox/assumptions.ts'

const folder = fileURLToPath(new URL('../../src/sandbox/', import.meta.url))

/** Every `assumption: a, b` comment, as "id in file". */
function citations(): readonly string[] {
  return readdirSync(folder).flatMap((file) => {
    const text = readFileSync(folder + file, 'utf8')
    const lists = [...text.matchAll(/assumption: ([a-z0-9-]+(?:, [a-z0-9-]+)*)/g)]
    return lists.flatMap(([, ids = '']) => ids.split(', ').map((id) => `${id} in ${file}`))
  })
}

test('every assumption is cited in the file it names, and nothing else is cited', () => {
  const named = assumptions.map(({ id, where }) => `${id} in ${where}`)
  expect([...new Set(citations())].sort()).toEqual([...named].sort())
})

test('every assumption has an id of its own and says what is assumed', () => {
  expect(new Set(assumptions.map(({ id }) => id)).size).toBe(assumptions.length)
  for (const { behaviour } of assumptions) expect(behaviour).toMatch(/^[A-Za-z].*\.$/)
})

test('the sandbox imports nothing but Node and itself', () => {
  for (const file of readdirSync(folder)) {
    const imports = [...readFileSync(folder + file, 'utf8').matchAll(/ from '([^']+)'/g)].map(([, from]) => from)
    for (const from of imports) expect(from).toMatch(/^(node:[a-z]+|\.\/[a-z-]+\.ts)$/)
  }
})
