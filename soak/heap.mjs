/** What a process holds once its garbage is collected, asked of it over its inspector. */

import { WebSocket } from 'undici'
import { residentMb } from './programs.mjs'

/** Of a process started with `inspected`. Answers `{ measure(), close() }`: resident and live memory, in MB. */
export async function heapOf({ pid, noted }) {
  const [, address] = /Debugger listening on (\S+)/.exec(noted()) ?? []
  const socket = new WebSocket(address)
  const waiting = new Map()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(data)
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  let serial = 0
  const ask = (method, params = {}) => {
    serial += 1
    const id = serial
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  const live = 'const { heapUsed, external } = process.memoryUsage(); (heapUsed + external) / 2 ** 20'
  return {
    measure: async () => {
      await ask('HeapProfiler.collectGarbage')
      const { result } = await ask('Runtime.evaluate', { expression: `{ ${live} }` })
      return { at: Date.now(), mb: residentMb(pid), liveMb: result.value }
    },
    close: () => socket.close(),
  }
}
