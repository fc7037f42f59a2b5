import { type LintRule, sections } from './rule.ts'

/** A capability is controlled in one place (ikanos-control-port-singleton-and-unique). */
export const secondControl: LintRule = (root, report) => {
  const [, ...others] = sections(root, 'exposes').filter(({ value }) => value.type === 'control')
  // Two without a namespace can't be told apart, which the compiler finds.
  for (const { pointer, value } of others) if (value.namespace !== undefined) report('second-control', pointer, {})
}
