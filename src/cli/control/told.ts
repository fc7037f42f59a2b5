/** What a command tells: the same answer for people and for programs. */

import type { Terminal } from '../terminal.ts'
import { type Paint, painter } from './layout.ts'

export interface Told {
  /** As the control surface sent it. */
  readonly json: string
  readonly lines: (paint: Paint) => readonly string[]
  /** Whether the answer is the one that was hoped for. Default true. */
  readonly ok?: boolean
}

/** Prints an answer; one that was not hoped for exits 1. */
export function tell({ json, lines, ok = true }: Told, asJson: boolean, { out, exit, colours }: Terminal) {
  const text = asJson ? json.trimEnd() : lines(painter(colours)).join('\n')
  if (text !== '') out(`${text}\n`)
  if (!ok) exit(1)
}
