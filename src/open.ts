/** Gets a loaded capability ready to run: real upstreams, other addresses, or the sandbox in their place. */

import { join } from 'node:path'
import { CapabilityError, StartError, UnboundError } from './errors.ts'
import type { LoadedCapability } from './load.ts'
import type { Plan } from './plan.ts'
import { createLog, type Log } from './runtime/log.ts'
import type { State } from './runtime/open-state.ts'
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime/runtime.ts'
import type { Telemetry } from './runtime/telemetry/telemetry.ts'
import type { UpstreamOptions } from './runtime/upstream.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

export interface OpenOptions {
  /** Answer every upstream call from the embedded sandbox; nothing leaves the machine. Default false. */
  readonly sandbox?: boolean
  /** What goes wrong in the sandbox, as text: `5% 429 retry-after=2, hang on delete`. Default: nothing. */
  readonly faults?: string
  /** Other base addresses by consumed namespace: a staging system, a stub. */
  readonly upstreams?: Readonly<Record<string, string>>
  /** Where binds without a location get their values, and what switches scripts off. Default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Timeouts and limits of upstream calls. */
  readonly upstream?: UpstreamOptions
  /** Run what loses something without asking anybody. Default false. */
  readonly allowUnconfirmed?: boolean
  /** Take a yes through the client of an agent for that of a person: clients exist that answer by themselves. Default false. */
  readonly allowElicitedApproval?: boolean
  /** Hand agents whole answers, whatever their size. Default false. */
  readonly allowUnboundedAnswers?: boolean
  /** Connect to private addresses that neither the file nor `upstreams` names. Default false. */
  readonly allowPrivateUpstreams?: boolean
  /** Whether calls are observed: spans, counts, durations. Default false. */
  readonly telemetry?: boolean
  /**
   * Where what outlives a process is kept, in a folder of the capability: the audit of its calls, what waits for approval, and
   * for 24 hours the outcome of each write that has a key. With the sandbox the audit and the approvals, in a folder of its
   * own. Default: nowhere, and approvals are kept in memory.
   */
  readonly stateDirectory?: string
  /** Keep no audit, and start where `stateDirectory` can't be written. Default false. */
  readonly allowUnaudited?: boolean
  /** Whether calls that only read are audited too. Default false: only those that were refused are. */
  readonly auditReads?: boolean
  /** What was open before: its sandbox and its counts go on. */
  readonly former?: Opened
  /** Where events are written. Default: nowhere. */
  readonly log?: Log
}

/** What is said with the upstreams is kept, or comes from what was kept. */
export interface TapeOptions {
  /** File that every exchange with an upstream is added to, without credentials. */
  readonly record?: string
  /** File of such exchanges that answers in place of the upstreams: nothing is sent, and no credential is needed. */
  readonly replay?: string
}

interface KeepOptions extends OpenOptions, TapeOptions {
  /** Whether keys of writes are known after a restart. Default true. */
  readonly remembers?: boolean
}

export interface Opened {
  readonly runtime: Runtime
  readonly sandbox?: Sandbox
  /** What outlives this process. Absent = nothing. */
  readonly state?: State
  /** Lets go of everything but what a successor goes on with. */
  readonly close: (successor?: Opened) => Promise<void>
}

/**
 * Throws CapabilityError when a bind has no value, StartError when an upstream is unknown, the sandbox can't stand in, or
 * faults can't be read or have no sandbox.
 */
export async function open(capability: LoadedCapability, options: KeepOptions = {}): Promise<Opened> {
  const kept = options.former?.state
  const state = kept ?? (await stateOf(capability, options))
  try {
    const opened = await ready(capability, options, state)
    const close: Opened['close'] = async (successor) => {
      await opened.close(successor)
      if (state !== undefined && successor?.state !== state) await state.close()
    }
    return { ...opened, ...(state === undefined ? {} : { state }), close }
  } catch (error) {
    if (kept === undefined) await state?.close()
    throw error
  }
}

