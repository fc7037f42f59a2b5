/** The tools of an MCP surface, whatever the revision and the transport: one list, one way to call. */

import { randomUUID } from 'node:crypto'
import { OperationError } from '../../errors.ts'
import type { Json, McpPlan, OperationPlan, ToolPlan } from '../../plan.ts'
import { type Refuse, refusing } from '../../runtime/audit.ts'
import { newCall } from '../../runtime/call.ts'
import type { Binary } from '../../runtime/formats/binary.ts'
import type { Invoke, Outcome } from '../../runtime/invoke.ts'
import { digestOfResult } from '../../runtime/look.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type ToolPoint, toolPoint } from '../../runtime/telemetry/points.ts'
import { faultText } from '../problem.ts'
import type { Answers } from './answers.ts'
import { type Bound, bounding } from './bounding.ts'
import { comingFrom } from './client.ts'
import { type Consent, notice } from './consent.ts'
import type { ResourceLink } from './content.ts'
import { type LinkOf, linkTo } from './links.ts'
import type { ToolAnswer, ToolCall } from './tool-call.ts'

/** A Tool object as it goes on the wire. */
export interface ListedTool {
  readonly name: string
  readonly title?: string
  readonly description: string
  readonly inputSchema: { readonly type: 'object'; readonly [keyword: string]: Json }
  readonly outputSchema?: { readonly [keyword: string]: Json }
  readonly annotations?: ToolPlan['annotations']
}

export interface Tools {
  readonly listed: readonly ListedTool[]
  readonly outputSchema: (name: string) => ListedTool['outputSchema']
  /** Whether a call of it can do with an answer alone. `told` = the client wants to hear how it goes on. */
  readonly isPlain: (name: string, told: boolean) => boolean
  /** Runs a tool; undefined when there is none of that name. Never rejects: a fault is an answer with `isError`. */
  readonly call: (name: string, args: unknown, call?: ToolCall) => Promise<ToolAnswer> | undefined
}

interface ReadyTool {
  readonly tool: ToolPlan
  /** Absent = nobody has to be asked. */
  readonly consent?: Consent
  readonly invoke: Invoke
  readonly refuse: Refuse | undefined
  readonly point: ToolPoint
  /** Whether a write looks at what it answers. */
  readonly isLookedAt: boolean
  readonly linkOf: LinkOf | undefined
  /** Absent = its answers may have any size. */
  readonly bound?: Bound
  /** The same of what is told in place of a write. */
  readonly boundRehearsal?: Bound
}

/** `answers`: where those are kept that are too large. Absent = none is. */
export function createTools(plan: McpPlan, runtime: Runtime, consent: Consent, answers?: Answers): Tools {
  const lookedAt = new Set(runtime.plan.operations.flatMap(({ check }) => check?.flow ?? []))
  const asks = ({ operation }: ToolPlan) => runtime.context.asks && operation.confirmation !== undefined
  const ready = (tool: ToolPlan): ReadyTool => ({
    tool,
    ...(asks(tool) ? { consent: runtime.context.elicits ? consent : notice } : {}),
    invoke: runtime.invoke(tool.operation),
    refuse: refusing(tool.operation, runtime.context),
    point: toolPoint(runtime.context, tool.name),
    isLookedAt: lookedAt.has(tool.operation.name),
    linkOf: linkTo(tool, plan),
    ...(answers === undefined
      ? {}
      : {
          bound: bounding(tool, promised(tool.operation), plan, answers),
          boundRehearsal: bounding(tool, undefined, plan, answers),
        }),
  })
  const tools = new Map(plan.tools.map((tool) => [tool.name, ready(tool)]))
  return {
    listed: plan.tools.map(listedTool),
    outputSchema: (name) => promised(tools.get(name)?.tool.operation),
    isPlain: (name, told) => {
      const { consent, tool } = tools.get(name) ?? {}
      return consent === undefined && !(told && tool?.operation.run.type === 'steps')
    },
    call: (name, args, call) => {
      const found = tools.get(name)
      return found === undefined ? undefined : run(found, plan, args, call)
    },
  }
}

/** A schema binds every answer, and a write whose answer passes as it is may be answered with nothing (`execute.ts`). */
function promised(operation: OperationPlan | undefined): ListedTool['outputSchema'] {
  if (operation === undefined) return undefined
  const { output, run, semantics } = operation
  const mapped = run.type === 'mock' || (run.type === 'steps' && run.answer.type === 'mapped')
  const kept = output.projection !== undefined || mapped || semantics.safe === true
  return kept ? output.schema : undefined
}

