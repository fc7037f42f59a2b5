/**
 * A caller without the scopes of an operation is told so by HTTP, where clients look for it (2026-07-28, Authorization); one
 * without its role by the protocol, since no other token would help.
 */

import type { IncomingMessage } from 'node:http'
import type { OperationError } from '../../errors.ts'
import type { McpPlan } from '../../plan.ts'
import { refusing } from '../../runtime/audit.ts'
import { newCall } from '../../runtime/call.ts'
import { lacking } from '../../runtime/policy.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { callerOf, remoteOf } from '../caller.ts'
import { comingFrom } from './client.ts'
import type { Offer } from './offer.ts'
import type { Asked } from './resources.ts'

interface Message {
  readonly method?: unknown
  readonly params?: { readonly name?: unknown; readonly uri?: unknown; readonly arguments?: unknown }
}

export interface Refusal {
  readonly fault: OperationError
  /** Writes it down where calls are. Never rejects. */
  readonly tell: () => Promise<void> | undefined
}

/** Why a message, or one of several, is refused by HTTP before it is taken up, if so. */
export type RefusalOf = (message: unknown, req: IncomingMessage) => Refusal | undefined

export function refusalBy(plan: McpPlan, runtime: Runtime, { resources }: Offer): RefusalOf {
  const tools = new Map(plan.tools.map(({ name, operation }) => [name, operation]))
  const asked = ({ method, params }: Message): Asked | undefined => {
    if (method === 'resources/read' || method === 'resources/subscribe') return resources.asked(String(params?.uri))
    const operation = method === 'tools/call' ? tools.get(String(params?.name)) : undefined
    return operation && { operation, input: objectOf(params?.arguments) }
  }
  return (message, req) => {
    const principal = callerOf(req)?.principal
    if (principal?.access === undefined) return undefined
    for (const one of Array.isArray(message) ? message : [message]) {
      const found = asked((one ?? {}) as Message)
      const fault = found && lacking(found.operation, principal.access)
      if (found === undefined || fault?.code !== 'insufficient-scope') continue
      const call = newCall(undefined, principal)
      call.from = comingFrom(plan, () => ({ surface: 'mcp', remote: remoteOf(req) }))
      return { fault, tell: () => refusing(found.operation, runtime.context)?.(fault, found.input, call) }
    }
    return undefined
  }
}

function objectOf(value: unknown): Asked['input'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
