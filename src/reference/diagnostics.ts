/** Every fault that the author of a capability can be told of. */

import { diagnosticCodes, ruleOf, type Severity } from '../diagnostics.ts'
import { textsOf } from './hints.ts'
import { code, table } from './markdown.ts'

const titles: readonly (readonly [severity: Severity, text: string])[] = [
  ['error', 'Errors: it can not run as written'],
  ['warning', 'Warnings: it runs here, but is not portable or was probably not meant'],
  ['info', 'Notes on style, which `--info` tells'],
]

/** A table for each severity, in the order of the codes. */
export function diagnosticsText(): string {
  return titles.map(([severity, title]) => `### ${title}\n\n${rowsOf(severity)}`).join('\n')
}

function rowsOf(severity: Severity): string {
  const codes = diagnosticCodes.filter((name) => ruleOf(name).severity === severity).sort()
  return table(['code', 'what holds without it', 'what to do'], codes.map(rowOf))
}

function rowOf(name: (typeof diagnosticCodes)[number]): readonly string[] {
  const { about, hint } = ruleOf(name)
  const texts = hint === undefined ? [] : textsOf(hint)
  return [code(name), about, texts.map(code).join(' or ') || 'what the message says']
}
