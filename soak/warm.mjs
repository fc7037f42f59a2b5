/** What fills the memories of a server that are bounded, so that they do not look like a leak. */

import { createWeb, ways } from './ways.mjs'

/** Without faults for as long as something takes. */
export async function calmly(upstream, work) {
  const at = `${upstream}/__sandbox/faults.txt`
  const faults = await (await fetch(at)).text()
  await fetch(at, { method: 'PUT', body: '' })
  const done = await work()
  await fetch(at, { method: 'PUT', body: faults })
  return done
}

/** Writes with keys until the server knows as many as it ever does, so that what it keeps of them grows no more. */
export async function warmed(server, count) {
  const web = createWeb(server.addresses, () => {}).leaving(undefined)
  const way = ways[0]()
  let left = count
  const busy = async () => {
    while (left > 0) {
      left -= 1
      const input = { model_id: 'none', request_file_id: `warm-${left}` }
      await way.ask(web, { flow: 'approve-file', input, key: `warm-${left}` })
    }
  }
  await Promise.all(Array.from({ length: 64 }, busy))
  return count
}

/**
 * Long answers in a session, until what is kept of them for a client that lost its connection is full (`replay.ts`: 2
 * million characters a process), or `mostMs` are over.
 */
export async function filled(web, [{ model_id }], mostMs) {
  const until = Date.now() + mostMs
  const mostCharacters = 4_000_000
  const way = ways[2]()
  let characters = 0
  const counting = {
    send: async (surface, sent) => {
      const answer = await web.send(surface, sent)
      characters += answer.text.length
      return answer
    },
  }
  const busy = async () => {
    while (characters < mostCharacters && Date.now() < until)
      await way.ask(counting, { flow: 'list-files', input: { model_id, days: 60 } }).catch(() => {})
  }
  await Promise.all(Array.from({ length: 8 }, busy))
}