/** What the sandbox knows is gone with it, so that there is nothing to know about writes after a restart. */
async function stateOf({ plan }: LoadedCapability, options: KeepOptions): Promise<State | undefined> {
  const folder = stateFolder(plan, options)
  if (folder === undefined) return undefined
  const { openState } = await import('./runtime/open-state.ts')
  return openState({
    folder,
    audits: options.allowUnaudited !== true,
    reads: options.auditReads === true,
    remembers: options.sandbox !== true && options.remembers !== false,
    log: options.log ?? createLog({ level: 'silent' }),
  })
}

/** Where what outlives this process is kept of a capability. With a recording nothing is done that could be kept. */
function stateFolder({ capability }: Plan, { stateDirectory, sandbox, replay }: KeepOptions) {
  if (stateDirectory === undefined || replay !== undefined) return undefined
  return join(stateDirectory, capability.name, ...(sandbox === true ? ['sandbox'] : []))
}

async function ready(
  capability: LoadedCapability,
  options: OpenOptions & TapeOptions,
  state: State | undefined,
): Promise<Opened> {
  const tape = await tapeOf(options)
  checkUpstreams(capability, options.upstreams ?? {})
  const environment = options.environment ?? process.env
  const more = { ...givenOf(capability, options, state, environment), ...(tape === undefined ? {} : { tape }) }
  if (options.replay !== undefined) return replaying(capability, more)
  const opened =
    options.sandbox === true
      ? await onSandbox(capability, options, more, environment)
      : await onUpstreams(capability, options, more, environment)
  return {
    ...opened,
    close: async (successor) => {
      await opened.close(successor)
      await tape?.save()
    },
  }
}

type Environment = NonNullable<OpenOptions['environment']>

/** What a runtime is given wherever its calls go; what goes on is taken over from the former one. */
function givenOf(
  capability: LoadedCapability,
  options: OpenOptions,
  state: State | undefined,
  environment: Environment,
): Partial<RuntimeOptions> {
  const former = options.former?.runtime.context
  const [once, approvals] = [state?.once ?? former?.once, state?.approvals ?? former?.approvals]
  return {
    scripting: { environment, reread: capability.rereadScripts },
    upstream: { allowPrivate: options.allowPrivateUpstreams === true, ...options.upstream },
    allowUnconfirmed: options.allowUnconfirmed === true,
    allowElicitedApproval: options.allowElicitedApproval === true,
    allowUnboundedAnswers: options.allowUnboundedAnswers === true,
    ...(options.telemetry === true ? { telemetry: kept(capability.plan, options.former) ?? environment } : {}),
    ...(once === undefined ? {} : { once }),
    ...(approvals === undefined ? {} : { approvals }),
    ...(state?.audit === undefined ? {} : { audit: state.audit }),
    ...(options.log === undefined ? {} : { log: options.log }),
  }
}

async function onUpstreams(
  capability: LoadedCapability,
  { faults, upstreams = {} }: OpenOptions,
  more: Partial<RuntimeOptions>,
  environment: Environment,
): Promise<Opened> {
  if (faults !== undefined) throw new StartError('faults happen in the sandbox only; add --sandbox')
  const { directory } = capability
  const runtime = await located(capability, { directory, environment, upstreams, ...more })
  return { runtime, close: (successor) => runtime.close(successor?.runtime) }
}

async function onSandbox(
  capability: LoadedCapability,
  { faults, former, upstreams = {} }: OpenOptions,
  more: Partial<RuntimeOptions>,
  environment: Environment,
): Promise<Opened> {
  const { plan, directory } = capability
  const { standsInFor } = await import('./sandbox/sandbox.ts')
  checkCovered(capability, standsInFor, upstreams)
  const sandbox = former?.sandbox ?? (await startStandIn(faults === undefined ? {} : { faults }))
  const replaced = Object.fromEntries(plan.upstreams.map(({ namespace }) => [namespace, sandbox.url]))
  const runtime = await createRuntime(plan, {
    directory,
    environment: broughtIn(plan, environment),
    placeholder: 'sandbox',
    upstreams: { ...replaced, ...upstreams },
    ...more,
  })
  return {
    runtime,
    sandbox,
    close: async (successor) => {
      await runtime.close(successor?.runtime)
      if (successor?.sandbox !== sandbox) await sandbox.close()
    },
  }
}

/** The sandbox takes any credential of ours, but callers have roles by those that they bring. */
function broughtIn({ binds }: Plan, environment: Environment) {
  return Object.fromEntries(binds.flatMap(({ brought, key }) => (brought === true ? [[key, environment[key]]] : [])))
}

