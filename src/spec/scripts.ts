/** Reads the sources of script steps, governed by `management.scripting` of the first control surface (spec §4.4). */

import { readFile, realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { Script } from 'node:vm'
import type { Report } from '../diagnostics.ts'
import type { ScriptLimits, ScriptSource } from '../plan.ts'
import { fileOf } from '../text/file-uri.ts'
import { child } from '../text/pointer.ts'
import type * as doc from './document.ts'
import { scriptSteps } from './steps.ts'

/** A script step that can run: its dependencies in order, then its file. */
export interface ReadScript {
  readonly sources: readonly ScriptSource[]
  readonly limits: ScriptLimits
}

const maxSourceBytes = 1024 * 1024
/** Ours: 2 seconds where the reference has 60, because a script holds up every other call. */
const defaultTimeoutMs = 2_000
/** Loop turns and calls. More than the reference's 100,000 statements: the time is what protects us. */
const defaultTurns = 10_000_000

/**
 * The script steps of a document by pointer. `directory` is what `file:///./x` is relative to. What can't run (another
 * language, scripting switched off, an unsafe or missing file, a syntax error) is reported and left out.
 */
export async function readScripts(
  document: doc.Document,
  directory: string,
  report: Report,
): Promise<ReadonlyMap<string, ReadScript>> {
  const governance =
    document.exposes.flatMap((s) => (s.type === 'control' && s.scripting ? [s.scripting] : []))[0] ?? {}
  const limits = { timeoutMs: governance.timeout ?? defaultTimeoutMs, turns: governance.statementLimit ?? defaultTurns }
  const scripts = new Map<string, ReadScript>()
  for (const { pointer, step } of scriptSteps(document)) {
    if (!isAllowed(step, governance, pointer, report)) continue
    const sources = await readSources(step, step.location ?? governance.defaultLocation, directory, pointer, report)
    if (sources !== undefined) scripts.set(pointer, { sources, limits })
  }
  return scripts
}

const canonical = (language: string) => (language === 'js' ? 'javascript' : language)

const refusedLanguages: Readonly<Record<string, string>> = {
  python: 'there is no Python here that is shut off from files and network',
  groovy: 'Groovy needs a Java machine, and its scripts can not be shut off from it',
}

function isAllowed(step: doc.ScriptStep, governance: doc.Scripting, pointer: string, report: Report): boolean {
  const { language = governance.defaultLanguage } = step
  const at = step.language === undefined ? pointer : child(pointer, 'language')
  const refuse = (why: string) => {
    report('script-refused', at, { why })
    return false
  }
  if (governance.enabled === false) return refuse('management.scripting is switched off')
  if (language === undefined) return refuse('neither the step nor management.scripting says its language')
  const allowed = (governance.allowedLanguages ?? []).map(canonical)
  if (allowed.length > 0 && !allowed.includes(canonical(language)))
    return refuse(`management.scripting does not allow "${language}"`)
  if (canonical(language) === 'javascript') return true
  return refuse(refusedLanguages[language] ?? `"${language}" is not a language that is run`)
}

async function readSources(
  step: doc.ScriptStep,
  location: string | undefined,
  directory: string,
  pointer: string,
  report: Report,
): Promise<readonly ScriptSource[] | undefined> {
  const root = location === undefined ? undefined : fileOf(location, directory)
  if (root === undefined) {
    const detail =
      location === undefined ? 'no "location" says where it is' : `"${location}" is no file: URI of a folder`
    report('script-unreadable', pointer, { file: step.file, detail })
    return undefined
  }
  const sources: ScriptSource[] = []
  const places = step.dependencies.map((name, i) => [name, child(child(pointer, 'dependencies'), i)] as const)
  const files = [...places, [step.file, child(pointer, 'file')] as const]
  for (const [name, at] of files) {
    const read = await readSource(name, root)
    if ('text' in read) sources.push({ name, text: read.text })
    else report('script-unreadable', at, { file: name, detail: read.detail })
  }
  return sources.length === files.length ? sources : undefined
}

/** A file below the folder, links resolved, whose text is JavaScript. */
async function readSource(name: string, root: string): Promise<{ text: string } | { detail: string }> {
  const segments = name.split('/')
  if (!segments.every((segment) => /^[a-zA-Z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..'))
    return { detail: 'a script is a path of plain names below its location' }
  const [folder, path] = await Promise.all([real(root), real(resolve(root, ...segments))])
  if (folder === undefined || path === undefined) return { detail: 'there is no such file' }
  if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return { detail: 'it leads out of its location' }
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { detail: 'it is no file that can be read' }
  if (text.length > maxSourceBytes) return { detail: 'it is larger than 1 MiB' }
  const fault = syntaxFault(text)
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
