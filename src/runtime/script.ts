/**
 * Runs scripts: each in a world that has nothing but its context, in a thread of its own, so that it holds up nobody
 * and can be ended whatever it does (spec §4.4).
 */

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { OperationError } from '../errors.ts'
import type { ScriptLimits, ScriptPlan } from '../plan.ts'
import type { Call } from './call.ts'
import { pythonImports, pythonProgram } from './python-program.ts'
import { pythonRealm } from './python-realm.ts'
import { type PythonThread, pythonWorker } from './python-worker.ts'
import { scriptThreads, type Threads } from './script-threads.ts'
import { scriptWorker } from './script-worker.ts'

const require = createRequire(import.meta.url)

const threads: Readonly<Record<ScriptPlan['language'], Threads>> = {
  javascript: scriptThreads({ start: startJavaScript, most: 4, reused: true, graceMs: 500 }),
  python: scriptThreads({ start: startPython, most: 2, reused: false, graceMs: 0 }),
}

/**
 * The value that a script leaves in its global `result`, undefined when it leaves none. `started` is told when it has
 * waited its turn. Throws OperationError `script-failed`, `invalid-input` when it refuses its input, or `cancelled`.
 */
export async function runScript(
  { language, sources }: ScriptPlan,
  context: unknown,
  limits: ScriptLimits,
  started: () => void,
  call?: Call,
): Promise<unknown> {
  const job = { sources, context: JSON.stringify(context), limits }
  const { output, failure, refused } = await threads[language].run(job, started, call)
  if (refused !== undefined) throw new OperationError('invalid-input', 'the input does not fit', { errors: refused })
  if (failure !== undefined) throw new OperationError('script-failed', failure)
  return output === undefined ? undefined : parsed(output)
}

/** What is slow to start is started before it is needed; whether that fails shows when it is. */
export function warmScripts(language: ScriptPlan['language']) {
  if (language === 'python') threads.python.warm().catch(() => {})
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    throw new OperationError('script-failed', 'the script broke its sandbox')
  }
}

/** The program of a thread is a text: it needs no file of its own beside the bundle. */
function startJavaScript(): Promise<Worker> {
  const files = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'].map((name) => require.resolve(name))
  const [threads, core, variant] = ['node:worker_threads', ...files].map(required)
  return started(`(${scriptWorker})(${threads}.parentPort, ${core}, ${variant}.default)`)
}

const required = (name: string) => `require(${JSON.stringify(name)})`

/** Of one interpreter, in bytes; it takes 30 MiB itself. */
const pythonMemory = 128 * 1024 * 1024

interface Snapshot {
  readonly memory: Uint8Array
  /** V8 has threads share the compiled code of a module as long as somebody holds it. */
  readonly code: unknown
}

let snapshot: Promise<Snapshot> | undefined

/** Loading Python takes seconds, so it is done once: every thread starts from the memory of an interpreter as it was then. */
async function startPython(): Promise<Worker> {
  snapshot ??= takeSnapshot()
  const thread = startPythonThread((await snapshot).memory)
  await said(thread)
  return thread
}

async function takeSnapshot(): Promise<Snapshot> {
  const thread = startPythonThread('make')
  try {
    const [memory, code] = await Promise.all([said(thread), compiledPython()])
    return { memory, code }
  } catch (error) {
    snapshot = undefined
    throw error
  } finally {
    void thread.terminate()
  }
}

async function compiledPython(): Promise<unknown> {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile: (bytes: Uint8Array) => Promise<unknown> } }
  return WebAssembly.compile(await readFile(join(pyodideFolder(), 'pyodide.asm.wasm')))
}

const pyodideFolder = () => dirname(require.resolve('pyodide/package.json'))

function startPythonThread(from: PythonThread['snapshot']): Worker {
  const [threads, vm, fs] = ['node:worker_threads', 'node:vm', 'node:fs'].map(required)
  const program = `'use strict';(${pythonWorker})(${threads}.parentPort,${vm},${fs},${threads}.workerData)`
  const texts = [pythonProgram, pythonImports].map((text) => JSON.stringify(text))
  const realm = `'use strict';globalThis.python=(${pythonRealm})(${texts},${pythonMemory})`
  const workerData: PythonThread = { folder: pyodideFolder(), realm, snapshot: from, memory: pythonMemory }
  return thread(program, { workerData, resourceLimits: { maxOldGenerationSizeMb: 128 } })
}

async function started(program: string): Promise<Worker> {
  const worker = thread(program, { resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 } })
  await said(worker)
  return worker
}

/** A fault while it is idle is no fault of this program; the next job on it is told that it is lost. */
function thread(program: string, options: WorkerOptions = {}): Worker {
  return new Worker(program, { eval: true, env: {}, stdout: true, stderr: true, ...options }).on('error', () => {})
}

/** The first thing that a thread says. Rejects when it breaks before it. */
async function said(worker: Worker) {
  const ended = once(worker, 'exit').then(() => {
    throw new Error('a thread for scripts ended before it could run one')
  })
  ended.catch(() => {})
  const [message] = await Promise.race([once(worker, 'message'), ended])
  worker.unref()
  return message
}
