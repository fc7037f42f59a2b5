/** steps and mappings -> a plan of steps, each with what it has to wait for (spec §4). */

import type { Report } from '../diagnostics.ts'
import type {
  CallStepPlan,
  Json,
  LookupStepPlan,
  MappingPlan,
  ScriptStepPlan,
  Semantics,
  StepPlan,
  StepsPlan,
  Value,
} from '../plan.ts'
import type * as doc from '../spec/document.ts'
import { compileMapping, JsonPathSyntaxError } from '../text/json-path.ts'
import { child } from '../text/pointer.ts'
import { nearest } from '../text/suggest.ts'
import { compileAnswered } from './answer.ts'
import { compileRequest, findConsumed } from './consumes.ts'
import type { Known } from './known.ts'
import { shapeOf, shapeSchema } from './orchestrated.ts'
import { type compileOutputs, merge } from './outputs.ts'
import { compileWith, type Scope, unknownName, valueScope, within } from './scope.ts'
import { reportUnusedWith } from './unused.ts'

/** A unit that runs steps, and where it stands. */
export interface SteppedUnit {
  readonly unit: doc.Unit & { readonly steps: doc.Named<doc.Step> }
  readonly name: string
  readonly pointer: string
  readonly outputsAt: string
  /** What the unit's own names mean. */
  readonly scope: Scope
  readonly refinement: Parameters<typeof compileOutputs>[1]
}

/** What the steps so far have in sight. */
interface Place {
  readonly pointer: string
  readonly scope: Scope
  readonly before: readonly StepPlan[]
  readonly known: Known
}

/** The steps of a unit with their answer, or undefined when a fault leaves nothing to run. */
export function compileSteps(stepped: SteppedUnit, known: Known) {
  const { unit, name, pointer } = stepped
  const steps: StepPlan[] = []
  let sound = true
  for (const [stepName, step] of unit.steps) {
    const at = child(child(pointer, 'steps'), stepName)
    const scope = within(outputScope(steps), stepped.scope)
    const compiled = compileStep(stepName, step, { pointer: at, scope, before: steps, known })
    if (compiled === undefined) sound = false
    steps.push(compiled ?? faulty(stepName))
  }
  if (unit.call !== undefined) known.report('ignored-call', child(pointer, 'call'), { name: lastPart(name) })
  if (!sound) return undefined
  return answered(stepped, steps, known)
}

/** In place of a step with a fault that is told: its name is known, so nobody who takes from it is told anything. */
function faulty(name: string): StepPlan {
  return { type: 'lookup', name, after: [], index: name, match: '', key: { type: 'literal', value: null }, fields: [] }
}

const lastPart = (name: string) => name.split('.').at(-1) ?? name

function answered(stepped: SteppedUnit, steps: readonly StepPlan[], known: Known) {
  const { unit, pointer, outputsAt, refinement } = stepped
  const { report } = known
  const semantics = semanticsOf(steps)
  if (unit.mappings !== undefined && unit.mappings.length > 0) {
    const mappings = unit.mappings.map((mapping, i) =>
      compileStepMapping(mapping, steps, report, child(child(pointer, 'mappings'), i)),
    )
    const shape = shapeOf(unit.outputParameters)
    const schema = shape === undefined ? { type: 'object' } : shapeSchema(shape)
    const answer = { type: 'mapped', mappings, ...(shape === undefined ? {} : { shape }) } as const
    const run: StepsPlan = { type: 'steps', steps, answer }
    return { run, output: { schema: merge(schema, refinement) }, semantics }
  }
  const index = steps.findLastIndex((step) => step.type === 'call')
  if (index < 0) {
    report('nothing-answered', pointer, { name: lastPart(stepped.name) })
    return undefined
  }
  const last = steps[index]
  const format = last?.type === 'call' ? last.request.answer?.format : undefined
  const output = compileAnswered(format, unit.outputParameters ?? [], refinement, report, outputsAt)
  return { run: { type: 'steps', steps, answer: { type: 'last', index } } as const, output, semantics }
}

/** Outputs of steps by name. */
function outputScope(steps: readonly StepPlan[]): Scope {
  const names = new Set(steps.map((step) => step.name))
  return {
    names: [...names],
    prefixes: [],
    resolve: (name) => (names.has(name) ? { type: 'step', name } : undefined),
  }
}

function compileStep(name: string, step: doc.Step, place: Place): StepPlan | undefined {
  switch (step.type) {
    case 'call':
      return compileCall(name, step, place)
    case 'lookup':
      return compileLookup(name, step, place)
    case 'script':
      return compileScript(name, step, place)
    default:
      return step satisfies never
  }
}

function compileCall(name: string, step: doc.CallStep, place: Place): CallStepPlan | undefined {
  const { pointer, scope, before, known } = place
  const { report } = known
  const consumed = findConsumed(step.call, known.consumes, report, child(pointer, 'call'))
  const set = compileStepWith(step.with, place)
  if (consumed === undefined) return undefined
  if (consumed.binary !== undefined) report('bytes-in-step', child(pointer, 'call'), { operation: step.call })
  reportUnusedWith(consumed, set.keys(), report, child(pointer, 'with'))
  const request = compileRequest(consumed, within(valueScope(set), scope), known, child(pointer, 'call'))
  const semantics = methodSemantics(consumed.method)
  return {
    type: 'call',
    name,
    after: callAfter(request, semantics, before),
    request,
    semantics,
    ...(consumed.kept === undefined ? {} : { output: consumed.kept }),
  }
}

/** Values of a step's `with`, which also takes `$.step.member`. */
export function compileStepWith(values: doc.Named<Json>, place: Place): ReadonlyMap<string, Value> {
  return new Map(
    [...values].map(([key, value]) => [key, compileStepValue(value, place, child(child(place.pointer, 'with'), key))]),
  )
}

