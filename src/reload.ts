/** A capability that is open, and opened anew from its file while calls go on. */

import type { Diagnostic } from './diagnostics.ts'
import { CapabilityError } from './errors.ts'
import { type LoadedCapability, type LoadOptions, load } from './load.ts'
import { type NarrowOptions, narrowed } from './narrow.ts'
import { type Opened, type OpenOptions, open } from './open.ts'
import type { Plan } from './plan.ts'

/** What is served of a file, and how. */
export interface ServedOptions extends OpenOptions, LoadOptions, NarrowOptions {}

/** What is served at the moment. */
export interface Present {
  readonly capability: LoadedCapability
  readonly opened: Opened
}

/** Whether calls of a plan are observed. */
type IsObserved = (plan: Plan) => boolean

/** Loads a file as far as it is to be served. Throws as `load` does, and StartError for a tool that it does not have. */
export async function loadServed(file: string, options: ServedOptions): Promise<LoadedCapability> {
  const capability = await load(file, options)
  return { ...capability, plan: narrowed(capability.plan, options) }
}

/** Whether the environment names a collector that everything is told to. */
export function isCollected({ environment = process.env }: OpenOptions): boolean {
  return (environment.OTEL_EXPORTER_OTLP_ENDPOINT ?? '') !== ''
}

/** Opens a capability whose successors can take its place. */
export async function openAs(
  capability: LoadedCapability,
  options: OpenOptions,
  isObserved: IsObserved,
  former?: Opened,
): Promise<{ now: Present }> {
  const more = former === undefined ? {} : { former }
  const opened = await open(capability, { telemetry: isObserved(capability.plan), ...options, ...more })
  return { now: { capability, opened } }
}

/**
 * Reads the file anew and puts what it says in place of what is served, one reload after the other. `replace` throws when
 * it can't be served, having changed nothing. Answers what is wrong with the file: with an error among it, nothing has
 * changed. Throws StartError for a file that has nothing to serve any more or not the tools that are wanted of it, and
 * what `replace` throws.
 */
export function reloading(
  file: string,
  options: ServedOptions,
  state: { now: Present },
  isObserved: IsObserved,
  replace: (next: Opened, capability: LoadedCapability) => Promise<void>,
): () => Promise<readonly Diagnostic[]> {
  return inTurn(async () => {
    const former = state.now
    const { loaded, diagnostics } = await current(file, options)
    if (loaded === undefined) return diagnostics
    const { now } = await openAs(loaded, options, isObserved, former.opened)
    try {
      await replace(now.opened, loaded)
    } catch (error) {
      await now.opened.close(former.opened)
      throw error
    }
    state.now = now
    // Calls under way go on with what they began with.
    void former.opened.runtime.idle().then(() => former.opened.close(now.opened))
    return diagnostics
  })
}

async function current(file: string, options: ServedOptions) {
  try {
    const loaded = await loadServed(file, options)
    return { loaded, diagnostics: loaded.diagnostics }
  } catch (error) {
    if (error instanceof CapabilityError) return { loaded: undefined, diagnostics: error.diagnostics }
    throw error
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
