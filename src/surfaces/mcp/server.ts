/** The official SDK's server over our tools: both protocol eras, HTTP and stdio. Loaded only when a request needs it. */

import { ProtocolError, Server, type ServerContext } from '@modelcontextprotocol/server'
import type { McpPlan } from '../../plan.ts'
import type { Principal } from '../../runtime/policy.ts'
import type { Carrier } from '../../runtime/telemetry/propagation.ts'
import { cancel, cancellation } from '../../runtime/upstream.ts'
import type { Identity } from './identity.ts'
import { carrierOf, contentOf, type Tools } from './tools.ts'

/** Builds servers for the SDK's entries, one a request or connection; nothing is compiled or read here. */
export function serverFactory(plan: McpPlan, identity: Identity, tools: Tools): () => Server {
  const hint = { ttlMs: plan.ttlMs, cacheScope: plan.cacheScope }
  return () => {
    const server = new Server(identity, {
      capabilities: { tools: {} },
      ...(plan.instructions === undefined ? {} : { instructions: plan.instructions }),
      cacheHints: { 'tools/list': hint, 'server/discover': hint },
    })
    // The SDK's types are zod's; ours are the same wire shapes, read from the capability.
    server.setRequestHandler('tools/list', async () => ({ tools: [...tools.listed] }) as never)
    server.setRequestHandler('tools/call', async (request, context) => {
      const { name } = request.params
      const answering = tools.call(name, request.params.arguments, {
        cancellation: cancelledWith(context),
        carrier: carrierOf(request.params._meta, headersOf(context)),
      })
      if (answering === undefined) throw new ProtocolError(-32602, `Unknown tool: ${name}`)
      const answer = await answering
      const { isError, structured } = answer
      const result = {
        content: contentOf(answer),
        isError,
        ...(structured === undefined ? {} : { structuredContent: structured }),
      }
      return server.projectCallToolResult(result as never, tools.outputSchema(name) as never)
    })
    return server
  }
}

/** None over stdio. */
function headersOf({ http }: ServerContext): Carrier {
  return Object.fromEntries(http?.req?.headers ?? [])
}

/** What the HTTP side knows of the caller comes back from the SDK as it was given (`http.ts`). */
function cancelledWith(context: ServerContext) {
  const call = cancellation(undefined, context.http?.authInfo?.extra?.principal as Principal | undefined)
  context.mcpReq.signal.addEventListener('abort', () => cancel(call), { once: true })
  return call
}
