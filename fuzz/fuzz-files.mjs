/** Mutated capability files, each loaded or refused. */

import fc from 'fast-check'
import { breakages, broken, originals } from './files.mjs'
import { createLoading } from './loading.mjs'
import { merged, reported } from './report.mjs'

const mostMs = 2000

/** Loads `runs` of them, on so many threads; `failure` = the smallest that broke a rule, with its seed. */
export async function fuzzFiles({ runs, seed, threads = 1 }) {
  const all = originals()
  const each = Math.ceil(runs / threads)
  const parts = await Promise.all(Array.from({ length: threads }, (_, i) => part(all, each, seed + i, threads)))
  return { what: 'mutated files', runs: each * threads, ...merged(parts) }
}

async function part(all, runs, seed, threads) {
  const loading = createLoading(mostMs, threads)
  const counts = {}
  const property = fc.asyncProperty(breakages(all.length), async (breakage) => {
    const { what, fault } = await loading.load(broken(all, breakage))
    if (fault !== undefined) throw new Error(fault)
    counts[what] = (counts[what] ?? 0) + 1
  })
  try {
    const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: false })
    return { counts, failure: reported(result, ([breakage]) => broken(all, breakage)) }
  } finally {
    await loading.close()
  }
}
