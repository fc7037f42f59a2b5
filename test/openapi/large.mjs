/**
 * Imports large public descriptions and serves each: `node test/openapi/large.mjs <folder…>` over folders of unpacked
 * packages. Says why where there are none.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { importOpenapi, load, serve } from '../../dist/index.js'

const folders = process.argv.slice(2).filter(existsSync)
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(json|ya?ml)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .filter((path) => /^\s*\{?\s*["']?(openapi|swagger)["']?\s*:\s*["']?[23]\./m.test(readFileSync(path, 'utf8'))),
)
if (files.length === 0) console.log('skipped: no folder with OpenAPI descriptions was named')

const out = mkdtempSync(join(tmpdir(), 'large-'))
let failed = 0
for (const [i, source] of files.entries()) {
  const began = Date.now()
  try {
    const { text, companion, operations } = await importOpenapi(source, baseOf(source))
    const file = join(out, `case-${i}.ikanos.yml`)
    writeFileSync(file, text)
    if (companion !== undefined) writeFileSync(join(out, `case-${i}.runtime.yml`), companion)
    const { plan } = await load(file)
    const ports = Object.fromEntries(plan.surfaces.map(({ namespace }) => [namespace, 0]))
    const environment = Object.fromEntries(plan.binds.map(({ key }) => [key, 'a-credential-of-nobody']))
    const running = await serve(file, { ports, environment })
    const mcp = running.surfaces.find((surface) => surface.plan.type === 'mcp')
    const listed = await toolsOf(mcp.url)
    await running.close()
    if (listed === 0) throw new Error('no tool is listed')
    console.log(`ok ${source}: ${operations.length} operations, ${Date.now() - began} ms`)
  } catch (error) {
    if (/no operation that a capability/.test(error.message)) {
      console.log(`-- ${source}: has no operations`)
      continue
    }
    failed++
    console.log(`FAILED ${source}: ${error.message.slice(0, 1500)}`)
  }
}
process.exitCode = failed === 0 ? 0 : 1

/** Some name no server that can be called. */
function baseOf(source) {
  const text = readFileSync(source, 'utf8')
  return /["']?(servers|host)["']?\s*:/.test(text) ? {} : { baseUri: 'https://api.test' }
}

async function toolsOf(url) {
  const client = new Client({ name: 'large', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)))
  const { tools } = await client.listTools()
  await client.close()
  return tools.length
}
