/**
 * `npm run fuzz`: what nobody would send and what nobody would write, by the ten thousand. A request is answered without a
 * fault of ours, in time, and without the secret that the server knows; a file is loaded or refused with diagnostics.
 * What breaks that is made small (fast-check) and printed with the seed that makes it again. Exit 1 when there is any.
 */

import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { fuzzFiles } from './fuzz-files.mjs'
import { fuzzRequests } from './fuzz-requests.mjs'

const usage = `npm run fuzz -- [options]
  --requests <n>  generated requests (default 100000)
  --files <n>     mutated capability files (default 20000)
  --seed <n>      the same again; printed
`

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
    help: { type: 'boolean', default: false },
  },
})
const [requests, files, seed] = ['requests', 'files', 'seed'].map((name) => Number(values[name]))
if (values.help || !(requests >= 0 && files >= 0 && Number.isInteger(seed))) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

process.stderr.write(`seed ${seed}\n`)
const since = performance.now()
const told = [
  await fuzzRequests({ runs: requests, seed, lanes: 8 }),
  await fuzzFiles({ runs: files, seed, threads: 2 }),
]
for (const { what, runs, counts, failure } of told) {
  const parts = Object.entries(counts).map(([kind, n]) => `${n} ${kind}`)
  process.stdout.write(`${failure === undefined ? 'pass' : 'FAIL'}  ${runs} ${what}: ${parts.join(', ')}\n`)
  if (failure !== undefined) process.stdout.write(`${failure}\n`)
}
process.stdout.write(`${((performance.now() - since) / 1000).toFixed(0)} s, seed ${seed}\n`)
process.exit(told.some(({ failure }) => failure !== undefined) ? 1 : 0)
