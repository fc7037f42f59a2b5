/** A caller: reads and writes until it is told to stop, leaves now and then, and repeats what it has no answer to. */

import { setTimeout as pause } from 'node:timers/promises'
import { Lost } from './ways.mjs'

const shares = { read: 0.4, leave: 0.08, abandon: 0.2, unkeyed: 0.15, repeatUnknown: 0.5 }
const mostAttempts = 200
const mostAgain = 6

/**
 * Calls until `isOver()`. Every write it makes is put on `writes` with all that it was `told` (`{ at, what, detail }`) and
 * how it came to an `end`: `done`, `refused`, `again`, `pending`, `unknown` or `abandoned`; without one it was lost.
 */
export async function callerOf(way, { web, makeRead, makeWrite, random, writes, reads, keyOf, isOver, thinkMs }) {
  await pause(random.unit() * thinkMs)
  while (!isOver()) {
    if (random.chance(shares.read)) reads.push(await told(way, web, makeRead(), random))
    else await finish(way, web, begun(makeWrite(), way, random, keyOf, writes), random, thinkMs)
    await pause(random.unit() * 2 * thinkMs)
  }
}

/** Over MCP a write need not have a key: what is not repeatable is known again by what it says. */
function begun(write, way, random, keyOf, writes) {
  const isUnkeyed = way.name !== 'REST' && random.chance(shares.unkeyed)
  const made = { ...write, key: isUnkeyed ? undefined : keyOf(), over: way.name, told: [], end: undefined }
  writes.push(made)
  return made
}

async function told(way, web, asked, random) {
  const leaveMs = random.chance(shares.leave) ? random.unit() * 150 : undefined
  try {
    return { at: 0, ...(await way.ask(web.leaving(leaveMs), asked)) }
  } catch (error) {
    if (!(error instanceof Lost)) throw error
    const what = { gone: 'lost', left: 'left', hung: 'hung' }[error.why]
    return { what, detail: String(error.cause?.code ?? error.why) }
  }
}

async function finish(way, web, write, random, thinkMs) {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const one = { ...(await told(way, web, write, random)), at: Date.now() }
    write.told.push(one)
    write.end = endOf(write, one, random)
    if (write.end !== undefined || one.what === 'hung' || one.what === 'broken') return
    await pause(
      one.what === 'again' || one.what === 'pending' ? (1 + random.unit() * 3) * thinkMs : 50 + random.unit() * 300,
    )
  }
}

/** Whether a caller leaves it at that; undefined = it asks again. */
function endOf({ told, repeatable, key }, { what }, random) {
  switch (what) {
    case 'done':
    case 'refused':
      return what
    case 'again':
    case 'pending':
      return told.filter((one) => one.what === what).length >= mostAgain ? what : undefined
    case 'unknown': {
      const mayAsk = key !== undefined || repeatable
      const before = told.filter((one) => one.what === 'unknown').length
      return mayAsk && before < 3 && random.chance(shares.repeatUnknown) ? undefined : 'unknown'
    }
    case 'left':
      return random.chance(shares.abandon) ? 'abandoned' : undefined
    default:
      return undefined
  }
}
