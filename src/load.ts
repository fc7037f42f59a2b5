/** The pipeline: read -> validate -> imports -> companion -> compile. A capability file becomes a plan, or diagnostics that say why not. */

import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { checkSchemas } from './check-schemas.ts'
import { compile } from './compile/compile.ts'
import type { Scripts } from './compile/known.ts'
import { importable } from './compile/rules/exposes-something.ts'
import {
  type Diagnostic,
  type DiagnosticArgs,
  type DiagnosticCode,
  diagnostic,
  type Report,
  ruleOf,
  type Severity,
  sortDiagnostics,
} from './diagnostics.ts'
import { CapabilityError, invariant, StartError } from './errors.ts'
import type { Plan } from './plan.ts'
import { type Companion, companionOf, noCompanion, readCompanion, stemOf } from './spec/companion.ts'
import { readDocument } from './spec/dialect/dialect.ts'
import type { Document } from './spec/document.ts'
import type { Engine } from './spec/engines.ts'
import { fitted } from './spec/fitting.ts'
import { foreignShape } from './spec/foreign.ts'
import { asCapability, holdsImports, idleSections, type Section, standaloneSections } from './spec/import-entries.ts'
import { readMcpFiles } from './spec/mcp-files.ts'
import { readOutputSchemas } from './spec/output-schemas.ts'
import { preparedValue } from './spec/prepared.ts'
import { diagnosticAt, type Source, type Text } from './spec/source.ts'
import { scriptSteps } from './spec/steps.ts'
import { findUnsupported, withoutUnsupported } from './spec/unsupported.ts'
import { validateSchema } from './spec/validate.ts'

export interface LoadOptions {
  /** Go on without the keywords that are not run yet; each becomes a warning. Default false. */
  readonly allowUnsupported?: boolean
  /** Warnings are errors. Default false. */
  readonly strict?: boolean
  /** Tell notes on style too. Default false. */
  readonly info?: boolean
  /** Taken in place of what the file holds. Default: the file. */
  readonly text?: string
  /** Warn of what this engine does not take. */
  readonly portableTo?: Engine
}

/** A capability that can run. */
export interface LoadedCapability {
  /** Absolute path of the file. */
  readonly file: string
  /** Absolute path of its folder: what its relative `file:` URIs are relative to. */
  readonly directory: string
  /** Absolute paths of the files it imports from. */
  readonly imported: readonly string[]
  readonly document: Document
  readonly plan: Plan
  /** Warnings and notes; a capability with errors is never loaded. */
  readonly diagnostics: readonly Diagnostic[]
  /** A fault that shows only at start, at its place in the file. */
  readonly diagnose: <C extends DiagnosticCode>(
    code: C,
    pointer: string,
    args: DiagnosticArgs<C>,
  ) => Promise<Diagnostic>
  /** Reads the scripts that go by the defaults of `management.scripting` for other ones. */
  readonly rereadScripts: RereadScripts
}

type RereadScripts = (defaults: {
  readonly defaultLocation?: string
  readonly defaultLanguage?: string
}) => ReturnType<typeof import('./spec/scripts.ts').rereadScripts>

/** What `validate` answers: every diagnostic, and the capability when none of them is an error. */
export interface Validation {
  readonly file: string
  readonly diagnostics: readonly Diagnostic[]
  readonly loaded?: LoadedCapability
  /** The sections of a sound document that exposes nothing: others import it, and nothing is loaded (spec §1.7). */
  readonly standalone?: readonly string[]
}

/** Loads a capability file. Throws CapabilityError with every fault found, StartError for one that others import. */
export async function load(file: string, options: LoadOptions = {}): Promise<LoadedCapability> {
  const { loaded, diagnostics, standalone } = await validate(file, options)
  if (loaded !== undefined) return loaded
  if (standalone === undefined) throw new CapabilityError(diagnostics)
  const holds = standalone.map((section) => `"${section}"`).join(' and ')
  throw new StartError(`${shownPath(file)} only holds ${holds}: a capability can import it, but it can't run by itself`)
}

/** A fault that was found; its place is looked up once the pipeline is through, which needs the text's tree. */
interface Finding {
  readonly severity: Severity
  readonly told: () => Promise<Diagnostic>
}

