/** Runs suites of the conformance package one after the other, and judges what they found. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** Prints a line a suite; answers what failed and is not explained, and what is explained and did not fail. */
export async function runSuites(suites, tools, url) {
  const expected = expectedFailures()
  const met = new Set()
  const faults = []
  for (const suite of suites) {
    const checks = await runSuite(suite, tools.get(suite.package), url)
    const failed = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    const unexplained = failed.filter(({ scenario, id }) => {
      const entry = [scenario, `${scenario}:${id}`].find((key) => expected.has(key))
      met.add(entry)
      return entry === undefined
    })
    report(suite, checks, failed, unexplained)
    faults.push(...unexplained.map((check) => `${suite.name}: ${check.scenario}: ${check.id}: ${check.errorMessage}`))
    if (!checks.some(isPassed)) faults.push(`${suite.name}: nothing was checked`)
  }
  const stale = [...expected.keys()].filter((entry) => !met.has(entry))
  return [...faults, ...stale.map((entry) => `expected-failures.yml: ${entry} did not fail`)]
}

const isPassed = ({ status }) => status === 'SUCCESS'
const scenariosOf = (checks) => new Set(checks.map(({ scenario }) => scenario)).size

function report({ name, package: tool }, checks, failed, unexplained) {
  const held = `${scenariosOf(checks) - scenariosOf(failed)} of ${scenariosOf(checks)} scenarios`
  const known = failed.length - unexplained.length
  const explained = known === 0 ? '' : `, ${known} explained in expected-failures.yml`
  const counts = `${checks.filter(isPassed).length} checks passed, ${unexplained.length} failed${explained}`
  console.log(`${name} (${tool}): ${held}, ${counts}`)
}

/** scenario, or scenario:check -> why it does not hold. */
function expectedFailures() {
  const file = fileURLToPath(new URL('expected-failures.yml', import.meta.url))
  const groups = parse(readFileSync(file, 'utf8')) ?? []
  return new Map(groups.flatMap(({ reason, checks }) => checks.map((check) => [check, reason])))
}

/** What a suite checked: `{ scenario, id, status, errorMessage }` each. */
async function runSuite({ args }, { node, path }, url) {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  const run = spawn(node, [path, 'server', '--url', url, ...args, '-o', folder], { stdio: 'ignore' })
  await once(run, 'exit')
  const checks = readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('checks.json'))
    .flatMap((file) => {
      const scenario = /^(?:server-)?(?<name>.*?)-\d{4}-\d\d-\d\dT/.exec(file)?.groups?.name
      return JSON.parse(readFileSync(join(folder, file), 'utf8')).map((check) => ({ ...check, scenario }))
    })
  await rm(folder, { recursive: true })
  return checks
}
