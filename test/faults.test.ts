/** One folder a diagnostic: `capability.yaml` holds the fault, `expected.txt` what the command `validate` says to it. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { type DiagnosticCode, diagnosticCodes, ruleOf } from '../src/diagnostics.ts'
import {
  CapabilityError,
  convertFile,
  type Diagnostic,
  formatDiagnostic,
  type LoadedCapability,
  StartError,
  validate,
} from '../src/index.ts'
import { open } from '../src/open.ts'
import { listForm } from './support/list-form.ts'

const root = fileURLToPath(new URL('./faults', import.meta.url))
const folders = readdirSync(root).sort()

/** Codes about a whole file, which have no better place than its start. */
const wholeFile = new Set(['file-not-found', 'file-too-large', 'not-a-capability'])

/** Codes whose message says the rule itself. */
const withoutHint = new Set(['wrong-value'])

/** Codes whose fault can't be written in the list form: it is in the text or its version, or the file is no capability. */
const textual = new Set(['yaml-syntax', 'unknown-version', 'too-deep', 'not-carried', 'not-portable', ...wholeFile])

async function folderOf(code: string): Promise<string> {
  if (code !== 'file-too-large') return join(root, code)
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'capability.yaml'), `ikanos: 1.0.0-beta5\n# ${'x'.repeat(5 * 1024 * 1024)}\n`)
  return folder
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fault-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function diagnosticsOf(folder: string, code: DiagnosticCode): Promise<readonly Diagnostic[]> {
  if (code === 'not-carried') return (await convertFile(join(folder, 'capability.yaml'), 'alpha2')).diagnostics
  const options = {
    info: ruleOf(code).severity === 'info',
    ...(code === 'not-portable' ? { portableTo: 'ikanos-1.0.0-beta5' as const } : {}),
  }
  const validation = await validate(join(folder, 'capability.yaml'), options)
  const { loaded } = validation
  // What a rule says of a keyword holds whether or not the keyword is run.
  const diagnostics = validation.diagnostics.filter((d) => code === 'unsupported' || d.code !== 'unsupported')
  return loaded === undefined ? diagnostics : [...diagnostics, ...(await diagnosticsOfStart(loaded))]
}

/** What shows only when the capability starts, here with an empty environment. */
async function diagnosticsOfStart(loaded: LoadedCapability): Promise<readonly Diagnostic[]> {
  try {
    await (await open(loaded, { environment: {} })).close()
    return []
  } catch (error) {
    if (error instanceof CapabilityError) return error.diagnostics
    if (error instanceof StartError) return []
    throw error
  }
}

/** What `capability validate capability.yaml` (of a fault that shows only at start: `serve`) prints in that folder. */
function printed(diagnostics: readonly Diagnostic[], folder: string): string {
  const text = diagnostics.map(formatDiagnostic).join('\n\n')
  return `${text.replaceAll(`${relative(process.cwd(), folder)}/`, '')}\n`
}

describe('The catalogue of diagnostics', () => {
  test('has a folder for every code, and every folder a code', () => {
    expect(folders).toEqual([...diagnosticCodes].sort())
  })

  test.each(folders)('has written down what it says to %s', (code) => {
    expect(existsSync(join(root, code, 'expected.txt'))).toBe(true)
  })
})

describe.each(folders as readonly DiagnosticCode[])('A capability with the fault "%s"', (code) => {
  test('gives exactly this one diagnostic, at its place, with a hint', async () => {
    const diagnostics = await diagnosticsOf(await folderOf(code), code)
    expect(diagnostics.map((d) => d.code)).toEqual([code])
    const [{ severity, hint, location }] = diagnostics as [Diagnostic]
    expect(severity).toBe(ruleOf(code).severity)
    expect(location.line).toBeGreaterThanOrEqual(wholeFile.has(code) ? 1 : 2)
    expect(location.column).toBeGreaterThanOrEqual(1)
    expect(hint === undefined).toBe(withoutHint.has(code))
  })

  test('reads as written in expected.txt', async () => {
    const folder = await folderOf(code)
    await expect(printed(await diagnosticsOf(folder, code), folder)).toMatchFileSnapshot(
      join(root, code, 'expected.txt'),
    )
  })

  test.skipIf(textual.has(code))('is told in the same words when it is written in the list form', async () => {
    const source = join(root, code)
    const folder = join(await temporaryFolder(), code)
    await cp(source, folder, { recursive: true })
    const value: unknown = parse(readFileSync(join(source, 'capability.yaml'), 'utf8'))
    await writeFile(join(folder, 'capability.yaml'), JSON.stringify(listForm(value), null, 2))
    expect((await diagnosticsOf(folder, code)).map(inWords)).toEqual((await diagnosticsOf(source, code)).map(inWords))
  })
})

/** A diagnostic without its place. */
function inWords({ code, message, hint }: Diagnostic) {
  return { code, message, hint: hint?.replace(/line \d+/, 'line n') }
}
