/** A soak: a sandbox that fails, a server before it that is killed and started again, many callers; then the judge. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { callerOf } from './caller.mjs'
import { capabilityWith } from './capability.mjs'
import { heapOf } from './heap.mjs'
import { follow } from './journal.mjs'
import { judge, slopeOf } from './judge.mjs'
import { personOf } from './person.mjs'
import { run, start } from './programs.mjs'
import { randomOf } from './random.mjs'
import { calmly, filled, warmed } from './warm.mjs'
import { createWeb, ways } from './ways.mjs'
import { readsOf, readWorld, writesOf, writtenBy } from './writes.mjs'

/** The key that the server has for its upstream, which the fault `echo` repeats. */
const secret = 'soak-canary-7Qm2xK'

/** Every kind of fault, each this often; what was carried out although the caller hears of a fault is the harder half. */
export function faultsOf(percent, seed) {
  const kinds = [
    ...['429 retry-after=1', '500 after effect', '503', 'slow=300ms', 'hang after effect', 'reset'],
    ...['reset after effect', 'reset-body', 'empty', 'html', 'truncated', 'content-type', 'echo'],
  ]
  return [...kinds.map((kind) => `${percent}% ${kind}`), `seed=${seed}`].join(', ')
}

/**
 * Runs for `seconds` and answers `{ verdict, counts, memory }`. `callers` at a time, each with a pause of `thinkMs` on
 * average. `restarts` begin in the first twelfth, so that the last process lives longest; the first and third by SIGKILL.
 * `limits` = what the companion is to say of the upstream, else as it is. `tell` hears how far it is.
 */
export async function soak(options) {
  const { seed, percent, limits, warm = 0, tell = () => {} } = options
  const directory = await mkdtemp(join(tmpdir(), 'soak-'))
  const sandbox = await start(['sandbox', '--faults', faultsOf(percent, seed)], /Sandbox on (\S+)\n[\s\S]*Stop it/)
  const [, upstream] = sandbox.matched
  const file = await capabilityWith(limits, join(directory, 'copy'))
  const server = await serverOf({ upstream, file, state: join(directory, 'state') })
  try {
    const models = await calmly(upstream, async () => {
      tell(`${await warmed(server, warm)} writes before it begins`)
      return readWorld(upstream)
    })
    const watch = await follow(upstream)
    const seen = await calls({ ...options, tell, models, server })
    tell('stopping')
    await server.stop()
    const journal = await watch.stop()
    const audit = await auditOf(join(directory, 'state'))
    return concluded({ ...seen, ...journal, audit, server, sandbox })
  } finally {
    await server.stop('SIGKILL')
    sandbox.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}

async function calls({ seconds, seed, callers, restarts, thinkMs, models, server, tell }) {
  const random = randomOf(seed)
  const [writes, reads, leaks] = [[], [], []]
  const web = createWeb(server.addresses, ({ status, text, headers }) => {
    if (text.includes(secret) || JSON.stringify(headers).includes(secret))
      leaks.push(`answer ${status} ${text.slice(0, 300)}`)
  })
  const overAt = Date.now() + seconds * 1000
  let serial = 0
  const keyOf = () => `soak-${seed}-${++serial}`
  const shared = { web, writes, reads, random, keyOf, thinkMs, isOver: () => Date.now() >= overAt }
  const [makeWrite, makeRead] = [writesOf(models, random), readsOf(models, random)]
  const all = Array.from({ length: callers }, (_, i) =>
    callerOf(ways[i % ways.length](), { ...shared, makeWrite, makeRead }),
  )
  const verdicts = new Map()
  const ending = { isOver: false }
  const person = personOf({ inbox: () => server.addresses().inbox, random, verdicts, isOver: () => ending.isOver })
  const halfAt = Date.now() + seconds * 500
  for (let n = 1; n <= restarts; n += 1) {
    await pause((seconds * 1000) / 12 / restarts)
    const signal = n % 2 === 1 ? 'SIGKILL' : 'SIGTERM'
    tell(`restart ${n} of ${restarts}, ${signal}`)
    await server.restart(signal)
  }
  tell(`${callers} callers for ${seconds} seconds`)
  if (seconds >= 60) await filled(web.leaving(undefined), models, 20_000)
  const samples = await sampling(server, { halfAt, overAt })
  await Promise.all(all)
  ending.isOver = true
  await person
  web.close()
  return { writes, reads, leaks, verdicts, samples }
}

/** The server and its successors: where they are now, what all of them said, how they ended. */
async function serverOf({ upstream, file, state }) {
  const [kills, ends, noted] = [[], [], []]
  const args = ['serve', ...file, '--upstream', `nanonets=${upstream}`, '--state', state]
  for (const name of ['files-rest', 'files-mcp', 'files-skill', 'control']) args.push('--port', `${name}=0`)
  const ready = /rest +(\S+) [\s\S]*mcp +(\S+)\/mcp\n[\s\S]* (\S+)\/approvals#token=(\S+)\n/
  let now
  let addresses
  const launch = async () => {
    const process = await start(args, ready, { env: { NANONETS_API_KEY: secret }, inspected: true })
    const one = { process, asked: false }
    void process.ended.then((end) => {
      noted.push(process.noted())
      ends.push({ asked: one.asked, ...end, noted: process.noted().slice(-500) })
    })
    const [, rest, mcp, url, token] = process.matched
    addresses = { rest, mcp, inbox: { url, token } }
    now = one
  }
  const stop = async (signal = 'SIGTERM') => {
    kills.push({ at: Date.now(), signal })
    now.asked = true
    now.process.kill(signal)
    await now.process.ended
  }
  await launch()
  const restart = async (signal) => {
    await stop(signal)
    await launch()
  }
  return { restart, stop, addresses: () => addresses, process: () => now.process, kills, ends, noted }
}

/**
 * In the second half of the time, of the process that serves since the last restart: once its garbage is collected. It is
 * collected before that already, since a heap takes a while to settle to being collected every second.
 */
async function sampling(server, { halfAt, overAt }) {
  const heap = await heapOf(server.process())
  const samples = []
  while (Date.now() < overAt) {
    const sample = await heap.measure()
    if (sample.at >= halfAt) samples.push(sample)
    await pause(1000)
  }
  heap.close()
  return samples
}

async function auditOf(directory) {
  const [{ code, stdout }, { stdout: text }] = await Promise.all([
    run(['audit', 'verify', directory]),
    run(['audit', 'export', directory]),
  ])
  const lines = text
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one))
  return { verified: code === 0, said: stdout.trim(), lines, text }
}

