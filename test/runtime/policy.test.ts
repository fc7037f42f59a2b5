import { describe, expect, test } from 'vitest'
import type { OperationPlan, Plan } from '../../src/plan.ts'
import { newCall } from '../../src/runtime/call.ts'
import type { Invoke } from '../../src/runtime/invoke.ts'
import { createGrants, type Grants, restricted } from '../../src/runtime/policy.ts'
import type { Principal } from '../../src/runtime/principal.ts'

/** Of an operation, what grants look at. */
function operationOf(scopes?: readonly string[]) {
  const policy = scopes === undefined ? {} : { policy: { scopes } }
  const operation = { name: 'orders.cancel', ...policy } as unknown as OperationPlan
  return { operation, grants: createGrants({ operations: [operation] } as unknown as Plan) }
}

const caller = (grants: Grants | undefined, ...scopes: readonly string[]): Principal => {
  const held = new Set(scopes)
  const access = grants?.byScopes(held, undefined)
  return { subject: 'ann', scopes: held, ...(access === undefined ? {} : { access }) }
}

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
    const { operation, grants } = operationOf(['a', 'b'])
    const run = restricted(operation, grants, invoke)
    expect(await run({}, newCall(undefined, caller(grants, 'b', 'c', 'a')))).toEqual({ status: 200 })
  })

  test.each([[[]], [['a']], [['b']], [['ab']]])('does not run for a caller that has %j', async (scopes) => {
    const { invoke, calls } = counted()
    const { operation, grants } = operationOf(['a', 'b'])
    const run = restricted(operation, grants, invoke)
    await expect(run({}, newCall(undefined, caller(grants, ...scopes)))).rejects.toMatchObject({
      code: 'insufficient-scope',
      scopes: ['a', 'b'],
    })
    expect(calls()).toBe(0)
  })

  test('runs where callers bring no token: on the command line, over stdio, behind another credential', async () => {
    const { invoke } = counted()
    const { operation, grants } = operationOf(['a'])
    const run = restricted(operation, grants, invoke)
    expect(await run({}, newCall())).toEqual({ status: 200 })
    expect(await run({})).toEqual({ status: 200 })
  })

  test('is what it was when there is no policy', () => {
    const { invoke } = counted()
    const { operation, grants } = operationOf()
    expect(restricted(operation, grants, invoke)).toBe(invoke)
  })
})