/** Reads, checks and compiles a capability file; never throws for what the file says. */
export async function validate(file: string, options: LoadOptions = {}): Promise<Validation> {
  const absolute = resolve(file)
  const found: Finding[] = []
  const piped = await pipeline(absolute, options, found)
  const wanted = options.info === true ? found : found.filter(({ severity }) => severity !== 'info')
  const located = await Promise.all(wanted.map(({ told }) => told()))
  const strict = options.strict === true ? located.map(asError) : located
  const diagnostics = sortDiagnostics(withoutEchoes(withoutRepeats(strict)))
  if (piped === undefined || diagnostics.some((d) => d.severity === 'error')) return { file: absolute, diagnostics }
  if ('standalone' in piped) return { file: absolute, diagnostics, ...piped }
  return {
    file: absolute,
    diagnostics,
    loaded: { file: absolute, directory: dirname(absolute), ...piped, diagnostics },
  }
}

/** Where warnings are errors. */
const asError = (d: Diagnostic): Diagnostic => (d.severity === 'warning' ? { ...d, severity: 'error' } : d)

type Piped =
  | Pick<LoadedCapability, 'document' | 'imported' | 'plan' | 'diagnose' | 'rereadScripts'>
  | { readonly standalone: readonly Section[] }

async function pipeline(file: string, options: LoadOptions, found: Finding[]): Promise<Piped | undefined> {
  const own = options.text === undefined ? await read(file, found) : await readText(file, options.text, found)
  if (own === undefined) return undefined
  const foreign = foreignShape(own.value)
  if (foreign !== undefined) {
    reporter(own, found)('not-a-capability', '', { found: foreign })
    return undefined
  }
  const fit = fitted(own, reporter(own, found))
  if (fit === undefined) return undefined
  const idle = idleSections(fit.value)
  for (const name of idle) reporter(own, found)('idle-section', `/${name}`, { name })
  await examine(own, fit.value, options, reporter(own, found))
  const standalone = standaloneSections(fit.value)
  const imported = new Set<string>()
  const text = await linked(file, standalone.length === 0 ? fit : asCapability(fit), found, imported)
  if (text === undefined) return undefined
  const report = reporter(text, found)
  const value = supported(text, options, found)
  if (value === undefined) return undefined
  const document = await readFiles(readDocument(value, report), dirname(file), report)
  await checkSchemas(document, report)
  if (standalone.length > 0) return { standalone }
  const { companion, reportCompanion } = await readBeside(file, found, report)
  await compareSkills(document, dirname(file), found, report)
  const scripts = await scriptsOf(document, dirname(file), report)
  const aware = idle.includes('exposes') ? withoutEcho(report) : report
  const plan = compile({ name: stemOf(file), document, companion, scripts, report: aware, reportCompanion })
  if (document.exposes.length === 0) return { standalone: importable(document) }
  return {
    document,
    imported: [...imported],
    plan,
    diagnose: async (...fault) => diagnosticAt(await text.source(), ...fault),
    rereadScripts: async (defaults) => {
      const { rereadScripts } = await import('./spec/scripts.ts')
      return rereadScripts(document, dirname(file), scripts, defaults)
    },
  }
}

/** That a capability exposes nothing is no news where its surfaces are known to stand in the wrong place. */
function withoutEcho(report: Report): Report {
  return (code, pointer, args) => {
    if (code !== 'only-imported') report(code, pointer, args)
  }
}

/** Style, meaning and portability, which are about the file as it is written. */
async function examine(own: Text, fitting: unknown, { info, portableTo }: LoadOptions, report: Report) {
  // The file that was prepared at build is known to be sound; a start should not pay for saying so again.
  if (!own.checked || info === true) (await import('./spec/lint/lint.ts')).lint(fitting, report)
  if (portableTo !== undefined) (await import('./spec/portable.ts')).reportNotPortable(own.value, portableTo, report)
}

/** The text with its imports in their places. */
async function linked(file: string, text: Text, found: Finding[], imported: Set<string>): Promise<Text | undefined> {
  if (!holdsImports(text.value)) return text
  const { resolveImports } = await import('./spec/imports.ts')
  const reading = (path: string) => {
    imported.add(path)
    return read(path, found)
  }
  return resolveImports({ file, text, read: reading, reporter: (of) => reporter(of, found) })
}

