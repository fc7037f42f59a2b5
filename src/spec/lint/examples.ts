import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

const example = /(^|[./@])example\.(com|org|net)([:/]|$)/

/** A name reserved for examples is reached by nobody (ikanos-address-not-example, ikanos-baseuri-not-example). */
export const exampleAddress: LintRule = (root, report) => {
  for (const { pointer, value } of sections(root, 'exposes'))
    if (example.test(String(value.address ?? ''))) report('example-address', child(pointer, 'address'), {})
  for (const { pointer, value } of sections(root, 'consumes'))
    if (example.test(String(value.baseUri ?? ''))) report('example-base', child(pointer, 'baseUri'), {})
}
