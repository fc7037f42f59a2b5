import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { describe, expect, test, vi } from 'vitest'
import { cancel, newCall } from '../../src/runtime/call.ts'
import { scriptThreads } from '../../src/runtime/script-threads.ts'

const job = { sources: [], context: '{}', limits: { timeoutMs: 2_000, turns: 1 } }

/** Threads that do nothing by themselves, and all that were started. */
function silent() {
  const started: (EventEmitter & Record<'postMessage' | 'terminate' | 'ref' | 'unref', ReturnType<typeof vi.fn>>)[] = []
  const start = async () => {
    const thread = Object.assign(new EventEmitter(), {
      postMessage: vi.fn(),
      terminate: vi.fn(),
      ref: vi.fn(),
      unref: vi.fn(),
    })
    started.push(thread)
    return thread as unknown as Worker
  }
  return { started, threads: scriptThreads({ start, most: 1, reused: true, graceMs: 0 }) }
}

describe('The thread of a script whose caller has gone', () => {
  test('stays when the script is over soon, and runs the next one', async () => {
    const { started, threads } = silent()
    const call = newCall()
    const first = threads.run(job, () => {}, call)
    await vi.waitFor(() => expect(started[0]?.postMessage).toHaveBeenCalledOnce())
    cancel(call)
    started[0]?.emit('message', { output: '1', broken: false })
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const second = threads.run(job, () => {})
    await vi.waitFor(() => expect(started[0]?.postMessage).toHaveBeenCalledTimes(2))
    started[0]?.emit('message', { output: '2', broken: false })
    expect(await second).toEqual({ output: '2', broken: false })
    expect([started.length, started[0]?.terminate.mock.calls.length]).toEqual([1, 0])
  })

  test('is ended when the script goes on, long before its own time is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { started, threads } = silent()
      const call = newCall()
      const ended = threads.run(job, () => {}, call).catch((error) => error.code)
      while (started[0]?.postMessage.mock.calls.length !== 1) await Promise.resolve()
      cancel(call)
      await vi.advanceTimersByTimeAsync(100)
      expect(await ended).toBe('cancelled')
      expect(started[0]?.terminate).toHaveBeenCalledOnce()
    } finally {
      vi.useRealTimers()
    }
  })
})
