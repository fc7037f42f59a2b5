// A program that uses what the package exports, as ES modules and as CommonJS modules load it.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { bundledCapability, call, serve } from 'nanonets-file-management'

const file = bundledCapability()
const ports = { 'files-rest': 0, 'files-mcp': 0, 'files-skill': 0, control: 0 }
const running = await serve(file, { sandbox: true, ports })
const { model_id } = running.sandbox.examples
const { value } = await call(file, 'list-files', { model_id, days: 7 }, { sandbox: true })
assert.ok(value.files.length > 0)
await running.close()
assert.equal(createRequire(import.meta.url)('nanonets-file-management').call, call)
