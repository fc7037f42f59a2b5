import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

/** A flow is called by the namespace of its aggregate (ikanos-aggregates-namespace-required, both forms). */
export const aggregateNamespace: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'aggregates')) {
    const isList = /\/\d+$/.test(pointer)
    if (isList && !('import' in value) && value.namespace === undefined)
      report('missing-key', child(pointer, 'namespace'), { name: 'namespace' })
  }
}
