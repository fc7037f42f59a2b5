/** A consumed API at run time: one connection pool, one exchange a call, faults told apart. */

import type { Dispatcher } from 'undici'
// The package's index loads fetch, WebSocket and caches, which cost more at start than the rest of this program.
import Pool from 'undici/lib/dispatcher/pool.js'
import { StartError } from '../errors.ts'
import type { UpstreamPlan } from '../plan.ts'
import { admission } from './admission.ts'
import { type Credentials, credentials, exchanging } from './auth.ts'
import type { BindValues } from './binds.ts'
import { type CircuitState, createCircuit } from './circuit.ts'
import { createUnderWay } from './deadlines.ts'
import { asText, evaluate } from './evaluate.ts'
import { Exchange } from './exchange.ts'
import { limitsOf, type UpstreamLimits } from './limits.ts'
import type { Send } from './message.ts'
import { isPrivateHost, isStray, publicLookup, type Reach } from './private-address.ts'
import { createBudget, type RepeatBudget } from './repeats.ts'
import { masker } from './secret.ts'
import { cancelledError, type Place, timeout } from './upstream-faults.ts'

export interface UpstreamOptions extends Reach {
  /** Longest time for one call, in milliseconds. Default: what the companion says, else 30,000. */
  readonly timeoutMs?: number
  /** Largest answer read, in bytes. Default 10 MiB (spec §2.2, maxBinarySize). */
  readonly maxAnswerBytes?: number
  /** Connections an upstream. Default: what the companion says, else 128. */
  readonly connections?: number
}

const defaultMaxAnswerBytes = 10 * 1024 * 1024

export interface Upstream {
  readonly namespace: string
  readonly origin: string
  /** Path of the base address, without a trailing slash. */
  readonly basePath: string
  readonly credentials: Credentials
  readonly send: Send
  readonly limits: UpstreamLimits
  /** Shared by all of its operations. */
  readonly budget: RepeatBudget
  /** Tokens that were issued meanwhile, which must not be printed. */
  readonly issued?: () => readonly string[]
  readonly state: () => UpstreamState
  readonly close: () => Promise<void>
}

/** How things stand with an upstream now. */
export interface UpstreamState {
  /** Open = it lately failed several times in a row. */
  readonly circuit: CircuitState
  /** Requests under way, those that wait for a connection included. */
  readonly underWay: number
  /** Requests that were sent again, since the start. */
  readonly repeats: number
}

/** Opens an upstream. `override` replaces its base address: a staging system, a stub. `told` hears how its circuit changes. */
export function openUpstream(
  plan: UpstreamPlan,
  binds: BindValues,
  override: string | undefined,
  options: UpstreamOptions = {},
  told: (state: CircuitState) => void = () => {},
): Upstream {
  const { maxAnswerBytes = defaultMaxAnswerBytes } = options
  const limits = limitsOf(plan.limits, options)
  const { timeoutMs } = limits
  const base = baseOf(plan, override ?? asText(evaluate(plan.baseUri, {}, binds)))
  const pool = new Pool(base.origin, {
    connections: limits.concurrency,
    connectTimeout: Math.min(timeoutMs, 10_000),
    // The deadline of each exchange is kept by `underWay`; undici's timers are a second coarse, and come after it.
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { lookup: lookupFor(plan, base, override, options) },
  })
  const underWay = createUnderWay(Math.min(100, Math.max(5, timeoutMs / 20)))
  // What passes on has no length that anybody knows: it may take as long as it moves.
  const moving = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
  const { namespace } = plan
  const circuit = limits.circuit && createCircuit(limits.circuit, told)
  const admit = admission(namespace, limits, circuit, underWay.count)
  const budget = createBudget(underWay.count)
  const place: Place = { namespace, origin: masker(binds.values())(base.origin), timeoutMs, circuit, underWay }
  const send: Send = (request, call) =>
    new Promise((resolve, reject) => {
      if (call?.cancelled) return reject(cancelledError())
      if (request.deadline !== undefined && request.deadline <= performance.now()) return reject(timeout(place))
      const refused = admit(request.countedBy)
      if (refused !== undefined) return reject(refused)
      const exchange = new Exchange(place, maxAnswerBytes, request, call, resolve, reject)
      const sent = request.sink === undefined ? request : { ...request, ...moving }
      pool.dispatch(sent as Dispatcher.DispatchOptions, exchange as unknown as Dispatcher.DispatchHandler)
    })
  return {
    namespace,
    origin: base.origin,
    basePath: base.pathname.replace(/\/+$/, ''),
    credentials: credentials(plan.authentication, binds),
    limits,
    budget,
    ...exchanging(plan, binds, send, { ...options, timeoutMs }),
    state: () => ({ circuit: circuit?.state() ?? 'closed', underWay: underWay.count(), repeats: budget.total() }),
    close: () => {
      underWay.close()
      return pool.destroy()
    },
  }
}

/** How the name of an upstream is looked up. Throws StartError for a private address that nobody meant. */
function lookupFor({ namespace, baseUri }: UpstreamPlan, base: URL, override: string | undefined, reach: Reach) {
  if (override === undefined && isStray(base, baseUri, reach))
    throw new StartError(
      `the base address of "${namespace}" is private, and a variable brought it: give it with --upstream ${namespace}=<url>, or allow all such addresses with --allow-private-upstreams`,
    )
  const isFree = override !== undefined || reach.allowPrivate === true || isPrivateHost(base)
  return isFree ? reach.lookup : publicLookup(reach.lookup)
}

function baseOf(plan: UpstreamPlan, address: string): URL {
  if (/[{}]/.test(address))
    throw new StartError(`the base address of "${plan.namespace}" has a part in braces that nothing fills`)
  if (!URL.canParse(address)) throw new StartError(`the base address of "${plan.namespace}" is not a URL`)
  const url = new URL(address)
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new StartError(`the base address of "${plan.namespace}" must be http or https`)
}