/** Whether the skills say of themselves what the document says of them. Their files stop nobody from serving the rest. */
async function compareSkills(document: Document, directory: string, found: Finding[], report: Report) {
  if (!document.exposes.some(({ type }) => type === 'skill')) return
  const { checkFrontMatter } = await import('./spec/front-matter.ts')
  const own: Finding[] = []
  await checkFrontMatter(document, directory, report, {
    parse: (path, text) => readText(path, text, own),
    reporter: (text) => reporter(text, own),
  })
  found.push(...own.map(({ told }) => ({ severity: 'warning', told: async () => asWarning(await told()) }) as const))
}

/** The document with what stands in files of its own. */
async function readFiles(document: Document, directory: string, report: Report): Promise<Document> {
  return readMcpFiles(await readOutputSchemas(document, directory, report), directory, report)
}

/** Most capabilities have none, and do without what reads them. */
async function scriptsOf(document: Document, directory: string, report: Report): Promise<Scripts> {
  if (scriptSteps(document).length === 0) return new Map()
  const { readScripts } = await import('./spec/scripts.ts')
  return readScripts(document, directory, report)
}

function reporter(text: Text, found: Finding[], instead?: Severity): Report {
  return (code, ...fault) => {
    const severity = instead ?? ruleOf(code).severity
    found.push({ severity, told: async () => ({ ...diagnosticAt(await text.source(), code, ...fault), severity }) })
  }
}

const shownPath = (file: string) => relative(process.cwd(), file) || file

async function read(file: string, found: Finding[]): Promise<Text | undefined> {
  const shown = shownPath(file)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) {
    const start = { file: shown, pointer: '', line: 1, column: 1 }
    const near = await (await import('./spec/near-file.ts')).nearFile(file)
    const hinted = near === undefined ? {} : { near: shownPath(near) }
    found.push(told(diagnostic('file-not-found', start, { path: shown, ...hinted })))
    return undefined
  }
  return readText(file, text, found)
}

async function readText(file: string, text: string, found: Finding[]): Promise<Text | undefined> {
  const shown = shownPath(file)
  const prepared = preparedValue(text)
  if (prepared !== undefined) return { value: prepared, checked: true, source: () => parsed(shown, text) }
  const { parseSource } = await import('./spec/parse.ts')
  const source = parseSource(shown, text)
  if ('value' in source) return { value: source.value, checked: false, source: async () => source }
  found.push(...source.map(told))
  return undefined
}

const asWarning = (d: Diagnostic): Diagnostic => ({ ...d, severity: 'warning' })

const told = (d: Diagnostic): Finding => ({ severity: d.severity, told: async () => d })

/** The places of a prepared text, which is known to parse. */
async function parsed(shown: string, text: string): Promise<Source> {
  const { parseSource } = await import('./spec/parse.ts')
  const source = parseSource(shown, text)
  invariant('value' in source, `${shown} was prepared but does not parse`)
  return source
}

/** The value without what is not run yet, or undefined when that may not be left out. */
function supported(text: Text, options: LoadOptions, found: Finding[]): unknown {
  const unsupported = findUnsupported(text.value)
  if (unsupported.length === 0) return text.value
  const report = reporter(text, found, options.allowUnsupported === true ? 'warning' : undefined)
  for (const { pointer, what } of unsupported) report('unsupported', pointer, { what })
  return options.allowUnsupported === true ? withoutUnsupported(text.value, unsupported) : undefined
}

async function readBeside(
  file: string,
  found: Finding[],
  report: Report,
): Promise<{ companion: Companion; reportCompanion: Report }> {
  const path = companionOf(file)
  const text = path === undefined ? undefined : await read(path, found)
  if (text === undefined) return { companion: noCompanion, reportCompanion: report }
  const reportCompanion = reporter(text, found)
  const valid = text.checked || validateSchema('runtime', text.value ?? {}, reportCompanion)
  return { companion: valid ? readCompanion(text.value) : noCompanion, reportCompanion }
}

/** What is an error here already is not told again as what another engine would not take. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ location: { file, line, column } }: Diagnostic) => `${file}:${line}:${column}`
  const wrong = new Set(diagnostics.filter((d) => d.severity === 'error').map(place))
  return diagnostics.filter((d) => d.code !== 'not-portable' || !wrong.has(place(d)))
}

/** What several callers of one consumed operation meet is one fault. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter((d) => {
    const key = `${d.code} ${d.location.file}:${d.location.line}:${d.location.column} ${d.message}`
    return !seen.has(key) && seen.add(key)
  })
}
