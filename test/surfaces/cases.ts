/** Small capabilities for tests of one surface. */

import type { OpenOptions } from '../../src/index.ts'
import { bundledCapability } from '../../src/package.ts'
import { type ServedCase, serveFile } from '../support/serve.ts'
import type { Ending } from '../support/upstream.ts'

/** A capability over one consumed operation, `api.get-thing` (`GET /things/{id}`), with these surfaces. */
export function capabilityOf(exposes: readonly object[]): object {
  return {
    ikanos: '1.0.0-beta5',
    info: { display: 'Things', description: 'Reads things.', version: '1.0.0' },
    binds: [{ namespace: 'env', keys: { INBOUND_SECRET: 'INBOUND_SECRET', INBOUND_NAME: 'INBOUND_NAME' } }],
    capability: {
      consumes: [
        {
          type: 'http',
          namespace: 'api',
          baseUri: 'http://127.0.0.1:9',
          resources: {
            things: {
              path: '/things/{{id}}',
              operations: { 'get-thing': { method: 'GET', inputParameters: { id: { in: 'path' } } } },
            },
          },
        },
      ],
      exposes,
    },
  }
}

/** One consumed API of operations on `/orders/{id}`, each by the name of its method: `{ read: 'GET' }` is `api.read`. */
export function orderApi(methods: Readonly<Record<string, string>>): readonly object[] {
  const operations = Object.entries(methods).map(([name, method]) => {
    return [name, { method, inputParameters: { id: { in: 'path' } } }] as const
  })
  const order = { path: '/orders/{{id}}', operations: Object.fromEntries(operations) }
  return [{ type: 'http', namespace: 'api', baseUri: 'http://127.0.0.1:9', resources: { order } }]
}

/** An MCP surface with the tool `get-thing`. */
export function thingTools(more: object = {}): object {
  return {
    type: 'mcp',
    namespace: 'things-mcp',
    address: '127.0.0.1',
    port: 9090,
    tools: {
      'get-thing': {
        description: 'Reads one thing.',
        inputParameters: { id: { type: 'string', description: 'Which.' } },
        call: 'api.get-thing',
      },
    },
    ...more,
  }
}

/** A REST surface with `GET /things/{id}`. */
export function thingRoutes(more: object = {}): object {
  return {
    type: 'rest',
    namespace: 'things-rest',
    address: '127.0.0.1',
    port: 8080,
    resources: {
      thing: {
        path: '/things/{{id}}',
        operations: {
          'get-thing': {
            method: 'GET',
            inputParameters: { id: { in: 'path', type: 'string' } },
            call: 'api.get-thing',
          },
        },
      },
    },
    ...more,
  }
}

/** Values for the binds of `capabilityOf`. */
export const environment = { INBOUND_NAME: 'agnes', INBOUND_SECRET: 'the-inbound-secret' }

export interface Flagship extends ServedCase {
  /** Ids of a file that can be approved, and what else a first call needs. */
  readonly examples: Readonly<Record<string, string>>
  readonly sandboxUrl: string
}

/** The shipped capability against its sandbox, every surface on a free port, until the test ends. */
export async function serveFlagship(options: OpenOptions & Ending = {}): Promise<Flagship> {
  const served = await serveFile(bundledCapability(), { ...options, sandbox: true })
  const { sandbox } = served.running
  if (sandbox === undefined) throw new Error('the flagship runs on its sandbox')
  return { ...served, examples: sandbox.examples as Readonly<Record<string, string>>, sandboxUrl: sandbox.url }
}
