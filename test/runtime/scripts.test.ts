/** Scripts in their threads: who waits, who goes, and what switches them off. */

import { describe, expect, onTestFinished, test } from 'vitest'
import { load } from '../../src/index.ts'
import { open } from '../../src/open.ts'
import { cancel, newCall } from '../../src/runtime/call.ts'
import { writeCapability } from '../support/serve.ts'

const sources = {
  'scripts/one.js': 'result = context.n',
  'scripts/forever.js': 'for (;;) {}',
}

function scripted(scripting: object, files: readonly string[] = ['one.js', 'forever.js']) {
  const tool = (file: string) => ({
    description: 'Runs a script.',
    inputParameters: { n: { type: 'integer' } },
    steps: { script: { type: 'script', location: 'file:///./scripts', language: 'javascript', file } },
    mappings: [{ target: 'n', value: '$.script' }],
  })
  const tools = Object.fromEntries(files.map((file) => [file.replace('.', '-'), tool(file)]))
  return {
    ikanos: '1.0.0-beta5',
    capability: {
      exposes: [
        { type: 'mcp', namespace: 'tools', port: 0, tools },
        { type: 'control', port: 0, management: { scripting } },
      ],
    },
  }
}

async function opened(scripting: object, files?: readonly string[], environment: Record<string, string> = {}) {
  const loaded = await load(await writeCapability(scripted(scripting, files), { files: sources }))
  const { runtime, close } = await open(loaded, { environment })
  onTestFinished(() => close())
  const call = (name: string, n: number, cancelled = newCall()) => {
    const operation = loaded.plan.operations.find((o) => o.name === `tools.${name}`)
    if (operation === undefined) throw new Error(`nothing is called "${name}"`)
    return runtime.invoke(operation)({ n }, cancelled)
  }
  return { call, loaded, stats: runtime.context.scripting.stats }
}

const long = { timeout: 60_000, statementLimit: 1e12 }
const inTime = <T>(promise: Promise<T>) => {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('too late')), 8_000).unref())
  return Promise.race([promise, late])
}

describe('A caller of a script that goes', () => {
  test('ends the script that runs, and others go on', async () => {
    const { call } = await opened(long)
    const gone = newCall()
    const ending = call('forever-js', 0, gone)
    expect((await call('one-js', 7)).value).toEqual({ n: 7 })
    cancel(gone)
    await expect(inTime(ending)).rejects.toMatchObject({ code: 'cancelled' })
    expect((await call('one-js', 8)).value).toEqual({ n: 8 })
  })
})

describe('Scripts that wait', () => {
  test('are served in their order, leave the line when their caller goes, and are not too many', async () => {
    const { call } = await opened(long)
    const running = Array.from({ length: 4 }, () => newCall())
    const busy = running.map((gone) => call('forever-js', 0, gone).catch((error) => error.code))
    const order: number[] = []
    const leaving = newCall()
    const left = call('one-js', 100, leaving).catch((error) => error.code)
    const waiting = Array.from({ length: 63 }, async (_, n) => {
      await call('one-js', n)
      order.push(n)
    })
    await expect(call('one-js', 101)).rejects.toMatchObject({
      code: 'script-failed',
      retryable: true,
      message: 'step "script": 64 scripts are waiting already',
    })
    cancel(leaving)
    expect(await left).toBe('cancelled')
    const [first, ...others] = running
    if (first !== undefined) cancel(first)
    await inTime(Promise.all(waiting))
    expect(order).toEqual(Array.from({ length: 63 }, (_, n) => n))
    for (const gone of others) cancel(gone)
    expect(await inTime(Promise.all(busy))).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
  })
})

describe('Scripts are switched off', () => {
  const off = { IKANOS_SCRIPTING: 'false' }

  test('by the environment, which the failure names', async () => {
    const { call, stats } = await opened({}, ['one.js'], off)
    await expect(call('one-js', 1)).rejects.toMatchObject({
      code: 'script-failed',
      message: expect.stringMatching(/^step "script": scripts are switched off by IKANOS_SCRIPTING=false .* unset it/),
    })
    expect(stats().totalExecutions).toBe(0)
  })

  test('not by the environment where the capability says that they are on', async () => {
    const { call } = await opened({ enabled: true }, ['one.js'], off)
    expect((await call('one-js', 1)).value).toEqual({ n: 1 })
  })

  test('by the capability, which is told when it is read and when they would run', async () => {
    const { call, loaded } = await opened({ enabled: false }, ['one.js'])
    expect(loaded.diagnostics.map((d) => d.code)).toEqual(['scripts-off'])
    await expect(call('one-js', 1)).rejects.toThrow('switched off by management.scripting.enabled')
  })
})

describe('The statistics of scripts', () => {
  test('count what ran, what failed and how long it took', async () => {
    const { call, stats } = await opened({ timeout: 100 })
    expect(stats()).toEqual({ totalExecutions: 0, totalErrors: 0, averageDurationMs: 0 })
    await call('one-js', 1)
    await call('forever-js', 1).catch(() => {})
    const { averageDurationMs, lastExecutionAt = '', ...counts } = stats()
    expect(counts).toEqual({ totalExecutions: 2, totalErrors: 1 })
    expect(averageDurationMs).toBeGreaterThan(0)
    expect(Math.abs(Date.now() - Date.parse(lastExecutionAt))).toBeLessThan(60_000)
  })
})
