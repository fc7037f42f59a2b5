import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

/** Parameters of a query are declared, not written into a path (ikanos-…-no-query-in-path, ikanos-rest-resource-path-no-query). */
export const queryInPath: LintRule = (root, report) => {
  for (const section of ['consumes', 'exposes']) {
    for (const { pointer, value } of sections(root, section, '/resources/*'))
      if (String(value.path ?? '').includes('?')) report('query-in-path', child(pointer, 'path'), {})
  }
}
