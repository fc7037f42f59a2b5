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
  --seconds <n>   how long callers begin to call, at least 5 (default 120); then up to 45 more until each has its answer
  --callers <n>   callers at a time (default 200)
  --restarts <n>  restarts of the server in the first third (default 3)
  --think <ms>    pause of a caller between calls on average (default 500)
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
    percent: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const [seconds, callers, restarts, thinkMs, percent, seed] = [
  'seconds',
  'callers',
  'restarts',
  'think',
  'percent',
  'seed',
].map((name) => Number(values[name]))
if (values.help || !(seconds >= 5 && callers >= 1 && restarts >= 0 && thinkMs >= 0 && percent >= 0 && seed >= 0)) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

const tell = (text) => process.stderr.write(`${text}\n`)
tell(`seed ${seed}`)
const result = await soak({ seconds, callers, restarts, thinkMs, percent, seed, tell })
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, null, 2))
process.stdout.write(`${table({ seed, seconds, callers, ...result })}\n`)
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
  const grown =
    memory === undefined
      ? 'memory was not measured'
      : `memory ${memory.from.toFixed(0)} MB to ${memory.to.toFixed(0)} MB in the second half, ${memory.perMinute.toFixed(2)} MB a minute`
  return [`${callers} callers, ${seconds} seconds, seed ${seed}`, '', ...figures, grown, '', ...rules].join('\n')
}
