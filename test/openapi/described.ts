/** A description as a file, and the capability that it becomes. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { type ImportOptions, importOpenapi, validate } from '../../src/index.ts'
import { writeCapability } from '../support/serve.ts'

interface Files {
  readonly [name: string]: unknown
}

/** Writes a description with the files beside it, as texts or values, and answers its path. They go when the test ends. */
export async function described(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, value] of Object.entries(files))
    await writeFile(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
  return join(folder, Object.keys(files)[0] ?? '')
}

/** A description, imported: its files as values too. */
export async function imported(description: object, options: ImportOptions = {}) {
  const result = await importOpenapi(await described({ 'api.json': description }), options)
  const companion = result.companion === undefined ? {} : parse(result.companion)
  return { ...result, value: parse(result.text), companion, companionText: result.companion }
}

/** The capability as a file, which has to be sound. */
export async function written({ text, companion }: { text: string; companion: string | undefined }): Promise<string> {
  const file = await writeCapability(text, { companion })
  const { diagnostics } = await validate(file)
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
  return file
}
