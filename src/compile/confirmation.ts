/** What somebody is asked before an operation runs that loses something: from hints, methods and the companion file. */

import type { ConfirmationPlan, JsonSchema, OperationPlan, ShownPlan, Value } from '../plan.ts'
import type { Confirm } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import { compileMapping, type JsonPath, JsonPathSyntaxError } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import { firstSentence } from '../text/sentence.ts'
import type { FlowEntry } from './flows.ts'
import { calledMethods } from './methods.ts'
import type { Known } from './operations.ts'
import { compileText, inputScope, unknownName } from './scope.ts'

/** What the hints of tools say of the flows they refer to, and of themselves: lost where any of them says so. */
export function destructiveOf(exposes: readonly doc.Exposes[]): ReadonlyMap<string, boolean> {
  const said = new Map<string, boolean>()
  for (const surface of exposes) {
    if (surface.type !== 'mcp') continue
    for (const [name, { ref = `${surface.namespace}.${name}`, hints }] of surface.tools)
      if (hints.destructive !== undefined) said.set(ref, hints.destructive || said.get(ref) === true)
  }
  return said
}

/**
 * Undefined = nobody has to be asked. `name` is that of the flow, or of what is written inline; `namespace` of its
 * aggregate.
 */
export function compileConfirmation(
  operation: OperationPlan,
  name: string,
  namespace: string | undefined,
  known: Known,
): ConfirmationPlan | undefined {
  const said = known.companion.policy.get(name)?.confirm ?? isDestructive(operation, name, known)
  if (said === false) return undefined
  const own = said === true ? {} : said
  const names = Object.keys(propertiesOf(operation))
  const at = child(child('/policy', name), 'confirm')
  const shows = shown(own, names, name, namespace, at, known)
  return { message: messageOf(operation, own, names, at, known), ...(shows === undefined ? {} : { shows }) }
}

function isDestructive({ run, semantics }: OperationPlan, name: string, { destructive }: Known): boolean {
  return destructive.get(name) ?? (semantics.safe !== true && calledMethods(run).includes('DELETE'))
}

function messageOf(
  { title, name, description }: OperationPlan,
  { message }: Confirm,
  names: readonly string[],
  at: string,
  known: Known,
): Value {
  if (message !== undefined)
    return compileText(message, inputScope(names, ''), known.reportCompanion, child(at, 'message'))
  const what = title ?? name.split('.').at(-1) ?? name
  return { type: 'literal', value: description === '' ? what : `${what}: ${firstSentence(description)}` }
}

function shown(
  { show, values }: Confirm,
  names: readonly string[],
  name: string,
  namespace: string | undefined,
  at: string,
  known: Known,
): ShownPlan | undefined {
  if (show === false) return undefined
  const entry = show === undefined ? readerOf(names, name, namespace, known) : named(show, names, at, known)
  if (entry === undefined) return undefined
  const inputs = [...entry.flow.inputParameters.keys()].filter((input) => names.includes(input))
  const told = Object.entries(values ?? {}).flatMap(([label, path]) => {
    const compiled = compileValue(path, child(child(at, 'values'), label), known)
    return compiled === undefined ? [] : [[label, compiled] as const]
  })
  return { flow: entry.name, inputs, ...(values === undefined ? {} : { values: told }) }
}

/** The flow that the companion names; it must be safe, and need nothing but inputs of the one that is confirmed. */
function named(show: string, names: readonly string[], at: string, known: Known): FlowEntry | undefined {
  const entry = known.flows.get(show)
  const place = child(at, 'show')
  if (entry === undefined) known.reportCompanion('unknown-flow', place, unknownName(show, [...known.flows.keys()]))
  else if (isSafe(entry, known) && reads(entry, names)) return entry
  else
    known.reportCompanion('wrong-value', place, {
      value: JSON.stringify(show),
      rule: 'must be a safe flow that needs no inputs but those of the one that is confirmed',
    })
  return undefined
}

/** The safe flow of the same aggregate that takes most of the same inputs, and needs no other. */
function readerOf(
  names: readonly string[],
  name: string,
  namespace: string | undefined,
  known: Known,
): FlowEntry | undefined {
  const candidates = [...known.flows.values()]
    .filter((entry) => entry.namespace === namespace && entry.name !== name)
    .filter((entry) => isSafe(entry, known) && reads(entry, names))
  const shared = ({ flow }: FlowEntry) =>
    [...flow.inputParameters.keys()].filter((input) => names.includes(input)).length
  return candidates.sort((a, b) => shared(b) - shared(a))[0]
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

function compileValue(path: string, at: string, { reportCompanion }: Known): JsonPath | undefined {
  try {
    return compileMapping(path)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    reportCompanion('bad-path', at, { detail: error.message })
    return undefined
  }
}

function propertiesOf({ input }: OperationPlan): JsonSchema {
  return (input.schema.properties ?? {}) as JsonSchema
}
