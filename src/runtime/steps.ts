/** Runs the steps of an operation, each as soon as what it waits for has answered; the first failure ends all (spec §4.2). */

import { OperationError } from '../errors.ts'
import type {
  CallStepPlan,
  OperationPlan,
  OutputPlan,
  RequestPlan,
  ScriptStepPlan,
  StepPlan,
  StepsPlan,
} from '../plan.ts'
import type { BindValues } from './binds.ts'
import { type Call, cancel, newCall } from './call.ts'
import { evaluate, type Input, stepOutputs } from './evaluate.ts'
import type { Invoke, Outcome } from './invoke.ts'
import { lookUp } from './lookup.ts'
import { conform, mapped } from './mapped.ts'
import type { UpstreamAnswer } from './message.ts'
import { project } from './project.ts'
import { isRepeatable } from './refusal.ts'
import type { Scripting } from './scripting.ts'
import { masked, named, scriptFault } from './step-faults.ts'
import { stepPoint, within } from './telemetry/points.ts'
import type { Span } from './telemetry/span.ts'
import type { Telemetry } from './telemetry/telemetry.ts'
import { cancelledError } from './upstream-faults.ts'

/** What steps share with a single call. */
export interface StepTools {
  readonly send: (request: RequestPlan, operation: OperationPlan) => Send
  /** The value of an answer. Throws OperationError when it can't be read. */
  readonly parse: (operation: OperationPlan, text: string) => unknown
  readonly outcome: (operation: OperationPlan, output: OutputPlan, answer: UpstreamAnswer) => Outcome
  readonly scripting: Scripting
  readonly composed: (operation: OperationPlan, value: unknown) => Outcome
  /** Hides what must not be seen in a text that comes from elsewhere. */
  readonly mask: (text: string) => string
  readonly telemetry: Telemetry | undefined
  /** Longest time for all steps, in milliseconds. */
  readonly timeoutMs: number
}

type Send = (input: Input, call?: Call) => Promise<UpstreamAnswer>

/** One run of all the steps. */
interface Attempt {
  /** The caller's input, with what steps answered so far. */
  readonly input: Input
  readonly outputs: Map<string, unknown>
  readonly answers: Map<StepPlan, UpstreamAnswer>
  readonly inFlight: Set<Call>
  /** Whether something was sent that must not be sent again. */
  wrote: boolean
  failure: unknown
  /** What the steps are part of; undefined = nobody looks. */
  readonly span: Span | undefined
  /** When all steps must be over, on the clock of `performance.now()`. */
  readonly deadline: number
}

type Step = (attempt: Attempt) => Promise<void>
/** `span`: the step's own. */
type StepRun = (attempt: Attempt, span: Span | undefined) => Promise<void>

/** Decides at start everything about the steps that does not depend on the input. */
export function prepareSteps(operation: OperationPlan, run: StepsPlan, binds: BindValues, tools: StepTools): Invoke {
  const steps = run.steps.map((step, i) => prepareStep(step, i, operation, binds, tools))
  return async (input, call) => {
    const attempt = newAttempt(input, call, tools.timeoutMs)
    if (call !== undefined) call.abort = () => fail(attempt, cancelledError())
    if (call?.cancelled) throw cancelledError()
    try {
      await runAll(run.steps, steps, attempt, call?.told)
    } finally {
      if (call !== undefined) call.abort = undefined
    }
    if (attempt.failure !== undefined) throw attempt.failure
    return answerOf(operation, run, attempt, binds, tools)
  }
}

function newAttempt(given: Input, call: Call | undefined, timeoutMs: number): Attempt {
  const outputs = new Map<string, unknown>()
  const input = { ...given, [stepOutputs]: outputs }
  const { span } = call ?? {}
  const deadline = Math.min(performance.now() + timeoutMs, call?.deadline ?? Number.POSITIVE_INFINITY)
  return { input, outputs, answers: new Map(), inFlight: new Set(), wrote: false, failure: undefined, span, deadline }
}

/** A step whose turn comes after a failure is not started; none of these promises rejects. */
async function runAll(
  plans: readonly StepPlan[],
  declared: readonly Step[],
  attempt: Attempt,
  told: Call['told'],
): Promise<void> {
  const ended: Promise<unknown>[] = []
  const steps = told === undefined ? declared : telling(plans, declared, told)
  for (const [i, { after }] of plans.entries()) {
    const turn = Promise.all(after.map((index) => ended[index]))
    const run = async () => (attempt.failure === undefined ? steps[i]?.(attempt) : undefined)
    ended.push(turn.then(run).catch((error: unknown) => fail(attempt, error)))
  }
  await Promise.all(ended)
}

/** The same steps, each told once it is done. */
function telling(plans: readonly StepPlan[], steps: readonly Step[], told: NonNullable<Call['told']>): readonly Step[] {
  let done = 0
  return plans.map(({ name, type }, i) => async (attempt) => {
    const start = performance.now()
    await steps[i]?.(attempt)
    done += 1
    told({ step: name, type, done, total: plans.length, ms: Math.round(performance.now() - start) })
  })
}

/** Keeps the first failure and stops what is in flight: its answer has no use any more. */
function fail(attempt: Attempt, error: unknown) {
  attempt.failure ??= error
  for (const call of attempt.inFlight) cancel(call)
}

/** Each step as a span of its own. */
function prepareStep(
  step: StepPlan,
  index: number,
  operation: OperationPlan,
  binds: BindValues,
  tools: StepTools,
): Step {
  const run = stepRun(step, operation, binds, tools)
  const { telemetry } = tools
  if (telemetry === undefined) return (attempt) => run(attempt, undefined)
  const point = pointOf(step, index, telemetry)
  return (attempt) => {
    const now = { span: attempt.span }
    return within(point, now, () => run(attempt, now.span))
  }
}