/** A text that starts like a path but names no step, nor nearly one, is a text: "$.50" is a price. */
function compileStepValue(value: Json, place: Place, pointer: string): Value {
  const { before, scope, known } = place
  const name = typeof value === 'string' ? stepOf(value) : undefined
  const names = before.map((step) => step.name)
  if (typeof value === 'string' && name !== undefined && (names.includes(name) || nearest(name, names) !== undefined))
    return compileStepPath(value, before, known.report, pointer)
  return compileWith(value, scope, known.report, pointer)
}

function compileLookup(name: string, step: doc.LookupStep, place: Place): LookupStepPlan | undefined {
  const { pointer, before, known } = place
  const at = before.findIndex((earlier) => earlier.name === step.index)
  if (at < 0) {
    const names = before.map((earlier) => earlier.name)
    known.report('unknown-step', child(pointer, 'index'), unknownName(step.index, names))
  }
  const keyAt = child(pointer, 'lookupValue')
  const isPath = stepOf(step.lookupValue) !== undefined
  const key = isPath
    ? compileStepPath(step.lookupValue, before, known.report, keyAt)
    : compileWith(step.lookupValue, place.scope, known.report, keyAt)
  if (at < 0) return undefined
  const after = [...new Set([at, ...mentioned(key, before)])]
  return { type: 'lookup', name, after, index: step.index, match: step.match, key, fields: step.outputParameters }
}

/** A script may read every output before it, so it waits for all. What stops it was told when it was read. */
function compileScript(name: string, step: doc.ScriptStep, place: Place): ScriptStepPlan | undefined {
  const { pointer, before, known } = place
  const set = compileStepWith(step.with, place)
  const script = known.scripts.get(pointer)
  if (script === undefined) return undefined
  const context: Value = { type: 'object', members: [...new Map([...contextOf(place), ...set])] }
  return { type: 'script', name, after: before.map((_, i) => i), script, context }
}

/** Everything in sight but the binds: a secret reaches a script only where `with` hands it over. */
function contextOf({ scope, known }: Place): readonly (readonly [string, Value])[] {
  return scope.names.flatMap((name) => {
    const value = scope.resolve(name)
    const bind = known.binds.resolve(name)
    const isBind = value?.type === 'bind' && bind?.type === 'bind' && value.variable === bind.variable
    return value === undefined || isBind ? [] : [[name, value] as const]
  })
}

function compileStepMapping(
  { target, value }: doc.StepMapping,
  steps: readonly StepPlan[],
  report: Report,
  pointer: string,
): MappingPlan {
  const at = child(pointer, 'value')
  if (stepOf(value) !== undefined)
    return { target: target.split('.'), value: compileStepPath(value, steps, report, at) }
  report('bad-step-path', at, { value })
  return { target: target.split('.'), value: { type: 'literal', value: null } }
}

const stepPath = /^\s*\$(?:\.([^.[\]\s{}]+)|\[(?:'([^']+)'|"([^"]+)")\])/

/** The name of the step that a path starts with; undefined for what is no such path, e.g. `$env.KEY`. */
function stepOf(source: string): string | undefined {
  const match = stepPath.exec(source)
  return match?.[1] ?? match?.[2] ?? match?.[3]
}

/** `$.step…`: what follows the step's name is a JSONPath into its output (spec §3.5; brackets are ours). */
function compileStepPath(source: string, steps: readonly StepPlan[], report: Report, pointer: string): Value {
  const name = stepOf(source) ?? ''
  const rest = source.replace(stepPath, '').trimEnd()
  if (!steps.some((step) => step.name === name)) {
    const names = steps.map((step) => step.name)
    report('unknown-step', pointer, unknownName(name, names))
    return { type: 'literal', value: null }
  }
  if (rest === '') return { type: 'step', name }
  try {
    return { type: 'step', name, path: compileMapping(`$${rest}`) }
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    report('bad-path', pointer, { detail: error.message })
    return { type: 'literal', value: null }
  }
}

/**
 * A request waits for the steps that it mentions and for every write before it; a write waits for all before it, so
 * that nothing is changed that a step before it was to read.
 */
function callAfter(request: object, semantics: Semantics, before: readonly StepPlan[]): readonly number[] {
  if (semantics.safe !== true) return before.map((_, i) => i)
  const lastWrite = before.findLastIndex((step) => step.type === 'call' && step.semantics.safe !== true)
  return [...new Set([...(lastWrite < 0 ? [] : [lastWrite]), ...mentioned(request, before)])]
}

/** Indexes of the steps that any value inside of a plan takes something from. */
function mentioned(node: unknown, steps: readonly StepPlan[]): readonly number[] {
  if (typeof node !== 'object' || node === null) return []
  const inside = Object.values(node).flatMap((value) => mentioned(value, steps))
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown }
  const own = type === 'step' ? steps.findIndex((step) => step.name === name) : -1
  return own < 0 ? inside : [own, ...inside]
}

/** What the upstream's method says about a repeat (RFC 9110 §9.2). */
function methodSemantics(method: string): Semantics {
  if (method === 'GET') return { safe: true, idempotent: true }
  return method === 'PUT' || method === 'DELETE' ? { safe: false, idempotent: true } : { safe: false }
}

/** Of steps together: reads are a read; one repeatable write among reads can be repeated, several can't be told. */
function semanticsOf(steps: readonly StepPlan[]): Semantics {
  const writes = steps.flatMap((step) => (step.type === 'call' && step.semantics.safe !== true ? [step.semantics] : []))
  const [only] = writes
  if (only === undefined) return { safe: true, idempotent: true }
  return writes.length === 1 && only.idempotent === true ? { safe: false, idempotent: true } : { safe: false }
}
