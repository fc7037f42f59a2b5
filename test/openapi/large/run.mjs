/**
 * `npm run openapi`: large public descriptions become capabilities that are sound, serve, call what the description says,
 * and come back through their export. Packages are fetched into a folder that goes again; where the registry can't be
 * reached, it says so. A word takes only the descriptions that hold it: `npm run openapi -- stripe`.
 */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packed, Unreachable } from '../../conformance/fetch.mjs'
import { descriptions } from './descriptions.mjs'

const run = promisify(execFile)
const one = fileURLToPath(new URL('one.mjs', import.meta.url))
const words = process.argv.slice(2)
const chosen = descriptions.filter(({ of }) => words.length === 0 || words.some((word) => of.join('/').includes(word)))
const folder = await mkdtemp(join(tmpdir(), 'descriptions-'))
const faults = []
try {
  const folders = new Map()
  for (const name of new Set(chosen.map(({ of }) => of[0]))) folders.set(name, await unpacked(name))
  for (const { of, tags } of chosen) await measure(of, join(folders.get(of[0]), of[1]), tags)
  console.log(`openapi: ${chosen.length - faults.length} of ${chosen.length} descriptions`)
} catch (error) {
  if (!(error instanceof Unreachable)) throw error
  console.log(`openapi: skipped, ${error.message}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = faults.length === 0 ? 0 : 1

async function unpacked(name) {
  const into = join(folder, name.replaceAll('/', '-'))
  await mkdir(into)
  await run('tar', ['xzf', join(folder, await packed(name, folder)), '-C', into, '--strip-components=1'])
  return into
}

async function measure(of, file, tags) {
  const path = of.join(' ')
  try {
    const { stdout } = await run('node', [one, file, ...(tags === undefined ? [] : [JSON.stringify(tags)])], {
      timeout: 180_000,
      maxBuffer: 64 * 1024 * 1024,
    })
    tell(path, JSON.parse(stdout))
  } catch (error) {
    faults.push(path)
    console.log(`✗ ${path}: ${said(error)}`)
  }
}

function said({ stderr = '', message, killed }) {
  const thrown = /^\w*Error: .*$/m.exec(stderr)?.[0]
  return killed ? 'took longer than 3 minutes' : (thrown ?? message).slice(0, 1500)
}

function tell(path, { version, bytes, ways, stable, whole }) {
  if (stable === undefined) faults.push(path)
  const around = stable === undefined ? '✗ never comes back as it went:' : '✓'
  console.log(`${around} ${path} (${version}, ${mega(bytes)}), the same after ${stable} rounds`)
  if (whole !== undefined) console.log(`    all of it: refused in ${whole.ms} ms, ${whole.said}`)
  for (const [way, { operations, importing, ready, sizes, called, refused, notes }] of Object.entries(ways)) {
    const files = sizes.map(mega).join(' + ')
    console.log(`    ${way}: ${operations} operations, import ${importing} ms, ready ${ready} ms, ${files},`)
    console.log(`      ${called} tools called, ${refused} refused the sample; ${notes.join(', ')}`)
  }
}

function mega(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
