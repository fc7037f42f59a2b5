/** Threads that run scripts: so many at once, the others wait in line. Whatever a script does, its thread can be ended. */

import type { Worker } from 'node:worker_threads'
import { OperationError } from '../errors.ts'
import type { Call } from './call.ts'
import type { ScriptJob, ScriptReply } from './script-worker.ts'
import { cancelledError } from './upstream-faults.ts'

/** One kind of thread. */
export interface ThreadKind {
  readonly start: () => Promise<Worker>
  /** At once. */
  readonly most: number
  /** A thread that is not used again is ended after its script, and the next one is started meanwhile. */
  readonly reused: boolean
  /** A thread that stops itself when the time is over is ended this much later, in milliseconds. */
  readonly graceMs: number
}

export interface Threads {
  /** `started` is told when its turn has come. Rejects with OperationError when the caller has gone, or too many wait. */
  readonly run: (job: ScriptJob, started: () => void, call?: Call) => Promise<ScriptReply>
  /** Has a thread ready for the first script. */
  readonly warm: () => Promise<void>
}

/** How many scripts may wait. */
const mostWaiting = 64

/** For a script whose caller has gone: most are over sooner, which costs less than to start a thread in place of theirs. */
const partingMs = 100

/** Opens no thread before it is needed. An idle thread keeps no process alive, one at work does. */
export function scriptThreads({ start, most, reused, graceMs }: ThreadKind): Threads {
  const idle: Worker[] = []
  const waiting: (() => void)[] = []
  let working = 0
  let starting: Promise<void> | undefined

  async function run(job: ScriptJob, started: () => void, call?: Call): Promise<ScriptReply> {
    await turn(call)
    try {
      const thread = await take()
      if (call?.cancelled) return leave(thread)
      thread.ref()
      if (!reused) warm().catch(() => {})
      started()
      const reply = await answerOf(thread, job, graceMs, call)
      if (reply.broken) void thread.terminate()
      else keep(thread)
      if (call?.cancelled) throw cancelledError()
      return reply
    } finally {
      next()
    }
  }

  /** First come, first served: a turn that ends is handed to the first in line. */
  function turn(call: Call | undefined): Promise<void> | void {
    if (working < most) {
      working += 1
      return
    }
    if (waiting.length >= mostWaiting)
      throw new OperationError('script-failed', `${mostWaiting} scripts are waiting already`, { retryable: true })
    return new Promise<void>((resolve, reject) => {
      waiting.push(resolve)
      if (call === undefined) return
      call.abort = () => {
        const at = waiting.indexOf(resolve)
        if (at < 0) return
        waiting.splice(at, 1)
        reject(cancelledError())
      }
    })
  }

  function next() {
    const first = waiting.shift()
    if (first === undefined) working -= 1
    else first()
  }

  async function take(): Promise<Worker> {
    if (idle.length === 0 && starting !== undefined) await starting.catch(() => {})
    return idle.pop() ?? begin()
  }

  /** One that breaks while nothing is asked of it is not asked again. */
  async function begin(): Promise<Worker> {
    const thread = await start()
    return thread.once('exit', () => void idle.splice(0, idle.length, ...idle.filter((other) => other !== thread)))
  }

  function keep(thread: Worker) {
    thread.unref()
    idle.push(thread)
  }

  function leave(thread: Worker): never {
    keep(thread)
    throw cancelledError()
  }

  function warm(): Promise<void> {
    if (idle.length > 0) return Promise.resolve()
    starting ??= begin()
      .then(keep)
      .finally(() => {
        starting = undefined
      })
    return starting
  }

  return { run, warm }
}

function answerOf(thread: Worker, job: ScriptJob, graceMs: number, call: Call | undefined): Promise<ScriptReply> {
  return new Promise((resolve) => {
    const settle = (reply: ScriptReply) => {
      clearTimeout(timer)
      thread.off('message', settle).off('error', lost).off('exit', lost)
      if (call !== undefined) call.abort = undefined
      resolve(reply)
    }
    const { timeoutMs } = job.limits
    const late = () => settle({ failure: `it took longer than ${timeoutMs} ms`, broken: true })
    const lost = () => settle({ failure: 'the script broke its sandbox', broken: true })
    let timer = setTimeout(late, timeoutMs + graceMs)
    const parting = () => {
      clearTimeout(timer)
      timer = setTimeout(late, partingMs)
    }
    if (call !== undefined) call.abort = parting
    thread.on('message', settle).on('error', lost).on('exit', lost)
    thread.postMessage(job)
  })
}