async function tapeOf({ record, replay, sandbox, faults }: OpenOptions & TapeOptions) {
  if (record === undefined && replay === undefined) return undefined
  if (record !== undefined && replay !== undefined) throw new StartError('record or replay: one call can not do both')
  if (replay !== undefined && (sandbox === true || faults !== undefined))
    throw new StartError('a recording answers in place of the sandbox; leave one of them out')
  const { recordingTape, replayingTape } = await import('./runtime/tape.ts')
  return record === undefined ? replayingTape(replay ?? '') : recordingTape(record)
}

/** No value of a bind is needed where nothing is sent; this one is masked as the real one was when it was recorded. */
async function replaying({ plan, directory }: LoadedCapability, more: Partial<RuntimeOptions>): Promise<Opened> {
  const nowhere = Object.fromEntries(plan.upstreams.map(({ namespace }) => [namespace, 'http://replay.invalid']))
  const given = { directory, environment: {}, placeholder: 'no-value-in-a-replay', upstreams: nowhere }
  const runtime = await createRuntime(plan, { ...more, ...given })
  return { runtime, close: () => runtime.close() }
}

/** Starts the sandbox. Throws StartError for faults that can't be read. */
export async function startStandIn({ faults, ...more }: { readonly port?: number; readonly faults?: string }) {
  const { readFaultSpec, startSandbox } = await import('./sandbox/sandbox.ts')
  if (faults === undefined) return startSandbox(more)
  try {
    readFaultSpec(faults)
  } catch (error) {
    throw new StartError(`the faults can't be read: ${(error as Error).message}`)
  }
  return startSandbox({ ...more, faults })
}

/** Counts and traces go on where they are kept in the same way. */
function kept({ observability }: Plan, former: Opened | undefined): Telemetry | undefined {
  if (former === undefined) return undefined
  const { context, plan } = former.runtime
  return JSON.stringify(plan.observability) === JSON.stringify(observability) ? context.telemetry : undefined
}

/** A variable without a value is told at the place where it is declared. */
async function located(capability: LoadedCapability, options: RuntimeOptions): Promise<Runtime> {
  try {
    return await createRuntime(capability.plan, options)
  } catch (error) {
    if (!(error instanceof UnboundError)) throw error
    const unbound = capability.document.binds.flatMap(({ pointer, namespace, keys, location }) =>
      [...keys]
        .filter(([variable]) => error.variables.includes(`${namespace}.${variable}`))
        .map(([variable, key]) =>
          capability.diagnose('unbound', `${pointer}/keys/${variable}`, { variable, key, location }),
        ),
    )
    // What a parameter takes from the environment is declared by no bind.
    if (unbound.length === 0) throw error
    throw new CapabilityError(await Promise.all(unbound))
  }
}

function checkUpstreams({ plan }: LoadedCapability, upstreams: Readonly<Record<string, string>>) {
  const known = plan.upstreams.map(({ namespace }) => namespace)
  for (const [namespace, url] of Object.entries(upstreams)) {
    if (!known.includes(namespace))
      throw new StartError(`no consumed API has the namespace "${namespace}"; there are ${known.join(', ') || 'none'}`)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new StartError(`"${url}" is no http(s) address for "${namespace}"`)
  }
}

/** With a sandbox nothing may leave the machine, so every consumed API must be one it stands in for. */
function checkCovered(
  { plan }: LoadedCapability,
  origins: readonly string[],
  upstreams: Readonly<Record<string, string>>,
) {
  for (const { namespace, baseUri, authentication } of plan.upstreams) {
    if (authentication?.type === 'oauth2')
      throw new StartError(`the sandbox has no authorization server, but "${namespace}" needs a token of one`)
    if (namespace in upstreams) continue
    const address = baseUri.type === 'literal' ? String(baseUri.value) : ''
    if (URL.canParse(address) && origins.includes(new URL(address).origin)) continue
    throw new StartError(
      `the sandbox stands in for ${origins.join(', ')}, but "${namespace}" is ${address || 'another API'}; give it an address with --upstream ${namespace}=<url>`,
    )
  }
}