function concluded({ writes, reads, leaks, verdicts, samples, entries, marks, gaps, audit, server }) {
  const byWrite = groupBy(entries, writtenBy)
  for (const write of writes) write.entries = byWrite.get(write.id) ?? []
  const known = new Set([undefined, ...writes.map(({ id }) => id)])
  const stray = [...byWrite].filter(([id]) => !known.has(id)).map(([id]) => id)
  const { kills, ends, noted } = server
  const spoken = [audit.text, ...noted].filter((text) => text.includes(secret)).map((text) => text.slice(0, 300))
  const growth = samples.length < 20 || samples[0].mb === undefined ? [] : [growthOf(samples)]
  const evidence = {
    writes,
    reads,
    verdicts,
    stray,
    marks,
    gaps,
    audit,
    kills,
    ends,
    noted,
    growth,
    leaks: [...leaks, ...spoken],
  }
  return { verdict: judge(evidence), counts: countsOf(evidence, entries), memory: growth[0], samples, noted }
}

function growthOf(samples) {
  const [first, last] = [samples[0], samples.at(-1)]
  const live = slopeOf(samples, ({ liveMb }) => liveMb)
  return { perMinute: slopeOf(samples), livePerMinute: live, from: first.mb, to: last.mb, live: last.liveMb }
}

function groupBy(list, keyOf) {
  const groups = new Map()
  for (const one of list) {
    const key = keyOf(one)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return groups
}

function countsOf({ writes, reads, verdicts, audit, kills }, entries) {
  const tally = (list) =>
    Object.fromEntries([...groupBy(list, (one) => one)].map(([name, all]) => [name, all.length]).sort())
  return {
    'calls that read': tally(reads.map(({ what }) => what)),
    'writes as they ended': tally(writes.map(({ end }) => String(end))),
    'answers to writes': tally(writes.flatMap(({ told }) => told.map(({ what }) => what))),
    'requests upstream': tally(
      entries.map(({ fault, effect }) => (fault === undefined ? 'sound' : `${fault} ${effect}`)),
    ),
    'writes made upstream': tally(
      writes.flatMap((w) => w.entries.filter(({ outcome }) => outcome === 200).map(() => w.flow)),
    ),
    'lines of the audit': tally(
      audit.lines.map(({ event, replayed }) => (replayed === true ? `${event}, replayed` : event)),
    ),
    'what a person said': tally([...verdicts.values()]),
    stops: tally(kills.map(({ signal }) => signal)),
  }
}
