import { describe, expect, test } from 'vitest'
import { newCall } from '../../src/runtime/call.ts'
import type { Invoke } from '../../src/runtime/execute.ts'
import { type Principal, restricted } from '../../src/runtime/policy.ts'

const caller = (...scopes: readonly string[]): Principal => ({ subject: 'ann', scopes: new Set(scopes) })

function counted() {
  let calls = 0
  const invoke: Invoke = async () => {
    calls += 1
    return { status: 200 }
  }
  return { invoke, calls: () => calls }
}

describe('An operation that needs scopes', () => {
  test('runs for a caller that has them all', async () => {
    const { invoke } = counted()
    const run = restricted('orders.cancel', { scopes: ['a', 'b'] }, invoke)
    expect(await run({}, newCall(undefined, caller('b', 'c', 'a')))).toEqual({ status: 200 })
  })

  test.each([[[]], [['a']], [['b']], [['ab']]])('does not run for a caller that has %j', async (scopes) => {
    const { invoke, calls } = counted()
    const run = restricted('orders.cancel', { scopes: ['a', 'b'] }, invoke)
    await expect(run({}, newCall(undefined, caller(...scopes)))).rejects.toMatchObject({
      code: 'insufficient-scope',
      scopes: ['a', 'b'],
    })
    expect(calls()).toBe(0)
  })

  test('runs where callers bring no token: on the command line, over stdio, behind another credential', async () => {
    const { invoke } = counted()
    const run = restricted('orders.cancel', { scopes: ['a'] }, invoke)
    expect(await run({}, newCall())).toEqual({ status: 200 })
    expect(await run({})).toEqual({ status: 200 })
  })

  test('is what it was when there is no policy', () => {
    const { invoke } = counted()
    expect(restricted('orders.read', undefined, invoke)).toBe(invoke)
  })
})
