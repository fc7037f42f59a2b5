/** Golden plans: what a capability compiles to. A changed plan shows in `plan.json`, to be looked at before accepted. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { load, type Plan } from '../src/index.ts'

const root = fileURLToPath(new URL('./plans', import.meta.url))
const cases = readdirSync(root).sort()

async function planOf(name: string): Promise<Plan> {
  return (await load(join(root, name, 'capability.yaml'))).plan
}

/** An operation that a surface shares with the list of all operations is printed there in full, here by its name. */
function printed(plan: Plan): string {
  const shared = (value: unknown) => plan.operations.find((operation) => operation === value)?.name
  return `${JSON.stringify(plan, (key, value) => (key === 'operation' ? (shared(value) ?? value) : value), 2)}\n`
}

describe.each(cases)('The capability "%s"', (name) => {
  test('compiles to the plan in plan.json', async () => {
    expect(existsSync(join(root, name, 'plan.json'))).toBe(true)
    await expect(printed(await planOf(name))).toMatchFileSnapshot(join(root, name, 'plan.json'))
  })

  test('is compiled without a diagnostic, but for a secret that is made up', async () => {
    const { diagnostics } = await load(join(root, name, 'capability.yaml'))
    expect(diagnostics.filter((d) => d.code !== 'plain-secret')).toEqual([])
  })

  test('has a plan that says nothing about this machine', () => {
    expect(readFileSync(join(root, name, 'plan.json'), 'utf8')).not.toMatch(
      /"\/(home|root|work|tmp|Users|usr)\/|[A-Z]:\\\\/,
    )
  })
})

test('The list form compiles to the plan of the map form, apart from the name of the format', async () => {
  const { capability, ...rest } = JSON.parse(printed(await planOf('refs')))
  const { capability: listCapability, ...listRest } = JSON.parse(printed(await planOf('refs-alpha2')))
  expect(listRest).toEqual(rest)
  expect(listCapability).toEqual({ ...capability, format: 'naftiko 1.0.0-alpha2' })
})

test('The same capability compiles to the same plan every time', async () => {
  expect(printed(await planOf('refs'))).toBe(printed(await planOf('refs')))
})
