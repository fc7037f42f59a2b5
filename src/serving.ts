/** A capability that is served, and served anew from its file while calls go on. */

import { configOf } from './artifacts/config.ts'
import type { Diagnostic } from './diagnostics.ts'
import { type LoadedCapability, validate } from './load.ts'
import { noticesOf } from './narrow.ts'
import type { Opened, OpenOptions } from './open.ts'
import { packageInfo } from './package.ts'
import type { Plan } from './plan.ts'
import { isCollected, loadServed, openAs, type Present, reloading, type ServedOptions } from './reload.ts'
import type { ControlActions } from './surfaces/config.ts'
import type { Ports } from './surfaces/ports.ts'
import type { ServedSurface } from './surfaces/serve.ts'

export interface ServeOptions extends ServedOptions {
  /** Other ports by surface namespace (the control surface is called `control`); 0 = any free one. */
  readonly ports?: Readonly<Record<string, number>>
  /** How long requests under way may take when closing, in milliseconds. Default 10,000. */
  readonly drainMs?: number
  /** A capability that is served already, whose ports this one may share. */
  readonly beside?: Running
}

/** A capability whose surfaces listen. */
export interface Running {
  /** As it is served now. */
  readonly capability: LoadedCapability
  readonly surfaces: readonly ServedSurface[]
  /** What the owner should know, one sentence each. */
  readonly notices: readonly string[]
  /** Where a person decides about what waits: for who started it, since it may hold a token. Absent = nothing can wait. */
  readonly inbox?: string
  /** Present when the sandbox answers instead of the real upstreams. */
  readonly sandbox?: {
    readonly url: string
    readonly examples: Readonly<Record<string, unknown>>
    /** What goes wrong in it, as text that makes the same faults again; empty for nothing. */
    readonly faultSpec: string
  }
  /**
   * Reads the file anew and serves it; calls under way are answered by what they began with. Answers what is wrong with
   * the file: with an error among it, nothing has changed. Throws StartError when it can't be served, with nothing changed.
   */
  readonly reload: () => Promise<readonly Diagnostic[]>
  readonly close: () => Promise<void>
}

const portsOf = new WeakMap<Running, Ports>()

/** Serves a capability file on the ports it declares. Throws CapabilityError or StartError before any port opens. */
export async function serve(file: string, options: ServeOptions = {}): Promise<Running> {
  const capability = await loadServed(file, options)
  const telemetry = (plan: Plan) => isObserved(plan, options)
  const state = await openAs(capability, options, telemetry)
  const { createPorts } = await import('./surfaces/ports.ts')
  const shared = (options.beside && portsOf.get(options.beside)) ?? createPorts()
  const reload = reloading(file, options, state, telemetry, (next) => served.replace(next.runtime))
  const served = await listening(
    state.now,
    options,
    shared,
    actionsOf(file, options, () => state.now, reload),
  )
  const { sandbox } = state.now.opened
  const inbox = await inboxOf(state.now.opened, served.surfaces())
  const running: Running = {
    get capability() {
      return state.now.capability
    },
    get surfaces() {
      return served.surfaces()
    },
    notices: [...served.notices, ...noticesOf(served.surfaces().map(({ plan }) => plan))],
    ...(inbox === undefined ? {} : { inbox }),
    ...(sandbox === undefined ? {} : { sandbox }),
    reload,
    close: async () => {
      await served.close()
      await state.now.opened.close()
    },
  }
  portsOf.set(running, shared)
  return running
}

/** Where somebody can look: at a control surface, or at a collector. */
function isObserved({ surfaces }: Plan, options: OpenOptions): boolean {
  return surfaces.some(({ type }) => type === 'control') || isCollected(options)
}

/** The token stands behind a #, which no browser sends. */
async function inboxOf({ runtime: { plan, context } }: Opened, surfaces: readonly ServedSurface[]) {
  const control = surfaces.find(({ plan: { type } }) => type === 'control')
  const waits = context.asks && plan.operations.some(({ confirmation }) => confirmation !== undefined)
  if (control === undefined || !waits) return undefined
  const at = `${control.url}/approvals`
  return control.plan.authentication === undefined ? `${at}#token=${(await context.approvals.token()).reveal()}` : at
}

async function listening(
  { capability, opened }: Present,
  options: ServeOptions,
  shared: Ports,
  actions: ControlActions,
) {
  const { ports, drainMs } = options
  const { serveSurfaces } = await import('./surfaces/serve.ts')
  try {
    return await serveSurfaces(opened.runtime, {
      directory: capability.directory,
      version: packageInfo().version,
      shared,
      actions,
      ...(ports === undefined ? {} : { ports }),
      ...(drainMs === undefined ? {} : { drainMs }),
      ...(opened.sandbox === undefined ? {} : { sandbox: opened.sandbox }),
    })
  } catch (error) {
    await opened.close()
    throw error
  }
}

function actionsOf(
  file: string,
  options: ServeOptions,
  now: () => Present,
  reload: () => Promise<readonly Diagnostic[]>,
): ControlActions {
  return {
    config: () => configOf(now().capability.plan),
    validate: async (text) => {
      const { diagnostics } = await validate(file, { ...options, ...(text === undefined ? {} : { text }) })
      return diagnostics
    },
    reload,
  }
}
