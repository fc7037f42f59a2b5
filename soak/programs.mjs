/** The program as processes of their own: how they start, what they say, how much memory they hold. */

import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const startMs = 30_000

/** A rejection that nobody takes ends the process with an error, so that it can't be overlooked. */
const strict = '--unhandled-rejections=strict'

/**
 * Starts `capability <args>` and waits until its output matches `ready`. `matched` is that match, `noted()` what it wrote on
 * stderr, `ended` resolves to `{ code, signal }`. `inspected` opens its inspector. Rejects when it ends before.
 */
export async function start(args, ready, { env = {}, inspected = false } = {}) {
  const flags = inspected ? [strict, '--inspect=127.0.0.1:0'] : [strict]
  const child = spawn(process.execPath, [...flags, program, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, notes] = ['', '']
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })))
  child.stderr.on('data', (chunk) => {
    notes += chunk
  })
  const matched = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${args[0]} says nothing: ${out}${notes}`)), startMs)
    child.stdout.on('data', (chunk) => {
      out += chunk
      const found = ready.exec(out)
      if (found === null) return
      clearTimeout(timer)
      resolve(found)
    })
    void ended.then(({ code }) => reject(new Error(`${args[0]} ended with ${code}: ${notes}`)))
  }).catch((error) => {
    child.kill('SIGKILL')
    throw error
  })
  return { pid: child.pid, matched, noted: () => notes, ended, kill: (signal) => child.kill(signal) }
}

/** Runs `capability <args>` to its end: its exit code and what it printed. */
export async function run(args) {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { maxBuffer: 2 ** 30 })
    return { code: 0, stdout }
  } catch ({ code, stdout = '', stderr = '' }) {
    return { code, stdout: `${stdout}${stderr}` }
  }
}

/** Resident memory of a process in MB; undefined where the system does not tell, or it has gone. */
export function residentMb(pid) {
  try {
    const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kb === undefined ? undefined : Number(kb) / 1024
  } catch {
    return undefined
  }
}