/** A tool as `tools/list` tells it. */
export function listedTool(tool: ToolPlan): ListedTool {
  const { name, title, description, annotations, operation } = tool
  const outputSchema = promised(operation)
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description,
    inputSchema: { ...operation.input.schema, type: 'object' },
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
}

async function run(ready: ReadyTool, plan: McpPlan, args: unknown, given: ToolCall | undefined) {
  const { point } = ready
  const call = given ?? { call: newCall(), carrier: {} }
  const spans = point.begin(call.carrier)
  call.call.span = spans?.tool
  call.call.repeats = true
  call.call.from = comingFrom(plan, call.call.from)
  const { answer, fault } = await attempt(ready, plan.namespace, args, call)
  point.end(spans, fault)
  return answer
}

interface Attempt {
  readonly answer: ToolAnswer
  /** What went wrong, if anything. */
  readonly fault?: unknown
}

async function attempt(ready: ReadyTool, namespace: string, args: unknown, call: ToolCall): Promise<Attempt> {
  if (args !== undefined && (typeof args !== 'object' || args === null || Array.isArray(args))) {
    const fault = new OperationError('invalid-input', 'the arguments must be an object')
    await ready.refuse?.(fault, {}, call.call)
    return faulty(fault)
  }
  const { tool, consent, invoke, refuse, isLookedAt, linkOf, bound, boundRehearsal } = ready
  const input = (args ?? {}) as Record<string, unknown>
  try {
    consent?.read(tool.name, args, call)
    const outcome = await invoke(input, call.call)
    const { principal, dryRun } = call.call
    if (outcome.unsent !== undefined || dryRun) {
      const told = unsentAnswer(tool, outcome)
      const within = boundRehearsal?.(told, outcome.value, principal?.subject ?? '') ?? told
      return { answer: { ...within, isError: told.isError } }
    }
    const whole = answerOf(tool, namespace, outcome, linkOf?.(input, principal?.access))
    const answer = bound === undefined ? whole : bound(whole, outcome.value, principal?.subject ?? '')
    const seen = isLookedAt ? digestOfResult(outcome) : undefined
    return { answer: seen === undefined ? answer : { ...answer, seen } }
  } catch (error) {
    await refuse?.(error, input, call.call)
    return asking(ready, args, call, error) ?? faulty(error)
  }
}

/** A call that waits for a yes is no fault where the client can get one. */
function asking({ tool, consent }: ReadyTool, args: unknown, call: ToolCall, error: unknown): Attempt | undefined {
  const required = error instanceof OperationError ? consent?.ask(tool.name, args, error, call) : undefined
  return required && { answer: { text: '', isError: false, required } }
}

function faulty(fault: unknown): Attempt {
  return { answer: { text: faultText(fault), isError: true }, fault }
}

/** A schema binds every answer but a fault, and this is not what it promises. */
function unsentAnswer({ operation }: ToolPlan, { unsent, text = '' }: Outcome): ToolAnswer {
  const said = unsent === undefined ? text : `Nothing was sent: ${unsent}.`
  return { text: said, isError: promised(operation) !== undefined }
}

function answerOf(tool: ToolPlan, namespace: string, outcome: Outcome, link: ResourceLink | undefined): ToolAnswer {
  const { text, value, status, binary } = outcome
  if (binary !== undefined) return bytesOf(binary, `${namespace}/${tool.name}`, link)
  if (text === undefined) return { text: `Done: the upstream answered ${status} without content.`, isError: false }
  const said = { text, isError: false, ...(link === undefined ? {} : { link }) }
  return promised(tool.operation) === undefined ? said : { ...said, structured: value, json: text }
}

/** A resource needs an address; without a link it is one that leads nowhere, since the bytes are here (spec-servers §4.7). */
function bytesOf({ bytes, mediaType }: Binary, path: string, link: ResourceLink | undefined): ToolAnswer {
  const data = bytes.toString('base64')
  const kind = /^(image|audio)\//i.exec(mediaType)?.[1]?.toLowerCase()
  if (kind === 'image' || kind === 'audio') {
    const content = [{ type: kind, data, mimeType: mediaType } as const]
    return { text: '', isError: false, content, ...(link === undefined ? {} : { link }) }
  }
  const uri = link?.uri ?? `ikanos://transient/${path}/${randomUUID()}`
  return {
    text: '',
    isError: false,
    content: [{ type: 'resource', resource: { uri, mimeType: mediaType, blob: data } }],
  }
}
