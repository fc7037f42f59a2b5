import { child } from '../../text/pointer.ts'
import { at, type LintRule, type Place, sections } from './rule.ts'

/** One namespace means one thing across APIs, surfaces and variables (ikanos-namespaces-unique). */
export const sharedNamespace: LintRule = (root, report) => {
  const across = ['binds', 'consumes', 'exposes'].flatMap((section) => namesOf(root, section))
  // A flow is called by the namespace of its aggregate, which may be that of the API it is about.
  for (const names of [across, namesOf(root, 'aggregates')]) {
    const seen = new Map<string, Named>()
    for (const named of names) {
      const first = seen.get(named.name)
      if (first === undefined) seen.set(named.name, named)
      else if (first.section !== named.section || areJoined(first, named))
        report('shared-namespace', child(named.pointer, 'namespace'), { name: named.name, first: first.pointer })
    }
  }
}

/** Whether two entries of a section are put together; if they are not, that is told where they can't be told apart. */
function areJoined(a: Named, b: Named): boolean {
  if (a.section !== 'binds' && a.section !== 'aggregates') return false
  return !a.imported && !b.imported && !b.flows.some((flow) => a.flows.includes(flow))
}

interface Named {
  readonly section: string
  readonly name: string
  readonly pointer: string
  readonly imported: boolean
  readonly flows: readonly string[]
}

function namesOf(root: unknown, section: string): readonly Named[] {
  return sections(root, section).flatMap((place) => {
    const { pointer, value } = place
    const imported = 'import' in value
    const name = imported ? value.as : (value.namespace ?? keyOf(place))
    const flows = at(value, 'flows|functions/*').map((flow) => flow.name)
    return typeof name === 'string' ? [{ section, name, pointer, imported, flows }] : []
  })
}

/** Aggregates may be written as a map by namespace. */
const keyOf = ({ pointer, name }: Place) => (/\/\d+$/.test(pointer) ? undefined : name)
