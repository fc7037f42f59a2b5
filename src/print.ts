/** Diagnostics as text: for people, for programs, for code review on GitHub, for scanners that read SARIF 2.1.0. */

import { isAbsolute, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Diagnostic, type DiagnosticCode, formatDiagnostic, ruleOf, type Severity } from './diagnostics.ts'

export const formats = ['stylish', 'json', 'github', 'sarif'] as const
export type Format = (typeof formats)[number]

/** What a log says of the program that wrote it. */
export interface Program {
  readonly version: string
  /** Where to read about it, an absolute URI. */
  readonly homepage?: string
}

/** Diagnostics without a summary, one text for all files. Total. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], format: Format, program: Program): string {
  switch (format) {
    case 'stylish':
      return diagnostics.map((d) => `${formatDiagnostic(d)}\n\n`).join('')
    case 'json':
      return `${JSON.stringify(diagnostics)}\n`
    case 'github':
      return diagnostics.map((d) => `${workflowCommand(d)}\n`).join('')
    case 'sarif':
      return `${JSON.stringify(sarif(diagnostics, program), null, 2)}\n`
    default:
      return format satisfies never
  }
}

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

/** A workflow command of GitHub Actions; what could end a property or the command is escaped. */
function workflowCommand(d: Diagnostic): string {
  const { file, line, column } = d.location
  const properties = { file, line: String(line), col: String(column), title: d.code }
  const told = Object.entries(properties).map(([name, value]) => `${name}=${escaped(value, /[%\r\n:,]/g)}`)
  return `::${commands[d.severity]} ${told.join(',')}::${escaped(said(d), /[%\r\n]/g)}`
}

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

const said = ({ message, hint }: Diagnostic) => (hint === undefined ? message : `${message}; ${hint}`)

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

/** SARIF 2.1.0: one run, a rule for each code that occurs. */
function sarif(diagnostics: readonly Diagnostic[], { version, homepage }: Program) {
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort()
  const about = homepage === undefined ? {} : { informationUri: homepage }
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'capability', version, ...about, rules: codes.map(sarifRule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((d) => sarifResult(d, codes)),
      },
    ],
  }
}

function sarifRule(id: DiagnosticCode) {
  const { about, severity } = ruleOf(id)
  return { id, shortDescription: { text: about }, defaultConfiguration: { level: levels[severity] } }
}

function sarifResult(d: Diagnostic, codes: readonly DiagnosticCode[]) {
  const { file, line, column } = d.location
  const physicalLocation = {
    artifactLocation: { uri: uriOf(file) },
    region: { startLine: line, startColumn: column },
  }
  return {
    ruleId: d.code,
    ruleIndex: codes.indexOf(d.code),
    level: levels[d.severity],
    message: { text: said(d) },
    locations: [{ physicalLocation }],
  }
}

/** A reference relative to where the command runs, which says nothing of the machine; else a `file:` URI. */
function uriOf(file: string): string {
  const below = relative('.', file)
  const outside = isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`)
  return outside ? pathToFileURL(resolve(file)).href : below.split(sep).map(encodeURIComponent).join('/')
}
