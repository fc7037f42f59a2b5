import { at, type LintRule, type Place, sections, textsOf, units } from './rule.ts'

/** An API that nothing calls is left over, or its caller is misspelt. */
export const unusedConsumes: LintRule = (root, report) => {
  const called = textsOf(root, /^(call|targetNamespace)$/).map(({ text }) => text)
  // A file without surfaces is there to be imported.
  if (sections(root, 'exposes').length === 0) return
  // A unit that does nothing yet may be meant to call it.
  if (units(root).some(isIdle)) return
  // What stands beside "capability" is not run, which is told by itself.
  const run = at(root, 'capability').length > 0 ? at(root, 'capability/consumes/*') : at(root, 'consumes/*')
  const apis = run.map(({ pointer, name, value }) => ({
    pointer,
    namespace: String(value.as ?? value.namespace ?? value.import ?? name),
  }))
  const means = (text: string, namespace: string) => text === namespace || text.startsWith(`${namespace}.`)
  // A call to nothing is told by the compiler; which API it meant is not known.
  if (called.some((text) => !apis.some(({ namespace }) => means(text, namespace)))) return
  for (const { pointer, namespace } of apis)
    if (!called.some((text) => means(text, namespace))) report('unused-consumes', pointer, { namespace })
}

const isIdle = ({ value }: Place) => !['call', 'ref', 'steps', 'outputParameters', 'import'].some((key) => key in value)
