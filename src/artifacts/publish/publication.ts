/** What is known of a capability beside its plan when it is published, as `<name>.publish.yml` says it. Types only. */

import type { Json, JsonSchema, McpPlan, Plan, RestPlan } from '../../plan.ts'

export type Members = Readonly<Record<string, Json>>

/** The facts of a catalogue. A section that is absent gives no artifact. */
export interface Facts {
  readonly index: {
    readonly slug: string
    readonly name: string
    readonly description: string
    readonly created: string
    readonly modified: string
  }
  readonly publisher: {
    readonly name: string
    readonly url: string
    readonly email: string
    /** Where what is published is kept. */
    readonly repository?: string
    readonly license?: { readonly name: string; readonly url: string }
    /** When security.txt has to be looked at again, as RFC 3339. */
    readonly securityExpires?: string
  }
  /** Whose API is called. */
  readonly provider?: { readonly name: string; readonly slug: string; readonly url: string }
  readonly upstream?: UpstreamFacts
  readonly links?: readonly LinkFacts[]
  /** Where the links were found. */
  readonly linksSource?: string
  /** flow -> what undoes it, and for how long. */
  readonly reversals?: Readonly<Record<string, ReversalFacts>>
  /** What is said of the API that is called, wherever it is said. */
  readonly claims?: readonly ClaimFacts[]
  /** flow -> when a person has to be asked. */
  readonly escalation?: Readonly<Record<string, readonly string[]>>
  readonly rateLimits?: readonly (Members & { readonly name: string; readonly source: string })[]
  readonly rateLimitsNote?: string
  readonly rateLimitsSource?: string
  readonly plans?: readonly (Members & { readonly name: string; readonly source: string })[]
  readonly plansNote?: string
  readonly vocabulary?: { readonly personas: readonly Members[]; readonly domains: readonly string[] }
  readonly terms?: Readonly<Record<string, TermFacts>>
  readonly conformance?: readonly Members[]
  readonly changelog?: readonly Members[]
  readonly deprecation?: string
  readonly mcp?: { readonly registryName: string; readonly checked: string; readonly note: string }
  readonly workflows?: Readonly<Record<string, WorkflowFacts>>
  readonly examples?: Readonly<Record<string, ExampleFacts>>
  readonly overlay?: { readonly title: string; readonly actions: readonly Members[] }
}

/** The API that the capability calls, as its provider runs it. */
export interface UpstreamFacts {
  /** The consumed namespace. */
  readonly namespace: string
  readonly name: string
  readonly description: string
  readonly humanURL: string
  /** Where it is, when that is a variable of the capability. */
  readonly baseURL?: string
  readonly authentication?: string
  readonly authenticationSource?: string
  /** How it says no. */
  readonly errors?: {
    readonly source: string
    readonly note: string
    readonly codes: readonly { readonly status: string; readonly means: string }[]
  }
  readonly openapi?: { readonly file: string; readonly source: string; readonly publisher: string }
}

export interface LinkFacts {
  readonly type: string
  readonly url: string
  readonly name: string
  readonly description?: string
  /** Absent = it is about all of the APIs. */
  readonly of?: Subject
}

/** What a claim rests on. Without a source: a rule of the publisher, inferred, or known to nobody. */
export interface Ground {
  readonly source?: string
  readonly basis?: 'declared' | 'inferred' | 'unknown'
  readonly note?: string
}

export interface ReversalFacts extends Ground {
  readonly by?: string
  readonly window: string
}

export interface ClaimFacts extends Ground {
  readonly says: string
}

export interface TermFacts {
  readonly class?: true
  /** Class that a property belongs to. */
  readonly of?: string
  readonly iri?: string
  readonly description: string
}

/** Calls of REST operations after each other; values are Arazzo expressions. */
export interface WorkflowFacts {
  readonly summary: string
  readonly description: string
  readonly inputs: Readonly<Record<string, JsonSchema>>
  readonly steps: readonly WorkflowStep[]
  readonly outputs?: Readonly<Record<string, string>>
}

export interface WorkflowStep {
  readonly id: string
  /** Name of a REST operation. */
  readonly operation: string
  readonly description: string
  readonly with: Members
  /** The Idempotency-Key. */
  readonly key?: string
  /** Conditions beside the status 200 or 204. */
  readonly expect?: readonly string[]
  readonly outputs?: Readonly<Record<string, string>>
}

export interface ExampleFacts {
  readonly input: Members
  readonly result?: Json
}

/** One of the APIs of an index, or all of them. */
export type Subject = 'upstream' | 'rest' | 'mcp' | 'common'

/** A file of the published folder. */
export interface Published {
  /** Relative to the folder, with slashes. */
  readonly path: string
  readonly text: string
  /** In place of `text`, which is empty then, for what is no text. */
  readonly bytes?: Uint8Array
  /** How the index lists it. Absent = it does not. */
  readonly listed?: readonly Listing[]
  /** Whose it is, when it is not by the publisher of the folder. */
  readonly copied?: { readonly method: 'copied'; readonly publisher: string; readonly source: string }
}

export interface Listing {
  readonly type: string
  readonly of: Subject
  readonly name: string
  readonly mediaType?: string
}

/** What all parts of a folder are made from. */
export interface Edition {
  readonly plan: Plan
  readonly facts: Facts
  readonly rest: RestPlan | undefined
  readonly mcp: McpPlan | undefined
  readonly texts: {
    /** The capability in the lists that catalogues read. */
    readonly listed: string
    /** What the author said and lists can't, by its names. */
    readonly leftOut?: readonly string[]
    /** In the maps of the newer form. Absent = its author wrote it in lists. */
    readonly mapped?: string
    /** What neither can say. */
    readonly companion?: string
    /** The description of the called API as its publisher has it. */
    readonly upstream?: string
  }
  /** Files that the capability reads, by their paths below its folder. */
  readonly beside: readonly Published[]
  readonly skills: readonly { readonly name: string; readonly files: readonly Published[] }[]
  /** Kinds of refusals of the REST surface. */
  readonly problems: readonly { readonly code: string; readonly status: number; readonly title: string }[]
  readonly urls: {
    /** Where the folder will be, with a slash at its end. */
    readonly folder: string
    readonly rest: string
    readonly mcp: string
  }
  /** The spelling of a capability that the builder of APIs.io counts, which the schema of APIs.json does not know. */
  readonly apisIo: boolean
  /** RFC 3339, in UTC. */
  readonly now: string
  readonly standIns: readonly StandIn[]
  readonly program: {
    readonly name: string
    readonly version: string
    /** Whether the package comes with this capability, and with a sandbox of the API that it calls. */
    readonly bundles: boolean
  }
}

/** What somebody has to give before a folder is pushed. */
export interface StandIn {
  /** What is missing, and how it is given; one line. */
  readonly says: string
  /** Whether the folder is wrong without it. Otherwise it only tells more with it. */
  readonly needed: boolean
}

/** One kind of artifact. */
export type Part = (edition: Edition) => readonly Published[]
