/** MCP over Streamable HTTP: 2026-07-28 and the 2025 revisions on one endpoint (`/mcp`, and `/` where it is alone). */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperationError } from '../../errors.ts'
import type { McpPlan } from '../../plan.ts'
import type { Access } from '../../runtime/principal.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { byAccess, callerOf, challengeTo } from '../caller.ts'
import { type Handler, parseJson, pathOf, readText, send, sendProblem } from '../http.ts'
import type { SkillLibrary } from '../skill-library.ts'
import { createAnswers } from './answers.ts'
import { offerTo } from './audience.ts'
import { createConsent } from './consent.ts'
import { type FastPath, fastPath } from './fast-path.ts'
import { type Common, createOffer, type Offer } from './offer.ts'
import { type CheckHeaders, checkHeaders, type Mismatch } from './param-headers.ts'
import { type RefusalOf, refusalBy } from './refused.ts'
import type { SdkEndpoint } from './sdk-endpoint.ts'

const json = 'application/json'

export interface McpHandler {
  readonly handle: Handler
  /** Gets what another plan offers ready. Throws StartError; then, or until `commit`, nothing has changed. */
  readonly prepare: (
    plan: McpPlan,
    runtime: Runtime,
    library?: SkillLibrary,
  ) => Promise<{ readonly commit: () => void }>
  readonly close: () => Promise<void>
}

export interface McpHandlerOptions {
  /** Answer plain 2026-07-28 requests beside the SDK. Default true; off, every request goes through the SDK. */
  readonly fastPath?: boolean
  /** Folder that relative locations start from. */
  readonly directory: string
  /** The skills as other surfaces serve them. Default: read here. */
  readonly library?: SkillLibrary | undefined
  /** Changes what is offered. Default: offered as the plan says. */
  readonly offering?: (offer: Offer) => Offer
}

/** Serves an MCP surface. Throws StartError when what it offers can't be read. */
export async function mcpHandler(plan: McpPlan, runtime: Runtime, options: McpHandlerOptions): Promise<McpHandler> {
  const common = { consent: createConsent(), answers: createAnswers() }
  let now = await ready(plan, runtime, common, options)
  let loading: Promise<SdkEndpoint> | undefined
  const sdk = () => {
    loading ??= import('./sdk-endpoint.ts').then(({ sdkEndpoint }) => sdkEndpoint((access) => now.to(access).offer))
    return loading
  }
  return {
    handle: (req, res) => {
      const path = pathOf(req)
      if (path !== '/mcp' && path !== '/') return false
      void serve(req, res, now, sdk)
      return true
    },
    prepare: async (plan, runtime, library) => {
      const next = await ready(plan, runtime, common, { ...options, library })
      return {
        commit: () => {
          const { offer: before } = now
          now = next
          void loading?.then(({ changed }) => changed(before, next.offer))
        },
      }
    },
    close: async () => {
      await (await loading)?.close()
    },
  }
}

/** What is offered, and what stands between it and a request. */
interface Ready extends Audience {
  readonly check: CheckHeaders
  readonly refusal: RefusalOf
  /** The same for callers who may not run all of it. */
  readonly to: (access: Access | undefined) => Audience
}

interface Audience {
  readonly offer: Offer
  readonly fast: FastPath
}

async function ready(plan: McpPlan, runtime: Runtime, common: Common, options: McpHandlerOptions): Promise<Ready> {
  const { directory, library, offering, fastPath: isFast } = options
  const own = await createOffer(plan, runtime, directory, { ...common, library })
  const offer = offering?.(own) ?? own
  const answering = (offer: Offer): Audience => {
    const fast: FastPath = isFast === false ? () => false : fastPath(offer, runtime.context.telemetry)
    return { offer, fast }
  }
  const all = answering(offer)
  const to = byAccess(all, (access) => answering(offerTo(offer, plan, access)))
  return { ...all, check: checkHeaders(offer.tools.listed), refusal: refusalBy(plan, runtime, offer), to }
}

/** Which addresses are those of MCP where another surface shares the port. */
export function ownsMcp(path: string): boolean {
  return path === '/mcp' || path === '/.well-known/oauth-protected-resource/mcp'
}

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  { refusal, check, to }: Ready,
  sdk: () => Promise<SdkEndpoint>,
) {
  try {
    const message = req.method === 'POST' ? parseJson(await readText(req)) : undefined
    const refused = refusal(message, req)
    if (refused !== undefined) {
      await refused.tell()
      return sendProblem(res, refused.fault, challengeTo(req, refused.fault))
    }
    const mismatch = check(message, req.headers)
    if (mismatch !== undefined) return refuseHeader(res, message as { readonly id?: unknown }, mismatch)
    if (!to(callerOf(req)?.principal.access).fast(message, req, res)) await (await sdk()).handle(req, res, message)
  } catch (error) {
    refuse(res, error)
  }
}

/** HeaderMismatch, as the SDK tells it of the headers that it checks (2026-07-28, Streamable HTTP). */
function refuseHeader(res: ServerResponse, { id = null }: { readonly id?: unknown }, mismatch: Mismatch) {
  const message = `${mismatch.header} does not say what the body says: ${mismatch.body}`
  send(res, 400, JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32020, message, data: { mismatch } } }), json)
}

/** Faults before the protocol: too large, not JSON (JSON-RPC 2.0 §5.1). */
function refuse(res: ServerResponse, error: unknown) {
  const known = error instanceof OperationError
  const tooLarge = known && error.code === 'payload-too-large'
  const [status, code] = tooLarge ? [413, -32600] : known ? [400, -32700] : [500, -32603]
  const message = known ? error.message : 'Internal error'
  send(
    res,
    status,
    JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
    json,
    tooLarge ? ['connection', 'close'] : [],
  )
}
