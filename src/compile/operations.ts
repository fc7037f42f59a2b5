/** Flows, tools and REST operations -> operations: one scope of names, one request or mock, one input, one output. */

import type { Report } from '../diagnostics.ts'
import type { InputPlan, OperationPlan, OutputPlan, RunPlan, ScriptPlan, Semantics, Value } from '../plan.ts'
import type { Companion } from '../spec/companion.ts'
import type * as doc from '../spec/document.ts'
import { child } from '../text/pointer.ts'
import { compileAnswered } from './answer.ts'
import { type ConsumedEntry, type ConsumedIndex, compileRequest, findConsumed } from './consumes.ts'
import { inferInputs } from './infer.ts'
import { compileMock, isMock } from './outputs.ts'
import { inputPlan, inputSchema } from './parameters.ts'
import { compileWith, inputScope, type Scope, unknownName, valueScope, within } from './scope.ts'
import { compileSteps } from './steps.ts'
import { reportUnusedInputs, reportUnusedWith } from './unused.ts'

/** What the units of a capability can refer to. */
export interface Known {
  readonly binds: Scope
  readonly consumes: ConsumedIndex
  readonly flows: FlowIndex
  /** By namespace, what imported units that have it call themselves by. */
  readonly former: ReadonlyMap<string, readonly string[]>
  readonly companion: Companion
  readonly scripts: Scripts
  readonly report: Report
}

/** The script steps that can run, by pointer. */
export type Scripts = ReadonlyMap<string, ScriptPlan>

export interface FlowEntry {
  readonly name: string
  readonly namespace: string
  readonly pointer: string
  readonly flow: doc.Flow
}

export type FlowIndex = ReadonlyMap<string, FlowEntry>

/** Every flow by `namespace.flow`. Two aggregates may share a namespace; two flows may not share a name. */
export function indexFlows(aggregates: readonly doc.Aggregate[], report: Report): FlowIndex {
  const index = new Map<string, FlowEntry>()
  for (const { namespace, pointer, flows } of aggregates) {
    for (const [flowName, flow] of flows) {
      const name = `${namespace}.${flowName}`
      const at = child(child(pointer, 'flows'), flowName)
      const same = index.get(name)
      if (same !== undefined) report('duplicate-name', at, { name, what: 'flows', first: same.pointer })
      else index.set(name, { name, namespace, pointer: at, flow })
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

/** A flow by itself: what every surface that refers to it without changing anything shares. */
export function compileFlow(entry: FlowEntry, all: Known): OperationPlan | undefined {
  const { flow, namespace, pointer, name } = entry
  const { known, sound } = watched(all)
  const scope = within(inputScope(flow.inputParameters.keys(), namespace, known.former.get(namespace)), known.binds)
  const input = flowInput(entry, flow.inputParameters, known)
  const ran = compileRun(flow, scope, pointer, name, known)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(flow.inputParameters.keys(), ran.run, pointer, name, known.report, [], flow.with)
  return operation(name, flow, flow.semantics, input, ran)
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
  unit: InlineUnit,
  name: string,
  namespace: string,
  pointer: string,
  semantics: Semantics | undefined,
  all: Known,
) {
  const { known, sound } = watched(all)
  const inputs = allInputs(unit, namespace, pointer, all)
  const scope = within(inputScope(inputs.keys(), namespace, known.former.get(namespace)), known.binds)
  const input = inputPlan(inputSchema(inputs))
  const ran = compileRun(unit, scope, pointer, name, known)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(unit.own, ran.run, pointer, name, known.report, [], unit.with)
  return operation(name, unit, semantics ?? ran.semantics ?? semanticsOf(ran.consumed), input, ran)
}

/** The declared inputs of a unit, and those it uses without declaring them. */
function allInputs(unit: InlineUnit, namespace: string, pointer: string, known: Known): doc.Named<doc.Input> {
  const [called = '', ...name] = unit.call?.split('.') ?? []
  const entry = known.consumes.get(called)?.get(name.join('.'))
  if (entry === undefined) return unit.inputParameters
  const scope = within(inputScope(unit.inputParameters.keys(), namespace, known.former.get(namespace)), known.binds)
  return inferInputs(unit, entry, scope, pointer, known.report)
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
  const open = [...flow.inputParameters].filter(([input]) => !unit.with.has(input))
  const names = [...open.map(([n]) => n), ...unit.inputParameters.keys()]
  const callers = inputScope(names, namespace, known.former.get(namespace))
  const set = compileWiths(unit.with, within(callers, known.binds), child(pointer, 'with'), known)
  const own = [...unit.inputParameters].map(([n, input]) => [n, refined(flow.inputParameters.get(n), input)] as const)
  const inputs = new Map([...open, ...own])
  const flowNames = inputScope(inputs.keys(), entry.namespace, known.former.get(entry.namespace))
  const scope = within(within(valueScope(set), flowNames), known.binds)
  const declared = unit.outputParameters ?? flow.outputParameters
  const runs: doc.Unit = { ...flow, ...(declared === undefined ? {} : { outputParameters: declared }) }
  const ran = compileRun(runs, scope, entry.pointer, entry.name, known, unit.outputParameters && pointer)
  if (ran === undefined) return undefined
  if (sound()) reportUnusedInputs(unit.own, ran.run, pointer, entry.name, known.report, flow.inputParameters.keys())
  return operation(
    name,
    { ...flow, ...unit, description: unit.description ?? flow.description ?? '' },
    flow.semantics,
    flowInput(entry, inputs, known),
    ran,
  )
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
  const request = compileRequest(consumed, within(valueScope(set), scope), report, child(pointer, 'call'))
  return { run: { type: 'call', request }, output, consumed }
}

function isStepped(unit: doc.Unit): unit is doc.Unit & { readonly steps: doc.Named<doc.Step> } {
  return unit.steps !== undefined && unit.steps.size > 0
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
