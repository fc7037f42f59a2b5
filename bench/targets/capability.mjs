/**
 * The process under test: one surface of the bench capability, from the build. `capability.mjs <rest|mcp> <upstream>`;
 * `observed` is REST as it is operated: callers have a credential, traces and metrics are kept. V8 is set as the command
 * `capability serve` sets it.
 */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { parse } from 'yaml'
import { serve } from '../../dist/index.js'
import { announce } from './side-channel.mjs'

setFlagsFromString('--no-allocation-site-pretenuring')
const here = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const [kind, upstream] = process.argv.slice(2)
const type = kind === 'mcp' ? 'mcp' : 'rest'
const folder = mkdtempSync(join(tmpdir(), 'capability-bench-'))
const running = await serve(kind === 'observed' ? observed() : here('bench.ikanos.yml'), {
  upstreams: { 'documents-api': upstream },
  ports: { 'bench-rest': 0, 'bench-mcp': 0, ...(kind === 'observed' ? { control: 0 } : {}) },
})
rmSync(folder, { recursive: true })
announce(running.surfaces.find(({ plan }) => plan.type === type).url)

function observed() {
  const root = parse(readFileSync(here('bench.ikanos.yml'), 'utf8'))
  const { exposes } = root.capability
  for (const surface of exposes)
    if (surface.type === 'rest') surface.authentication = { type: 'bearer', token: 'bench' }
  exposes.push({ type: 'control', port: 19_092 })
  cpSync(here('bench.runtime.yml'), join(folder, 'bench.runtime.yml'))
  writeFileSync(join(folder, 'bench.ikanos.yml'), JSON.stringify(root))
  return join(folder, 'bench.ikanos.yml')
}
