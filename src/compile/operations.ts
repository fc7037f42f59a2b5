/** Flows, tools and REST operations -> operations: one scope of names, one request or mock, one input, one output. */

import type { Report } from '../diagnostics.ts'
import type { InputPlan, OperationPlan, OutputPlan, RunPlan, Semantics, Value } from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileAnswered } from './answer.ts'
import { compileCheck } from './check.ts'
import { compileConfirmation } from './confirmation.ts'
import { compileRequest, findConsumed } from './consumes.ts'
import { completed, findFlow, isStepped } from './flows.ts'
import { forwardedInputs } from './infer.ts'
import type { ConsumedEntry, FlowEntry, Known } from './known.ts'
import { compileMock, compileOutputs, isMock, readsAnswer } from './outputs.ts'
import { inputPlan, inputSchema } from './parameters.ts'
import { compileWith, inputScope, type Scope, valueScope, within } from './scope.ts'
import { compileSteps } from './steps.ts'
import { reportUnusedInputs, reportUnusedWith } from './unused.ts'

/** A flow by itself: what every surface that refers to it without changing anything shares. */
export function compileFlow(entry: FlowEntry, all: Known): OperationPlan | undefined {
  const { flow, namespace, pointer, name } = entry
  const { known, sound } = watched(all)
  const scope = within(inputScope(flow.inputParameters.keys(), namespace, known.former.get(namespace)), known.binds)
  const input = flowInput(entry, flow.inputParameters, known)
  const ran = compileRun(flow, scope, pointer, name, known)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(flow.inputParameters.keys(), ran.run, pointer, name, known.report, [], flow.with)
  return restricted(operation(name, flow, flowSemantics(flow, ran), input, ran), entry, known)
}

/** What a flow says of itself; what it leaves open, its calls say, but not of one that says whether it is safe. */
function flowSemantics({ semantics }: doc.Flow, ran: Ran): Semantics {
  if (semantics.safe !== undefined) return semantics
  return { ...(ran.semantics ?? semanticsOf(ran.consumed)), ...semantics }
}

function flowInput(entry: FlowEntry, inputs: doc.Named<doc.Input>, known: Known): InputPlan {
  return inputPlan(inputSchema(inputs, known.companion.inputs.get(entry.name)))
}

/** A unit written under a surface: a tool, or a REST operation with its placed parameters read as inputs. */
export interface InlineUnit extends doc.Unit {
  readonly ref?: string
  readonly inputParameters: doc.Named<doc.Input>
  /** Those of the inputs that are declared with the unit itself. */
  readonly own: Iterable<string>
  /** Its inputs are those and no others: what it uses besides is a fault. Default: it is an input too. */
  readonly closed?: boolean
}

/** A unit with its own `call` or mock values, or one that changes the flow it refers to. */
export function compileInline(
  unit: InlineUnit,
  name: string,
  namespace: string,
  pointer: string,
  semantics: Semantics | undefined,
  known: Known,
) {
  const flow = unit.ref === undefined ? undefined : findFlow(unit.ref, known, child(pointer, 'ref'))
  if (unit.ref !== undefined && flow === undefined) return undefined
  return flow === undefined
    ? compileOwn(unit, name, namespace, pointer, semantics, known)
    : compileChanged(unit, flow, name, namespace, pointer, known)
}

function compileOwn(
  declared: InlineUnit,
  name: string,
  namespace: string,
  pointer: string,
  semantics: Semantics | undefined,
  all: Known,
) {
  const { known, sound } = watched(all)
  const unit = completed(declared, namespace, pointer, all)
  const inputs = unit.inputParameters
  const scope = within(inputScope(inputs.keys(), namespace, known.former.get(namespace)), known.binds)
  const input = inputPlan(inputSchema(inputs))
  const ran = compileRun(unit, scope, pointer, name, known)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(unit.own, ran.run, pointer, name, known.report, [], unit.with)
  const own = operation(name, unit, semantics ?? ran.semantics ?? semanticsOf(ran.consumed), input, ran)
  return restricted(own, { name }, known)
}

/** A reference with its own `with`, inputs or outputs: the unit's values stand before the flow's inputs (spec §5). */
function compileChanged(
  unit: InlineUnit,
  entry: FlowEntry,
  name: string,
  namespace: string,
  pointer: string,
  all: Known,
) {
  const { flow } = entry
  const { known, sound } = watched(all)
  const { report } = all
  const callersOf = (names: Iterable<string>) =>
    within(inputScope(names, namespace, known.former.get(namespace)), known.binds)
  const forwarded = forwardedInputs(unit, flow.inputParameters, callersOf(unit.inputParameters.keys()), pointer, report)
  const open = [...flow.inputParameters].filter(([input]) => !unit.with.has(input) || forwarded.has(input))
  const callers = callersOf([...open.map(([n]) => n), ...forwarded.keys(), ...unit.inputParameters.keys()])
  const set = compileWiths(unit.with, callers, child(pointer, 'with'), known)
  const own = [...unit.inputParameters].map(([n, input]) => [n, refined(flow.inputParameters.get(n), input)] as const)
  const inputs = new Map([...open, ...forwarded, ...own])
  const flowNames = inputScope(inputs.keys(), entry.namespace, known.former.get(entry.namespace))
  const scope = within(within(valueScope(set), flowNames), known.binds)
  const ran = compileRefRun(unit, entry, scope, pointer, known)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(unit.own, ran.run, pointer, entry.name, known.report, flow.inputParameters.keys())
  const said = { ...flow, ...unit, description: unit.description ?? flow.description ?? '' }
  const changed = operation(name, said, flowSemantics(flow, ran), flowInput(entry, inputs, known), ran)
  return { ...restricted(changed, entry, known), flow: entry.name }
}

