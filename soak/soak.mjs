/**
 * `npm run soak`: whether a write is made once, and told as it was, while everything fails. A server stands between many
 * callers and a sandbox with every kind of fault; callers leave and repeat, the server is killed and started again. Then
 * the journal of the sandbox is held against what callers were told. Exit 1 where a rule is broken.
 */

import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { soak } from './run.mjs'

const usage = `npm run soak -- [options]
  --seconds <n>   how long callers begin to call, at least 5 (default 120); then up to a minute more until each has its answer
  --callers <n>   callers at a time (default 200)
  --restarts <n>  restarts of the server at the beginning (default 3)
  --think <ms>    pause of a caller between calls on average (default 500)
  --warm <n>      writes before that, so that memory of them is full (default 10000)
  --breaker       the upstream is left alone as usual when it fails; else it is asked however often, to see more
  --percent <n>   how often each fault strikes (default 5)
  --seed <n>      the same dice again; printed
  --json <file>   write the figures there
`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    callers: { type: 'string', default: '200' },
    restarts: { type: 'string', default: '3' },
    think: { type: 'string', default: '500' },
    warm: { type: 'string', default: '10000' },
    percent: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
    breaker: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const names = { think: 'thinkMs' }
const numbers = Object.entries(values)
  .filter(([, value]) => typeof value === 'string')
  .filter(([name]) => name !== 'json')
const options = Object.fromEntries(numbers.map(([name, text]) => [names[name] ?? name, Number(text)]))
if (values.help || !Object.values(options).every((n) => n >= 0) || options.seconds < 5 || options.callers < 1) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

const tell = (text) => process.stderr.write(`${text}\n`)
tell(`seed ${options.seed}`)
// With more seconds, those that hang would soon take every connection, and all callers wait in place of calling.
const limits = { timeout: 5, ...(values.breaker ? {} : { breaker: false }) }
const result = await soak({ ...options, tell, limits })
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, null, 2))
process.stdout.write(`${table({ ...options, ...result })}\n`)
process.exitCode = result.verdict.some(({ broken }) => broken.length > 0) ? 1 : 0

function table({ seed, seconds, callers, verdict, counts, memory }) {
  const figures = Object.entries(counts).map(([name, all]) => {
    const parts = Object.entries(all).map(([kind, n]) => `${n} ${kind}`)
    return `${name.padEnd(22)}${parts.join(', ')}`
  })
  const rules = verdict.flatMap(({ rule, checked, broken }) => [
    `${broken.length === 0 ? 'pass' : 'FAIL'}  ${rule} (${broken.length} of ${checked})`,
    ...broken.slice(0, 5).map((one) => `      ${one.slice(0, 1500)}`),
  ])
  return [`${callers} callers, ${seconds} seconds, seed ${seed}`, '', ...figures, grown(memory), '', ...rules].join(
    '\n',
  )
}

/** Resident memory decides; what is live tells whether it is a leak. */
function grown(memory) {
  if (memory === undefined) return 'memory was not measured'
  const { from, to, perMinute, live, livePerMinute } = memory
  const rate = (perMinute) => `${perMinute.toFixed(2)} MB a minute`
  const resident = `${from.toFixed(0)} to ${to.toFixed(0)} MB in the second half, ${rate(perMinute)}`
  return `memory after a collection: ${resident}; live ${live.toFixed(0)} MB, ${rate(livePerMinute)}`
}
