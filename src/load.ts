/** The pipeline: read -> validate -> companion -> compile. A capability file becomes a plan, or diagnostics that say why not. */

import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { compile } from './compile/compile.ts'
import {
  type Diagnostic,
  type DiagnosticArgs,
  type DiagnosticCode,
  diagnostic,
  type Report,
  sortDiagnostics,
} from './diagnostics.ts'
import { CapabilityError } from './errors.ts'
import type { Plan } from './plan.ts'
import { type Companion, companionOf, noCompanion, readCompanion, stemOf } from './spec/companion.ts'
import { readDocument } from './spec/dialect.ts'
import type { Document } from './spec/document.ts'
import { foreignShape } from './spec/foreign.ts'
import { diagnosticAt, parseSource, reporter, type Source } from './spec/source.ts'
import { findUnsupported, withoutUnsupported } from './spec/unsupported.ts'
import { validateSchema } from './spec/validate.ts'

export interface LoadOptions {
  /** Go on without the keywords that are not run yet; each becomes a warning. Default false. */
  readonly allowUnsupported?: boolean
}

/** A capability that can run. */
export interface LoadedCapability {
  /** Absolute path of the file. */
  readonly file: string
  /** Absolute path of its folder: what its relative `file:` URIs are relative to. */
  readonly directory: string
  readonly document: Document
  readonly plan: Plan
  /** Warnings and notes; a capability with errors is never loaded. */
  readonly diagnostics: readonly Diagnostic[]
  /** A fault that shows only at start, at its place in the file. */
  readonly diagnose: <C extends DiagnosticCode>(code: C, pointer: string, args: DiagnosticArgs<C>) => Diagnostic
}

/** What `validate` answers: every diagnostic, and the capability when none of them is an error. */
export interface Validation {
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
  readonly loaded?: LoadedCapability
}

/** Loads a capability file. Throws CapabilityError with every fault found. */
export async function load(file: string, options: LoadOptions = {}): Promise<LoadedCapability> {
  const { loaded, diagnostics } = await validate(file, options)
  if (loaded === undefined) throw new CapabilityError(diagnostics)
  return loaded
}

/** Reads, checks and compiles a capability file; never throws for what the file says. */
export async function validate(file: string, options: LoadOptions = {}): Promise<Validation> {
  const absolute = resolve(file)
  const found: Diagnostic[] = []
  const loaded = await pipeline(absolute, options, found)
  const diagnostics = sortDiagnostics(withoutRepeats(found))
  if (loaded === undefined || diagnostics.some((d) => d.severity === 'error')) return { file: absolute, diagnostics }
  return {
    file: absolute,
    diagnostics,
    loaded: { file: absolute, directory: dirname(absolute), ...loaded, diagnostics },
  }
}

async function pipeline(
  file: string,
  options: LoadOptions,
  found: Diagnostic[],
): Promise<Pick<LoadedCapability, 'document' | 'plan' | 'diagnose'> | undefined> {
  const source = await read(file, found)
  if (source === undefined) return undefined
  const report = reporter(source, found)
  const foreign = foreignShape(source.value)
  if (foreign !== undefined) {
    report('not-a-capability', '', { found: foreign })
    return undefined
  }
  if (!validateSchema('capability', source.value, report)) return undefined
  const value = supported(source, options, report, found)
  if (value === undefined) return undefined
  const document = readDocument(value, report)
  const { companion, reportCompanion } = await readBeside(file, found, report)
  const plan = compile({ name: stemOf(file), document, companion, report, reportCompanion })
  return { document, plan, diagnose: (code, pointer, args) => diagnosticAt(source, code, pointer, args) }
}

async function read(file: string, found: Diagnostic[]): Promise<Source | undefined> {
  const shown = relative(process.cwd(), file) || file
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) {
    found.push(diagnostic('file-not-found', { file: shown, pointer: '', line: 1, column: 1 }, { path: shown }))
    return undefined
  }
  const parsed = parseSource(shown, text)
  if ('value' in parsed) return parsed
  found.push(...parsed)
  return undefined
}

/** The value without what is not run yet, or undefined when that may not be left out. */
function supported(source: Source, options: LoadOptions, report: Report, found: Diagnostic[]): unknown {
  const unsupported = findUnsupported(source.value)
  if (unsupported.length === 0) return source.value
  const before = found.length
  for (const { pointer, place, what } of unsupported)
    report('unsupported', place, { what, loses: place === pointer ? 'it' : 'the entry that holds it' })
  if (options.allowUnsupported !== true) return undefined
  found.splice(
    before,
    Number.POSITIVE_INFINITY,
    ...found.slice(before).map((d) => ({ ...d, severity: 'warning' as const })),
  )
  return withoutUnsupported(source.value, unsupported)
}

async function readBeside(
  file: string,
  found: Diagnostic[],
  report: Report,
): Promise<{ companion: Companion; reportCompanion: Report }> {
  const path = companionOf(file)
  const source = path === undefined ? undefined : await read(path, found)
  if (source === undefined) return { companion: noCompanion, reportCompanion: report }
  const reportCompanion = reporter(source, found)
  const valid = validateSchema('runtime', source.value ?? {}, reportCompanion)
  return { companion: valid ? readCompanion(source.value) : noCompanion, reportCompanion }
}

/** What several callers of one consumed operation meet is one fault. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter((d) => {
    const key = `${d.code} ${d.location.file}:${d.location.line}:${d.location.column} ${d.message}`
    return !seen.has(key) && seen.add(key)
  })
}
