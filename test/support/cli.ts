/** The command as a person runs it: the built program in a process of its own. */

import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import { stateHome } from './state-home.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Builds the program when there is none; `npm test` has built it before. */
export function ensureBuilt() {
  if (!existsSync(program)) execFileSync(process.execPath, ['build.mjs'], { cwd: root })
}

/** What the built program offers to other programs. */
export function built(): Promise<typeof import('../../src/index.ts')> {
  ensureBuilt()
  return import(new URL('index.js', pathToFileURL(program)).href)
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

function start(args: readonly string[], { cwd = root, env = {} }: RunOptions) {
  const { NANONETS_API_KEY: _, ...inherited } = process.env
  const own = { NO_COLOR: '1', XDG_STATE_HOME: stateHome }
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...inherited, ...own, ...env } })
  const ran = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    ran.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    ran.stderr += chunk
  })
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...ran })))
  return { child, ran, ended }
}

/** Runs the command to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { child, ended } = start(args, options)
  child.stdin.end(options.stdin ?? '')
  return ended
}

/** Runs the command for a reader that goes before the first word, as behind `| true`. */
export async function runUnread(args: readonly string[]): Promise<Ran> {
  const { child, ended } = start(args, {})
  child.stdout.destroy()
  child.stdin.end()
  return ended
}

/** Starts a command that goes on until it is told to stop, and waits until it has said `until`. */
export async function runUntil(args: readonly string[], until: string, options: RunOptions = {}) {
  const { child, ran, ended } = start(args, options)
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => ran.stdout.includes(until) && resolve())
    void ended.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)))
  })
  const stop = (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal)
    return ended
  }
  return { stdout: () => ran.stdout, stop }
}
