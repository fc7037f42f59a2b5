/** A capability file in the other dialect, with a diagnostic for everything that could not be carried. */

import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Diagnostic, DiagnosticCode } from './diagnostics.ts'
import { CapabilityError, invariant } from './errors.ts'
import { validate } from './load.ts'
import { diagnosticAt } from './spec/source.ts'
import { child, pointerKeys } from './text/pointer.ts'

/** Faults of the text itself; a call to nothing converts as it stands. */
const textual: ReadonlySet<DiagnosticCode> = new Set([
  'file-not-found',
  'file-too-large',
  'yaml-syntax',
  'too-deep',
  'not-a-capability',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'wrong-value',
  'wrong-choice',
  'duplicate-name',
])

export interface Converted {
  readonly text: string
  /** What was left out, written in another form, or is still not as the dialect asks for it, placed in the source. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads a capability in either dialect and writes it in the maps of ikanos 1.0.0-beta5 or the lists of naftiko
 * 1.0.0-alpha2. Comments stay with what they speak of. Throws CapabilityError when the file can't be read as a capability.
 */
export async function convertFile(file: string, to: 'beta5' | 'alpha2'): Promise<Converted> {
  const { diagnostics } = await validate(file, { allowUnsupported: true })
  const unreadable = diagnostics.filter((d) => d.severity === 'error' && textual.has(d.code))
  if (unreadable.length > 0) throw new CapabilityError(unreadable)
  const [{ convert, versions }, { notPortable }, { parseSource }, text] = await Promise.all([
    import('./spec/convert.ts'),
    import('./spec/portable.ts'),
    import('./spec/parse.ts'),
    readFile(file, 'utf8'),
  ])
  const shown = relative(process.cwd(), file) || file
  const converted = convert(text, to)
  const [source, result] = [parseSource(shown, text), parseSource(shown, converted.text)]
  if (!('value' in source)) throw new CapabilityError(source)
  invariant('value' in result, `${shown} was converted into what does not parse`)
  const left = notPortable(result.value, to).map(({ pointer, detail }) => ({
    pointer: byName(result.value, pointer),
    message: `${versions[to]} does not take this: ${detail}`,
  }))
  const notes = [...converted.notes, ...left].map(({ pointer, message }) =>
    diagnosticAt(source, 'not-carried', pointer, { detail: message }),
  )
  return { text: converted.text, diagnostics: notes }
}

/** A place with the names of entries in lists, which is where they stand in maps too. */
function byName(value: unknown, pointer: string): string {
  let node = value as Readonly<Record<string, unknown>> | undefined
  return pointerKeys(pointer).reduce((at, key) => {
    const isEntry = Array.isArray(node)
    node = node?.[key] as typeof node
    return child(at, isEntry && typeof node?.name === 'string' ? node.name : key)
  }, '')
}
