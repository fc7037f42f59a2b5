/** A report that keeps what it is told, for tests of the compiler's parts. */

import type { Diagnostic, DiagnosticCode, Report } from '../../src/diagnostics.ts'
import { diagnosticAt, type Source } from '../../src/spec/source.ts'

export interface Reported {
  readonly code: DiagnosticCode
  readonly pointer: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A report, and what was reported so far. */
export function collectReports(): { readonly report: Report; readonly found: readonly Reported[] } {
  const found: Reported[] = []
  return { report: (code, pointer, args) => void found.push({ code, pointer, args: { ...(args as object) } }), found }
}

/** A report that places what it is told in a source. */
export function reportInto(source: Source, found: Diagnostic[]): Report {
  return (code, pointer, args) => void found.push(diagnosticAt(source, code, pointer, args))
}
