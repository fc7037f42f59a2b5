/** What somebody is asked before an operation runs that loses something: from hints, methods and the companion file. */

import type { ConfirmationPlan, JsonSchema, OperationPlan, ShownPlan, Value } from '../plan.ts'
import type { Confirm } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { firstSentence } from '../text/sentence.ts'
import { compileRules } from './confirm-rules.ts'
import type { Known } from './known.ts'
import { calledMethods } from './methods.ts'
import { compilePath, inputsOf, namedReader, readerOf } from './readers.ts'
import { compileText, inputScope } from './scope.ts'

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
  const { when, expires } = own
  return {
    message: messageOf(operation, own, names, at, known),
    ...(shows === undefined ? {} : { shows }),
    ...(when === undefined ? {} : { when: compileRules(when, names, child(at, 'when'), known) }),
    ...(expires === undefined ? {} : { expires }),
  }
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
  const entry =
    show === undefined ? readerOf(names, name, namespace, known) : namedReader(show, names, child(at, 'show'), known)
  if (entry === undefined) return undefined
  const told = Object.entries(values ?? {}).flatMap(([label, path]) => {
    const compiled = compilePath(path, child(child(at, 'values'), label), known)
    return compiled === undefined ? [] : [[label, compiled] as const]
  })
  return { flow: entry.name, inputs: inputsOf(entry, names), ...(values === undefined ? {} : { values: told }) }
}

function propertiesOf({ input }: OperationPlan): JsonSchema {
  return (input.schema.properties ?? {}) as JsonSchema
}
