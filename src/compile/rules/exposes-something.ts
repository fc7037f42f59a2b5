import type { Rule } from './rule.ts'

/** A capability without a surface can't be served (spec §1.3). */
export const exposesSomething: Rule = ({ document, report }) => {
  if (document.exposes.length === 0) report('nothing-exposed', '/capability', {})
}
