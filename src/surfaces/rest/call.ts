/** A request becomes a call: who makes it, where it comes from, and that it stops when its caller goes. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RestPlan } from '../../plan.ts'
import { type Call, cancel, newCall } from '../../runtime/call.ts'
import type { Span } from '../../runtime/telemetry/span.ts'
import { callerOf, originOf } from '../caller.ts'

/** `span` = undefined where nobody looks. */
export function callOf(plan: RestPlan, req: IncomingMessage, res: ServerResponse, span?: Span): Call {
  const call = newCall(span, callerOf(req)?.principal)
  call.from = () => originOf(req, plan)
  res.on('close', () => {
    if (!res.writableFinished) cancel(call)
  })
  return call
}
