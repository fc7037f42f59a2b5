/** A capability that is served, and served anew from its file while calls go on. */

import { configOf } from './artifacts/config.ts'
import type { Diagnostic } from './diagnostics.ts'
import { CapabilityError } from './errors.ts'
import { type LoadedCapability, type LoadOptions, load, validate } from './load.ts'
import { type Opened, type OpenOptions, open } from './open.ts'
import { packageInfo } from './package.ts'
import type { Plan } from './plan.ts'
import type { ControlActions } from './surfaces/config.ts'
import type { Ports } from './surfaces/ports.ts'
import type { Served, ServedSurface } from './surfaces/serve.ts'

export interface ServeOptions extends OpenOptions, LoadOptions {
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
  /** Present when the sandbox answers instead of the real upstreams. */
  readonly sandbox?: { readonly url: string; readonly examples: Readonly<Record<string, unknown>> }
  /**
   * Reads the file anew and serves it; calls under way are answered by what they began with. Answers what is wrong with
   * the file: with an error among it, nothing has changed. Throws StartError when it can't be served, with nothing changed.
   */
  readonly reload: () => Promise<readonly Diagnostic[]>
  readonly close: () => Promise<void>
}

/** What is served at the moment. */
interface Present {
  readonly capability: LoadedCapability
  readonly opened: Opened
}

const portsOf = new WeakMap<Running, Ports>()

/** Serves a capability file on the ports it declares. Throws CapabilityError or StartError before any port opens. */
export async function serve(file: string, options: ServeOptions = {}): Promise<Running> {
  const capability = await load(file, options)
  const state = { now: { capability, opened: await opening(capability, options) } as Present }
  const { createPorts } = await import('./surfaces/ports.ts')
  const shared = (options.beside && portsOf.get(options.beside)) ?? createPorts()
  const reload = inTurn(() => reloaded(file, options, state, () => served))
  const served = await listening(
    state.now,
    options,
    shared,
    actionsOf(file, options, () => state.now, reload),
  )
  const { sandbox } = state.now.opened
  const running: Running = {
    get capability() {
      return state.now.capability
    },
    get surfaces() {
      return served.surfaces()
    },
    notices: served.notices,
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

async function opening(capability: LoadedCapability, options: ServeOptions, former?: Opened): Promise<Opened> {
  const telemetry = isObserved(capability.plan, options)
  return open(capability, { telemetry, ...options, ...(former === undefined ? {} : { former }) })
}

/** Where somebody can look: at a control surface, or at a collector. */
function isObserved({ surfaces }: Plan, { environment = process.env }: OpenOptions): boolean {
  return surfaces.some(({ type }) => type === 'control') || (environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? '') !== ''
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

/** The file as it is now in place of what is served, once it is known that it can be. */
async function reloaded(file: string, options: ServeOptions, state: { now: Present }, served: () => Served) {
  const former = state.now
  const { loaded, diagnostics } = await current(file, options)
  if (loaded === undefined) return diagnostics
  const opened = await opening(loaded, options, former.opened)
  try {
    await served().replace(opened.runtime)
  } catch (error) {
    await opened.close(former.opened)
    throw error
  }
  state.now = { capability: loaded, opened }
  // Calls under way go on with what they began with.
  void former.opened.runtime.idle().then(() => former.opened.close(opened))
  return diagnostics
}

/** Throws StartError for a file that has nothing to serve any more. */
async function current(file: string, options: ServeOptions) {
  try {
    const loaded = await load(file, options)
    return { loaded, diagnostics: loaded.diagnostics }
  } catch (error) {
    if (error instanceof CapabilityError) return { loaded: undefined, diagnostics: error.diagnostics }
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

/** One after the other: who asks while one is under way gets one of its own afterwards. */
function inTurn<T>(run: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const own = last.then(run)
    last = own.catch(() => {})
    return own
  }
}
