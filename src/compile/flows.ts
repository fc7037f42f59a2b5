/** The flows of all aggregates: what `ref` can mean (spec §5). */

import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { type CallingUnit, inferInputs, respelt } from './infer.ts'
import type { FlowEntry, FlowIndex, Known } from './known.ts'
import { inputScope, unknownName, within } from './scope.ts'

/**
 * Every flow by `namespace.flow`, with all of its inputs. Two aggregates may share a namespace; two flows may not share a
 * name.
 */
export function indexFlows(aggregates: readonly doc.Aggregate[], known: Omit<Known, 'flows'>): FlowIndex {
  const { report } = known
  const index = new Map<string, FlowEntry>()
  for (const { namespace, pointer, flows } of aggregates) {
    for (const [flowName, declared] of flows) {
      const name = `${namespace}.${flowName}`
      const at = child(child(pointer, 'flows'), flowName)
      const same = index.get(name)
      if (same !== undefined) {
        report('duplicate-name', at, { name, what: 'flows', first: same.pointer })
        continue
      }
      const flow = completed(declared, namespace, at, known)
      index.set(name, { name, namespace, pointer: at, flow })
    }
  }
  return index
}

/** The flow that `ref` means, or undefined after a report that names what there is. */
export function findFlow(ref: string, known: Known, pointer: string): FlowEntry | undefined {
  const found = known.flows.get(ref)
  if (found === undefined) known.report('unknown-flow', pointer, unknownName(ref, [...known.flows.keys()]))
  return found
}

/** A unit with the inputs that it uses without declaring them. */
export function completed<T extends CallingUnit & Pick<doc.Unit, 'steps'> & { readonly closed?: boolean }>(
  unit: T,
  namespace: string,
  pointer: string,
  known: Omit<Known, 'flows'>,
): T {
  if (isStepped(unit)) return unit
  const [called = '', ...name] = unit.call?.split('.') ?? []
  const entry = known.consumes.get(called)?.get(name.join('.'))
  if (entry === undefined) return unit
  const scope = within(inputScope(unit.inputParameters.keys(), namespace, known.former.get(namespace)), known.binds)
  const spelt = respelt(unit, entry, scope, pointer, known.report)
  if (unit.closed === true) return spelt
  return { ...spelt, inputParameters: inferInputs(spelt, entry, scope, pointer, known.report) }
}

/** Whether a unit runs steps. */
export function isStepped<U extends Pick<doc.Unit, 'steps'>>(
  unit: U,
): unit is U & { readonly steps: doc.Named<doc.Step> } {
  return unit.steps !== undefined && unit.steps.size > 0
}
