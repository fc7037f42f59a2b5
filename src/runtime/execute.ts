/** One operation: check the input, call the upstream or take the mock, read the answer, project it. */

import { OperationError } from '../errors.ts'
import type { JsonSchema, OperationPlan, OutputPlan, RequestPlan } from '../plan.ts'
import { audited, recorded } from './audit.ts'
import { type Call, newCall } from './call.ts'
import { confirmed } from './confirmation.ts'
import type { ExecuteContext } from './context.ts'
import { evaluate, type Input } from './evaluate.ts'
import { binaryOf } from './formats/binary.ts'
import type { Invoke, Outcome } from './invoke.ts'
import { looked } from './look.ts'
import type { UpstreamAnswer } from './message.ts'
import { once } from './once.ts'
import { restricted } from './policy.ts'
import { project } from './project.ts'
import { sender } from './sender.ts'
import { prepareSteps } from './steps.ts'
import { type InnerPoint, innerPoint, within } from './telemetry/points.ts'

/** Decides at start everything about an operation that does not depend on the input. */
export function prepare(operation: OperationPlan, context: ExecuteContext): Invoke {
  return audited(operation, restricted(operation, context.grants, checked(operation, context)), context)
}

function checked(operation: OperationPlan, context: ExecuteContext): Invoke {
  const seen = observed(runOf(operation, context), flowPoint(operation, context))
  const asked = confirmed(operation, recorded(operation, seen, context), context)
  const run = timed(operation, once(operation, looked(operation, asked, context), context.once), context)
  const { validate, schema } = operation.input
  const given = dropNulls(schema)
  return (sent, call) => {
    const input = given(sent)
    const errors = validate(input)
    if (errors.length === 0)
      return call?.dryRun === true ? rehearsed(operation, context, input, call) : run(input, call)
    return Promise.reject(new OperationError('invalid-input', 'the input does not fit', { errors }))
  }
}

/** What is read first and what is written then have one deadline together. */
function timed({ run, check, confirmation }: OperationPlan, invoke: Invoke, context: ExecuteContext): Invoke {
  if (check === undefined && confirmation === undefined) return invoke
  const timeoutMs = longestOf(run, context)
  return (input, call = newCall()) => {
    call.deadline ??= performance.now() + timeoutMs
    return invoke(input, call)
  }
}

async function rehearsed(
  operation: OperationPlan,
  context: ExecuteContext,
  input: Input,
  call: Call,
): Promise<Outcome> {
  const { rehearse } = await import('./rehearse.ts')
  return rehearse(operation, context, input, { call, parse })
}

function flowPoint({ name }: OperationPlan, { telemetry, flows }: ExecuteContext): InnerPoint | undefined {
  if (telemetry === undefined || !flows.has(name)) return undefined
  return innerPoint(telemetry, 'aggregate.flow', { 'ikanos.aggregate.ref': name })
}

function observed(run: Invoke, point: InnerPoint | undefined): Invoke {
  return point === undefined ? run : (input, call) => within(point, call, () => run(input, call))
}

/** A null is how many clients say "not given", unless the schema of that input knows null. */
function dropNulls(schema: JsonSchema): (input: Input) => Input {
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>)
  const nullable = new Set(
    properties.flatMap(([name, { type }]) => (Array.isArray(type) && type.includes('null') ? [name] : [])),
  )
  const isDropped = ([name, value]: readonly [string, unknown]) => value === null && !nullable.has(name)
  return (input) => {
    for (const name in input) {
      if (input[name] === null) return Object.fromEntries(Object.entries(input).filter((entry) => !isDropped(entry)))
    }
    return input
  }
}

function runOf(operation: OperationPlan, context: ExecuteContext): Invoke {
  const { run, output } = operation
  if (run.type === 'mock') {
    return async (input) => composed(operation, evaluate(run.value, input, context.binds))
  }
  if (run.type === 'steps') {
    const send = (request: RequestPlan, step: OperationPlan) => sender(step, request, context)
    return prepareSteps(operation, run, context.binds, {
      send,
      parse,
      outcome,
      composed,
      mask: context.mask,
      timeoutMs: longestOf(run, context),
      scripting: context.scripting,
      telemetry: context.telemetry,
    })
  }
  const send = sender(operation, run.request, context)
  return async (input, call) => {
    const answer = await send(input, call)
    if (output.binary !== undefined) return binaryOutcome(answer, output.binary.mediaType)
    return outcome(operation, output, answer)
  }
}

/** Longest time for all that it sends, in milliseconds: that of the upstream which may take longest. */
function longestOf(run: OperationPlan['run'], { upstreams }: ExecuteContext): number {
  const steps = run.type === 'steps' ? run.steps : run.type === 'call' ? [run] : []
  const called = steps.flatMap((step) => (step.type === 'call' ? [step.request.upstream] : []))
  const times = called.map((namespace) => upstreams.get(namespace)?.limits.timeoutMs ?? 0)
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times)
}

/** What the capability itself puts together, mapped once more where the one who refers to it says so. */
function composed(operation: OperationPlan, whole: unknown): Outcome {
  const { projection } = operation.output
  const value = projection === undefined ? whole : project(projection, whole)
  if (value === null || value === undefined) throw unmappable(operation)
  return { status: 200, value, text: JSON.stringify(value) }
}

function binaryOutcome(answer: UpstreamAnswer, mediaType: string | undefined): Outcome {
  if (answer.streamed === true) return { status: answer.status, passed: true }
  const binary = binaryOf(answer, mediaType)
  return binary === undefined ? { status: answer.status } : { status: answer.status, binary }
}

function outcome(operation: OperationPlan, output: OutputPlan, answer: UpstreamAnswer): Outcome {
  const { status, text } = answer
  if (output.projection === undefined) return unprojected(operation, status, text)
  const value = project(output.projection, parse(operation, text))
  if (value === null || value === undefined) throw unmappable(operation)
  return { status, value, text: JSON.stringify(value) }
}

/**
 * Without a projection the answer passes as it is. A write that was accepted is done whatever its answer looks like:
 * calling an empty or unreadable answer a failure would invite a second write.
 */
function unprojected(operation: OperationPlan, status: number, text: string): Outcome {
  const { semantics, output } = operation
  if (semantics.safe !== true) return accepted(status, text)
  if (text.trim() === '' && output.schema === undefined) return { status }
  const value = parse(operation, text)
  if (output.schema?.type === 'object' && !isObject(value)) throw unmappable(operation)
  return { status, value, text }
}

function accepted(status: number, text: string): Outcome {
  try {
    return { status, value: JSON.parse(text), text }
  } catch {
    return { status }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(operation: OperationPlan, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(operation, cause)
  }
}

function unreadable(operation: OperationPlan, cause: unknown): OperationError {
  return new OperationError('upstream-unreadable', `the answer to "${operation.name}" is not JSON`, { cause })
}

function unmappable(operation: OperationPlan): OperationError {
  return new OperationError(
    'unmappable-output',
    `the answer to "${operation.name}" has nothing at the place its output is mapped from`,
  )
}
