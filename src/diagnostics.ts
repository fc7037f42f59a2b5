/** Authoring faults as data: what was found, where, and what its author is told. The catalogue has a row for each. */

import type { Definition, Severity } from './catalogue/definition.ts'
import { imports } from './catalogue/imports.ts'
import { meaning } from './catalogue/meaning.ts'
import { reading } from './catalogue/reading.ts'
import { references } from './catalogue/references.ts'
import { shape } from './catalogue/shape.ts'
import { skills } from './catalogue/skills.ts'
import { style } from './catalogue/style.ts'

export type { Severity }

/** A place in a source file. Lines and columns count from 1; the pointer is an RFC 6901 JSON Pointer. */
export interface Location {
  readonly file: string
  readonly pointer: string
  readonly line: number
  readonly column: number
}

/** One authoring fault: data, never thrown. `frame` shows the lines around the place. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  readonly location: Location
  readonly frame?: string
}

const catalogue = { ...reading, ...shape, ...references, ...imports, ...meaning, ...skills, ...style }

export type DiagnosticCode = keyof typeof catalogue

type MessageArgs<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]['message']> extends [infer A] ? A : object
type HintArgs<C extends DiagnosticCode> = (typeof catalogue)[C] extends { hint: (args: infer A) => string | undefined }
  ? unknown extends A
    ? object
    : A
  : object
export type DiagnosticArgs<C extends DiagnosticCode> = MessageArgs<C> & HintArgs<C>

export const diagnosticCodes = Object.keys(catalogue) as readonly DiagnosticCode[]

/** The row of a code: what its rule says, how much its fault weighs when nobody asks for more, what its author is told. */
export function ruleOf(code: DiagnosticCode): Definition {
  return catalogue[code]
}

/** A diagnostic of the catalogue at a place; the code fixes severity, message and hint. */
export function diagnostic<C extends DiagnosticCode>(
  code: C,
  location: Location,
  args: DiagnosticArgs<C>,
  frame?: string,
): Diagnostic {
  const definition: Definition = catalogue[code]
  const hint = definition.hint?.(args as never)
  return {
    code,
    severity: definition.severity,
    message: definition.message(args as never),
    ...(hint === undefined ? {} : { hint }),
    location,
    ...(frame === undefined ? {} : { frame }),
  }
}

/** How a phase reports a fault at a JSON Pointer of the document it works on. */
export type Report = <C extends DiagnosticCode>(code: C, pointer: string, args: DiagnosticArgs<C>) => void

/** Sorts by file, then by place, so that a reader meets faults in the order of the text. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      a.location.file.localeCompare(b.location.file) ||
      a.location.line - b.location.line ||
      a.location.column - b.location.column,
  )
}

/** One diagnostic as a person reads it: place, severity, code, message, code frame, hint. */
export function formatDiagnostic(d: Diagnostic): string {
  const { file, line, column } = d.location
  const head = `${file}:${line}:${column} ${d.severity} ${d.code}: ${d.message}`
  const frame = d.frame === undefined ? '' : `\n${d.frame}`
  return d.hint === undefined ? head + frame : `${head}${frame}\n  hint: ${d.hint}`
}
