/** The companion file `<name>.runtime.yml`: what the format can't say, in a file that other engines ignore. */

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { AnswerBoundsPlan, CorsPlan, Json, JsonSchema, RateLimitPlan, UpstreamLimitsPlan } from '../plan.ts'

/** What is said of flows, by `namespace.flow`: JSON Schema fragments, and what must hold before they run. */
export interface Companion {
  /** flow -> input parameter -> fragment merged over the parameter's schema. */
  readonly inputs: ReadonlyMap<string, ReadonlyMap<string, JsonSchema>>
  /** flow -> fragment merged over the schema of its result. */
  readonly outputs: ReadonlyMap<string, JsonSchema>
  readonly policy: ReadonlyMap<string, FlowPolicy>
  /** surface namespace, or `default` for all others -> who may call it from where, and how often. */
  readonly surfaces: ReadonlyMap<string, SurfacePolicy>
  /** consumed namespace -> what its calls are held to. */
  readonly upstreams: ReadonlyMap<string, UpstreamLimitsPlan>
  /** role -> what its callers may run, and what they are known by. */
  readonly roles: ReadonlyMap<string, RolePolicy>
}

/** What callers of one kind may run. */
export interface RolePolicy {
  /** Absent = by the name of the role (`compile/roles.ts`). */
  readonly flows?: readonly string[] | 'safe' | 'all'
  readonly includes?: readonly string[]
  /** Any of which gives it. */
  readonly scopes?: readonly string[]
  /** Variables of binds or of the environment. */
  readonly tokens?: readonly string[]
}

/** What must hold before a flow runs. */
export interface FlowPolicy {
  readonly scopes?: readonly string[]
  /** Whether somebody is asked first, and what. Absent = where something gets lost. */
  readonly confirm?: boolean | Confirm
  /** How it looks before it writes; false = not at all. Absent = as it is asked to, where a safe flow reads the same ids. */
  readonly check?: false | Check
  /** In seconds. */
  readonly repeatWindow?: number
  readonly answer?: AnswerBoundsPlan
}

/** What somebody is asked. */
export interface Confirm {
  /** With inputs as placeholders. Absent = the first sentence of the description. */
  readonly message?: string
  /** The safe flow that reads what would be lost; false = none. Absent = the one of the same aggregate that reads it. */
  readonly show?: string | false
  /** label -> JSONPath into what that flow answers. */
  readonly values?: Readonly<Record<string, string>>
  /** Any of them asks. Absent = every call does. */
  readonly when?: readonly ConfirmRule[]
  /** In seconds. */
  readonly expires?: number
}

/** Which calls somebody is asked about: by the count of what an input or a JSONPath finds, or by its values. */
export interface ConfirmRule {
  readonly count?: string
  readonly value?: string
  readonly over?: number
  readonly is?: Json
  readonly present?: string
  /** The first call of a caller. */
  readonly first?: true
}

/** How a flow looks at what is there before it writes. */
export interface Check {
  /** The safe flow that reads it. Absent = the one of the same aggregate that takes the same ids. */
  readonly read?: string
  /** JSONPath into what that flow answers; finds something, other than null and false, when nothing is left to do. */
  readonly done?: string
  /** What is told then, with inputs as placeholders. */
  readonly message?: string
  /** Whether nobody has to ask for it. Default false. */
  readonly always?: boolean
  /** name -> what a dry run compares. */
  readonly compare?: Readonly<Record<string, Compare>>
}

/** A part of what is there, and what a write would put in its place. */
export interface Compare {
  /** JSONPath into what is read, or several: the first that finds something. */
  readonly there: string | readonly string[]
  /** JSONPath into the body of the request that writes. */
  readonly sent: string
  /** Members that tell the elements of a list apart, the first one that does. */
  readonly by?: readonly string[]
}

export interface SurfacePolicy {
  /** Of who brings the credential of the surface itself. */
  readonly role?: string
  /** Of an MCP surface. */
  readonly answer?: AnswerBoundsPlan
  readonly cors?: CorsPlan
  readonly rateLimit?: Omit<RateLimitPlan, 'by'> & Partial<RateLimitPlan>
}

export const noCompanion: Companion = {
  inputs: new Map(),
  outputs: new Map(),
  policy: new Map(),
  surfaces: new Map(),
  upstreams: new Map(),
  roles: new Map(),
}

/** The stem of a capability file: `orders` for `orders.ikanos.yml`, `orders.yaml` and `orders.yml`. */
export function stemOf(file: string): string {
  return basename(file).replace(/(\.(ikanos|naftiko|capability))?\.ya?ml$/i, '')
}

/** The companion beside a capability file, when there is one. */
export function companionOf(file: string): string | undefined {
  const path = join(dirname(file), `${stemOf(file)}.runtime.yml`)
  return existsSync(path) ? path : undefined
}

/** Reads a value that the runtime schema accepts. */
export function readCompanion(value: unknown): Companion {
  const root = (value ?? {}) as {
    inputs?: Record<string, Record<string, JsonSchema>>
    outputs?: Record<string, JsonSchema>
    policy?: Record<string, FlowPolicy>
    surfaces?: Record<string, SurfacePolicy>
    upstreams?: Record<string, UpstreamLimitsPlan>
    roles?: Record<string, RolePolicy>
  }
  const inputs = Object.entries(root.inputs ?? {}).map(
    ([flow, fragments]) => [flow, new Map(Object.entries(fragments))] as const,
  )
  return {
    inputs: new Map(inputs),
    outputs: new Map(Object.entries(root.outputs ?? {})),
    policy: new Map(Object.entries(root.policy ?? {})),
    surfaces: new Map(Object.entries(root.surfaces ?? {})),
    upstreams: new Map(Object.entries(root.upstreams ?? {})),
    roles: new Map(Object.entries(root.roles ?? {})),
  }
}
