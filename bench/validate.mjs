/** `npm run bench -- validate [folder…]`: how many capability files one process validates in a second once it is warm. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { validate } from '../dist/index.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const passes = 5
const warmMs = 5000

const own = ['../capabilities', '../test/plans', '../test/faults'].map(here)

function filesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.ya?ml$/.test(name))
  return names.filter((name) => !/\.runtime\.yml$|^openapi\./.test(name)).map((name) => join(folder, name))
}

/** The capabilities that the scenarios play, as files. */
function writeScenarios(folder) {
  for (const file of filesIn(here('../test/scenarios'))) {
    const { capability } = parse(readFileSync(file, 'utf8'))
    if (capability !== undefined) writeFileSync(join(folder, basename(file)), stringify(capability))
  }
}

/** One pass: how many files are valid, and what it took in milliseconds. */
async function pass(files) {
  const cpu = process.cpuUsage()
  const started = performance.now()
  let valid = 0
  for (const file of files) {
    const { loaded, standalone } = await validate(file)
    if (loaded !== undefined || standalone !== undefined) valid += 1
  }
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { valid, ms, cpuMs: (user + system) / 1000 }
}

/** Validates the files of some folders, or the repository's own, and prints what it found. */
export async function benchValidate(folders, asJson) {
  const scenarios = mkdtempSync(join(tmpdir(), 'capability-bench-'))
  try {
    if (folders.length === 0) writeScenarios(scenarios)
    const result = await measure((folders.length > 0 ? folders : [...own, scenarios]).flatMap(filesIn))
    process.stdout.write(asJson ? `${JSON.stringify(result, null, 2)}\n` : text(result))
  } finally {
    rmSync(scenarios, { recursive: true })
  }
}

/** Pass after pass; the best one counts, because other work on the machine only makes one slower. */
async function measure(files) {
  const first = await pass(files)
  for (const started = performance.now(); performance.now() - started < warmMs; ) await pass(files)
  const seen = []
  for (let i = 0; i < passes; i++) seen.push(await pass(files))
  const best = (key) => Math.round((1000 * files.length) / Math.min(...seen.map((p) => p[key])))
  return {
    files: files.length,
    valid: first.valid,
    cold: Math.round((1000 * files.length) / first.ms),
    filesPerSecond: best('ms'),
    filesPerCpuSecond: best('cpuMs'),
  }
}

const text = ({ files, valid, cold, filesPerSecond, filesPerCpuSecond }) =>
  `validate: ${files} files, ${valid} of them valid
  ${filesPerSecond} files/s once warm, ${filesPerCpuSecond} in a second of CPU time (threads of the collector included)
  ${cold} files/s in the first pass
`
