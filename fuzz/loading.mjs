/** Loads files in a thread that may take so long and so much memory, and no more. */

import { Worker } from 'node:worker_threads'

const program = new URL('../dist/index.js', import.meta.url).href
const worker = new URL('./load-worker.mjs', import.meta.url)
const resourceLimits = { maxOldGenerationSizeMb: 512 }
const startMs = 30_000

/** How often it is looked at, and after how long in all a thread that does nothing is given up. */
const [lookMs, patienceMs] = [250, 60_000]

/**
 * Answers `load({ file, text })`, which resolves to what came of it or to `{ fault }`, and `close()`. A file may take
 * `mostMs` of the processor: on a busy machine that is longer. `threads` = how many share what this process takes of it.
 */
export function createLoading(mostMs, threads) {
  let thread
  const load = async (one) => {
    const isNew = thread === undefined
    thread ??= new Worker(worker, { workerData: program, resourceLimits })
    const outcome = await answerOf(thread, one, isNew ? startMs : mostMs * threads)
    if (outcome.ended !== true) return outcome
    await thread.terminate()
    thread = undefined
    return outcome
  }
  return { load, close: async () => thread?.terminate() }
}

function answerOf(thread, one, limitMs) {
  const [since, used] = [performance.now(), process.cpuUsage()]
  return new Promise((resolve) => {
    const end = (outcome) => {
      clearInterval(timer)
      thread.off('message', end)
      thread.off('error', failed)
      resolve(outcome)
    }
    const failed = (error) => end({ fault: `the thread ended: ${error.stack ?? error}`, ended: true })
    const look = () => {
      const { user, system } = process.cpuUsage(used)
      const isOver = (user + system) / 1000 > limitMs || performance.now() - since > patienceMs
      if (isOver) end({ fault: `no answer after ${limitMs} ms of the processor`, ended: true })
    }
    const timer = setInterval(look, lookMs)
    thread.on('message', end)
    thread.on('error', failed)
    thread.postMessage(one)
  })
}
