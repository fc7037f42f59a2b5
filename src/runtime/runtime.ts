/** A plan that is ready to run: binds resolved, upstreams open, every operation prepared. */

import type { OperationPlan, Plan } from '../plan.ts'
import { type Approvals, approvalsOn } from './approvals/approvals.ts'
import { memoryShelf } from './approvals/shelf.ts'
import type { Audit } from './audit.ts'
import { type BindOptions, type BindValues, resolveBinds } from './binds.ts'
import type { ExecuteContext } from './context.ts'
import { secretsOf } from './echo.ts'
import { prepare } from './execute.ts'
import { createFormats } from './formats/formats.ts'
import type { Invoke } from './invoke.ts'
import { createLog, type Log } from './log.ts'
import { createOnce, type Once } from './once.ts'
import { createGrants } from './policy.ts'
import { createScripting, type ScriptingOptions } from './scripting.ts'
import { masker, Secret } from './secret.ts'
import type { Tape } from './tape.ts'
import { createTelemetry, observabilityDefaults, type Telemetry } from './telemetry/telemetry.ts'
import { openUpstream, type Upstream, type UpstreamOptions } from './upstream.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface RuntimeOptions extends BindOptions {
  /** Other base addresses by consumed namespace. */
  readonly upstreams?: Readonly<Record<string, string>>
  readonly upstream?: UpstreamOptions
  /** Where `OTEL_…` variables are read, or what observed the runtime before. Absent = calls are not observed. */
  readonly telemetry?: Environment | Telemetry
  /** Default: a log that writes nothing. */
  readonly log?: Log
  readonly scripting?: ScriptingOptions
  /** Stands between the operations and their upstreams. */
  readonly tape?: Tape
  /** The writes that a runtime before this one made. Default: none. */
  readonly once?: Once
  /** Where calls are written down; closed by who opened it. Default: nowhere. */
  readonly audit?: Audit
  /** Run what loses something without asking. Default false. */
  readonly allowUnconfirmed?: boolean
  /** Take a yes through the client of an agent for that of a person. Default false. */
  readonly allowElicitedApproval?: boolean
  /** What waits for a person. Default: in memory. */
  readonly approvals?: Approvals
  /** Hand agents whole answers, whatever their size. Default false. */
  readonly allowUnboundedAnswers?: boolean
}

export interface Runtime {
  readonly plan: Plan
  readonly context: ExecuteContext
  readonly invoke: (operation: OperationPlan) => Invoke
  /** Resolves once no operation is under way. */
  readonly idle: () => Promise<void>
  /** A successor that observes with the same telemetry goes on with it. */
  readonly close: (successor?: Runtime) => Promise<void>
}

/** Gets a plan ready. Throws StartError before anything is opened when a bind has no value. */
export async function createRuntime(plan: Plan, options: RuntimeOptions): Promise<Runtime> {
  const binds = await resolveBinds(plan.binds, options)
  const log = options.log ?? createLog({ level: 'silent' })
  const opened = plan.upstreams.map((upstream) => {
    const { namespace } = upstream
    const told = (circuit: string) =>
      log.write(circuit === 'open' ? 'warn' : 'info', 'upstream', { upstream: namespace, circuit })
    return openUpstream(upstream, binds, options.upstreams?.[namespace], options.upstream, told)
  })
  const formats = createFormats()
  const approvals = options.approvals ?? approvalsOn(memoryShelf())
  const hide = masker([...binds.values(), ...credentialSecrets(opened)])
  const mask = (text: string) => masker([...issued(opened), ...approvals.secrets()])(hide(text))
  const { tape } = options
  const heard = opened.map((upstream) => (tape ? { ...upstream, send: tape.around(upstream, mask) } : upstream))
  const upstreams = new Map(heard.map((upstream) => [upstream.namespace, upstream]))
  const telemetry = options.telemetry && (await telemetryOf(plan, binds, options.telemetry))
  telemetry?.metrics.observe(() => opened.map(({ namespace, state }) => ({ namespace, ...state() })))
  const underWay = createCounter()
  const grants = createGrants(plan)
  const context: ExecuteContext = {
    upstreams,
    binds,
    mask,
    formats,
    scripting: createScripting(plan, options.scripting ?? { environment: {} }),
    flows: flowsOf(plan),
    log,
    reach: { allowPrivate: options.upstream?.allowPrivate === true },
    asks: options.allowUnconfirmed !== true,
    elicits: options.allowElicitedApproval === true,
    approvals,
    unbounded: options.allowUnboundedAnswers === true,
    once: options.once ?? createOnce(),
    invokeNamed: (name) => (input, call) => invoke(operationNamed(plan, name))(input, call),
    ...(telemetry === undefined ? {} : { telemetry }),
    ...(grants === undefined ? {} : { grants }),
    ...(options.audit === undefined ? {} : { audit: options.audit }),
  }
  const ready = (operation: OperationPlan) => underWay.counted(prepare(operation, context))
  const prepared = new Map(plan.operations.map((operation) => [operation, ready(operation)]))
  await Promise.all([formats.ready(), warmUp(plan)])
  const invoke = (operation: OperationPlan): Invoke => {
    const found = prepared.get(operation)
    if (found === undefined) throw new Error(`Unexpected: "${operation.name}" is not in the plan. Please report this.`)
    return found
  }
  return {
    plan,
    context,
    invoke,
    idle: underWay.idle,
    close: async (successor) => {
      const own = telemetry === successor?.context.telemetry ? undefined : telemetry
      await Promise.all([...opened.map((upstream) => upstream.close()), own?.close()])
    },
  }
}

function operationNamed({ operations }: Plan, name: string): OperationPlan {
  const found = operations.find((operation) => operation.name === name)
  if (found === undefined) throw new Error(`Unexpected: no operation "${name}". Please report this.`)
  return found
}

function createCounter() {
  let count = 0
  const waiting: (() => void)[] = []
  const done = () => {
    count -= 1
    if (count === 0) for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    counted: (invoke: Invoke): Invoke => {
      return (input, call) => {
        count += 1
        const answering = invoke(input, call)
        answering.then(done, done)
        return answering
      }
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
  }
}

async function telemetryOf(plan: Plan, binds: BindValues, given: Environment | Telemetry) {
  if (isTelemetry(given)) return given
  const { capability, observability } = plan
  return createTelemetry(capability, observability ?? observabilityDefaults, { binds, environment: given })
}

const isTelemetry = (given: Environment | Telemetry): given is Telemetry => typeof given.tracer === 'object'

/** What is written inline has the namespace of its surface. */
function flowsOf({ operations, surfaces }: Plan): ReadonlySet<string> {
  const inline = new Set(surfaces.map(({ namespace }) => namespace))
  const names = operations.map(({ name }) => name)
  return new Set(names.filter((name) => !inline.has(name.split('.')[0] ?? '')))
}

/** Python takes seconds to start, so it is started now; nobody waits for it here. */
async function warmUp({ operations }: Plan) {
  const steps = operations.flatMap(({ run }) => (run.type === 'steps' ? run.steps : []))
  if (!steps.some((step) => step.type === 'script' && step.script.language === 'python')) return
  const { warmScripts } = await import('./script.ts')
  warmScripts('python')
}

function issued(upstreams: readonly Upstream[]): readonly Secret[] {
  return upstreams.flatMap((upstream) => upstream.issued?.() ?? []).map((token) => new Secret(token))
}

function credentialSecrets(upstreams: readonly Upstream[]): readonly Secret[] {
  return upstreams.flatMap(({ credentials }) => secretsOf(credentials)).map((value) => new Secret(value))
}
