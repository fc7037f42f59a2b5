import type { Rule } from './rule.ts'

/** Surfaces are addressed by namespace (`--port ns=n`, skills, references), so two can't share one (ikanos-namespaces-unique). */
export const namespacesUnique: Rule = ({ document, report }) => {
  const seen = new Map<string, string>()
  for (const { namespace, pointer } of document.exposes) {
    const first = seen.get(namespace)
    if (first !== undefined) report('duplicate-name', pointer, { name: namespace, what: 'surfaces', first })
    else seen.set(namespace, pointer)
  }
}
