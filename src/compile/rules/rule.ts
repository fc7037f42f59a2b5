import type { Report } from '../../diagnostics.ts'
import type { Companion } from '../../spec/companion.ts'
import type { Document } from '../../spec/document.ts'

/** What a rule looks at: a document and its companion, each with the report of its own file. */
export interface RuleInput {
  readonly document: Document
  readonly companion: Companion
  readonly report: Report
  readonly reportCompanion: Report
}

/** Looks at a whole document and reports what it finds. */
export type Rule = (input: RuleInput) => void
