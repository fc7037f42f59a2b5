/** A capability whose four surfaces ask for the same authentication, and a request to each. */

import type { Log } from '../../src/runtime/log.ts'
import { type ServedCase, serveCapability } from '../support/serve.ts'
import type { Ending } from '../support/upstream.ts'
import { exchange, type Reply } from './exchange.ts'
import { modern } from './mcp-messages.ts'

const answer = { done: { type: 'boolean', value: true } }
const input = { id: { type: 'string', description: 'Which.' } }

export interface GuardedOptions extends Ending {
  readonly environment?: Readonly<Record<string, string>>
  readonly companion?: object
  readonly log?: Log
  /** More keys of every surface. */
  readonly more?: object
}

/** Two flows, one that reads and one that cancels, on REST and MCP; a skill and a control surface beside them. */
export function guardedCapability(authentication: object, { environment = {}, more = {} }: GuardedOptions = {}) {
  const guarded = { port: 0, authentication, ...more }
  const keys = Object.fromEntries(Object.keys(environment).map((key) => [key, key]))
  const route = (method: string, flow: string) => ({
    path: `/orders/{{id}}/${flow}`,
    operations: { [flow]: { method, ref: `orders.${flow}` } },
  })
  const flow = (description: string) => ({ description, inputParameters: input, outputParameters: answer })
  return {
    ikanos: '1.0.0-beta5',
    ...(Object.keys(keys).length > 0 ? { binds: [{ namespace: 'env', keys }] } : {}),
    capability: {
      aggregates: [
        { namespace: 'orders', flows: { read: flow('Reads an order.'), cancel: flow('Cancels an order.') } },
      ],
      exposes: [
        {
          type: 'rest',
          namespace: 'orders-rest',
          ...guarded,
          resources: { read: route('GET', 'read'), cancel: route('POST', 'cancel') },
        },
        {
          type: 'mcp',
          namespace: 'orders-mcp',
          ...guarded,
          tools: {
            read: { ref: 'orders.read' },
            cancel: { ref: 'orders.cancel' },
            'cancel-seven': { description: 'Cancels order 7.', ref: 'orders.cancel', with: { id: '7' } },
          },
        },
        { type: 'skill', namespace: 'orders-skill', ...guarded, skills: { ordering: { description: 'Orders.' } } },
        { type: 'control', ...guarded },
      ],
    },
  }
}

export function serveGuarded(authentication: object, options: GuardedOptions = {}): Promise<ServedCase> {
  const { atEnd, environment, companion, log } = options
  return serveCapability(guardedCapability(authentication, options), {
    ...(atEnd === undefined ? {} : { atEnd }),
    ...(environment === undefined ? {} : { environment }),
    ...(companion === undefined ? {} : { companion }),
    ...(log === undefined ? {} : { log }),
  })
}

export type SurfaceName = 'rest' | 'mcp' | 'skill' | 'control'

export const surfaceNames: readonly SurfaceName[] = ['rest', 'mcp', 'skill', 'control']

/** A request that a surface answers with 200 once its caller is known. */
export interface Probe {
  readonly method: string
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export const probes: Readonly<Record<SurfaceName, Probe>> = {
  rest: { method: 'GET', target: '/orders/a%20b/read' },
  mcp: { method: 'POST', target: '/mcp', ...modern('tools/list') },
  skill: { method: 'GET', target: '/skills' },
  control: { method: 'GET', target: '/health/live' },
}

/** Sends a probe with a credential in `Authorization`, or without one. */
export function ask(url: string, probe: Probe, authorization?: string): Promise<Reply> {
  const { method, target, headers, body } = probe
  const sent = authorization === undefined ? { ...headers } : { ...headers, authorization }
  return exchange(url, target, { method, headers: sent, body })
}
