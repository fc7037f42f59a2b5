/** How a write looks first at what is there: from the safe flows beside it and the companion file. */

import type { CheckPlan, ComparePlan, JsonSchema, OperationPlan } from '../plan.ts'
import type { Check } from '../spec/companion.ts'
import { child } from '../text/pointer.ts'
import type { FlowEntry, Known } from './known.ts'
import { compilePath, inputsOf, namedReader, readerOf } from './readers.ts'
import { compileText, inputScope } from './scope.ts'

/**
 * Undefined = it can't look. `name` is that of the flow, or of what is written inline; `namespace` of its aggregate.
 */
export function compileCheck(
  operation: OperationPlan,
  name: string,
  namespace: string | undefined,
  known: Known,
): CheckPlan | undefined {
  const said = known.companion.policy.get(name)?.check
  if (said === false) return undefined
  const at = child(child('/policy', name), 'check')
  if (operation.semantics.safe === true || operation.run.type === 'mock') {
    if (said !== undefined) wrong(said, at, 'is for a flow that changes something', known)
    return undefined
  }
  const names = Object.keys((operation.input.schema.properties ?? {}) as JsonSchema)
  const entry =
    said?.read === undefined
      ? sameReader(names, name, namespace, known)
      : namedReader(said.read, names, child(at, 'read'), known)
  // What refers to a flow may fix an id of it, so that nothing is left to read by.
  if (entry === undefined && said !== undefined && said.read === undefined && operation.name === name)
    wrong(said, at, 'needs `read`: no safe flow beside it takes the same ids and nothing else', known)
  return entry === undefined ? undefined : planOf(said ?? {}, entry, names, at, known)
}

function wrong(said: Check, at: string, rule: string, { reportCompanion }: Known) {
  reportCompanion('wrong-value', at, { value: JSON.stringify(said), rule })
}

/** What nobody chose must read the very thing: it takes nothing that the write does not take too. */
function sameReader(names: readonly string[], name: string, namespace: string | undefined, known: Known) {
  const found = readerOf(names, name, namespace, known)
  return found !== undefined && inputsOf(found, names).length === found.flow.inputParameters.size ? found : undefined
}

function planOf(
  { done, message, always, compare }: Check,
  entry: FlowEntry,
  names: readonly string[],
  at: string,
  known: Known,
): CheckPlan {
  const finds = done === undefined ? undefined : compilePath(done, child(at, 'done'), known)
  const scope = inputScope(names, '')
  return {
    flow: entry.name,
    inputs: inputsOf(entry, names),
    ...(finds === undefined ? {} : { done: finds }),
    ...(message === undefined
      ? {}
      : { message: compileText(message, scope, known.reportCompanion, child(at, 'message')) }),
    ...(always === true ? { always } : {}),
    ...(compare === undefined ? {} : { compares: compared(compare, child(at, 'compare'), known) }),
  }
}

function compared(compare: NonNullable<Check['compare']>, at: string, known: Known): readonly ComparePlan[] {
  return Object.entries(compare).flatMap(([name, { there, sent, by = [] }]) => {
    const place = child(at, name)
    const paths = [there].flat().flatMap((path) => compilePath(path, child(place, 'there'), known) ?? [])
    const body = compilePath(sent, child(place, 'sent'), known)
    return body === undefined ? [] : [{ name, there: paths, sent: body, by }]
  })
}
