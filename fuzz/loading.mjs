/** Loads files in a thread that may take so long and so much memory, and no more. */

import { Worker } from 'node:worker_threads'

const program = new URL('../dist/index.js', import.meta.url).href
const worker = new URL('./load-worker.mjs', import.meta.url)
const resourceLimits = { maxOldGenerationSizeMb: 512 }
const startMs = 30_000

/**
 * Answers `load({ file, text })`, which resolves to what came of it or to `{ fault }`, and `close()`. A file that takes more
 * than `mostMs` is tried twice again before that is called a fault: the machine may have been busy.
 */
export function createLoading(mostMs) {
  let thread
  const once = async (one, limitMs) => {
    const isNew = thread === undefined
    thread ??= new Worker(worker, { workerData: program, resourceLimits })
    const outcome = await answerOf(thread, one, isNew ? startMs : limitMs)
    if (outcome.ended !== true) return outcome
    await thread.terminate()
    thread = undefined
    return outcome
  }
  const load = async (one) => {
    let outcome = await once(one, mostMs)
    for (let again = 0; again < 2 && outcome.isLate === true; again += 1) {
      await once({ file: one.file, text: 'info: {}' }, startMs)
      outcome = await once(one, mostMs)
    }
    return outcome
  }
  return { load, close: async () => thread?.terminate() }
}

function answerOf(thread, one, limitMs) {
  return new Promise((resolve) => {
    const end = (outcome) => {
      clearTimeout(timer)
      thread.off('message', end)
      thread.off('error', failed)
      resolve(outcome)
    }
    const failed = (error) => end({ fault: `the thread ended: ${error.stack ?? error}`, ended: true })
    const timer = setTimeout(() => end({ fault: `no answer within ${limitMs} ms`, ended: true, isLate: true }), limitMs)
    thread.on('message', end)
    thread.on('error', failed)
    thread.postMessage(one)
  })
}
