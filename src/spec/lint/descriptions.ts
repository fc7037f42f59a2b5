import { child } from '../../text/pointer.ts'
import { at, type LintRule, sections } from './rule.ts'

/** What people and agents choose by (ikanos-info-tags, -consumes-description, -rest-resource-description, -rest-operation-description). */
export const descriptions: LintRule = (root, report) => {
  for (const { pointer, value } of at(root, 'info'))
    if (!Array.isArray(value.tags) || value.tags.length === 0) report('no-tags', pointer, {})
  const described = [
    ...sections(root, 'consumes').map((place) => [place, 'the consumed API'] as const),
    ...sections(root, 'exposes', '/resources/*').map((place) => [place, 'the resource'] as const),
    ...sections(root, 'exposes', '/resources/*/operations/*').map((place) => [place, 'the operation'] as const),
  ]
  for (const [{ pointer, value }, what] of described) {
    // An import has the description of what it imports, and a reference that of its flow.
    if ('import' in value || 'ref' in value || typeof value.description === 'string') continue
    report('no-description', child(pointer, 'description'), { what })
  }
}
