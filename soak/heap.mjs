/** What a process holds once its garbage is collected, that of its threads too, asked of it over its inspector. */

import { WebSocket } from 'undici'
import { residentMb } from './programs.mjs'

const live = '{ const { heapUsed, external } = process.memoryUsage(); (heapUsed + external) / 2 ** 20 }'

/** Of a process started with `inspected`. Answers `{ measure(), close() }`: resident memory, and live memory of its main thread, in MB. */
export async function heapOf({ pid, noted }) {
  const [, address] = /Debugger listening on (\S+)/.exec(noted()) ?? []
  const socket = new WebSocket(address)
  const waiting = new Map()
  const threads = new Set()
  const settle = ({ id, result }) => {
    waiting.get(id)?.(result)
    waiting.delete(id)
  }
  socket.addEventListener('message', ({ data }) => {
    const { method, params, ...answer } = JSON.parse(data)
    if (method === 'NodeWorker.attachedToWorker') threads.add(params.sessionId)
    else if (method === 'NodeWorker.detachedFromWorker') threads.delete(params.sessionId)
    else if (method === 'NodeWorker.receivedMessageFromWorker') settle(JSON.parse(params.message))
    else settle(answer)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  let serial = 0
  const answered = (send) => {
    serial += 1
    const id = serial
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      send(id)
    })
  }
  const ask = (method, params = {}) => answered((id) => socket.send(JSON.stringify({ id, method, params })))
  const collect = (sessionId) =>
    answered((id) => {
      const message = JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' })
      void ask('NodeWorker.sendMessageToWorker', { sessionId, message })
    })
  /** A thread that has ended meanwhile answers nothing. */
  const soon = (collecting) => Promise.race([collecting, new Promise((resolve) => setTimeout(resolve, 500))])
  await ask('NodeWorker.enable', { waitForDebuggerOnStart: false })
  return {
    measure: async () => {
      await Promise.all([ask('HeapProfiler.collectGarbage'), ...[...threads].map((thread) => soon(collect(thread)))])
      const { result } = await ask('Runtime.evaluate', { expression: live })
      return { at: Date.now(), mb: residentMb(pid), liveMb: result.value }
    },
    close: () => socket.close(),
  }
}
