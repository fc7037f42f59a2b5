/** Reads the sources of script steps, governed by `management.scripting` of the first control surface (spec §4.4). */

import { readFile, realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { Script } from 'node:vm'
import { diagnostic, type Report } from '../diagnostics.ts'
import type { ScriptingPlan, ScriptPlan, ScriptSource } from '../plan.ts'
import { fileOf } from '../text/file-uri.ts'
import { child, pointerKeys } from '../text/pointer.ts'
import { strayPlaceholder } from '../text/template.ts'
import type * as doc from './document.ts'
import { pythonFault } from './python.ts'
import { scriptingOf } from './scripting.ts'
import { scriptSteps } from './steps.ts'

const maxSourceBytes = 1024 * 1024

/** The script steps that can run, by pointer. */
export type ReadScripts = ReadonlyMap<string, ScriptPlan>

type Defaults = Pick<ScriptingPlan, 'defaultLocation' | 'defaultLanguage'>

/**
 * The script steps of a document. `directory` is what `file:///./x` is relative to. What can't run (another language, an
 * unsafe or missing file, a syntax error in JavaScript) is reported and left out. Python is not loaded to look at its
 * syntax: a fault of that kind is one of the script when it runs.
 */
export async function readScripts(document: doc.Document, directory: string, report: Report): Promise<ReadScripts> {
  const governance = scriptingOf(document)
  const steps = scriptSteps(document)
  if (governance === undefined) return new Map()
  if (governance.enabled === false && steps.length > 0) reportOff(document, report)
  const { allowedLanguages } = governance
  const read = await Promise.all(
    steps.map(async ({ pointer, step }) => {
      // A placeholder in a location is told when the capability is compiled.
      if (strayPlaceholder(step.location ?? governance.defaultLocation ?? '') !== undefined) return []
      const script = await readScript(step, governance, allowedLanguages, directory, pointer, report)
      return script === undefined ? [] : [[pointer, script] as const]
    }),
  )
  return new Map(read.flat())
}

function reportOff({ exposes }: doc.Document, report: Report) {
  const control = exposes.find((s) => s.type === 'control' && s.scripting !== undefined)
  report('scripts-off', `${control?.pointer}/management/scripting/enabled`, {})
}

/**
 * What was read, read anew for other defaults: the steps that have a location and a language of their own stay as they
 * are. All or nothing: the faults are the messages of what can't be read, each with its step.
 */
export async function rereadScripts(document: doc.Document, directory: string, read: ReadScripts, defaults: Defaults) {
  const faults: string[] = []
  const scripts = new Map<ScriptPlan, ScriptPlan>()
  for (const { pointer, step } of scriptSteps(document)) {
    const former = read.get(pointer)
    if (former === undefined || (step.location !== undefined && step.language !== undefined)) continue
    const report: Report = (code, at, args) => {
      const place = { file: '', pointer: at, line: 1, column: 1 }
      faults.push(`step "${pointer.split('/').at(-1)}": ${diagnostic(code, place, args).message}`)
    }
    const script = await readScript(step, defaults, [], directory, pointer, report)
    if (script !== undefined) scripts.set(former, script)
  }
  return faults.length > 0 ? { faults } : { scripts }
}

async function readScript(
  step: doc.ScriptStep,
  defaults: Defaults,
  allowed: readonly string[],
  directory: string,
  pointer: string,
  report: Report,
): Promise<ScriptPlan | undefined> {
  const { language = defaults.defaultLanguage, location = defaults.defaultLocation } = step
  const runs = runnable(language, allowed)
  if ('why' in runs) {
    report('script-refused', step.language === undefined ? pointer : child(pointer, 'language'), runs)
    return undefined
  }
  const sources = await readSources(step, location, runs.language, directory, pointer, report)
  return sources === undefined ? undefined : { language: runs.language, sources }
}

const canonical = (language: string) => (language === 'js' ? 'javascript' : language)

function runnable(
  written: string | undefined,
  allowed: readonly string[],
): { readonly language: ScriptPlan['language'] } | { readonly why: string } {
  if (written === undefined) return { why: 'neither the step nor management.scripting says its language' }
  const language = canonical(written)
  if (allowed.length > 0 && !allowed.map(canonical).includes(language))
    return { why: `management.scripting does not allow "${written}"` }
  if (language === 'javascript') return { language }
  if (language !== 'python') return { why: 'Groovy needs a Java machine, and its scripts can not be shut off from it' }
  const why = pythonFault()
  return why === undefined ? { language } : { why }
}

async function readSources(
  step: doc.ScriptStep,
  location: string | undefined,
  language: ScriptPlan['language'],
  directory: string,
  pointer: string,
  report: Report,
): Promise<readonly ScriptSource[] | undefined> {
  const { file, source } = step
  if (file === undefined && source === undefined) {
    report('missing-key', pointer, { name: 'file' })
    return undefined
  }
  const own = source === undefined ? undefined : inlineSource(source, language, pointer, report)
  if (source !== undefined && own === undefined) return undefined
  const places = step.dependencies.map((name, i) => [name, child(child(pointer, 'dependencies'), i)] as const)
  const files = [...places, ...(file === undefined ? [] : [[file, child(pointer, 'file')] as const])]
  const root = location === undefined ? undefined : fileOf(location, directory)
  if (files.length > 0 && root === undefined) {
    const detail =
      location === undefined ? 'no "location" says where it is' : `"${location}" is no file: URI of a folder`
    report('script-unreadable', pointer, { file: files.at(-1)?.[0] ?? '', detail })
    return undefined
  }
  const sources: ScriptSource[] = []
  for (const [name, at] of files) {
    const read = await readSource(name, root ?? '', language)
    if ('text' in read) sources.push({ name, text: read.text })
    else report('script-unreadable', at, { file: name, detail: read.detail })
  }
  if (sources.length < files.length) return undefined
  return own === undefined ? sources : [...sources, own]
}

/** A script that stands in the capability itself. It is called by its step. */
function inlineSource(
  text: string,
  language: ScriptPlan['language'],
  pointer: string,
  report: Report,
): ScriptSource | undefined {
  const at = child(pointer, 'source')
  const name = pointerKeys(pointer).at(-1) ?? 'script'
  report('beyond-format', at, { word: 'source' })
  const detail = language === 'javascript' ? syntaxFault(text) : undefined
  if (detail === undefined) return { name, text }
  report('script-unreadable', at, { file: name, detail })
  return undefined
}

/** A file below the folder, links resolved; JavaScript must be free of syntax errors. */
async function readSource(
  name: string,
  root: string,
  language: ScriptPlan['language'],
): Promise<{ text: string } | { detail: string }> {
  const segments = name.split('/')
  if (!segments.every((segment) => /^[a-zA-Z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..'))
    return { detail: 'a script is a path of plain names below its location' }
  const [folder, path] = await Promise.all([real(root), real(resolve(root, ...segments))])
  if (folder === undefined || path === undefined) return { detail: 'there is no such file' }
  if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return { detail: 'it leads out of its location' }
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { detail: 'it is no file that can be read' }
  if (text.length > maxSourceBytes) return { detail: 'it is larger than 1 MiB' }
  const fault = language === 'javascript' ? syntaxFault(text) : undefined
  return fault === undefined ? { text } : { detail: fault }
}

function real(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}

/** Parses without running. */
function syntaxFault(text: string): string | undefined {
  try {
    new Script(text, { filename: 'script' })
    return undefined
  } catch (error) {
    const { message, stack } = error as Error
    const line = /^script:(\d+)/.exec(stack ?? '')?.[1]
    return `${message}${line === undefined ? '' : ` (line ${line})`}`
  }
}