function pointOf(step: StepPlan, index: number, telemetry: Telemetry) {
  const at = { 'ikanos.step.index': index }
  switch (step.type) {
    case 'call': {
      const { upstream, operation } = step.request
      const call = { 'ikanos.step.call': `${upstream}.${operation}`, 'ikanos.namespace': upstream }
      return stepPoint(telemetry, 'call', upstream, { ...at, ...call })
    }
    case 'lookup':
      return stepPoint(telemetry, 'lookup', '', { ...at, 'ikanos.step.match': step.match })
    case 'script':
      return stepPoint(telemetry, 'script', '', {
        ...at,
        'ikanos.step.script.file': step.script.sources.at(-1)?.name ?? '',
      })
    default:
      return step satisfies never
  }
}

function stepRun(step: StepPlan, operation: OperationPlan, binds: BindValues, tools: StepTools): StepRun {
  switch (step.type) {
    case 'call':
      return callRun(step, operation, tools)
    case 'lookup':
      return async (attempt) => {
        const key = evaluate(step.key, attempt.input, binds)
        keep(attempt, step, lookUp(step, attempt.outputs.get(step.index), key))
      }
    case 'script':
      return scriptRun(step, operation, binds, tools)
    default:
      return step satisfies never
  }
}

function scriptRun(step: ScriptStepPlan, operation: OperationPlan, binds: BindValues, tools: StepTools): StepRun {
  const harmless = isRepeatable(operation)
  return async (attempt, span) => {
    const context = evaluate(step.context, attempt.input, binds)
    try {
      keep(attempt, step, await stoppable(attempt, span, (call) => tools.scripting.run(step.script, context, call)))
    } catch (error) {
      const repeatable = harmless || !attempt.wrote
      throw missed(attempt, error) ?? scriptFault(step, masked(error, tools.mask), attempt.wrote, repeatable)
    }
  }
}

/** A script that fails where a read was answered with nothing has missed that. */
function missed({ answers }: Attempt, error: unknown): unknown {
  if (!(error instanceof OperationError) || error.code !== 'script-failed') return undefined
  for (const [step, { text }] of answers)
    if (step.type === 'call' && step.semantics.safe === true && text.trim() === '')
      return named(step, new OperationError('upstream-unreadable', 'the upstream answered with nothing'), false)
  return undefined
}

/** A step without an output is one that later steps do not find. */
function keep(attempt: Attempt, { name }: StepPlan, output: unknown) {
  if (output !== undefined) attempt.outputs.set(name, output)
}

function callRun(step: CallStepPlan, operation: OperationPlan, tools: StepTools): StepRun {
  const { request, semantics } = step
  const harmless = isRepeatable(operation)
  const asOperation: OperationPlan = {
    ...operation,
    semantics: harmless ? operation.semantics : semantics,
    // What the operation answers is not what its steps are asked for.
    output: {},
    run: { type: 'call', request },
  }
  const send = tools.send(request, asOperation)
  return async (attempt, span) => {
    const repeatable = harmless || !attempt.wrote
    attempt.wrote ||= !isRepeatable(asOperation)
    try {
      const answer = await stoppable(attempt, span, (call) => send(attempt.input, call))
      attempt.answers.set(step, answer)
      keep(attempt, step, outputOf(step, asOperation, answer, tools))
    } catch (error) {
      throw named(step, error, repeatable)
    }
  }
}

/** What is in flight ends with the first failure, and when the caller goes. */
async function stoppable<T>(attempt: Attempt, span: Span | undefined, run: (call: Call) => Promise<T>): Promise<T> {
  const call = { ...newCall(span), deadline: attempt.deadline }
  attempt.inFlight.add(call)
  try {
    return await run(call)
  } finally {
    attempt.inFlight.delete(call)
  }
}

/**
 * What a step keeps of its answer: nothing of an empty one. A write that was accepted is done, whatever its answer looks
 * like; a read that can't be read is a failure.
 */
function outputOf(step: CallStepPlan, operation: OperationPlan, { text }: UpstreamAnswer, tools: StepTools): unknown {
  if (text.trim() === '') return undefined
  try {
    return shaped(step, tools.parse(operation, text))
  } catch (error) {
    if (step.semantics.safe === true) throw error
    return undefined
  }
}

/** The outputs of the consumed operation: members of an object, additions to each element of a list (spec §4.2). */
function shaped({ output }: CallStepPlan, value: unknown): unknown {
  if (output === undefined) return value
  if (output.type === 'whole') return project(output.projection, value)
  const members = (root: unknown) =>
    Object.fromEntries(output.properties.map(([name, projection]) => [name, project(projection, root)]))
  if (!Array.isArray(value)) return members(value)
  return value.map((element) => ({ ...(isObject(element) ? element : {}), ...members(element) }))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function answerOf(
  operation: OperationPlan,
  { answer, steps }: StepsPlan,
  attempt: Attempt,
  binds: BindValues,
  tools: StepTools,
): Outcome {
  if (answer.type === 'last') {
    const step = steps[answer.index]
    const last = step && attempt.answers.get(step)
    if (last === undefined) throw new Error(`Unexpected: no answer of step ${answer.index}. Please report this.`)
    return tools.outcome(operation, operation.output, last)
  }
  const found = mapped(answer.mappings, attempt.input, binds)
  if (found === undefined) throw nothingMapped(operation)
  return tools.composed(operation, answer.shape === undefined ? found : conform(answer.shape, found))
}

function nothingMapped({ name }: OperationPlan): OperationError {
  return new OperationError('unmappable-output', `the steps of "${name}" found nothing at any place that is mapped`)
}
