/** One request of an operation, from an input to an answer that was accepted; repeated where that does no harm. */

import type { OperationPlan, RequestPlan, Value } from '../plan.ts'
import type { Call } from './call.ts'
import type { ExecuteContext } from './context.ts'
import { withoutEcho } from './echo.ts'
import { asText, evaluate, type Input } from './evaluate.ts'
import { asJson } from './formats/as-json.ts'
import type { Send, UpstreamAnswer, UpstreamRequest } from './message.ts'
import { isRepeatable, refusal, unanswered } from './refusal.ts'
import { type Came, repeater } from './repeats.ts'
import { bytesOf, requestBuilder } from './request.ts'
import { callPoint } from './telemetry/points.ts'
import type { Upstream } from './upstream.ts'

/** Sends one request of an operation; an answer outside 2xx, or none, is a fault. Other formats become JSON here. */
export function sender(operation: OperationPlan, request: RequestPlan, context: ExecuteContext) {
  const upstream = context.upstreams.get(request.upstream)
  if (upstream === undefined) throw new Error(`Unexpected: no upstream "${request.upstream}". Please report this.`)
  const build = requestBuilder(request, upstream, context.binds, bytesOf(operation))
  const { answer: plan } = request
  const read = plan === undefined ? undefined : context.formats.reader(plan)
  const unsaid = withoutEcho(upstream.credentials, upstream.issued)
  const failed = (error: unknown) => {
    throw unanswered(operation, error)
  }
  const received = (answer: UpstreamAnswer) => {
    if (answer.streamed === true) return answer
    if (answer.status >= 300) throw refusal(operation, answer, context.mask)
    return unsaid(plan === undefined || read === undefined ? answer : asJson(operation, answer, plan.format, read))
  }
  const send = observedSend(upstream, request, context)
  const { limits, budget } = upstream
  const counted = request.countedBy && countedBy(request.countedBy, context)
  const repeat = isRepeatable(operation) ? repeater(send, limits.repeats, budget) : undefined
  return (input: Input, call?: Call) => {
    const sent = plan?.format === 'binary' ? passing(build(input), call) : build(input)
    if (counted !== undefined) sent.countedBy = counted(input)
    sent.deadline = Math.min(performance.now() + limits.timeoutMs, call?.deadline ?? Number.POSITIVE_INFINITY)
    if (repeat === undefined) return send(sent, call).then(received, failed)
    const again = (first: Came) => repeat(sent, first, call).then(received, failed)
    return send(sent, call).then(
      (answer) => (answer.status < 300 ? received(answer) : again({ answer })),
      (error: unknown) => again({ error }),
    )
  }
}

/** Values of several inputs as one text, which is no longer than a name needs. */
function countedBy(values: readonly Value[], { binds }: ExecuteContext): (input: Input) => string {
  return (input) => JSON.stringify(values.map((value) => asText(evaluate(value, input, binds)).slice(0, 256)))
}

/** Each request as a span that the upstream is told of. */
function observedSend(upstream: Upstream, { method, path }: RequestPlan, { telemetry, mask }: ExecuteContext): Send {
  const { send, namespace, origin, basePath } = upstream
  if (telemetry === undefined) return send
  const { begin, end } = callPoint(telemetry, {
    namespace,
    method,
    // A variable may stand in both, and may be a secret.
    address: mask(new URL(origin).host),
    template: `${mask(origin + basePath)}${path.map(templatePart).join('')}`,
  })
  return (request, call) => {
    if (call?.span === undefined) return send(request, call)
    const headers = request.headers.slice()
    const span = begin(call.span, headers)
    return send({ ...request, headers }, call).then(
      (answer) => {
        end(span, answer.status)
        return answer
      },
      (error: unknown) => {
        end(span, undefined)
        throw error
      },
    )
  }
}

function templatePart(part: string | Value): string {
  if (typeof part === 'string') return part
  return part.type === 'input' ? `{${part.name}}` : '{…}'
}

/** A request whose answer goes straight to the caller, if the caller has a place for it. */
function passing(request: UpstreamRequest, call: Call | undefined): UpstreamRequest {
  const passage = call?.passage
  if (passage === undefined) return request
  return { ...request, headers: [...request.headers, ...passage.headers], sink: passage.sink }
}
