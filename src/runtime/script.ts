/**
 * Runs a script step: JavaScript in a WebAssembly machine that has nothing but its context, in a thread of its own, so
 * that it holds up nobody and can be ended whatever it does (spec §4.4).
 */

import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { OperationError } from '../errors.ts'
import type { ScriptStepPlan } from '../plan.ts'
import { type ScriptJob, type ScriptReply, scriptWorker } from './script-worker.ts'

/** Threads at once; further scripts wait. */
const maxThreads = 4
/** The machine stops itself; what can't be interrupted there (a long built-in function) is ended this much later. */
const graceMs = 500

const idle: Worker[] = []
const waiting: (() => void)[] = []
let threads = 0

/**
 * The value that the script leaves in its global `result`, undefined when it leaves none. Throws OperationError
 * `script-failed`, its message masked.
 */
export async function runScript(
  { name, sources, limits }: ScriptStepPlan,
  context: unknown,
  mask: (text: string) => string,
): Promise<unknown> {
  const thread = await take()
  const job: ScriptJob = { sources, context: JSON.stringify(context), limits }
  const { output, failure, broken } = await answerOf(thread, job)
  give(thread, broken)
  if (failure !== undefined) throw new OperationError('script-failed', `step "${name}": ${mask(failure)}`)
  return output === undefined ? undefined : JSON.parse(output)
}

function answerOf(thread: Worker, job: ScriptJob): Promise<ScriptReply> {
  return new Promise((resolve) => {
    const settle = (reply: ScriptReply) => {
      clearTimeout(timer)
      thread.off('message', settle).off('error', lost).off('exit', lost)
      resolve(reply)
    }
    const { timeoutMs } = job.limits
    const timer = setTimeout(
      () => settle({ failure: `it took longer than ${timeoutMs} ms`, broken: true }),
      timeoutMs + graceMs,
    )
    const lost = () => settle({ failure: 'the script broke its sandbox', broken: true })
    thread.on('message', settle).on('error', lost).on('exit', lost)
    thread.postMessage(job)
  })
}

/** An idle thread keeps no process alive, one at work does. */
async function take(): Promise<Worker> {
  while (idle.length === 0 && threads >= maxThreads) await new Promise<void>((resolve) => waiting.push(resolve))
  const thread = idle.pop() ?? (await start())
  thread.ref()
  return thread
}

function give(thread: Worker, broken: boolean) {
  if (broken) {
    threads -= 1
    void thread.terminate()
  } else {
    thread.unref()
    idle.push(thread)
  }
  waiting.shift()?.()
}

const require = createRequire(import.meta.url)

/** The program of a thread is a text: it needs no file of its own beside the bundle. */
async function start(): Promise<Worker> {
  threads += 1
  const files = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'].map((name) => require.resolve(name))
  const [port, core, variant] = ['node:worker_threads', ...files].map((name) => `require(${JSON.stringify(name)})`)
  const program = `(${scriptWorker})(${port}.parentPort, ${core}, ${variant}.default)`
  // A fault while it is idle is no fault of this program; the next job on it is told that it is lost.
  const thread = new Worker(program, { eval: true, env: {}, stdout: true, stderr: true })
  thread.on('error', () => {})
  try {
    await once(thread, 'message')
    return thread
  } catch (error) {
    give(thread, true)
    throw error
  }
}
