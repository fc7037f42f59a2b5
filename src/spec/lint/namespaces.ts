import { child } from '../../text/pointer.ts'
import { type LintRule, sections } from './rule.ts'

/** One namespace means one thing across APIs, surfaces and variables (ikanos-namespaces-unique). */
export const sharedNamespace: LintRule = (root, report) => {
  const seen = new Map<string, { readonly section: string; readonly pointer: string }>()
  for (const section of ['binds', 'consumes', 'exposes']) {
    for (const { pointer, value } of sections(root, section)) {
      const name = value.as ?? value.namespace
      if (typeof name !== 'string') continue
      const first = seen.get(name)
      if (first === undefined) seen.set(name, { section, pointer })
      else if (first.section !== section)
        report('shared-namespace', child(pointer, 'namespace'), { name, first: first.pointer })
    }
  }
}
