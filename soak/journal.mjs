/** Follows the journal of the sandbox, which keeps the last thousand requests only. */

import { setTimeout as pause } from 'node:timers/promises'

const everyMs = 100
/** An entry is told again as long as its request may still be under way. */
const openMs = 60_000

/**
 * Reads what comes from now on until `stop()`, which resolves to `{ entries, marks, gaps }`: every entry as it was last seen; at which moment (the
 * beginning of a reading, in milliseconds) which sequence was the last; and how many requests were never seen.
 */
export async function follow(sandbox) {
  const { requests } = await (await fetch(`${sandbox}/__sandbox/`)).json()
  const entries = new Map()
  const open = new Map()
  const marks = []
  let [after, gaps, isOver] = [requests, 0, false]
  const take = (entry, at) => {
    entries.set(entry.sequence, entry)
    const isOpen = entry.status === 0 && at - (open.get(entry.sequence) ?? at) < openMs
    if (!isOpen) open.delete(entry.sequence)
    else if (!open.has(entry.sequence)) open.set(entry.sequence, at)
  }
  const read = async () => {
    const at = Date.now()
    const oldest = Math.min(after, ...[...open.keys()].map((sequence) => sequence - 1))
    const found = await (await fetch(`${sandbox}/__sandbox/journal?after=${oldest}`)).json()
    const first = found[0]?.sequence ?? after + 1
    gaps += Math.max(0, first - after - 1)
    for (const entry of found) take(entry, at)
    after = Math.max(after, found.at(-1)?.sequence ?? 0)
    marks.push({ at, sequence: after })
  }
  const reading = (async () => {
    while (!isOver) {
      await read()
      await pause(everyMs)
    }
    await read()
  })()
  // Whoever stops hears of it; a run that fails elsewhere does not.
  reading.catch(() => {})
  return {
    stop: async () => {
      isOver = true
      await reading
      return { entries: [...entries.values()], marks, gaps }
    },
  }
}
