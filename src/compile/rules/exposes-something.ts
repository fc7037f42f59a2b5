import type { Document } from '../../spec/document.ts'
import type { Rule } from './rule.ts'

/** A capability without a surface can't be served, but what it consumes or defines can be imported (spec §1.3, §1.7). */
export const exposesSomething: Rule = ({ document, report }) => {
  if (document.exposes.length > 0) return
  report(importable(document).length > 0 ? 'only-imported' : 'nothing-exposed', '/capability', {})
}

/** The sections of a capability that others can import. */
export function importable({ consumes, aggregates }: Document): readonly ('consumes' | 'aggregates')[] {
  return [
    ...(consumes.length > 0 ? ['consumes' as const] : []),
    ...(aggregates.length > 0 ? ['aggregates' as const] : []),
  ]
}
