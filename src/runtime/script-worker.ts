/** What runs in the thread of a script. Its text is the thread's program, so it stands for itself: no imports but types. */

import type { MessagePort } from 'node:worker_threads'
import type { QuickJSContext, QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { InputFault } from '../errors.ts'
import type { ScriptLimits, ScriptSource } from '../plan.ts'

export interface ScriptJob {
  readonly sources: readonly ScriptSource[]
  /** JSON. */
  readonly context: string
  readonly limits: ScriptLimits
}

/** `output`: JSON, absent when the script left no result. `broken`: the thread must not be used again. */
export interface ScriptReply {
  readonly output?: string
  readonly failure?: string
  /** What of the input it does not take: it threw an `InvalidInput` with these. */
  readonly refused?: readonly InputFault[]
  readonly broken: boolean
}

/** Answers jobs one at a time, each in a machine of its own: nothing stays from one to the next. */
export function scriptWorker(
  port: MessagePort,
  quickjs: typeof import('quickjs-emscripten-core'),
  variant: QuickJSSyncVariant,
) {
  const maxMemoryBytes = 64 * 1024 * 1024
  const maxStackBytes = 256 * 1024
  const maxOutputChars = 4 * 1024 * 1024
  const maxMessage = 300
  const maxRefused = 20
  // QuickJS asks whether to go on once in so many loop turns and calls.
  const turnsPerQuestion = 10_000
  // No script sees the outside, but one that logs should not fail for it.
  const prelude = 'globalThis.console = { log() {}, info() {}, warn() {}, error() {}, debug() {} }'
  const result = "typeof result === 'undefined' ? undefined : JSON.stringify(result)"

  const machine = quickjs.newQuickJSWASMModuleFromVariant(variant)
  // Said once the machine stands, so that a script's time does not count how long that took.
  void machine.then(() => port.postMessage('ready'))
  port.on('message', async (job: ScriptJob) => port.postMessage(answer(await machine, job)))

  function answer(module: Awaited<typeof machine>, { sources, context, limits }: ScriptJob): ScriptReply {
    const ends = performance.now() + limits.timeoutMs
    let questions = 0
    let stopped: string | undefined
    const runtime = module.newRuntime({ memoryLimitBytes: maxMemoryBytes, maxStackSizeBytes: maxStackBytes })
    runtime.setInterruptHandler(() => {
      questions += 1
      if (performance.now() > ends) stopped = `it took longer than ${limits.timeoutMs} ms`
      else if (questions * turnsPerQuestion > limits.turns)
        stopped = `it took more than ${limits.turns} loop turns and calls`
      return stopped !== undefined
    })
    const vm = runtime.newContext()
    let said: Omit<ScriptReply, 'broken'>
    let broken = false
    try {
      said = run(vm, sources, context)
    } catch {
      broken = true
      said = { failure: 'the script broke its sandbox' }
    }
    try {
      vm.dispose()
      runtime.dispose()
    } catch {
      broken = true
    }
    return { ...said, ...(stopped === undefined ? {} : { failure: stopped }), broken }
  }

  function run(vm: QuickJSContext, sources: readonly ScriptSource[], context: string): Omit<ScriptReply, 'broken'> {
    const given = vm.newString(context)
    vm.setProp(vm.global, 'context', given)
    given.dispose()
    const before = { name: 'context', text: `context = JSON.parse(context); ${prelude}` }
    for (const { name, text } of [before, ...sources]) {
      const done = vm.evalCode(text, name, { type: 'global' })
      if (done.error !== undefined) return thrown(vm, done.error)
      done.value.dispose()
    }
    const jobs = vm.runtime.executePendingJobs()
    if (jobs.error !== undefined) return thrown(vm, jobs.error)
    const left = vm.evalCode(result, 'result', { type: 'global' })
    return left.error === undefined ? outputOf(vm, left.value) : thrown(vm, left.error)
  }

  function outputOf(vm: QuickJSContext, handle: ReturnType<QuickJSContext['newString']>) {
    try {
      if (vm.typeof(handle) !== 'string') return {}
      const size = vm.getProp(handle, 'length').consume((length) => vm.getNumber(length))
      if (size > maxOutputChars) return { failure: `its result has ${size} characters; the limit is ${maxOutputChars}` }
      return { output: vm.getString(handle) }
    } finally {
      handle.dispose()
    }
  }

  /** What a script threw: its name, message, and the line of its own file. */
  function thrown(vm: QuickJSContext, handle: ReturnType<QuickJSContext['newString']>) {
    const value: unknown = vm.dump(handle)
    handle.dispose()
    const members = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
    const { name, message, stack, errors } = members
    const refused = name === 'InvalidInput' && Array.isArray(errors) ? errors.slice(0, maxRefused).map(faultOf) : []
    const what = message === undefined ? String(value) : `${name === undefined ? '' : `${name}: `}${message}`
    const place = /\(?([\w./-]+:\d+)(?::\d+)?\)?\s*$/m.exec(String(stack ?? ''))?.[1]
    const text = what.length > maxMessage ? `${what.slice(0, maxMessage)}…` : what
    const failure = place === undefined ? text : `${text} (${place})`
    return refused.length === 0 ? { failure } : { failure, refused }
  }

  function faultOf(said: unknown): InputFault {
    const { pointer, message, hint } = (said ?? {}) as { readonly [key in keyof InputFault]?: unknown }
    const short = (text: unknown) => String(text).slice(0, maxMessage)
    const at = typeof pointer === 'string' && pointer.startsWith('/') ? short(pointer) : ''
    return { pointer: at, message: short(message), ...(hint === undefined ? {} : { hint: short(hint) }) }
  }
}
