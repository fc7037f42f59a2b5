/** What a process holds once its garbage is collected, asked over its inspector. */

import { WebSocket } from 'undici'

/** `said` = what the process wrote on stderr, where it names the address. Answers `{ heapMb(), close() }`. */
export async function heapOf(said) {
  const [, address] = /Debugger listening on (\S+)/.exec(said) ?? []
  const socket = new WebSocket(address)
  const waiting = new Map()
  let serial = 0
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(data)
    waiting.get(id)?.(result)
    waiting.delete(id)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const ask = (method, params = {}) => {
    serial += 1
    const answer = new Promise((resolve) => waiting.set(serial, resolve))
    socket.send(JSON.stringify({ id: serial, method, params }))
    return answer
  }
  const usage = async () => {
    await ask('HeapProfiler.collectGarbage')
    const { result } = await ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' })
    return JSON.parse(result.value)
  }
  return { ask, usage, close: () => socket.close() }
}
