/** The safe flows that read what another flow is about. */

import { compileMapping, type JsonPath, JsonPathSyntaxError } from '../text/json-path.ts'
import type { FlowEntry, Known } from './known.ts'
import { unknownName } from './scope.ts'

/** The flow that the companion names; it must be safe, and need nothing but inputs of the one that it is read for. */
export function namedReader(
  name: string,
  names: readonly string[],
  place: string,
  known: Known,
): FlowEntry | undefined {
  const entry = known.flows.get(name)
  if (entry === undefined) known.reportCompanion('unknown-flow', place, unknownName(name, [...known.flows.keys()]))
  else if (isSafe(entry, known) && reads(entry, names)) return entry
  else
    known.reportCompanion('wrong-value', place, {
      value: JSON.stringify(name),
      rule: 'must be a safe flow that needs no inputs but those of the one that it is read for',
    })
  return undefined
}

/** The safe flow of the same aggregate that takes most of the same inputs, and needs no other. */
export function readerOf(
  names: readonly string[],
  name: string,
  namespace: string | undefined,
  known: Known,
): FlowEntry | undefined {
  const candidates = [...known.flows.values()]
    .filter((entry) => entry.namespace === namespace && entry.name !== name)
    .filter((entry) => isSafe(entry, known) && reads(entry, names))
  const shared = (entry: FlowEntry) => inputsOf(entry, names).length
  return candidates.sort((a, b) => shared(b) - shared(a))[0]
}

/** The inputs of a flow that are handed on to it, out of `names`. */
export function inputsOf({ flow }: FlowEntry, names: readonly string[]): readonly string[] {
  return [...flow.inputParameters.keys()].filter((input) => names.includes(input))
}

function reads({ flow }: FlowEntry, names: readonly string[]): boolean {
  const needed = [...flow.inputParameters].filter(([, { required }]) => required).map(([input]) => input)
  return needed.length > 0 && needed.every((input) => names.includes(input))
}

function isSafe({ flow }: FlowEntry, { consumes }: Known): boolean {
  if (flow.semantics.safe !== undefined) return flow.semantics.safe
  const [api = '', ...operation] = flow.call?.split('.') ?? []
  return consumes.get(api)?.get(operation.join('.'))?.method === 'GET'
}

/** A JSONPath of the companion; undefined where it is none, which is told. */
export function compilePath(path: string, at: string, { reportCompanion }: Known): JsonPath | undefined {
  try {
    return compileMapping(path)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    reportCompanion('bad-path', at, { detail: error.message })
    return undefined
  }
}
