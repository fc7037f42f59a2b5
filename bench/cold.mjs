/** Cold start: from the start of a process to its first answered request, and what it weighs while idle. */

import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { command } from './processes.mjs'

const path = '/v1/models/m1/pages/p1'
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const ports = ['files-rest', 'files-mcp', 'files-skill', 'control'].flatMap((name) => ['--port', `${name}=0`])

/**
 * Starts three programs in turn, `rounds` times: an app without dependencies, the shipped capability, which the build has
 * parsed, and the same capability with one more comment, which has to be parsed.
 */
export async function measureColdStart(upstream, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'capability-bench-'))
  try {
    const apps = appsFor(upstream, folder)
    const measured = apps.map(() => [])
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [0, 1, 2] : [2, 1, 0]
      for (const i of order) measured[i].push(await start(apps[i]))
    }
    return measured
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function appsFor(upstream, folder) {
  const config = join(folder, 'config.json')
  writeFileSync(
    config,
    JSON.stringify({
      upstream,
      route: '^/v1/models/[^/]+/pages/([^/]+)$',
      path: '/api/v2/Inferences/Model/m1/ImageLevelInferences',
    }),
  )
  const bare = [fileURLToPath(new URL('./targets/cold-app.mjs', import.meta.url)), config]
  const options = [...ports, '--upstream', `nanonets=${upstream}`, '--state', join(folder, 'state')]
  return [bare, [cli, 'serve', ...options], [cli, 'serve', changedCopy(folder), ...options]]
}

/** The shipped capability with its companion, scripts and skills, in texts that no build has seen. */
function changedCopy(folder) {
  for (const part of ['capabilities', 'skills'])
    cpSync(fileURLToPath(new URL(`../${part}/`, import.meta.url)), join(folder, part), { recursive: true })
  const capabilities = join(folder, 'capabilities')
  const names = readdirSync(capabilities).filter((name) => name.endsWith('.yml'))
  for (const name of names) appendFileSync(join(capabilities, name), '# changed\n')
  return join(
    capabilities,
    names.find((name) => name.endsWith('.ikanos.yml')),
  )
}

async function start(args) {
  const [program, ...rest] = command(args, true)
  const started = performance.now()
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NANONETS_API_KEY: 'bench' },
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    const url = await announced(child)
    const response = await fetch(url + path)
    const { page_id, id } = await response.json()
    const ms = performance.now() - started
    if (response.status !== 200 || (page_id ?? id) !== 'p1') throw new Error(`wrong answer ${response.status}`)
    await wait(300)
    return { ms, rssMb: residentMb(child.pid) }
  } finally {
    child.kill()
    await ended
  }
}

/** The address of the REST surface, from what the program prints once it listens. */
function announced(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.once('exit', (code) => reject(new Error(`ended with exit code ${code} before it listened: ${text}`)))
    child.stdout.on('data', (chunk) => {
      text += chunk
      const url = /^\s*rest\s+(http:\S+)/m.exec(text)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}

/** Resident memory in MiB; undefined where neither /proc nor ps tells it. */
function residentMb(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
  } catch {
    const kb = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]).stdout)
    return kb > 0 ? kb / 1024 : undefined
  }
}