/** What must hold before a flow runs holds for whatever refers to it; what is written inline has a policy by its own name. */
function restricted(
  operation: OperationPlan,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
  known: Known,
): OperationPlan {
  const { scopes, repeatWindow, answer } = known.companion.policy.get(name) ?? {}
  const confirmation = compileConfirmation(operation, name, namespace, known)
  const check = compileCheck(operation, name, namespace, known)
  return {
    ...operation,
    ...(scopes === undefined ? {} : { policy: { scopes } }),
    ...(confirmation === undefined ? {} : { confirmation }),
    ...(check === undefined ? {} : { check }),
    ...(repeatWindow === undefined ? {} : { repeatWindow }),
    ...(answer === undefined ? {} : { answer }),
  }
}

/** The run of a flow with the outputs of the unit that refers to it: in place of its own, or read from what it answers. */
function compileRefRun(unit: InlineUnit, { flow, name, pointer }: FlowEntry, scope: Scope, at: string, known: Known) {
  const outputs = unit.outputParameters
  if (outputs === undefined) return compileRun(flow, scope, pointer, name, known)
  const composes = isStepped(flow) ? (flow.mappings?.length ?? 0) > 0 : flow.call === undefined
  if (!composes || !outputs.some(readsAnswer))
    return compileRun({ ...flow, outputParameters: outputs }, scope, pointer, name, known, at)
  const ran = compileRun(flow, scope, pointer, name, known)
  const output = compileOutputs(outputs, undefined, known.report, child(at, 'outputParameters'))
  return ran && { ...ran, output }
}

/** An input of a flow that the referring unit declares again: what it says is added; what the flow needs stays needed. */
function refined(input: doc.Input | undefined, own: doc.Input): doc.Input {
  return input === undefined ? own : { ...input, ...own, required: input.required || own.required }
}

/** Remembers whether anything was reported: what an input is for can only be told of a unit without faults. */
function watched(known: Known): { readonly known: Known; readonly sound: () => boolean } {
  let sound = true
  const report: Report = (code, pointer, args) => {
    sound = false
    known.report(code, pointer, args)
  }
  return { known: { ...known, report }, sound: () => sound }
}

interface Ran {
  readonly run: RunPlan
  readonly output: OutputPlan
  readonly consumed?: ConsumedEntry
  /** What the steps together do. */
  readonly semantics?: Semantics
}

/**
 * How a unit runs: steps, else a call, else mock values, else nothing, which is a fault. `changed` = the unit that answers something
 * else than the flow `name` does; what is said about the flow's answer does not hold for it.
 */
function compileRun(
  unit: doc.Unit,
  scope: Scope,
  pointer: string,
  name: string,
  known: Known,
  changed?: string,
): Ran | undefined {
  const { report } = known
  const outputsAt = child(changed ?? pointer, 'outputParameters')
  const refinement = changed === undefined ? known.companion.outputs.get(name) : undefined
  if (isStepped(unit)) {
    const set = compileWiths(unit.with, scope, child(pointer, 'with'), known)
    return compileSteps({ unit, name, pointer, outputsAt, scope: within(valueScope(set), scope), refinement }, known)
  }
  if (unit.call === undefined) {
    const { value, output } = compileMock(unit.outputParameters ?? [], scope, report, outputsAt)
    if (unit.outputParameters?.some(isMock)) return { run: { type: 'mock', value }, output }
    report('nothing-to-do', pointer, { name: name.split('.').at(-1) ?? name })
    return undefined
  }
  const consumed = findConsumed(unit.call, known.consumes, report, child(pointer, 'call'))
  const set = compileWiths(unit.with, scope, child(pointer, 'with'), known)
  const declared = compileAnswered(consumed?.answer?.format, unit.outputParameters ?? [], refinement, report, outputsAt)
  // The answer to HEAD has no content (RFC 9110 §9.3.2).
  const mapped = consumed?.method === 'HEAD' ? {} : declared
  if (consumed === undefined) return undefined
  const output = consumed.binary === undefined ? mapped : { binary: consumed.binary }
  if (consumed.binary !== undefined && mapped.projection !== undefined)
    report('unmapped-binary', outputsAt, { operation: unit.call })
  reportUnusedWith(consumed, set.keys(), report, child(pointer, 'with'))
  const request = compileRequest(consumed, within(valueScope(set), scope), known, child(pointer, 'call'))
  return { run: { type: 'call', request }, output, consumed }
}

function compileWiths(
  values: doc.Unit['with'],
  scope: Scope,
  pointer: string,
  known: Known,
): ReadonlyMap<string, Value> {
  return new Map(
    [...values].map(([name, value]) => [name, compileWith(value, scope, known.report, child(pointer, name))]),
  )
}

/** Without declared semantics, the upstream's method says what a repeat does (RFC 9110 §9.2). */
function semanticsOf(consumed: ConsumedEntry | undefined): Semantics {
  switch (consumed?.method) {
    case undefined:
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
      return { safe: true, idempotent: true }
    case 'PUT':
    case 'DELETE':
      return { safe: false, idempotent: true }
    default:
      return { safe: false }
  }
}

function operation(name: string, unit: doc.Unit, semantics: Semantics, input: InputPlan, ran: Ran): OperationPlan {
  const { display } = unit
  const description = unit.description ?? ran.consumed?.description ?? ''
  return {
    name,
    ...(display === undefined ? {} : { title: display }),
    description,
    semantics,
    input,
    output: ran.output,
    run: ran.run,
  }
}
