/** The public surface: load and check a capability, serve it, call one of its operations, generate what follows from it. */

import { StartError } from './errors.ts'
import { type LoadOptions, load } from './load.ts'
import { type Opened, type OpenOptions, open, startStandIn, type TapeOptions } from './open.ts'
import type { OperationPlan, Plan } from './plan.ts'
import { newCall } from './runtime/call.ts'
import type { Outcome } from './runtime/invoke.ts'
import { isKey } from './runtime/once.ts'
import type { Principal } from './runtime/principal.ts'
import { noSuch } from './text/suggest.ts'

export { type Converted, convertFile } from './convert.ts'
export { type Diagnostic, type DiagnosticCode, formatDiagnostic, type Location, type Severity } from './diagnostics.ts'
export {
  CapabilityError,
  type InputFault,
  OperationError,
  type OperationErrorCode,
  StartError,
  type UpstreamFault,
} from './errors.ts'
export { type ExportForm, exportCapability, exportForms } from './export.ts'
export { type Artifact, artifactsOf, type Making, staleArtifacts, writeArtifacts } from './generate.ts'
export { type Imported, type ImportOptions, importOpenapi } from './import-openapi.ts'
export { type InitOptions, initialCapability } from './init.ts'
export { type LoadedCapability, type LoadOptions, load, type Validation, validate } from './load.ts'
export { type NarrowOptions, toolNames } from './narrow.ts'
export type { OpenOptions, TapeOptions } from './open.ts'
export { bundledCapability, packageInfo } from './package.ts'
export type * from './plan.ts'
export { type Format, formats, type Program, printDiagnostics } from './print.ts'
export { type Updated, type UpdateOptions, updateFolder, writeFolder } from './publish/update.ts'
export { type Publication, type PublishOptions, publish } from './publish.ts'
export { type Desk, deskOf, type Filed } from './runtime/approvals/desk.ts'
export type { Outcome } from './runtime/invoke.ts'
export { type Read, readJournals } from './runtime/journal/verify.ts'
export { createLog, type Level, type Log, levels } from './runtime/log.ts'
export { digestOfResult } from './runtime/look.ts'
export { type Running, type ServeOptions, serve } from './serving.ts'
export { openStdio, type RunningStdio, serveStdio } from './serving-stdio.ts'
export { type Engine, engines } from './spec/engines.ts'
export { faultText, type Problem } from './surfaces/problem.ts'
export { exitCodeOf } from './surfaces/problem-kinds.ts'
export type { ServedSurface } from './surfaces/serve.ts'
export { type Change, type Watch, type Watched, watch } from './watch.ts'
export { inputOfJson, inputOfWords } from './words.ts'

export interface CallOptions extends OpenOptions, TapeOptions, LoadOptions {
  /** Check everything and answer the requests that would be sent; send none. Default false. */
  readonly dryRun?: boolean
  /** What a write is called, so that it is made once: the same key again is answered as the first call was. */
  readonly key?: string
  /** Look at what is there first: send nothing when it is so already, or gone. Default false. */
  readonly check?: boolean
  /** Digest of what was read (`digestOfResult`): send nothing when that has changed. */
  readonly seen?: string
  /** Call as somebody who has this role of the companion file. Default: everything is allowed. */
  readonly role?: string
}

/**
 * Calls one operation by its name (`namespace.flow`, or the last part where only one has it). Throws OperationError, and
 * StartError for a key that can't be one or a role that there is not.
 */
export async function call(file: string, name: string, input: InputOf, options: CallOptions = {}): Promise<Outcome> {
  const capability = await load(file, options)
  const operation = findOperation(capability.plan, name)
  const { key } = options
  if (key !== undefined && !isKey(key)) throw new StartError('a key is one text of 1 to 255 visible ASCII characters')
  const opened = await open(capability, { ...options, remembers: key !== undefined })
  try {
    const given = typeof input === 'function' ? input(operation, opened) : input
    const from = () => ({ surface: 'cli' }) as const
    const { dryRun = false, check = false, seen } = options
    const who = principalOf(opened, options.role)
    const own = { ...newCall(undefined, who), from, key, dryRun, check, seen: seen === undefined ? undefined : [seen] }
    return await opened.runtime.invoke(operation)(given, own)
  } finally {
    await opened.close()
  }
}

/** Somebody with a role; undefined = everything is allowed. */
function principalOf({ runtime: { plan, context } }: Opened, role: string | undefined): Principal | undefined {
  if (role === undefined) return undefined
  const names = (plan.roles ?? []).map(({ name }) => name)
  if (!names.includes(role) || context.grants === undefined) throw new StartError(noSuch('role', role, names))
  return { subject: '', scopes: new Set(), access: context.grants.byRole(role) }
}

/** An input, or how to make one once the operation is known. */
export type InputOf =
  | Readonly<Record<string, unknown>>
  | ((operation: OperationPlan, opened: Opened) => Readonly<Record<string, unknown>>)

function findOperation({ operations }: Plan, name: string): OperationPlan {
  const found = operations.filter((o) => o.name === name || o.name.split('.').at(-1) === name)
  const exact = found.find((o) => o.name === name) ?? found[0]
  if (exact !== undefined && (exact.name === name || found.every((o) => runsTheSame(o, exact)))) return exact
  const names = operations.map((o) => o.name)
  if (found.length > 1) throw new StartError(`"${name}" is not one operation: ${found.map((o) => o.name).join(', ')}`)
  const short = names.map((n) => n.split('.').at(-1) ?? n)
  throw new StartError(noSuch('operation', name, names, [...names, ...short]))
}

/**
 * A tool and a REST operation of one name that send the same request are one operation to whoever calls it, whatever each
 * surface lets through.
 */
function runsTheSame(a: OperationPlan, b: OperationPlan): boolean {
  const run = ({ run }: OperationPlan) => JSON.stringify(run, (key, value) => (key === 'maxBytes' ? undefined : value))
  return run(a) === run(b)
}

/**
 * Runs the sandbox by itself, e.g. as the upstream of another program. `faults` = what goes wrong in it, as text. Throws
 * StartError for faults that can't be read.
 */
export function sandbox(options: { readonly port?: number; readonly faults?: string } = {}) {
  return startStandIn(options)
}
